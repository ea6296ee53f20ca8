"""Lines → blocks: paragraphs rejoined from the lines that a page or a wrapped file cut them into.

Nothing is dropped: every row belongs to exactly one block, and blocks stand in the order of their first row.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from mt.documents import FURNITURE, Block, Kind
from mt.furniture import Row, flag_rows, is_byline
from mt.marks import (
    ListTracker,
    Mark,
    ends_in_hyphen,
    find_mark,
    find_note,
    is_caption,
    is_finished,
    join_lines,
    runs_on,
)

__all__ = ["Row", "blocks_of"]

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
# Headings fill no more of the line than this; the longest has so many characters.
HEADING_WIDTH, LONGEST_HEADING = 0.78, 120
# If this share of the lines starts with a full stop or a comma, line ends cannot be trusted to end sentences.
DAMAGED_SHARE = 0.04
# Where nearly all lines are followed by a blank line, a blank line parts nothing.
TOUCHING_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class _Ruler:
    """What the lines of a document are like: width in characters, usual gap in blank lines."""

    width: int
    gap: int
    wrapped: bool
    trusted: bool
    short: float


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that make one block; `gap` is None where furniture or a page's end stands above."""

    rows: tuple[Row, ...]
    kind: Kind | None = None
    gap: int | None = None
    mark: Mark | None = None
    level: int = 0

    @property
    def text(self) -> str:
        texts = [row.text for row in self.rows]
        if self.mark is not None:
            texts[0] = self.mark.rest
        return join_lines(texts)


def blocks_of(rows: Sequence[Row]) -> tuple[Block, ...]:
    """Join the rows into blocks and name the kind of each."""
    flags = flag_rows(rows)
    ruler = _measure([row for row, flag in zip(rows, flags, strict=True) if flag is None])
    groups = _Grouping(ruler).group(rows, flags)
    groups = _joined_title(groups, ruler)
    return tuple(_block(group) for group in _named(groups, ruler))


