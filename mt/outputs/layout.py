"""A translated document as its writers see it: in reading order, table cells gathered into tables."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aligned.records import Pair
from mt.documents import Block, Document, Kind

# What a page repeats around its text. A masthead stands once and is part of the document.
PAGE_MARGIN = frozenset({Kind.RUNNING_TITLE, Kind.PAGE_NUMBER})

_HEBREW_LETTER = re.compile("[\u05d0-\u05ea]")


@dataclass(frozen=True, slots=True)
class TranslatedBlock:
    """A block and the pairs of its sentences, in order."""

    block: Block
    pairs: tuple[Pair, ...]

    @property
    def target(self) -> str:
        """The English text; a block without pairs and without Hebrew, such as a number, stays itself."""
        if self.pairs:
            return " ".join(pair.target for pair in self.pairs if pair.target)
        return "" if _HEBREW_LETTER.search(self.block.text) else self.block.text


@dataclass(frozen=True, slots=True)
class TranslatedDocument:
    """A document and its translation, block by block."""

    document: Document
    blocks: tuple[TranslatedBlock, ...]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs in document order."""
        return tuple(pair for block in self.blocks for pair in block.pairs)

    @property
    def title(self) -> str:
        """The first heading of the highest rank in English, else the name of the file."""
        headings = [block for block in self.blocks if block.block.kind == Kind.HEADING and block.target]
        return (
            one_line(min(headings, key=lambda item: item.block.level).target)
            if headings
            else self.document.name
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; a cell holds its blocks, none where the table has a gap."""

    rows: tuple[tuple[tuple[TranslatedBlock, ...], ...], ...]

    @property
    def width(self) -> int:
        return max(len(row) for row in self.rows)


def one_line(text: str) -> str:
    """Return the text without line breaks, which would end a paragraph or a row."""
    return re.sub(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*", " ", text).strip()


def without_margins(blocks: Iterable[TranslatedBlock]) -> list[TranslatedBlock]:
    """Leave out running titles and page numbers, also from between the rows of a table."""
    return [block for block in blocks if block.block.kind not in PAGE_MARGIN]


def flow(blocks: Iterable[TranslatedBlock]) -> Iterator[TranslatedBlock | Table]:
    """Yield blocks in order, the cells of a table as one table.

    Page margins do not tear a table: those between its rows come after it.
    """
    margins: list[TranslatedBlock] = []
    cells: list[TranslatedBlock] = []
    for item in blocks:
        if cells and item.block.kind in PAGE_MARGIN:
            margins.append(item)
            continue
        if cells and _table_number(item) != _table_number(cells[0]):
            yield _table(cells)
            yield from margins
            cells, margins = [], []
        if _table_number(item) is None:
            yield item
        else:
            cells.append(item)
    if cells:
        yield _table(cells)
    yield from margins


def _table_number(item: TranslatedBlock) -> int | None:
    cell = item.block.cell
    return cell[0] if item.block.kind == Kind.TABLE_CELL and cell else None


def _table(cells: list[TranslatedBlock]) -> Table:
    places: dict[tuple[int, int], list[TranslatedBlock]] = {}
    for item in cells:
        _, row, column = item.block.cell or (0, 0, 0)
        places.setdefault((row, column), []).append(item)
    width = 1 + max(column for _, column in places)
    rows = sorted({row for row, _ in places})
    return Table(tuple(tuple(tuple(places.get((row, at), ())) for at in range(width)) for row in rows))
