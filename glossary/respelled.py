"""Names written in another way than before: near-misses of a listed form, and two spellings of one name."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from glossary.check import lacking
from glossary.english import plain
from glossary.findings import Finding, Kind, Reading
from glossary.hebrew import WORD, fold, prefixes
from glossary.terms import Glossary, is_name

# One edit in so many letters is another way to write a name; in short names the consonants must agree too.
LETTERS_PER_EDIT = 5
SHORT_NAME = 6
MIN_NAME = 4
MIN_STEM = 3
# How much of its consonants a Hebrew word must share with a name to be taken for it.
MIN_SOUND = 0.6

# Letters that romanisations of Hebrew, Arabic, Persian, Turkic and Russian names take for one another.
_SAME_SOUND = (
    ("kh", "h"), ("gh", "g"), ("zh", "j"), ("dj", "j"), ("ph", "f"), ("tz", "ts"), ("ck", "k"), ("ou", "u"),
    ("oo", "u"), ("ee", "i"), ("y", "i"), ("w", "v"), ("q", "k"), ("x", "ks"),
    ("ch", "q"), ("c", "k"),
)  # fmt: skip
# English endings that make another word of a name, not another spelling of it.
_DEMONYM = re.compile(r"(?:[aeiouy]{1,2}ns?|is?|ish|ese|ic|s|ite|ites|ist|ists)?")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u02bc][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_OPENING = re.compile(r"(?:^|[.!?:;\n]['\")\]\u201d\u2019]*\s+|[\"\u201c(\[\u2022]\s*)$")
_DIGRAPHS = (
    ("kh", "k"), ("ch", "k"), ("sh", "s"), ("ts", "s"), ("tz", "s"), ("zh", "z"), ("th", "t"), ("gh", "g"),
    ("ph", "p"), ("x", "ks"),
)  # fmt: skip
_ENGLISH_SOUNDS = str.maketrans("fvwqcj", "pbbkkg", "aeiouyh'-\u2019\u02bc")
_HEBREW_SOUNDS = str.maketrans("בגדזחטכלמנספצקרשת", "bgdzktklmnspskrst", "אהיע'\"")


class _Word(NamedTuple):
    """A word in a target; `opens` where a sentence begins and everything is capitalised."""

    word: str
    start: int
    end: int
    opens: bool


def near_misses(reading: Reading) -> Iterator[Finding]:
    """Yield what stands in the target as a misspelling of a name that it owes and lacks."""
    text, words = reading.target, _words(reading.target)
    for lack in lacking(reading.owed, reading.served):
        for target in filter(is_name, lack.term.targets):
            form = _WORD.findall(target.removeprefix("the "))
            windows = (words[i : i + len(form)] for i in range(len(words) - len(form) + 1))
            spans = ((window[0].start, window[-1].end) for window in windows if _is_miss(text, window, form))
            if span := next((span for span in spans if reading.is_free(*span)), None):
                yield Finding(
                    reading.line, Kind.RENAMED, lack.term.source, target, lack.expected, lack.found,
                    text[slice(*span)], *span,
                )  # fmt: skip
                break


def _is_miss(text: str, window: Sequence[_Word], form: Sequence[str]) -> bool:
    """Tell whether neighbouring words are those of a form, one capitalised one at least spelled otherwise."""
    if all(one.word == word for one, word in zip(window, form, strict=True)):
        return False
    if window[0].opens and len(window[0].word) < SHORT_NAME:
        return False
    return all(
        one.word == word or (one.word[0].isupper() and word[0].isupper() and is_respelled(one.word, word))
        for one, word in zip(window, form, strict=True)
    ) and not any(text[a.end : b.start].strip(" -\u2013") for a, b in pairwise(window))


def is_respelled(word: str, name: str) -> bool:
    """Tell whether a word is another spelling of a name: near it, neither the same nor made from it."""
    if plain(word).lower() == plain(name).lower() or _is_derived(word, name) or _is_derived(name, word):
        return False
    one, other = _key(word), _key(name)
    if _distance(one, other) > max(1, max(len(word), len(name)) // LETTERS_PER_EDIT):
        return False
    return min(len(one), len(other)) >= SHORT_NAME or _consonants(one) == _consonants(other)


def _is_derived(word: str, name: str) -> bool:
    """Tell whether a word is made from a name by an ending, as Azerbaijani is from Azerbaijan."""
    stem = plain(name).lower().rstrip("aeiouy")
    word = plain(word).lower()
    return (
        len(stem) >= MIN_STEM and word.startswith(stem) and _DEMONYM.fullmatch(word[len(stem) :]) is not None
    )


@lru_cache(maxsize=4096)
def _key(word: str) -> str:
    key = re.sub(r"[^a-z]", "", plain(word).lower())
    for written, sound in _SAME_SOUND:
        key = key.replace(written, sound)
    return re.sub(r"(.)\1+", r"\1", key)


def _consonants(key: str) -> str:
    return re.sub("[aeiouh]", "", key)


def _distance(one: str, other: str) -> int:
    """Return the number of letters to insert, delete, change or swap with the next (Damerau 1964)."""
    before, row = list[int](), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row, above = row, [i], before
        for j, b in enumerate(other, 1):
            edits = [before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)]
            if i > 1 and j > 1 and (a, one[i - 2]) == (other[j - 2], b):
                edits.append(above[j - 2] + 1)
            row.append(min(edits))
    return row[-1]


def two_spellings(readings: Sequence[Reading], glossary: Glossary) -> Iterator[Finding]:
    """Yield where a name that the glossary lacks is written in the rarer of two ways.

    Two near spellings are of one name where all their sources share a word that sounds like both and no
    pair has the two at once.
    """
    places = _unknown_names(readings, glossary)
    words = sorted(places, key=lambda word: (-len(places[word]), places[word][0]))
    for position, word in enumerate(words):
        for usual in words[:position]:
            if not is_respelled(word, usual):
                continue
            term = _shared_word([readings[at] for w in (word, usual) for at, _ in places[w]], word, usual)
            if term and not {at for at, _ in places[word]} & {at for at, _ in places[usual]}:
                counts = len(places[usual]), len(places[word])
                for at, name in places[word]:
                    yield Finding(
                        readings[at].line, Kind.RENAMED, term, usual, *counts, word, name.start, name.end
                    )
                break


def _unknown_names(readings: Sequence[Reading], glossary: Glossary) -> dict[str, list[tuple[int, _Word]]]:
    """Return the places of every capitalised word that is no word of the glossary and no common word."""
    known = {word for term in glossary for form in term.targets for word in _WORD.findall(form)}
    common = {word for reading in readings for word in _WORD.findall(reading.target) if word[0].islower()}
    places: defaultdict[str, list[tuple[int, _Word]]] = defaultdict(list)
    for at, reading in enumerate(readings):
        for name in _words(reading.target):
            if _may_be_name(name.word) and reading.is_free(name.start, name.end):
                places[name.word].append((at, name))
    return {
        word: found
        for word, found in places.items()
        if word not in known
        and word[0].lower() + word[1:] not in common
        and not all(name.opens for _, name in found)
    }


def _may_be_name(word: str) -> bool:
    return len(word) >= MIN_NAME and word[0].isupper() and not word.isupper()


def _shared_word(readings: Sequence[Reading], *names: str) -> str:
    """Return the Hebrew word in all the sources that sounds most like the names; empty where none does."""
    shared = set.intersection(*(_stems(reading) for reading in readings))
    heard = [(min(_sounds_like(stem, name) for name in names), -len(stem), stem) for stem in shared]
    best = max(heard, default=(0.0, 0, ""))
    return best[2] if best[0] >= MIN_SOUND else ""


def _stems(reading: Reading) -> set[str]:
    """Return the folded words outside the glossary's terms, with and without prefixes."""
    free = [
        match[0]
        for match in WORD.finditer(reading.source)
        if not any(term.start < match.end() and match.start() < term.end for term in reading.terms)
    ]
    forms = (fold(form) for word in free for form in (word, *(rest for _, rest in prefixes(word))))
    return {form for form in forms if len(form) >= MIN_STEM}


def _sounds_like(stem: str, name: str) -> float:
    """Return the share of consonants, 0 to 1, that a Hebrew word and an English name have in common."""
    stem = stem.replace("ג'", "ג").replace("צ'", "ק").translate(_HEBREW_SOUNDS)
    sound = plain(name).lower()
    for written, heard in _DIGRAPHS:
        sound = sound.replace(written, heard)
    sound = sound.translate(_ENGLISH_SOUNDS)
    # Vav is a vowel or a v.
    return max(
        1 - _distance(hebrew, sound) / max(len(hebrew), len(sound), 1)
        for hebrew in (stem.replace("ו", ""), stem.replace("ו", "b"))
    )


def _words(text: str) -> list[_Word]:
    """Return the words of an English text, the parts of a compound apart, without possessives."""
    words = []
    for found in _WORD.finditer(text):
        word = _POSSESSIVE.sub("", found[0])
        opens = word[0].isupper() and _OPENING.search(text, 0, found.start()) is not None
        words.append(_Word(word, found.start(), found.start() + len(word), opens))
    return words
