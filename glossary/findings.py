"""What can be wrong with the terms and names of a pair: the kinds, and the record of one fault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from glossary.match import Match, TargetMatch
from glossary.terms import Term


class Kind(StrEnum):
    """Kinds of findings, in the order in which they are listed for one line."""

    MISSING = "missing"
    INEXACT = "inexact"
    FORBIDDEN = "forbidden"
    RENAMED = "renamed"
    INCONSISTENT = "inconsistent"
    UNTRANSLATED = "untranslated"
    INVENTED = "invented"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a pair.

    `term` is the Hebrew it concerns and `target` the English that was expected, each empty where there is
    none. `text` is what stands instead, at target[start:end] in characters. `expected` and `found` count: for
    a missing, inexact or misspelt term how often it is owed and there; for two renderings of one term or name
    how often the document has the usual one and this one; for what must not stand, none and how often.
    """

    line: int
    kind: Kind
    term: str
    target: str
    expected: int
    found: int
    text: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A pair with the terms in its source, the English forms in its target, and which serve which."""

    line: int
    source: str
    target: str
    terms: Sequence[Match]
    owed: Mapping[Term, int]
    forms: Sequence[TargetMatch]
    served: Sequence[tuple[Term, TargetMatch]]

    def is_free(self, start: int, end: int) -> bool:
        """Tell whether no English form of the glossary stands in this part of the target."""
        return not any(form.start < end and start < form.end for form in self.forms)
