"""A small translated brief with one of everything, and the comparison with golden files."""

import os
from pathlib import Path

from aligned.pairs import make_pair
from aligned.records import DocumentRecord, Pair, Segment, Translation
from glossary.receipt import Method, Receipt
from mt.documents import Block, Document, Kind, Line
from mt.outputs import TranslatedBlock, TranslatedDocument

DATA = Path(__file__).parent / "data"

RECORD = DocumentRecord("5a" * 32, "txt 1, segment 1", "water brief.he.txt", "txt", ())
SIGNATURE = "ctranslate2 4.6, model 1f3a, beam 4, length penalty 1.0"

FORCED = Receipt("רשות המים", 0, 9, "", "Water Authority", 4, 19, Method.FORCED, 0.42)
FREE = Receipt("כנרת", 32, 36, "ה", "Sea of Galilee", 50, 64, Method.FREE)
FAILED = Receipt("ביוב", 6, 10, "", "sewage", None, None, Method.FAILED, reason="beam lost it")

# Kind, level, marker, cell, then (source, target, receipts, findings) of each sentence.
Sentence = tuple[str, str, tuple[Receipt, ...], tuple[str, ...]]
Row = tuple[Kind, int, str, tuple[int, int, int] | None, list[Sentence]]


def _plain(source: str, target: str) -> list[Sentence]:
    return [(source, target, (), ())]


ROWS: list[Row] = [
    (Kind.MASTHEAD, 0, "", None, _plain("המכון לחקר המים", "The Institute for Water Research")),
    (Kind.HEADING, 1, "", None, _plain("מחיר המים", "The Price of Water")),
    (
        Kind.PARAGRAPH,
        0,
        "",
        None,
        [
            (
                "רשות המים קבעה כי שאיבת מים מן הכנרת תצומצם.",
                "The Water Authority ruled that pumping out of the Sea of Galilee will be cut.",
                (FORCED, FREE),
                (),
            ),
            ('עלותה 1,200 ש"ח.', "It costs NIS 1,200 & <more>.", (), ("number 1,200 kept",)),
        ],
    ),
    (Kind.RUNNING_TITLE, 0, "", None, _plain("מחיר המים", "The Price of Water")),
    (Kind.PAGE_NUMBER, 0, "", None, _plain("2", "2")),
    (Kind.HEADING, 2, "ב.", None, _plain("המלצות", "Recommendations")),
    (Kind.LIST_ITEM, 1, "1.", None, _plain("להפחית את הפחת.", "Reduce losses.")),
    (Kind.LIST_ITEM, 2, "א.", None, _plain("להחליף צינורות.", "Replace pipes.")),
    (Kind.LIST_ITEM, 2, 'ט"ו.', None, _plain("למדוד.", "Measure.")),
    (Kind.LIST_ITEM, 1, "2.", None, _plain("לתקן.", "Repair.")),
    (Kind.LIST_ITEM, 1, "•", None, _plain("לפרסם *נתונים*.", "Publish *data*.")),
    (Kind.CAPTION, 0, "", None, _plain("לוח 1: צריכה", "Table 1: Consumption")),
    (Kind.TABLE_CELL, 0, "", (0, 0, 0), _plain("שנה", "Year")),
    (Kind.TABLE_CELL, 0, "", (0, 0, 1), _plain("מיליון מ״ק", "Million m³ | net")),
    (Kind.TABLE_CELL, 0, "", (0, 1, 0), _plain("2021", "2021")),
    (Kind.PAGE_NUMBER, 0, "", None, _plain("3", "3")),
    (Kind.TABLE_CELL, 0, "", (0, 1, 1), []),
    (Kind.PARAGRAPH, 0, "", None, [("מערכת ביוב אינה כלולה.", "=Drains are\tnot included.", (FAILED,), ())]),
    (Kind.FOOTNOTE, 0, "1", None, _plain("ראו נספח.", "See the appendix.")),
]


def translated() -> TranslatedDocument:
    """Build the document anew."""
    blocks: list[TranslatedBlock] = []
    position = 0
    for number, (kind, level, marker, cell, sentences) in enumerate(ROWS):
        text = " ".join(sentence[0] for sentence in sentences) or "1,345"
        block = Block(kind, text, (Line(number + 1, text, text),), level, marker, cell)
        pairs = [_pair(position + at, number, block, sentence) for at, sentence in enumerate(sentences)]
        blocks.append(TranslatedBlock(block, tuple(pairs)))
        position += len(sentences)
    document = Document(RECORD.name, RECORD.format, RECORD.digest, tuple(item.block for item in blocks))
    return TranslatedDocument(document, tuple(blocks))


def _pair(position: int, number: int, block: Block, sentence: Sentence) -> Pair:
    source, target, receipts, findings = sentence
    start = block.text.index(source)
    damaged = source[::-1] if "1,200" in source else None
    segment = Segment(
        position,
        source,
        number,
        block.kind.value,
        start,
        start + len(source),
        1 if position < 4 else None,
        number + 1,
        number + 1,
        damaged,
        "reversed" if damaged else "intact",
        block.level,
        block.marker,
    )
    translation = Translation(f"key {source}", source, target, -0.25, SIGNATURE, receipts, findings)
    return make_pair(RECORD, segment, translation, "glossary 77")


def assert_golden(name: str, content: bytes) -> None:
    """Compare with tests/data/NAME; with WRITE_GOLDEN set, write it: then read the difference in git."""
    path = DATA / name
    if os.environ.get("WRITE_GOLDEN"):
        path.write_bytes(content)
    assert content.decode() == path.read_bytes().decode(), f"{name} has changed"
