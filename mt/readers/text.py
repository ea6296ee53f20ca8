"""Plain text: lines, blank lines and form feeds."""

import re
from collections.abc import Sequence

from mt.documents import Block
from mt.layout import Row, blocks_of
from mt.readers.pieces import one_line, read_lines
from mt.repair import Repairer

# A form feed ends a page and, with the line end before it, a line.
_LINE_END = re.compile(r"(?:\r\n|\r|\n)?\f|\r\n|\r|\n")


def read_text_blocks(text: str, repair: Repairer) -> tuple[Block, ...]:
    """Return the blocks of a plain text; lines count from 1 in the file."""
    places, raws = _lines(text)
    lines = read_lines([(number, None) for number, _, _ in places], raws, repair)
    rows = [Row(line, sheet, gap) for line, (_, sheet, gap) in zip(lines, places, strict=True)]
    return blocks_of(rows)


def _lines(text: str) -> tuple[Sequence[tuple[int, int, int]], list[str]]:
    """Return (line number, page from 0, blank lines above) and the text of every line that is not blank."""
    places, raws = [], []
    sheet, gap, start = 0, 0, 0
    ends = [(match.start(), match.end()) for match in _LINE_END.finditer(text)]
    for number, (end, following) in enumerate([*ends, (len(text), len(text))], start=1):
        if one_line(raw := text[start:end]):
            places.append((number, sheet, gap))
            raws.append(raw)
            gap = 0
        else:
            gap += 1
        sheet += "\f" in text[end:following]
        start = following
    return places, raws
