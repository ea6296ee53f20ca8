"""Glyphs on a page → lines in reading order, from their places alone.

What order a PDF names its glyphs in is its program's affair; where they stand is what the reader sees. Lines
are found by their baselines, columns by the gutters between them, words by the gaps between glyphs, and the
order in a line by the bidirectional algorithm (UAX #9) backwards.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median, median_low

from glossary.hebrew import HEBREW_LETTERS, has_hebrew
from mt.repair.numbers import turn_brackets
from mt.repair.visual import visual_order

# All in parts of the glyphs' size: rows of one baseline, what a raised number may stand above it, the gap
# that is a blank, the gutter between columns, and the distance of lines from which a paragraph begins.
_SAME_LINE = 0.25
_RAISED = 0.8
_BLANK = 0.18
_GUTTER = 0.9
_PARAGRAPH = 1.35
# Rows that a gutter must run through, and how full of text both its sides must be.
_COLUMN_ROWS = 4
_FULL = 0.6
_HEBREW = re.compile(f"[{HEBREW_LETTERS}]")
_LATIN = re.compile("[A-Za-z]")
# Numbers with signs between them, and Latin words with what joins them (UAX #9, W4 to W7).
_LEFT_TO_RIGHT = re.compile(
    r"[$€£]?\d+(?:[-.,:/+]\d+)*%?|[A-Za-z@][A-Za-z0-9@._]*(?:(?: |-| & )[A-Za-z][A-Za-z0-9._]*|-\d+)*"
)
# A raised number behind a measure is no note.
_POWER = re.compile(r"(?:(?<=[קסמ]\"מ)|(?<=[a-z]m))\[([23])\]")
_POWERS = str.maketrans("23", "\u00b2\u00b3")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character on the page: its edges and baseline in points from the lower left, and its font's size."""

    text: str
    left: float
    right: float
    baseline: float
    size: float


