"""Which damage a document has: evidence of all lines first, the network's word where the eye is in doubt."""

from collections.abc import Sequence

from mt.repair.evidence import Evidence
from mt.repair.records import INTACT, NUMBERS, RUNS, VISUAL, WORDS

# A word that begins in a final letter is read backwards, unless it is one of the few in a torn line.
_BACKWARDS = 2
# Times that marks stand before words for once that they stand behind one, where words are in reverse.
_REVERSED = 4
# Share of lines with signs of torn runs from which all of a document's lines are searched.
_SUSPICIOUS = 0.04
# Signs from which evidence decides alone.
_CERTAIN = 6
_TORN = ("marks_first", "finals_inside", "marks_apart", "blanks_doubled", "hyphens_loose")
_SWAPPED = ("letters_at_digits", "numbers_swapped", "brackets_turned")


def is_backwards(line: Evidence) -> bool:
    """Tell whether a line's letters stand in visual order: its final letters begin words and end none."""
    return line.finals_first >= _BACKWARDS and line.finals_first > 2 * line.finals_last


def is_suspicious(line: Evidence) -> bool:
    """Tell whether a line has a sign of torn runs."""
    return any(getattr(line, sign) for sign in _TORN)


def document_kind(lines: Sequence[Evidence]) -> tuple[str, bool]:
    """Return the damage that the evidence of all lines of a document speaks for, and whether that is certain.

    RUNS means that every line is worth a search, NUMBERS and INTACT that only suspicious ones are.
    """
    total = {
        name: sum(getattr(line, name) for line in lines)
        for name in ("finals_first", "finals_last", "marks_first", "marks_last", "marks_apart")
    }
    if total["finals_first"] > 2 * total["finals_last"]:
        return VISUAL, total["finals_first"] >= _CERTAIN
    if total["marks_first"] > _REVERSED * (total["marks_last"] + total["marks_apart"]):
        return WORDS, total["marks_first"] >= _CERTAIN
    signs = total["finals_last"] + total["marks_last"]
    if sum(map(is_suspicious, lines)) >= _SUSPICIOUS * len(lines) and any(map(is_suspicious, lines)):
        return RUNS, signs >= _CERTAIN
    if any(getattr(line, sign) for line in lines for sign in _SWAPPED):
        return NUMBERS, signs >= _CERTAIN
    return INTACT, signs >= _CERTAIN
