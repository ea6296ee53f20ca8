"""The nouns of checking: a numbered pair, how grave a fault is, and the record of one fault."""

from dataclasses import dataclass
from enum import StrEnum

Span = tuple[int, int]


class Severity(StrEnum):
    """How grave a fault is, the gravest first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class NumberedPair:
    """A Hebrew sentence and its English; `line` says where they stand in their file, from 1."""

    line: int
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What one check has to say of a pair; spans count characters of the source and of the target."""

    message: str
    source: tuple[Span, ...] = ()
    target: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """A fault, with the line of its pair, the check that found it, and how grave that check's faults are."""

    line: int
    check: str
    severity: Severity
    fault: Fault
