"""Decide at every full stop, question mark, exclamation mark and ellipsis whether a sentence ends there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mt.segment import english, hebrew
from mt.segment.enclosures import Enclosing, Enclosure, pair

# Marks of direction and zero-width characters stand anywhere and mean nothing here.
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
SOF_PASUQ = "\u05c3"
# A quotation or aside up to this length, not announced by a colon, is a name or a remark within the sentence.
LONGEST_TITLE = 60

_STOP = re.compile(rf"[.!?…{SOF_PASUQ}]++(?:[ \u00a0]\.(?![.\w]))*+")
_CLOSERS = re.compile(rf"(?:[\"'”’“״׳»)\]}}{INVISIBLE}]|\[\d{{1,3}}\]|[¹²³⁰⁴-⁹])*+")
_NOTE = re.compile(rf"\d{{1,3}}(?:[,–-]\d{{1,3}})*+(?=\s+[\"“„(]?[{hebrew.LETTER}A-Z])")
_NOTED = re.compile(rf"(?:[{hebrew.LETTER}][\"״]?[{hebrew.LETTER}]|[a-z]{{3}})[\"”״'’)\]]*$")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d(?!\d)")
_ADDRESS = re.compile(r"://|@|www\.|[/\\=_]")
_LATIN_END = re.compile(r"(?:^|[\s(\"“‘'-])([a-z]{2,}|[A-Z][a-z]+|[\d%)]*\d[%)]*)[\"”’)]*$")
_LATIN_START = re.compile(r"[\"“(]?([A-Z][a-z]*)(?![\w.])")
_OTHER_END = re.compile(r"(?:\d{2}|[a-z]{2}|[A-Z]{2}|%)[\"”)\]]*$")
_COUNTER = re.compile(r"\d{1,3}(?:\.\d{1,2})*")
_REST_OF_DATE = re.compile(r"\s*(?:\d{1,2}\.\s?\d{2,4}\b|\d{4}\b)")
_DAY = re.compile(r"\D{0,3}\d{1,2}(?:\.\d{1,2})?")
_LOWER = re.compile(r"[\"“‘'(\[]*[a-z](?![A-Z])")
_OPENING = "\"'“„”‘״׳«([{"
_CONTINUING = frozenset(",;:)]}%/.…")
_WINDOW = 60


@dataclass(frozen=True, slots=True)
class Stop:
    """A candidate: its mark, the window of text before and after it, and the words it stands between.

    `start` is the mark's offset, `end` the offset after what closes with it, `begin` that of the sentence's
    first character. `rest` runs from `end`; `following` is `rest` from its first visible character.
    """

    mark: str
    begin: int
    start: int
    end: int
    before: str
    rest: str
    closers: str

    @property
    def words(self) -> list[str]:
        return self.before.split()

    @property
    def word(self) -> str:
        attached = self.before and not self.before[-1].isspace()
        return self.words[-1].lstrip(_OPENING) if attached else ""

    @property
    def previous(self) -> str:
        return self.words[-2] if len(self.words) > 1 else ""

    @property
    def following(self) -> str:
        return self.rest.lstrip().lstrip(INVISIBLE)

    @property
    def is_attached(self) -> bool:
        """Tell whether text follows without a space."""
        return bool(self.rest) and not self.rest[0].isspace()


def sentence_ends(text: str, start: int, end: int, language: str) -> Iterator[int]:
    """Yield the offsets within `text[start:end]` where one sentence ends and another follows."""
    enclosing = Enclosing(pair(text, start, end))
    begin = _first_visible(text, start, end)
    for match in _STOP.finditer(text, start, end):
        stop = _stop(text, begin, match, end)
        closed = enclosing.at(stop.start)
        around = enclosing.at(stop.end)
        if closed is not None and closed.close >= stop.end:
            closed = None
        cut = _cut(text, stop, closed, around, language)
        if cut is not None:
            yield cut
            begin = _first_visible(text, cut, end)


def _first_visible(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _stop(text: str, begin: int, match: re.Match[str], end: int) -> Stop:
    closers = _CLOSERS.match(text, match.end(), end)
    after = closers.end() if closers else match.end()
    before = text[max(begin, match.start() - _WINDOW) : match.start()]
    rest = text[after : min(end, after + _WINDOW)]
    return Stop(match.group(), begin, match.start(), after, before, rest, text[match.end() : after])


def _cut(
    text: str, stop: Stop, closed: Enclosure | None, around: Enclosure | None, language: str
) -> int | None:
    """Return where the sentence ends, or None where it goes on."""
    if around is not None and _is_aside(around, stop):
        return None
    if stop.is_attached:
        return _cut_of_joined(text, stop, closed)
    following = stop.following
    if not following or following[0] in _CONTINUING or _goes_on_in_lower_case(stop, language):
        return None
    if closed is not None and not _closing_ends(text, stop, closed, language):
        return None
    return stop.end if _mark_ends(stop, language) else None


def _is_aside(around: Enclosure, stop: Stop) -> bool:
    if around.open <= stop.begin:
        return False
    return not around.quotation or (not around.announced and around.close - around.open <= LONGEST_TITLE)


def _goes_on_in_lower_case(stop: Stop, language: str) -> bool:
    if not _LOWER.match(stop.following):
        return False
    return language == "en" or not hebrew.WORD_END.search(stop.before)


def _cut_of_joined(text: str, stop: Stop, closed: Enclosure | None) -> int | None:
    """Find the end where the space after a stop is missing, or a footnote's number stands in its place."""
    if stop.mark.startswith(("..", "…")):
        return None
    if _NOTED.search(stop.before) and stop.word.lower() not in hebrew.NUMBER_LABELS | english.NUMBER_LABELS:
        if note := _NOTE.match(text, stop.end):
            return note.end()
        if _YEAR.match(stop.rest):
            return stop.end
    token = stop.before.split()[-1:] + stop.rest.split()[:1]
    if _ADDRESS.search("".join(token)) or not (_joins_hebrew(stop) or _joins_english(stop)):
        return None
    # A quotation mark that closes nothing opens the next sentence.
    opens_next = stop.closers and closed is None and stop.closers[-1] in "\"“'"
    return stop.end - len(stop.closers) if opens_next else stop.end


