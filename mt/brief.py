"""A brief from file to English: read, repaired, cut into sentences, translated, kept."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from aligned.records import DocumentRecord, Pair, Segment
from aligned.store import Store
from glossary.hebrew import has_hebrew
from glossary.receipt import Method
from mt.documents import Block, Document, Line
from mt.outputs import TranslatedBlock, TranslatedDocument
from mt.readers import read_document, require_hebrew
from mt.repair import INTACT, LOW_CONFIDENCE, Repairer, repair_lines
from mt.segment import segment
from mt.translate import Progress, Translator, translate_all

# Changes when the same file would be cut into other segments.
READING_VERSION = 2


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did; `fresh` sentences were not in the store, `doubtful` lines want a person's eye."""

    sentences: int
    fresh: int
    terms: int
    forced: int
    failed: int
    set_apart: int
    doubtful: tuple[Line, ...]
    findings: tuple[tuple[Segment, str], ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """A document that has been read and cut, and the record that the store keeps of it."""

    document: Document
    record: DocumentRecord


def open_brief(path: Path, repair: Repairer = repair_lines) -> Brief:
    """Read a file, repair its lines and cut it into segments.

    Raises DocumentError for a file that cannot be read or holds no Hebrew.
    """
    document = read_document(path, repair)
    require_hebrew(document)
    reading = f"reading:{READING_VERSION}|repair:{repair.__name__}"
    record = DocumentRecord(document.digest, reading, document.name, document.format, cut(document))
    return Brief(document, record)


def translate_brief(
    brief: Brief,
    translator: Translator,
    store: Store,
    watch: Callable[[Progress], object] = bool,
) -> tuple[TranslatedDocument, Summary]:
    """Translate a brief and keep every pair; sentences that the store knows are not translated again."""
    segments = brief.record.segments
    number = store.add_document(brief.record)
    sources = [segment.text for segment in segments]
    fresh = 0
    for count, progress in enumerate(translate_all(translator, sources, store)):
        fresh = progress.total - progress.done if count == 0 else fresh
        watch(progress)
    keys = [(segment.position, translator.key(segment.text)) for segment in segments]
    store.add_pairs(number, keys, translator.glossary.digest)
    translated = _translated(brief.document, list(store.pairs(number)))
    return translated, _summary(translated, fresh)


def cut(document: Document) -> tuple[Segment, ...]:
    """Cut a document into segments, each with its place in block and file; text without Hebrew makes none."""
    segments: list[Segment] = []
    for index, block in enumerate(document.blocks):
        if has_hebrew(block.text):
            segments += _cut_block(index, block, len(segments))
    return tuple(segments)


def _cut_block(index: int, block: Block, first: int) -> list[Segment]:
    places = _line_places(block)
    segments = []
    for count, sentence in enumerate(segment(block.text, "he")):
        lines = _lines_between(block, places, sentence.start, sentence.end)
        repaired = [line for line in lines if line.verdict != INTACT]
        segments.append(
            Segment(
                position=first + count,
                text=sentence.text,
                block=index,
                kind=block.kind.value,
                start=sentence.start,
                end=sentence.end,
                page=lines[0].page,
                first_line=lines[0].number,
                last_line=lines[-1].number,
                damaged="\n".join(line.raw for line in lines) if repaired else None,
                repair="+".join(dict.fromkeys(line.verdict for line in repaired)) or INTACT,
                level=block.level,
                marker=block.marker,
            )
        )
    return segments


def _line_places(block: Block) -> list[int]:
    """Return where each line ends, in characters that are not blanks, counted in the block's text.

    Blanks are left out because rejoining lines changes nothing else; what the lines have more than the
    text is the marker before it.
    """
    sizes = [_solid(line.text) for line in block.lines]
    place = _solid(block.text) - sum(sizes)
    ends = []
    for size in sizes:
        place += size
        ends.append(place)
    return ends


def _lines_between(block: Block, ends: list[int], start: int, end: int) -> list[Line]:
    first, last = _solid(block.text[:start]), _solid(block.text[:end])
    starts = [0, *ends[:-1]]
    lines = [
        line for line, a, b in zip(block.lines, starts, ends, strict=True) if a < last and b > first
    ]  # fmt: skip
    return lines or list(block.lines)


def _solid(text: str) -> int:
    return sum(not char.isspace() for char in text)


def _translated(document: Document, pairs: list[Pair]) -> TranslatedDocument:
    by_block = {block: tuple(group) for block, group in groupby(pairs, key=lambda pair: pair.segment.block)}
    blocks = (TranslatedBlock(block, by_block.get(at, ())) for at, block in enumerate(document.blocks))
    return TranslatedDocument(document, tuple(blocks))


def _summary(translated: TranslatedDocument, fresh: int) -> Summary:
    pairs = translated.pairs
    methods = [receipt.method for pair in pairs for receipt in pair.receipts]
    return Summary(
        sentences=len(pairs),
        fresh=fresh,
        terms=len(methods),
        forced=methods.count(Method.FORCED),
        failed=methods.count(Method.FAILED),
        set_apart=sum(block.is_furniture for block in translated.document.blocks),
        doubtful=tuple(
            line
            for block in translated.document.blocks
            for line in block.lines
            if line.confidence < LOW_CONFIDENCE
        ),
        findings=tuple((pair.segment, finding) for pair in pairs for finding in pair.findings),
    )
