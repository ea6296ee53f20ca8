"""Hebrew lines out of a PDF, put back in reading order: the seam where repair plugs in, and a first repair.

So far one kind of damage is mended, the most frequent after the order of runs: a prefix that the extractor
put behind its number (`26-ב` for `ב-26`). Lines whose runs stand in visual order are left as they are.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

INTACT = "intact"
NUMBERS = "numbers"
# What stands behind a number in no Hebrew text but a damaged one: a hyphen and a clitic prefix alone.
_NUMBER = r"\d+(?:[.,:/]\d+)*%?"
_PREFIX = r"[ושמכ]?[בהלמכש]|כש|מש|לכש"
_BEHIND = re.compile(rf"(?<![\w.,:/\u2013-])({_NUMBER})([-\u05be\u2013])({_PREFIX})(?!\w|['\"\u05f3\u05f4])")
NUMBERS_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class LineRepair:
    """A line before and after, what was wrong with it, and how sure the repair is (0 to 1)."""

    damaged: str
    repaired: str
    verdict: str = INTACT
    confidence: float = 1.0


# All lines of a document at once, since sentences run across lines; one result per line, in order.
Repairer = Callable[[Sequence[str]], list[LineRepair]]


def leave_alone(lines: Sequence[str]) -> list[LineRepair]:
    """Return every line as it is (`--no-repair`)."""
    return [LineRepair(line, line) for line in lines]


def repair_lines(lines: Sequence[str]) -> list[LineRepair]:
    """Repair what can be repaired; a line that needs nothing comes back as it is, to the last character."""
    return [_repair(line) for line in lines]


def _repair(line: str) -> LineRepair:
    repaired = _BEHIND.sub(r"\3\2\1", line)
    if repaired == line:
        return LineRepair(line, line)
    return LineRepair(line, repaired, NUMBERS, NUMBERS_CONFIDENCE)