@dataclass(slots=True)
class _Row:
    glyphs: list[Glyph] = field(default_factory=list)

    @property
    def size(self) -> float:
        return max(glyph.size for glyph in self.glyphs)

    @property
    def baseline(self) -> float:
        size = self.size
        return median(glyph.baseline for glyph in self.glyphs if glyph.size > 0.8 * size)

    @property
    def left(self) -> float:
        return min(glyph.left for glyph in self.glyphs)

    @property
    def right(self) -> float:
        return max(glyph.right for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line in reading order, and how many blank lines stand above it."""

    text: str
    gap: int = 0


def page_lines(glyphs: Iterable[Glyph]) -> list[PageLine]:
    """Return the lines of a page from top to bottom, the right column of two before the left one."""
    rows = _in_columns(_rows(list(glyphs)))
    pitches = [
        (above.baseline - below.baseline) / max(above.size, below.size)
        for above, below in itertools.pairwise(rows)
    ]
    usual = median_low([pitch for pitch in pitches if pitch > 0] or [1.0])
    texts = [_read(row) for row in rows]
    gaps = [0] * len(rows)
    for at, pitch in enumerate(pitches):
        had_room = has_hebrew(texts[at]) and _had_room(rows, at)
        gaps[at + 1] = int(pitch > _PARAGRAPH * usual or had_room)
    return [PageLine(text, gap) for text, gap in zip(texts, gaps, strict=True)]


def _had_room(rows: Sequence[_Row], at: int) -> bool:
    """Tell whether the first word of the next row would have fitted at the left end of this one."""
    row = rows[at]
    lefts = sorted(
        other.left for other in rows if other.right >= row.right - row.size and other.left < row.right
    )
    # Most lines of a column are full; a title that spans two of them is not its measure.
    room = row.left - lefts[len(lefts) // 4]
    following = sorted(rows[at + 1].glyphs, key=lambda glyph: -glyph.right)
    edge = following[0].left
    for glyph in following[1:]:
        if edge - glyph.right > _BLANK * glyph.size:
            break
        edge = min(edge, glyph.left)
    return room > following[0].right - edge + following[0].size / 2


def _rows(glyphs: list[Glyph]) -> list[_Row]:
    """Return glyphs by baseline, raised and lowered small ones with the line that they belong to."""
    rows: list[_Row] = []
    large = sorted(glyphs, key=lambda glyph: -glyph.baseline)
    for glyph in large:
        if rows and rows[-1].glyphs[-1].baseline - glyph.baseline <= _SAME_LINE * glyph.size:
            rows[-1].glyphs.append(glyph)
        else:
            rows.append(_Row([glyph]))
    return _with_raised(rows)


def _with_raised(rows: list[_Row]) -> list[_Row]:
    """Put rows of small glyphs that stand a little above a line of larger ones, or below, into that line."""
    kept: list[_Row] = []
    for at, row in enumerate(rows):
        near = [*kept[-1:], *rows[at + 1 : at + 2]]
        host = next((other for other in near if _is_raised(row, other)), None)
        if host is None:
            kept.append(row)
        else:
            host.glyphs.extend(_noted(row, host))
    return kept


def _noted(row: _Row, host: _Row) -> list[Glyph]:
    """Return a raised number in running text as the mark of a note, other raised glyphs as they are."""
    glyphs = sorted(row.glyphs, key=lambda glyph: glyph.left)
    text = "".join(glyph.text for glyph in glyphs)
    if not text.isdecimal() or row.baseline <= host.baseline or host.right <= row.right:
        return glyphs
    return [replace(glyphs[0], text=f"[{text}]", right=glyphs[-1].right)]


def _is_raised(row: _Row, host: _Row) -> bool:
    if row.size > 0.85 * host.size or len(row.glyphs) >= len(host.glyphs):
        return False
    inside = host.left - host.size <= row.left and row.right <= host.right + host.size
    return inside and abs(row.baseline - host.baseline) <= _RAISED * host.size


def _in_columns(rows: list[_Row]) -> list[_Row]:
    """Return rows with those that a gutter runs through cut in two, right halves first."""
    done: list[_Row] = []
    at = 0
    while at < len(rows):
        end, gutter = _gutter_from(rows, at)
        if gutter is None or _stands_above(rows[at:end], gutter):
            done.append(rows[at])
            at += 1
            continue
        halves = [_halves(row, gutter) for row in rows[at:end]]
        done += _in_columns([right for _, right in halves if right.glyphs])
        done += _in_columns([left for left, _ in halves if left.glyphs])
        at = end
    return done


def _stands_above(rows: Sequence[_Row], gutter: float) -> bool:
    """Tell whether the first row is on one side of the gutter alone and apart from the next: a title."""
    first, second, third = rows[:3]
    apart = first.baseline - second.baseline > _PARAGRAPH * (second.baseline - third.baseline)
    return apart and not all(half.glyphs for half in _halves(first, gutter))


def _gutter_from(rows: Sequence[_Row], start: int) -> tuple[int, float | None]:
    """Return where a block of columns that starts at a row ends, and the middle of its gutter."""
    left, right = min(row.left for row in rows), max(row.right for row in rows)
    open_gaps = [(left, right)]
    end = start
    while end < len(rows):
        size = rows[end].size
        narrowed = [
            (max(a, c), min(b, d))
            for a, b in open_gaps
            for c, d in _empty(rows[end], left, right)
            if min(b, d) - max(a, c) >= _GUTTER * size
        ]
        if not narrowed:
            break
        open_gaps = narrowed
        end += 1
    for a, b in sorted(open_gaps, key=lambda gap: gap[0] - gap[1]):
        middle = (a + b) / 2
        if end - start >= _COLUMN_ROWS and _is_gutter(rows[start:end], middle):
            return end, middle
    return start, None


def _empty(row: _Row, left: float, right: float) -> list[tuple[float, float]]:
    """Return the stretches between two edges where a row has no glyph."""
    found, at = [], left
    for glyph in sorted(row.glyphs, key=lambda glyph: glyph.left):
        if glyph.left > at:
            found.append((at, glyph.left))
        at = max(at, glyph.right)
    return [*found, (at, right)] if at < right else found


def _is_gutter(rows: Sequence[_Row], middle: float) -> bool:
    """Tell whether running text, and no table's cells, stands on both sides."""
    for side in (0, 1):
        parts = [part for row in rows if (part := _halves(row, middle)[side]).glyphs]
        if len(parts) < _COLUMN_ROWS:
            return False
        width = max(part.right for part in parts) - min(part.left for part in parts)
        widths = [part.right - part.left for part in parts]
        if sum(widths) / len(widths) < _FULL * width or width < 8 * parts[0].size:
            return False
    return True


def _halves(row: _Row, middle: float) -> tuple[_Row, _Row]:
    left = [glyph for glyph in row.glyphs if (glyph.left + glyph.right) / 2 < middle]
    right = [glyph for glyph in row.glyphs if (glyph.left + glyph.right) / 2 >= middle]
    return _Row(left), _Row(right)


def _read(row: _Row) -> str:
    """Return a row's text in reading order."""
    seen = _seen(row)
    hebrew = list(_HEBREW.finditer(seen))
    if not hebrew:
        return seen
    latin = list(_LATIN.finditer(seen))
    if len(latin) > len(hebrew) and latin[-1].start() > hebrew[-1].start():
        return re.sub(rf"[{HEBREW_LETTERS}](?:[^A-Za-z0-9]*[{HEBREW_LETTERS}])*", lambda m: m[0][::-1], seen)
    return _POWER.sub(
        lambda power: power[1].translate(_POWERS), turn_brackets(visual_order(seen, _LEFT_TO_RIGHT))
    )


def _seen(row: _Row) -> str:
    """Return a row's characters from left to right, a blank for every gap as wide as one."""
    text, edge = "", None
    for glyph in sorted(row.glyphs, key=lambda glyph: (glyph.left + glyph.right) / 2):
        if edge is not None and glyph.left - edge > _BLANK * glyph.size:
            text += " "
        # Points come before their letter here, since the line is turned round later.
        text += glyph.text[::-1] if is_mark(glyph.text[-1]) else glyph.text
        edge = glyph.right if edge is None else max(edge, glyph.right)
    return text


def is_mark(text: str) -> bool:
    """Tell whether a character stands on another one (niqqud) and has no place of its own."""
    return unicodedata.combining(text) > 0


def is_glyph(text: str) -> bool:
    """Tell whether a character is seen: no blank, no control; bullets of private code points are."""
    return not text.isspace() and unicodedata.category(text) not in ("Cc", "Cf", "Cs", "Cn", "Zs")
