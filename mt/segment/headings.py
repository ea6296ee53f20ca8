"""Find Hebrew headings that lost their line and stand before the first sentence of their section.

Text taken from web pages and PDF files often runs "...the end. Risks The risks of..." with no stop between
title and sentence. A cut is made only where a bare nominal group stands at the head of a sentence and what
follows shows by itself that it begins one: a frame of time, the title's noun again with its article, its
last word again, or the word that begins other sentences of the document.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mt.segment.heading_facts import (
    ALONE,
    ANNOUNCING,
    CLAUSE_MARKS,
    FRAME,
    FUNCTION_WORDS,
    HATNOTES,
    HEADS,
    NOUN,
    STRONG_FRAME,
    VERB,
    VERBS,
)

LONGEST_HEADING = 6
LONGEST_HATNOTE = 10
LONGEST_BEFORE_YEAR = 5
# A sentence has at least so many words after its heading.
SHORTEST_REST = 4
# A heading, a hatnote and its sentence: never more pieces than this.
MOST_CUTS = 3
# An announced statement has at least so many words before its first comma.
SHORTEST_CLAUSE = 6

_WINDOW = 400
_WORD = re.compile(r"\S+")
_AROUND = "\"'.,:;()״”“"
_FRAMED = re.compile(r"[בלמ]\w{2,},")
_NO_VERB = re.compile(r"[ושבכמל]|אשר")
_PREFIX = re.compile(r"^[בלמהכ](?=[א-ת]{3})")
# Numbers, and first words with an article or a preposition, are of sentences.
_UNTITLED = re.compile(r"\d|^[הבולכמ]|^(?:אולם|ערב|עוד|זמן|ימים|שנים)\b|\"")
_COLON = re.compile(r":(?=\s)")


@dataclass(frozen=True, slots=True)
class Opening:
    """The head of a sentence, divided: the title's words, then the words and the text after it.

    `title` and `next` are bare of punctuation; `raw` is the title's last word and `after` are the words
    after the title as they stand. `starts` counts how many sentences of the document a word begins.
    """

    title: tuple[str, ...]
    raw: str
    after: tuple[str, ...]
    rest: str
    starts: Counter[str]

    @property
    def next(self) -> str:
        return self.after[0].strip(_AROUND)

    @property
    def last(self) -> str:
        return self.title[-1]


def sentence_starts(sentences: Iterable[str]) -> Counter[str]:
    """Count the words that begin sentences; the counts tell what a document is about."""
    return Counter(sentence.split(maxsplit=1)[0].strip(_AROUND) for sentence in sentences)


def heading_ends(sentence: str, starts: Counter[str]) -> Iterator[int]:
    """Yield the offsets where a heading or an announcement ends within what the stops made one sentence."""
    begin, above = 0, ""
    for _ in range(MOST_CUTS):
        end = _heading_end(sentence[begin : begin + _WINDOW], above, starts)
        if end is None:
            break
        above = sentence[begin : begin + end].strip()
        begin += end
        yield begin
    if (colon := _announcement_end(sentence, begin)) is not None:
        yield colon


def _heading_end(head: str, above: str, starts: Counter[str]) -> int | None:
    """Return where the sentence after a heading begins in `head`; `above` is the heading found before it."""
    words = [(match.start(), match.group()) for match in _WORD.finditer(head)]
    if head.startswith(HATNOTES):
        return _hatnote_end(head, words, above)
    for count in range(1, min(LONGEST_HEADING, len(words) - SHORTEST_REST) + 1):
        word, at = words[count - 1][1], words[count][0]
        if word.endswith((".", ",", ";", "?", "!", "–", "-")):
            return None
        if head.startswith(HATNOTES, at):
            return at
        if ":" not in head[:at] and _is_heading(_opening(head, words, count, starts)):
            return at
    return None


def _hatnote_end(head: str, words: list[tuple[int, str]], above: str) -> int | None:
    """Find the end of "main article – Title": the title above again, or the next frame of time."""
    dash = re.search(r" [–-] ", head[:30])
    if dash is None:
        return None
    if above and head.startswith(above + " ", dash.end()):
        return dash.end() + len(above) + 1
    for at, _ in words[3 : LONGEST_HATNOTE + 1]:
        if at > dash.end() and FRAME.match(head, at):
            return at
    return None


def _opening(head: str, words: list[tuple[int, str]], count: int, starts: Counter[str]) -> Opening:
    title = tuple(word.strip(_AROUND) for _, word in words[:count])
    after = tuple(word for _, word in words[count : count + 4])
    return Opening(title, words[count - 1][1], after, head[words[count][0] :], starts)


def _is_heading(opening: Opening) -> bool:
    title = opening.title
    if not all(title) or opening.last in FUNCTION_WORDS or opening.next in FUNCTION_WORDS:
        return False
    if any(word in FUNCTION_WORDS and word != "של" for word in title) or any(map(_is_verb, title[1:])):
        return False
    if any(rule(opening) for rule in (_has_article_again, _echoes, _phrase_again, _year_follows)):
        return True
    known = title[0] in HEADS or NOUN.fullmatch(title[0]) is not None
    return known and any(
        rule(opening) for rule in (_frame_follows, _topic_follows, _place_follows, _is_repeated)
    )


def _is_verb(word: str) -> bool:
    if word in HEADS:
        return False
    return word in VERBS or VERB.fullmatch(word) is not None


def _has_article_again(opening: Opening) -> bool:
    """תגובות התגובות לכך..., שיתוף אזורי השיתוף בין..."""
    first = opening.title[0]
    return len(opening.title) <= 2 and len(first) > 2 and opening.next == "ה" + first


def _echoes(opening: Opening) -> bool:
    """הדת באיראן איראן היא...: the last word again, with or without its preposition."""
    title, word = opening.title, opening.next
    if len(word) < 4 or len(title) < 2 or (len(title) == 2 and title[0] not in HEADS):
        return False
    return word == opening.last or (word == opening.last[1:] and opening.last[0] in "בהלומכ")


def _phrase_again(opening: Opening) -> bool:
    """תורת הקוונטים בעולם תורת הקוונטים...: the title's first two words, or its last two, again."""
    title = [_PREFIX.sub("", word) for word in opening.title]
    again = [_PREFIX.sub("", word.strip(_AROUND)) for word in opening.after[:2]]
    # A text that says the same over and over has no titles.
    is_refrain = opening.rest.count(" ".join(opening.after[:2])) > 1
    return len(title) > 1 and min(map(len, again)) > 2 and again in (title[:2], title[-2:]) and not is_refrain


