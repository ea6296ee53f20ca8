"""Strategies for pairs that hold anything a text can hold, and a reading of what a writer wrote."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from aligned.formats import read_pairs, write_pairs
from aligned.records import Origin, Pair, Segment, Status
from glossary.receipt import Method, Receipt

# What breaks files: separators, quotes, ends of lines, markup, escapes of Excel and of ours, formulas,
# controls that XML forbids, marks of direction, letters beyond the BMP.
HARD_TEXTS = (
    "a\tb\nc\rd\r\ne",
    'C:\\temp\\new \\ "x", and; more',
    "<seg>&amp;&lt;</seg> ]]> <!-- -->",
    "_x000D_ _x005F_ json:x",
    "json:",
    '=HYPERLINK("x")',
    "+1",
    "-1",
    "@x",
    "\u2028 \x85 \x0b \x0c \x1c \x00 \ufffe \uffff",
    "\u202bסעיף 4\u202c \u200f(ב)\u200e \ufeff",
    "\U0001d538 \U0001f4a7 ש\u05b8\u05c1",
    "  two spaces  ",
    "#N/A",
    "",
)
# Whole characters only: a half has no UTF-8, and every format but JSON refuses it or writes it as a code.
characters = st.characters(exclude_categories=["Cs"])
texts = st.text(characters, max_size=12) | st.sampled_from(HARD_TEXTS)
numbers = st.none() | st.integers(1, 10**6)
spans = st.none() | st.integers(0, 500)
small = st.integers(0, 500)
floats = st.floats(-100, 0)
receipts = st.builds(
    Receipt, texts, small, small, texts, texts, spans, spans, st.sampled_from(Method), floats, texts
)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A pair as the store may hold it; the text of its segment is its source."""
    source = draw(texts)
    segment = Segment(
        draw(small), source, draw(small), draw(st.sampled_from(("paragraph", "heading"))), draw(small),
        draw(small), draw(numbers), draw(numbers), draw(numbers), draw(texts) or None, "reversed",
        draw(small), draw(texts),
    )  # fmt: skip
    return Pair(
        id=draw(st.text("0123456789abcdef", min_size=16, max_size=16)),
        source=source,
        target=draw(texts),
        origin=draw(st.sampled_from(Origin)),
        status=draw(st.sampled_from(Status)),
        document="ab" * 32,
        name=draw(st.sampled_from(("brief.docx", "מים.pdf"))),
        segment=segment,
        signature=draw(texts),
        glossary=draw(texts),
        score=draw(floats),
        receipts=tuple(draw(st.lists(receipts, max_size=2))),
        findings=tuple(draw(st.lists(texts, max_size=2))),
        changed=draw(st.sampled_from(("", "2026-01-02T03:04:05+00:00"))),
    )


def written_and_read(items: Sequence[Pair], ending: str) -> list[Pair]:
    """What comes back from a file of that ending."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"pairs{ending}"
        write_pairs(items, path)
        return list(read_pairs(path))
