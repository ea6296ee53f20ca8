"""Pieces: what the readers of files with a structure find, and the one way from them to blocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from glossary.hebrew import clean_text
from mt.documents import Block, Kind, Line
from mt.furniture import is_masthead, is_page_number
from mt.marks import ListTracker, find_mark, is_caption, is_finished, join_lines
from mt.repair import Repairer

# How many paragraphs at the top and at the end of a document may be its masthead.
TOP, BOTTOM = 6, 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, heading, cell or note as its file marks it; `lines` are parted by forced line breaks."""

    kind: Kind
    lines: tuple[str, ...]
    level: int = 0
    marker: str = ""
    cell: tuple[int, int, int] | None = None


def one_line(text: str) -> str:
    """Return the text in its normal form with single spaces."""
    return " ".join(clean_text(text).split())


def read_lines(
    numbers: Sequence[tuple[int, int | None]], raws: Sequence[str], repair: Repairer
) -> list[Line]:
    """Repair all lines at once and number them; `numbers` holds (number, page) of each."""
    return [
        Line(number, raw, one_line(result.repaired), page, result.verdict, result.confidence)
        for (number, page), raw, result in zip(numbers, raws, repair(raws), strict=True)
    ]


def blocks_from(pieces: Iterable[Piece], repair: Repairer) -> tuple[Block, ...]:
    """Repair the lines of all pieces in one call and return their blocks; blank lines fall away."""
    kept = [replace(piece, lines=tuple(filter(one_line, piece.lines))) for piece in pieces]
    kept = [piece for piece in kept if piece.lines]
    raws = [raw for piece in kept for raw in piece.lines]
    lines = iter(read_lines([(number, None) for number in range(1, len(raws) + 1)], raws, repair))
    blocks = [_block(piece, tuple(next(lines) for _ in piece.lines)) for piece in kept]
    return tuple(_marked(_mastheads(blocks)))


def _block(piece: Piece, lines: tuple[Line, ...]) -> Block:
    text = join_lines([line.text for line in lines])
    return Block(piece.kind, text, lines, piece.level, piece.marker, piece.cell)


def _mastheads(blocks: Sequence[Block]) -> list[Block]:
    edges = {*range(TOP), *range(len(blocks) - BOTTOM, len(blocks))} if len(blocks) > 1 else set()
    return [
        replace(block, kind=Kind.MASTHEAD)
        if place in edges and block.kind in (Kind.PARAGRAPH, Kind.RUNNING_TITLE) and is_masthead(block.text)
        else block
        for place, block in enumerate(blocks)
    ]


def _marked(blocks: Sequence[Block]) -> list[Block]:
    """Set apart the marks that were typed by hand, and name captions and page numbers."""
    tracker = ListTracker()
    marked = []
    for block in blocks:
        mark = find_mark(block.text)
        if block.kind is Kind.RUNNING_TITLE and is_page_number(block.text):
            block = replace(block, kind=Kind.PAGE_NUMBER)
        elif block.kind is Kind.PARAGRAPH and is_caption(block.text) and not is_finished(block.text[:-1]):
            block = replace(block, kind=Kind.CAPTION)
        elif block.kind is Kind.PARAGRAPH and mark and (level := tracker.level(mark, mid_sentence=False)):
            block = replace(block, kind=Kind.LIST_ITEM, text=mark.rest, level=level, marker=mark.marker)
        else:
            tracker.close()
        marked.append(block)
    return marked
