"""Tell the line ends that end a sentence from those of a hard wrap."""

import re
from collections.abc import Iterator
from itertools import pairwise

# A text is hard-wrapped when its lines fill a common width; shorter widths are lists and verse, longer ones
# are whole paragraphs on a line.
NARROWEST_WRAP = 40
WIDEST_WRAP = 160
# Proportional type makes full lines differ in characters; a line is full when its successor's first word
# would have made it longer than this share of the width.
FULL_SHARE = 0.8
# So many of the lines that have a successor must be full.
WRAPPED_SHARE = 0.5

_LINE = re.compile(r"[^\n]*+\n?+")
_BREAK = re.compile(r"[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ITEM = re.compile(r"\s*(?:[•▪◦·‣●*#|>]|\(?\d{1,3}[.)](?!\d)|\(?[א-תa-zA-Z][.)]\s|\([ivx]+\)\s)")
_DASH_ITEM = re.compile(r"\s*[-–—]\s")
_HAS_ENDED = re.compile(r"[.!?:;…׃][\"'”’“״׳»)\]]*\s*$")
_HEADING = re.compile(r"\s*#{1,6}\s|\s*[=*_]{2}")


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the stretches of `text` whose borders no sentence crosses."""
    if "\n" not in (unified := _unify(text)):
        yield 0, len(text)
        return
    spans = [match.span() for match in _LINE.finditer(unified) if match.group()]
    lines = [unified[start:end].strip() for start, end in spans]
    width = wrap_width(lines)
    begin = 0
    for number, (_, end) in enumerate(spans[:-1]):
        if _ends_here(lines[number], lines[number + 1], width):
            yield begin, end
            begin = end
    yield begin, len(text)


def _unify(text: str) -> str:
    """Return the text with every kind of line end as a newline, offsets unchanged."""
    return _BREAK.sub("\n", text.replace("\r\n", " \n")) if _BREAK.search(text) else text


def wrap_width(lines: list[str]) -> int:
    """Return the width in characters to which the lines are wrapped, or 0 where they are not."""
    lengths = sorted(len(line) for line in lines if line)
    if not lengths:
        return 0
    # One line in twenty may be an address or a table row that is wider than the rest.
    width = lengths[-1 - len(lengths) // 20]
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return 0
    followed = [(line, below) for line, below in pairwise(lines) if line and below]
    full = sum(_is_full(line, below, width) for line, below in followed)
    return width if full >= WRAPPED_SHARE * len(followed) else 0


def _is_full(line: str, below: str, width: int) -> bool:
    return len(line) + 1 + len(below.split(maxsplit=1)[0]) > FULL_SHARE * width


def _ends_here(line: str, below: str, width: int) -> bool:
    if not line or not below or not width:
        return True
    if _ITEM.match(below) or _HEADING.match(line):
        return True
    if _DASH_ITEM.match(below) and _HAS_ENDED.search(line):
        return True
    return not _is_full(line, below, width)
