"""A document as the store has it: what people made of its translation, ready to be written."""

from itertools import groupby

from aligned.records import Pair, Segment
from aligned.store import Store
from mt.documents import Block, Document, Kind
from mt.outputs.layout import TranslatedBlock, TranslatedDocument


def stored_document(store: Store, number: int) -> TranslatedDocument:
    """Return a document of the store with the pairs that it shows now.

    It has the blocks that held Hebrew: others, such as numbers that stood alone, are in no pair. Rejected
    pairs are left as they are: to drop a sentence is no translator's business.
    """
    record = store.document(number)
    kept = {segment.position: segment for segment in record.segments}
    groups = groupby(store.pairs(number), key=lambda pair: pair.segment.block)
    blocks = tuple(_block(kept, tuple(pairs)) for _, pairs in groups)
    document = Document(record.name, record.format, record.digest, tuple(item.block for item in blocks))
    return TranslatedDocument(document, blocks)


def _block(kept: dict[int, Segment], pairs: tuple[Pair, ...]) -> TranslatedBlock:
    first = kept[pairs[0].segment.position]
    kind = Kind(first.kind) if first.kind in set(Kind) else Kind.PARAGRAPH
    # Where a cell stood in its table, the store does not know.
    kind = Kind.PARAGRAPH if kind == Kind.TABLE_CELL else kind
    text = " ".join(pair.source for pair in pairs)
    return TranslatedBlock(Block(kind, text, (), first.level, first.marker), pairs)