def _measure(rows: Sequence[Row]) -> _Ruler:
    lengths = sorted(len(row.text) for row in rows) or [0]
    width = lengths[-(-9 * (len(lengths) - 1) // 10)]
    gaps = [row.gap for row in rows[1:]]
    touching = gaps.count(0) >= TOUCHING_SHARE * len(gaps) or len(gaps) < 2
    gap = 0 if touching else Counter(gaps).most_common(1)[0][0]
    damaged = sum(row.text.startswith((".", ",", ";", ":")) for row in rows)
    spaced = gap == 0 and any(gaps)
    return _Ruler(
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


@dataclass(slots=True)
class _Grouping:
    """Walk the rows once, opening and extending groups."""

    ruler: _Ruler
    groups: list[_Group] = field(default_factory=list)
    lists: ListTracker = field(default_factory=ListTracker)
    # Places of the open body group and the open footnote in `groups`.
    body: int | None = None
    note: int | None = None
    bridged: bool = False

    def group(self, rows: Sequence[Row], flags: Sequence[Kind | None]) -> list[_Group]:
        for row, flag in zip(rows, flags, strict=True):
            if flag in FURNITURE:
                self.groups.append(_Group((row,), flag))
                self.bridged = True
                if flag is Kind.MASTHEAD:
                    self.body = None
            elif flag is Kind.FOOTNOTE:
                self._add_note(row)
            else:
                self._add(row)
        return self.groups

    def _add_note(self, row: Row) -> None:
        note = find_note(row.text)
        if note is None and self.note is not None:
            self._extend(self.note, row)
            return
        mark = Mark(note[0], "note", note[1], note[2]) if note else None
        self.note = len(self.groups)
        self.groups.append(_Group((row,), Kind.FOOTNOTE, mark=mark))
        self.bridged = True

    def _add(self, row: Row) -> None:
        before = self.groups[self.body].rows if self.body is not None else ()
        bridged = self.bridged or (bool(before) and before[-1].sheet != row.sheet)
        gap = None if bridged else row.gap
        mark, level = self._mark(row, before, gap)
        if self.body is None or mark is not None or _breaks(before, row, gap, self.ruler):
            self.body = len(self.groups)
            self.groups.append(_Group((row,), None, gap, mark, level))
        else:
            self._extend(self.body, row)
        self.bridged = False

    def _mark(self, row: Row, before: Sequence[Row], gap: int | None) -> tuple[Mark | None, int]:
        mark = find_mark(row.text)
        if mark is None:
            return None, 0
        runs = bool(before) and not _breaks(before, row, gap, self.ruler) and not is_finished(before[-1].text)
        level = self.lists.level(mark, mid_sentence=runs)
        return (mark, level) if level else (None, 0)

    def _extend(self, place: int, row: Row) -> None:
        group = self.groups[place]
        self.groups[place] = replace(group, rows=(*group.rows, row))


def _breaks(before: Sequence[Row], row: Row, gap: int | None, ruler: _Ruler) -> bool:
    """Tell whether the row starts a new paragraph after the rows before it."""
    if gap is not None and gap > ruler.gap:
        return True
    if not ruler.wrapped:
        return True
    last = before[-1].text
    width = _width_here(before, row, ruler)
    if ruler.trusted and is_finished(last):
        return len(last) + 1 + len(_first_word(row.text)) <= width
    if ends_in_hyphen(last):
        return False
    return len(last) < ruler.short * width


def _width_here(before: Sequence[Row], row: Row, ruler: _Ruler) -> float:
    around = [len(line.text) for line in before]
    if len(before) == 1:
        around.append(len(row.text))
    return min(max(NARROWED * ruler.width, *around), ruler.width)


def _joined_title(groups: list[_Group], ruler: _Ruler) -> list[_Group]:
    """Join the second line of a title that ran over: no gap more than usual, and a sign that it runs on.

    The sign is a colon in the first line, or a function word or comma at its end.
    """
    if len(groups) < 2 or any(group.kind or group.mark or len(group.rows) > 1 for group in groups[:2]):
        return groups
    first, second = groups[:2]
    usual = second.gap is not None and second.gap <= ruler.gap
    goes_on = ":" in first.text or runs_on(first.text)
    whole = is_finished(second.text) or is_byline(second.text) or len(second.text) > len(first.text)
    if not usual or not goes_on or whole or not (_is_short(first, ruler) and _is_short(second, ruler)):
        return groups
    return [replace(first, rows=(*first.rows, *second.rows)), *groups[2:]]


def _is_short(group: _Group, ruler: _Ruler) -> bool:
    longest = min(HEADING_WIDTH * ruler.width, LONGEST_HEADING)
    return all(len(row.text) <= longest for row in group.rows)


def _named(groups: Sequence[_Group], ruler: _Ruler) -> list[_Group]:
    """Name the kind of every group, the last first, since a heading is known by what follows it."""
    named: list[_Group] = []
    first = next((place for place, group in enumerate(groups) if group.kind is None), None)
    following: list[_Group] = []
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group.kind is None:
            after_title = place + 1 < len(groups) and groups[place + 1].kind is Kind.MASTHEAD
            if place == first and _is_title(group, following, ruler, after_title=after_title):
                group = replace(group, kind=Kind.HEADING, level=1)
            else:
                group = _name(group, following, groups[:place], ruler)
            following.insert(0, group)
        named.insert(0, group)
    return named


def _is_title(group: _Group, following: Sequence[_Group], ruler: _Ruler, *, after_title: bool) -> bool:
    if group.mark or not _is_short(group, ruler):
        return False
    if after_title:
        return group.text[-1:] not in (".", ",", ";")
    return _is_heading(group, following, ruler)


def _name(group: _Group, following: Sequence[_Group], before: Sequence[_Group], ruler: _Ruler) -> _Group:
    if group.mark is not None:
        listed = any(
            near.mark is not None for near in (*before[-1:], *following[:1]) if near.kind is not Kind.HEADING
        )
        if group.mark.ordinal and not listed and _is_heading(group, following, ruler):
            return replace(group, kind=Kind.HEADING, level=2 + group.mark.marker.rstrip(".").count("."))
        return replace(group, kind=Kind.LIST_ITEM)
    if is_caption(group.text):
        return replace(group, kind=Kind.CAPTION)
    if _is_heading(group, following, ruler):
        return replace(group, kind=Kind.HEADING, level=2)
    return replace(group, kind=Kind.PARAGRAPH)


def _is_heading(group: _Group, following: Sequence[_Group], ruler: _Ruler) -> bool:
    """Tell a heading: a short unfinished line or two above running text, or above one more heading."""
    text = group.text
    if len(group.rows) > 2 or not following or not re.search(r"[^\W\d_]", text):
        return False
    if not _is_short(group, ruler) or is_finished(text) or runs_on(text):
        return False
    if not ruler.trusted and re.search("[.:,]", text):
        return False
    if following[0].kind is Kind.HEADING:
        return len(following) < 2 or following[1].kind is not Kind.HEADING
    body = following[0]
    running = len(body.rows) > 1 or is_finished(body.text)
    return body.kind in (Kind.PARAGRAPH, Kind.LIST_ITEM) and running and len(body.text) > len(text)


def _block(group: _Group) -> Block:
    return Block(
        kind=group.kind or Kind.PARAGRAPH,
        text=group.text,
        lines=tuple(row.line for row in group.rows),
        level=group.level,
        marker=group.mark.marker if group.mark else "",
    )
