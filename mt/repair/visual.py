"""Visual order: characters or words as they stand on the page from left to right, and back."""

import re

from glossary.hebrew import HEBREW_LETTERS
from mt.repair.records import Run

MIRRORED = str.maketrans("()[]{}<>", ")(][}{><")
# Numbers and Latin words read from left to right in either order (UAX #9).
_LEFT_TO_RIGHT = re.compile(r"\d+(?:[.,:/]\d+)*%?|[A-Za-z@][A-Za-z0-9@._]*(?: [A-Za-z][A-Za-z0-9._]*)*")
# A word between the marks that touch it.
_MARKED = re.compile(rf"([^{HEBREW_LETTERS}0-9A-Za-z]*)(.*?)([^{HEBREW_LETTERS}0-9A-Za-z]*)", re.DOTALL)
_BEHIND_NUMBER = re.compile(rf"(\d[\d.,%]*)([-\u2013])([{HEBREW_LETTERS}'\"\u05f3\u05f4]+)")
_LETTER = re.compile(f"[{HEBREW_LETTERS}]")


def visual_order(text: str, kept: re.Pattern[str] = _LEFT_TO_RIGHT) -> str:
    """Return text with its characters in reverse, brackets mirrored, and what matches `kept` as it is.

    Doing it twice gives the text back wherever its numbers do not run into one another.
    """
    parts, place = [], 0
    for match in kept.finditer(text):
        parts += [text[place : match.start()].translate(MIRRORED)[::-1], match.group()]
        place = match.end()
    parts.append(text[place:].translate(MIRRORED)[::-1])
    return "".join(reversed(parts))


def logical_words(text: str) -> str:
    """Return a line whose words stand in reverse with their letters in order, read the right way.

    Marks that touch a word change sides, and a prefix comes back before its number.
    """
    return " ".join(map(_logical_word, reversed(text.split())))


def word_runs(text: str) -> tuple[Run, ...]:
    """Return where each word of a line goes when `logical_words` reads it."""
    runs, place = [], 0
    for match in reversed(list(re.finditer(r"\S+", text))):
        length = match.end() - match.start()
        runs.append(Run(match.start(), match.end(), place, place + length))
        place += length + 1
    return tuple(runs)


def _logical_word(word: str) -> str:
    if not _LETTER.search(word):
        return visual_order(word)
    match = _MARKED.fullmatch(word)
    if match is None:
        return word
    left, core, right = match.groups()
    if number := _BEHIND_NUMBER.fullmatch(core):
        core = number[3] + number[2] + number[1]
    return visual_order(right) + core + visual_order(left)
