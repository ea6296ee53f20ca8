"""Pair the brackets and quotation marks of a paragraph in one pass: what encloses a stop?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mt.segment import hebrew

# An aside longer than this has sentences of its own; a bracket that never closes must not swallow the text.
LONGEST_ASIDE = 300

_MARK = re.compile('[()\\[\\]{}"“”„״«»]')
_PAIRS = {")": "(", "]": "[", "}": "{"}
_PREFIXED = re.compile(rf"(?:^|[\s(\[–—-])[{hebrew.PREFIXES}]{{1,4}}$")
_LONG_TAIL = re.compile(rf"[{hebrew.LETTER}]{{2}}")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The offsets of a pair of marks, and whether a colon or the like announced it as speech."""

    open: int
    close: int
    quotation: bool
    announced: bool = False


def pair(text: str, start: int, end: int) -> list[Enclosure]:
    """Return the pairs in `text[start:end]` no longer than `LONGEST_ASIDE`, sorted by their opening."""
    found: list[Enclosure] = []
    brackets: dict[str, list[int]] = {mark: [] for mark in _PAIRS.values()}
    quotation = -1
    for match in _MARK.finditer(text, start, end):
        at, mark = match.start(), match.group()
        if mark in "([{":
            brackets[mark].append(at)
        elif mark in _PAIRS:
            if waiting := brackets[_PAIRS[mark]]:
                found.append(Enclosure(waiting.pop(), at, False))
        elif quotation >= 0 and _can_close(text, at, end):
            found.append(Enclosure(quotation, at, True, _announced(text, start, quotation)))
            quotation = -1
        elif _can_open(text, at, start, end):
            quotation = at
    return sorted((one for one in found if one.close - one.open <= LONGEST_ASIDE), key=lambda one: one.open)


def _can_close(text: str, at: int, end: int) -> bool:
    following = text[at + 1] if at + 1 < end else " "
    return not text[at - 1].isspace() and not following.isalnum()


def _can_open(text: str, at: int, start: int, end: int) -> bool:
    if at + 1 >= end or text[at + 1].isspace():
        return False
    if at == start or not text[at - 1].isalnum():
        return True
    # Gershayim stand before an acronym's last letter; two letters after the mark speak for a quotation.
    before = text[max(start, at - 6) : at]
    return bool(
        _PREFIXED.search(before if len(before) == 6 else " " + before) and _LONG_TAIL.match(text, at + 1)
    )


def _announced(text: str, start: int, at: int) -> bool:
    before = text[max(start, at - 3) : at].rstrip()
    return not before or before[-1] in ":,.!?…"


class Enclosing:
    """Walk forward through a paragraph and know the innermost pair at each place, in O(1) on average."""

    def __init__(self, enclosures: list[Enclosure]) -> None:
        self._waiting: Iterator[Enclosure] = iter(enclosures)
        self._next = next(self._waiting, None)
        self._open: list[Enclosure] = []

    def at(self, position: int) -> Enclosure | None:
        """Return the innermost pair around `position`; positions must not decrease."""
        while self._next is not None and self._next.open < position:
            if self._next.close >= position:
                self._open.append(self._next)
            self._next = next(self._waiting, None)
        while self._open and self._open[-1].close < position:
            self._open.pop()
        return self._open[-1] if self._open else None
