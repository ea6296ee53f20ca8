"""Where paragraphs end: hard-wrapped lines told from whole paragraphs by width, gaps and punctuation."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mt.furniture import Row
from mt.marks import ends_in_hyphen, find_mark, is_finished, runs_on

# A file is hard-wrapped if this share of its longer lines is full and this share ends in mid-sentence.
FULL_SHARE, UNFINISHED_SHARE = 0.5, 0.3
# No page is wider than this, in characters; longer lines are whole paragraphs.
WIDEST = 200
# A line shorter than this share of the width ends its paragraph, whatever its punctuation.
SHORT = 0.8
# The same where blank lines part the paragraphs, or where the lines are too few to tell a width from.
VERY_SHORT = 0.5
FEW = 5
# The width around a line may be smaller than the document's by this factor (a boxed abstract, a list).
NARROWED = 0.85
# How many lines make the surroundings.
AROUND = 12
# Headings fill no more of the line than this; the longest has so many characters.
HEADING_WIDTH, LONGEST_HEADING = 0.78, 120
# If this share of the lines starts with a full stop or a comma, line ends cannot be trusted to end sentences.
DAMAGED_SHARE = 0.04
# Where nearly all lines are followed by a blank line, a blank line parts nothing.
TOUCHING_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Ruler:
    """What the lines of a document are like: width in characters, usual gap in blank lines."""

    width: int
    gap: int
    wrapped: bool
    trusted: bool
    short: float


def measure(rows: Sequence[Row]) -> Ruler:
    """Return what the body's rows are like."""
    lengths = sorted(len(row.text) for row in rows) or [0]
    width = lengths[-(-9 * (len(lengths) - 1) // 10)]
    gaps = [row.gap for row in rows[1:]]
    touching = gaps.count(0) >= TOUCHING_SHARE * len(gaps) or len(gaps) < 2
    gap = 0 if touching else Counter(gaps).most_common(1)[0][0]
    damaged = sum(row.text[:1] in (".", ",", ";", ":") and not find_mark(row.text) for row in rows)
    spaced = gap == 0 and any(gaps)
    return Ruler(
        width=width,
        gap=gap,
        wrapped=_is_wrapped(rows, width, gap),
        trusted=damaged < max(2, DAMAGED_SHARE * len(rows)),
        short=VERY_SHORT if spaced or len(rows) < FEW else SHORT,
    )


def _is_wrapped(rows: Sequence[Row], width: int, gap: int) -> bool:
    """Tell lines cut at a width from lines that are paragraphs: the former are full and break off."""
    pairs = [
        (before.text, after.text)
        for before, after in pairwise(rows)
        if after.gap <= gap and len(before.text) > width / 2 and not find_mark(after.text)
    ]
    if not pairs or width > WIDEST:
        return False
    full = sum(
        len(text) >= SHORT * width or len(text) + len(_first_word(after)) >= width for text, after in pairs
    )
    unfinished = sum(not is_finished(text) for text, _ in pairs)
    enough = len(rows) < FEW or full >= FULL_SHARE * len(pairs)
    return enough and unfinished >= UNFINISHED_SHARE * len(pairs)


def _first_word(text: str) -> str:
    return text.split(maxsplit=1)[0] if text else ""


def headings_inside(body: Sequence[Row], ruler: Ruler) -> set[Row]:
    """Find headings that no gap sets apart: short, unfinished, between a sentence's end and a full line.

    The last line of a paragraph is as short, but it is finished.
    """
    if not ruler.wrapped or not ruler.trusted:
        return set()
    return {
        row
        for before, row, after in zip(body, body[1:], body[2:], strict=False)
        if is_finished(before.text)
        and not is_finished(row.text)
        and not runs_on(row.text)
        and len(row.text) <= HEADING_WIDTH * ruler.width
        and len(row.text) + len(_first_word(after.text)) < SHORT * ruler.width <= len(after.text)
    }


def breaks(before: Sequence[Row], row: Row, gap: int | None, ruler: Ruler) -> bool:
    """Tell whether the row starts a new paragraph after the rows before it."""
    if gap is not None and gap > ruler.gap:
        return True
    if not ruler.wrapped:
        return True
    last = before[-1].text
    width = _width_here(before, row, ruler)
    if ruler.trusted and is_finished(last):
        return len(last) + 1 + len(_first_word(row.text)) <= width
    if ends_in_hyphen(last) or (ruler.trusted and runs_on(last) and len(last) > VERY_SHORT * width):
        return False
    return len(last) < ruler.short * width


def _width_here(before: Sequence[Row], row: Row, ruler: Ruler) -> float:
    around = [len(line.text) for line in before[-AROUND:]]
    if len(before) == 1:
        around.append(len(row.text))
    return min(max(NARROWED * ruler.width, *around), ruler.width)
