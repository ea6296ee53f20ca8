"""The nouns that every room shares: segments, translations and pairs."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from aligned.qa.issues import Issue, Severity, Span
from glossary.receipt import Receipt


class Status(StrEnum):
    """Where a pair stands in its review."""

    NEW = "new"
    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"
    UNSURE = "unsure"


class Origin(StrEnum):
    """What made a pair."""

    TRANSLATION = "translation"
    ALIGNMENT = "alignment"
    IMPORT = "import"


class ChangeKind(StrEnum):
    """What was done to a pair, or to several; the last four put new pairs in the place of others."""

    VERDICT = "verdict"
    COMMENT = "comment"
    SPLIT = "split"
    MERGE = "merge"
    MOVE = "move"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence of a document and where it came from.

    `position` counts the document's segments from 0. `block` counts its blocks from 0; `start` and `end`
    are character offsets in the text of that block. `page`, `first_line` and `last_line` count from 1;
    pages are known in PDF only. Lines count within the page where there is one, else within the file.
    `damaged` is the text of those lines as the file has it, where repair changed them, else None.
    """

    position: int
    text: str
    block: int
    kind: str
    start: int
    end: int
    page: int | None = None
    first_line: int | None = None
    last_line: int | None = None
    damaged: str | None = None
    repair: str = "intact"
    level: int = 0
    marker: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the store keeps it.

    `digest` is the SHA-256 of the file's bytes in hexadecimal; `reading` is the signature of everything
    that turned those bytes into segments. The two together identify a document.
    """

    digest: str
    reading: str
    name: str
    format: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """One source text translated once.

    `key` is the digest of source, constraints and signature. `score` is the model's mean log-probability
    per target token in nats. `signature` names engine, model digest, decoding and versions in one line.
    """

    key: str
    source: str
    target: str
    score: float
    signature: str
    receipts: tuple[Receipt, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a pair: who, when (UTC in ISO 8601), and what it was before and after.

    `undoes` is the number of the change that this one takes back. A change of structure names the pairs that
    gave way and those that came for them, in order; its targets are theirs, joined.
    """

    number: int
    pair_id: str
    at: str
    who: str
    status_before: Status
    status_after: Status
    target_before: str
    target_after: str
    undoes: int | None = None
    kind: ChangeKind = ChangeKind.VERDICT
    comment: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """What a check found in a pair; spans count characters of the source and of the target."""

    check: str
    severity: Severity
    message: str
    source: tuple[Span, ...] = ()
    target: tuple[Span, ...] = ()

    @classmethod
    def from_issue(cls, issue: Issue) -> Self:
        """Return what is kept of an issue once it is known of which pair it is."""
        fault = issue.fault
        return cls(issue.check, issue.severity, fault.message, fault.source, fault.target)


@dataclass(frozen=True, slots=True)
class Pair:
    """A Hebrew sentence and its English, with the whole chain of its provenance.

    `changed` is when a person or an import last changed it: UTC in ISO 8601, empty where nobody has.
    """

    id: str
    source: str
    target: str
    origin: Origin
    status: Status
    document: str
    name: str
    segment: Segment
    signature: str
    glossary: str
    score: float
    receipts: tuple[Receipt, ...] = field(default=())
    findings: tuple[str, ...] = field(default=())
    changed: str = ""


@dataclass(frozen=True, slots=True)
class StoredPair:
    """A pair and what must be known to change it.

    `version` counts its changes, `document` is the number of its document in the store, `segments` are those
    that it covers, `part` orders the pairs that begin with one segment. `chrf` is its chrF2 against a
    reference, 0 to 100, None where there is none.
    """

    pair: Pair
    version: int
    document: int
    segments: tuple[Segment, ...]
    part: int = 0
    chrf: float | None = None

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands: document, position and part; a page in document order goes on from there."""
        return self.document, self.pair.segment.position, self.part
