"""What became of a term: where it stood, where it went, and what forcing it cost."""

from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    """How a term came to stand in the translation."""

    FREE = "free"
    MARKED = "marked"
    FORCED = "forced"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One occurrence of a term in a source sentence and its fate in the translation.

    Spans are character offsets, end exclusive; the source span leaves the prefix out. `price` is the
    log-probability in nats that the whole sentence lost by forcing (0.0 when the model wrote the term
    itself: freely, or because its English was marked in the source). A failed term has no target span and
    gives its reason.
    """

    term: str
    source_start: int
    source_end: int
    prefix: str
    target: str
    target_start: int | None
    target_end: int | None
    method: Method
    price: float = 0.0
    reason: str = ""