def _year_follows(opening: Opening) -> bool:
    """קרינה במרכז הגלקסיה באפריל 2014...; a sentence's subject would begin other sentences too."""
    title = opening.title
    if not STRONG_FRAME.match(opening.rest) or _UNTITLED.search(" ".join(title)):
        return False
    return 1 < len(title) <= LONGEST_BEFORE_YEAR and opening.starts[title[0]] < 2


def _frame_follows(opening: Opening) -> bool:
    """רקע היסטורי בשנת 1948..."""
    return FRAME.match(opening.rest) is not None


def _topic_follows(opening: Opening) -> bool:
    """תכנון ובנייה חיפה...: a closed title, then the word that begins other sentences too."""
    title, word = opening.title, opening.next
    count = opening.starts[word]
    if len(word) < 3 or word.startswith("ה") or count < 2:
        return False
    is_couple = len(title) == 2 and title[1].startswith("ו")
    return is_couple or opening.raw.endswith('"') or (len(title) == 1 and title[0] in ALONE and count > 2)


def _place_follows(opening: Opening) -> bool:
    """חינוך יסודי ביפן, הונהגה...: a verb after the comma, so the words before it are no subject."""
    frame, verb = opening.after[:2]
    return len(opening.title) <= 3 and bool(_FRAMED.fullmatch(frame)) and not _NO_VERB.match(verb)


def _is_repeated(opening: Opening) -> bool:
    """יתרונות של השיטה חסידי השיטה..."""
    again = opening.after[1].strip(_AROUND)
    return len(opening.title) > 1 and len(again) > 3 and again == opening.last


def _announcement_end(sentence: str, begin: int) -> int | None:
    """Find the colon of "in two ways:" where a whole clause follows it; a list or a quotation stays."""
    for colon in _COLON.finditer(sentence, begin):
        before = sentence[max(begin, colon.end() - 160) : colon.end()]
        if before.count("(") > before.count(")") or not ANNOUNCING.search(before):
            continue
        clause = re.split("[,;:.]", sentence[colon.end() : colon.end() + _WINDOW], maxsplit=1)[0].split()
        is_clause = len(clause) >= SHORTEST_CLAUSE and not CLAUSE_MARKS.isdisjoint(clause)
        if is_clause and clause[0][0] not in "\"'“”״(":
            return colon.end()
    return None