def _joins_hebrew(stop: Stop) -> bool:
    start = hebrew.WORD_START.match(stop.rest)
    if not start or start.group(1) in hebrew.ADDRESS_ENDS:
        return False
    return bool(hebrew.WORD_END.search(stop.before) or _OTHER_END.search(stop.before))


def _joins_english(stop: Stop) -> bool:
    end, start = _LATIN_END.search(stop.before), _LATIN_START.match(stop.rest)
    if not end or not start:
        return False
    return start.group(1) in english.STARTERS or (end.group(1).islower() and len(start.group(1)) > 1)


def _closing_ends(text: str, stop: Stop, closed: Enclosure, language: str) -> bool:
    """Tell whether a stop before a closing mark ends the sentence around it too."""
    if not any(character.isalnum() for character in text[closed.open + 1 : closed.close]):
        return False  # (!), [...]
    within = closed.open > stop.begin
    if not closed.quotation:
        return not within or stop.mark == "."
    if _speaker_follows(stop.following, language):
        return False
    return not (within and not closed.announced and stop.mark != "." and language == "he")


def _speaker_follows(following: str, language: str) -> bool:
    if following[0] in "–—-":
        return True
    if language == "en":
        speaker = english.SPEAKER.match(following)
        return speaker is not None and speaker.group(1) not in english.STARTERS
    first = following.split(maxsplit=1)[0].rstrip(",.:")
    return first in hebrew.SPEECH or first.startswith(('ו"', "ו״", "ו“", "ו-"))


def _mark_ends(stop: Stop, language: str) -> bool:
    if "?" in stop.mark or "!" in stop.mark:
        return stop.following[0] not in "–—" and not (
            stop.mark == "!" and stop.word in hebrew.NAMES_WITH_MARKS
        )
    if "…" in stop.mark or stop.mark.count(".") > 2:
        return _ellipsis_ends(stop, language)
    return not (stop.mark == "." and _is_part_of_word(stop))


def _ellipsis_ends(stop: Stop, language: str) -> bool:
    if not stop.word:
        return False
    if language == "en":
        return bool(english.WORD.match(stop.following))
    first = stop.following.split(maxsplit=1)[0].strip(",.")
    return not first.startswith("ו") and first not in hebrew.CONNECTIVES


def _is_part_of_word(stop: Stop) -> bool:
    """Tell whether a full stop belongs to an abbreviation, an initial, a list marker or a date."""
    word = stop.word
    if not word:
        return False
    if _DAY.fullmatch(word) and _REST_OF_DATE.match(stop.rest):
        return True
    if _is_marker(stop, word):
        return True
    if re.search(r"[A-Za-z]", word):
        return _is_english_part(stop, hebrew.PREFIXED.sub("", word))
    return _is_hebrew_part(stop, word)


def _is_marker(stop: Stop, word: str) -> bool:
    is_counter = _COUNTER.fullmatch(word) or hebrew.INITIAL.fullmatch(word)
    if not stop.previous:
        return bool(is_counter or english.NUMERAL.fullmatch(word) or re.fullmatch("[A-Za-z]", word))
    return bool(is_counter and stop.previous[-1] in ":;")


def _is_hebrew_part(stop: Stop, word: str) -> bool:
    if word in hebrew.NUMBER_LABELS:
        return stop.following[0].isdigit()
    if word in hebrew.TITLES or word.lstrip(hebrew.PREFIXES) in hebrew.LONG_TITLES:
        return True
    if hebrew.INITIAL.fullmatch(word):
        return not _is_lettered(stop.previous)
    return bool(hebrew.DOTTED.fullmatch(word))


def _is_lettered(previous: str) -> bool:
    return previous in hebrew.LETTERED or previous[1:] in hebrew.LETTERED or previous[2:] in hebrew.LETTERED


def _is_english_part(stop: Stop, word: str) -> bool:
    known = word if len(word) == 1 else word.lower()
    starter = english.WORD.match(stop.following)
    starts = starter is not None and starter.group(1) in english.STARTERS
    if known in english.ALWAYS:
        return True
    if known in english.NUMBER_LABELS:
        return stop.following[0].isdigit() or bool(re.match(r"[IVXLC]+\b", stop.following))
    if known in english.PERHAPS:
        return not starts
    if english.INITIAL.fullmatch(word):
        return not starts and _is_initial(stop, word)
    return bool(english.DOTTED.fullmatch(word)) and not starts


def _is_initial(stop: Stop, word: str) -> bool:
    previous = stop.previous.rstrip(",")
    if previous.endswith("."):
        return True
    if previous.lower() in english.LETTERED or (word == "I" and previous):
        return False
    return english.WORD.match(stop.following) is not None
