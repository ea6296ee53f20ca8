"""Hebrew lines out of a PDF, put back in reading order: the seam where repair plugs in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineRepair:
    """A line before and after, what was wrong with it, and how sure the repair is (0 to 1)."""

    damaged: str
    repaired: str
    verdict: str = "intact"
    confidence: float = 1.0


# All lines of a document at once, since sentences run across lines; one result per line, in order.
Repairer = Callable[[Sequence[str]], list[LineRepair]]


def leave_alone(lines: Sequence[str]) -> list[LineRepair]:
    """Return every line as it is (`--no-repair`)."""
    return [LineRepair(line, line) for line in lines]
