"""The nouns that every room shares: segments, translations and pairs."""

from dataclasses import dataclass, field
from enum import StrEnum

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

    `undoes` is the number of the change that this one takes back.
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
