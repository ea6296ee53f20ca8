"""Pairs of the store as a document in two columns: Hebrew beside English, one row a pair."""

from collections.abc import Iterable
from pathlib import Path

from aligned.records import Pair
from mt.documents import Block, Document, Kind
from mt.outputs import write_output
from mt.outputs.layout import TranslatedBlock, TranslatedDocument

# What is written here rather than by `aligned.formats`: for people to read, not for programs.
ENDINGS = (".docx", ".html")


def write_bilingual(pairs: Iterable[Pair], path: Path) -> int:
    """Write pairs as a Word table or a page, whole or not at all; return how many.

    Raises:
        FormatError: the file cannot be written.
    """
    blocks = tuple(_block(pair) for pair in pairs)
    names = {pair.name for block in blocks for pair in block.pairs}
    name = names.pop() if len(names) == 1 else path.stem
    document = Document(name, path.suffix[1:], "", tuple(item.block for item in blocks))
    write_output(TranslatedDocument(document, blocks), path, bilingual=True)
    return len(blocks)


def _block(pair: Pair) -> TranslatedBlock:
    segment = pair.segment
    kind = Kind(segment.kind) if segment.kind in set(Kind) else Kind.PARAGRAPH
    # Where a cell stood in its table, the store does not know.
    kind = Kind.PARAGRAPH if kind == Kind.TABLE_CELL else kind
    marker = "" if segment.start else segment.marker
    return TranslatedBlock(Block(kind, pair.source, (), segment.level, marker), (pair,))
