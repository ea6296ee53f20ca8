"""Lines → blocks: paragraphs rejoined from the lines that a page or a wrapped file cut them into.

Nothing is dropped: every row belongs to exactly one block, and blocks stand in the order of their first row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mt.documents import FURNITURE, Block, Kind
from mt.furniture import Row, flag_rows, is_byline
from mt.marks import (
    ListTracker,
    Mark,
    find_mark,
    find_note,
    is_caption,
    is_finished,
    join_lines,
    runs_on,
)
from mt.wrapping import HEADING_WIDTH, LONGEST_HEADING, Ruler, breaks, headings_inside, measure

__all__ = ["Row", "blocks_of"]


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that make one block; `gap` is None where furniture or a page's end stands above."""

    rows: list[Row]
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
    ruler = measure([row for row, flag in zip(rows, flags, strict=True) if flag is None])
    groups = _Grouping(ruler).group(rows, flags)
    groups = _joined_title(groups, ruler)
    return tuple(_block(group) for group in _named(groups, ruler))


@dataclass(slots=True)
class _Grouping:
    """Walk the rows once, opening and extending groups."""

    ruler: Ruler
    groups: list[_Group] = field(default_factory=list)
    lists: ListTracker = field(default_factory=ListTracker)
    # Places of the open body group and the open footnote in `groups`.
    body: int | None = None
    note: int | None = None
    bridged: bool = False

    def group(self, rows: Sequence[Row], flags: Sequence[Kind | None]) -> list[_Group]:
        body = [row for row, flag in zip(rows, flags, strict=True) if flag is None]
        headings = headings_inside(body, self.ruler)
        for row, flag in zip(rows, flags, strict=True):
            if flag in FURNITURE:
                self.groups.append(_Group([row], flag))
                self.bridged = True
                if flag is Kind.MASTHEAD:
                    self.body = None
            elif flag is Kind.FOOTNOTE:
                self._add_note(row)
            else:
                self._add(row, heading=row in headings)
        return self.groups

    def _add_note(self, row: Row) -> None:
        note = find_note(row.text)
        open_mark = self.groups[self.note].mark if self.note is not None else None
        expected = (1, open_mark.ordinal + 1 if open_mark else 1)
        if self.note is not None and (note is None or note[1] not in expected):
            self.groups[self.note].rows.append(row)
            return
        mark = Mark(note[0], "note", note[1], note[2]) if note else None
        self.note = len(self.groups)
        self.groups.append(_Group([row], Kind.FOOTNOTE, mark=mark))
        self.bridged = True

    def _add(self, row: Row, *, heading: bool) -> None:
        before = self.groups[self.body].rows if self.body is not None else []
        bridged = self.bridged or (bool(before) and before[-1].sheet != row.sheet)
        gap = None if bridged else row.gap
        mark, level = self._mark(row, before, gap)
        if self.body is None or mark or heading or breaks(before, row, gap, self.ruler):
            if mark is None:
                self.lists.close()
            self.body = len(self.groups)
            self.groups.append(_Group([row], None, gap, mark, level))
        else:
            self.groups[self.body].rows.append(row)
        self.bridged = False

    def _mark(self, row: Row, before: Sequence[Row], gap: int | None) -> tuple[Mark | None, int]:
        mark = find_mark(row.text)
        if mark is None:
            return None, 0
        runs = bool(before) and not breaks(before, row, gap, self.ruler) and not is_finished(before[-1].text)
        level = self.lists.level(mark, mid_sentence=runs)
        return (mark, level) if level else (None, 0)


def _joined_title(groups: list[_Group], ruler: Ruler) -> list[_Group]:
    """Join the second line of a title that ran over: no gap more than usual, and a sign that it runs on.

    The sign is a colon in the first line, or a function word or comma at its end.
    """
    start = next((place for place, group in enumerate(groups) if group.kind is None), 0)
    pair = groups[start : start + 2]
    if len(pair) < 2 or any(group.kind or group.mark or len(group.rows) > 1 for group in pair):
        return groups
    first, second = pair
    usual = second.gap is not None and second.gap <= ruler.gap
    goes_on = ":" in first.text or runs_on(first.text)
    whole = is_finished(second.text) or is_byline(second.text) or len(second.text) > len(first.text)
    if not usual or not goes_on or whole or not (_is_short(first, ruler) and _is_short(second, ruler)):
        return groups
    return [*groups[:start], replace(first, rows=[*first.rows, *second.rows]), *groups[start + 2 :]]


def _is_short(group: _Group, ruler: Ruler) -> bool:
    longest = min(HEADING_WIDTH * ruler.width, LONGEST_HEADING)
    return all(len(row.text) <= longest for row in group.rows)


def _named(groups: Sequence[_Group], ruler: Ruler) -> list[_Group]:
    """Name the kind of every group, the last first, since a heading is known by what follows it."""
    named = list(groups)
    body = [place for place, group in enumerate(groups) if group.kind is None]
    for rank in range(len(body) - 1, -1, -1):
        place = body[rank]
        before = [groups[near] for near in body[max(rank - 2, 0) : rank]]
        following = [named[near] for near in body[rank + 1 : rank + 3]]
        after_title = place + 1 < len(groups) and groups[place + 1].kind is Kind.MASTHEAD
        if not before and _is_title(groups[place], following, ruler, after_title=after_title):
            named[place] = replace(groups[place], kind=Kind.HEADING, level=1)
        else:
            named[place] = _name(groups[place], following, before, ruler)
    return named


def _is_title(group: _Group, following: Sequence[_Group], ruler: Ruler, *, after_title: bool) -> bool:
    if group.mark or not _is_short(group, ruler):
        return False
    if after_title:
        return group.text[-1:] not in (".", ",", ";")
    return _is_heading(group, following, ruler)


def _name(group: _Group, following: Sequence[_Group], before: Sequence[_Group], ruler: Ruler) -> _Group:
    if group.mark is not None:
        listed = any(
            near.mark is not None for near in (*before[-1:], *following[:1]) if near.kind is not Kind.HEADING
        )
        if group.mark.ordinal and not listed and _is_heading(group, following, ruler):
            return replace(group, kind=Kind.HEADING, level=2 + group.mark.marker.rstrip(".").count("."))
        return replace(group, kind=Kind.LIST_ITEM)
    if is_caption(group.text):
        return replace(group, kind=Kind.CAPTION)
    if _is_heading(group, following, ruler) and not _in_a_column(before):
        return replace(group, kind=Kind.HEADING, level=2)
    return replace(group, kind=Kind.PARAGRAPH)


def _in_a_column(before: Sequence[_Group]) -> bool:
    """Tell whether two unfinished lines stand above: an unmarked list, an address, a poem."""
    return len(before) == 2 and all(len(group.rows) == 1 and not is_finished(group.text) for group in before)


def _is_heading(group: _Group, following: Sequence[_Group], ruler: Ruler) -> bool:
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
