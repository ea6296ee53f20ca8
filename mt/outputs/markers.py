"""Marks of lists and footnotes, from Hebrew into English."""

import re
from itertools import pairwise
from string import ascii_lowercase

BULLET = "•"

# Marks that only say "an item". The last two are what Word's bullets become where their font is lost.
BULLETS = frozenset("•◦▪▫●○■□‣⁃*-–—·o\uf0b7")

# Hebrew counts with its letters: units, tens, hundreds (Academy of the Hebrew Language, rules of spelling:
# numbers written in letters). 15 and 16 are written 9+6 and 9+7, so a sum reads them too.
LETTER_VALUES = dict(
    zip("אבגדהוזחטיכלמנסעפצקרשת", [*range(1, 10), *range(10, 100, 10), 100, 200, 300, 400], strict=True)
)

# Letters between marks such as "(א)", with the geresh or gershayim of a number.
_LETTERS = re.compile(
    "^([^\u05d0-\u05ea]*)([\u05d0-\u05ea]{1,2}(?:[\"'״׳]?[\u05d0-\u05ea])?)['׳]?([^\u05d0-\u05ea]*)$"
)


def english_marker(marker: str) -> str:
    """Return a list's mark as English writes it: Hebrew letters as a, b, … z, aa; every bullet as "•"."""
    return BULLET if marker.strip() in BULLETS else _latin(marker.strip())


def footnote_marker(marker: str) -> str:
    """Return a footnote's mark in square brackets, "[1]" or "[*]"; nothing for no mark."""
    bare = _latin(marker).strip("[]().: ")
    return f"[{bare}]" if bare else ""


def _latin(mark: str) -> str:
    found = _LETTERS.match(mark)
    if not found:
        return mark
    before, letters, after = found.groups()
    values = [LETTER_VALUES.get(letter, 0) for letter in letters if letter not in "\"'״׳"]
    # Numbers go from large to small; anything else is a word.
    is_number = all(values) and all(large > small for large, small in pairwise(values))
    return f"{before}{_counting_letters(sum(values))}{after}" if is_number else mark


def _counting_letters(number: int) -> str:
    """Return 1 as a, 26 as z, 27 as aa."""
    letters = ""
    while number:
        number, digit = divmod(number - 1, len(ascii_lowercase))
        letters = ascii_lowercase[digit] + letters
    return letters
