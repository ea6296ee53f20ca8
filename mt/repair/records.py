"""What repair says of a line: before and after, what was wrong, how sure, and what was moved where."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

INTACT, RUNS, VISUAL, WORDS, NUMBERS = "intact", "runs", "visual", "words", "numbers"
# Below this a person should look at the line.
LOW_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the damaged line and where it stands in the repaired one, both in characters.

    Blanks at its edges are left out on both sides; within a run that was mirrored or reversed characters
    stand in another order.
    """

    start: int
    end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class LineRepair:
    """A line before and after, what was wrong with it, and how sure the repair is (0 to 1).

    `evidence` names what spoke for damage; `gain` says by how many nats the search finds the repaired line
    likelier than the line as it was; `runs` are in reading order, and none where nothing was moved.
    """

    damaged: str
    repaired: str
    verdict: str = INTACT
    confidence: float = 1.0
    evidence: tuple[str, ...] = ()
    gain: float = 0.0
    runs: tuple[Run, ...] = ()


# All lines of a document at once, since sentences run across lines; one result per line, in order.
Repairer = Callable[[Sequence[str]], list[LineRepair]]
