"""A document as the rest of the program sees it, whatever file it came from."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a block is on its page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_CELL = "table_cell"
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    MASTHEAD = "masthead"
    RUNNING_TITLE = "running_title"
    PAGE_NUMBER = "page_number"


# Page furniture: kept and flagged, never joined to the sentence it interrupts.
FURNITURE = frozenset({Kind.MASTHEAD, Kind.RUNNING_TITLE, Kind.PAGE_NUMBER})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: `raw` as it was read, `text` as repair left it.

    `number` counts from 1, within the page where `page` is known (PDF, also from 1), else in the file; in
    a file without lines (docx, html) it counts the paragraphs. `verdict` is the repair's word for the line
    and `confidence` its probability of being right.
    """

    number: int
    raw: str
    text: str
    page: int | None = None
    verdict: str = "intact"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or its like: clean text, without hard line breaks, marks of direction or its marker.

    `marker` is the list or footnote mark that stood before the text ("1.", "•"); `level` is a heading's
    rank from 1 or a list's depth from 1; `cell` is (table, row, column), each from 0, for table cells.
    """

    kind: Kind
    text: str
    lines: tuple[Line, ...]
    level: int = 0
    marker: str = ""
    cell: tuple[int, int, int] | None = None

    @property
    def is_furniture(self) -> bool:
        return self.kind in FURNITURE


@dataclass(frozen=True, slots=True)
class Document:
    """A file read whole: `digest` is the SHA-256 of its bytes in hexadecimal, `format` its kind of file."""

    name: str
    format: str
    digest: str
    blocks: tuple[Block, ...]
    encoding: str = "utf-8"
