"""What the eye sees in a damaged line: measured here, judged in `diagnose`."""

import re
from dataclasses import dataclass, fields

from glossary.hebrew import FINAL_LETTERS, HEBREW_LETTERS
from mt.repair.numbers import bracket_balance, mend_numbers

_FINAL = "".join(FINAL_LETTERS)
_WORD = re.compile(f"[{HEBREW_LETTERS}]{{2,}}")
_FINAL_INSIDE = re.compile(rf"[{_FINAL}](?=[{HEBREW_LETTERS}])")
_MARK_FIRST = re.compile(rf"(?<!\S)[\"'(\[)\]]*[.,;:?!]+(?=[{HEBREW_LETTERS}\"'])")
_MARK_LAST = re.compile(r"\w[\"')(\]\[]*[.,;:?!]+(?!\S)")
_MARK_APART = re.compile(r"(?:^|\s)[.,;:?!]+(?=\s|$)")
_DOUBLED = re.compile(r"\S\s{2,}\S")
# A hyphen with a blank on one side only, and letters on the other.
_LOOSE = re.compile(
    rf"(?<=\s)-(?=[{HEBREW_LETTERS}])|(?<=[{HEBREW_LETTERS}])-(?=\s)|^-(?=\S)|(?<=[{HEBREW_LETTERS}])-$"
)
_LETTER_NUMBER = re.compile(rf"[{HEBREW_LETTERS}]\d|\d[{HEBREW_LETTERS}]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Counts of one line: words that begin, and end, in a final letter; marks before and behind words.

    Then what no clean line has: final letters inside words, marks between blanks, blanks doubled, hyphens at
    one word only, letters that touch digits, prefixes behind numbers, brackets that face away.
    """

    finals_first: int
    finals_last: int
    marks_first: int
    marks_last: int
    finals_inside: int
    marks_apart: int
    blanks_doubled: int
    hyphens_loose: int
    letters_at_digits: int
    numbers_swapped: int
    brackets_turned: int

    @property
    def names(self) -> tuple[str, ...]:
        """Return what speaks for damage."""
        silent = ("finals_last", "marks_last")
        return tuple(f.name for f in fields(self) if f.name not in silent and getattr(self, f.name))


def evidence_of(line: str) -> Evidence:
    """Look at one line without its outer blanks."""
    words = _WORD.findall(line)
    return Evidence(
        finals_first=sum(word[0] in _FINAL for word in words),
        finals_last=sum(word[-1] in _FINAL for word in words),
        marks_first=len(_MARK_FIRST.findall(line)),
        marks_last=len(_MARK_LAST.findall(line)),
        finals_inside=len(_FINAL_INSIDE.findall(line)),
        marks_apart=len(_MARK_APART.findall(line)),
        blanks_doubled=len(_DOUBLED.findall(line)),
        hyphens_loose=len(_LOOSE.findall(line)),
        letters_at_digits=len(_LETTER_NUMBER.findall(line)),
        numbers_swapped=int(mend_numbers(line) != line),
        brackets_turned=int(bracket_balance(line) < 0),
    )
