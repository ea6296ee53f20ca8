"""Markup brought from a text to its translation, by the links between the words of the two."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from aligned.links import Link, Span, target_words
from mt.web.inline import Markup, Text

# What a word of the translation counts for an element: linked into it, linked elsewhere, linked nowhere.
# The element goes around the stretch with the greatest sum, as a term does (mt/placing.py).
INSIDE, OUTSIDE, NOWHERE = 1.0, -1.0, -0.2


@dataclass(frozen=True, slots=True)
class Rendered:
    """A sentence of a text, its translation, and their links; the first span is in the text."""

    span: Span
    target: str
    links: Sequence[Link] = ()


def render(text: Text, sentences: Sequence[Rendered]) -> str:
    """Return the translation of a text as HTML, with all of its markup, every tag as it was written."""
    return _Page(text, sentences).html()


class _Page:
    """A text and its translation as a whole: sentences and links at their places in both."""

    def __init__(self, source: Text, sentences: Sequence[Rendered]) -> None:
        self._source = source
        self._target = ""
        self._whole: list[Link] = []  # sentences, as links
        self._links: list[Link] = []
        at = 0
        for sentence in sentences:
            gap = source.text[at : sentence.span[0]]
            self._target += gap or (" " if self._target else "")
            here, there = sentence.span[0], len(self._target)
            self._target += sentence.target
            self._whole.append(Link(sentence.span, (there, len(self._target)), 1.0))
            self._links += [
                Link(_moved(k.source, here), _moved(k.target, there), k.weight) for k in sentence.links
            ]
            at = sentence.span[1]
        self._target += source.text[at:]
        self._words = target_words(self._target)
        self._linked = [[k.source for k in self._links if _touch(k.target, word)] for word in self._words]

    def html(self) -> str:
        return self._rendered(self._source.markup, (0, len(self._target)))

    def _rendered(self, markup: Sequence[Markup], within: Span) -> str:
        """Write the target's characters of a span with this markup among them."""
        placed: list[tuple[Span, int]] = []
        for number, item in enumerate(markup):
            if item.is_element:
                placed.append((_free(self._place(item, within), [span for span, _ in placed]), number))
        taken = [span for span, _ in placed]
        for number, item in enumerate(markup):
            if not item.is_element:
                point = min(max(self._point(item), within[0]), within[1])
                point = next((b for a, b in taken if a < point < b), point)
                placed.append(((point, point), number))
        out, at = "", within[0]
        for span, number in sorted(placed):
            out += _escaped(self._target[at : span[0]])
            out += self._tag(markup[number], span, out)
            at = span[1]
        return out + _escaped(self._target[at : within[1]])

    def _tag(self, item: Markup, span: Span, before: str) -> str:
        if item.is_element:
            return item.opening + self._rendered(item.children, span) + item.closing
        lead = " " if item.spaced[0] and before and not before[-1].isspace() else ""
        follows = self._target[span[0] : span[0] + 1]
        return lead + item.opening + (" " if item.spaced[1] and follows.isalnum() else "")

    def _place(self, element: Markup, within: Span) -> Span:
        """Return the stretch of the target's words that renders what an element stands around."""
        inner = self._source.text[element.start : element.end]
        start = element.start + len(inner) - len(inner.lstrip())
        end = start + len(inner.strip())
        if start == end:
            point = min(max(self._point(element), within[0]), within[1])
            return point, point
        words = [word for word in self._words if within[0] <= word[0] and word[1] <= within[1]]
        first = bisect_left(self._words, within[0], key=lambda word: word[0])
        found = _best([self._worth(first + n, (start, end)) for n in range(len(words))])
        if found is None:
            point = min(max(self._point(element), within[0]), within[1])
            return point, point
        return self._to_edges((words[found[0]][0], words[found[1]][1]), (start, end), within)

    def _worth(self, word: int, source: Span) -> float:
        for sentence in self._whole:
            if _touch(sentence.target, self._words[word]):
                if source[0] <= sentence.source[0] and sentence.source[1] <= source[1]:
                    return INSIDE
                if not _touch(sentence.source, source):
                    return OUTSIDE
        linked = self._linked[word]
        return NOWHERE if not linked else INSIDE if any(_touch(s, source) for s in linked) else OUTSIDE

    def _to_edges(self, span: Span, source: Span, within: Span) -> Span:
        """Take in the marks at the edges of a sentence where the element holds that edge in the source."""
        start, end = span
        for sentence in self._whole:
            a, b = sentence.target
            is_first = not any(a <= word[0] < start for word in self._words)
            is_last = not any(end < word[1] <= b for word in self._words)
            if a <= start < b and is_first and source[0] <= sentence.source[0]:
                start = max(a, within[0])
            if a < end <= b and is_last and sentence.source[1] <= source[1]:
                end = min(b, within[1])
        return start, end

    def _point(self, item: Markup) -> int:
        """Return where in the target a thing goes: after the word that it follows, else before the next."""
        at = item.start
        for sentence in self._whole:
            if at <= sentence.source[0]:
                return sentence.target[0]
            if at == sentence.source[1]:
                return sentence.target[1]
            if at < sentence.source[1]:
                break
        else:
            return len(self._target.rstrip()) if at <= len(self._source.text.rstrip()) else len(self._target)
        is_behind = not self._source.text[at - 1].isspace()
        inside = [k for k in self._links if _touch(k.source, sentence.source)]
        before = max((k for k in inside if k.source[0] < at), key=lambda k: k.source, default=None)
        after = min((k for k in inside if k.source[0] >= at), key=lambda k: k.source, default=None)
        if before and (is_behind or not after):
            return before.target[1]
        return after.target[0] if after else sentence.target[1]


def _best(worth: Sequence[float]) -> Span | None:
    """Return the first and last place of the stretch with the greatest sum above 0 (Bentley 1984)."""
    best, found = 0.0, None
    total, first = 0.0, 0
    for at, gain in enumerate(worth):
        if total <= 0:
            total, first = 0.0, at
        total += gain
        if total > best:
            best, found = total, (first, at)
    return found


def _free(span: Span, taken: Sequence[Span]) -> Span:
    """Return the longest part of a span that no other has; where none is left, the place behind them."""
    parts = [span]
    for a, b in taken:
        parts = [part for s, e in parts for part in ((s, min(e, a)), (max(s, b), e)) if part[0] < part[1]]
    if parts:
        return max(parts, key=lambda part: part[1] - part[0])
    end = next((b for a, b in taken if a < span[1] <= b), span[1])
    return end, end


def _touch(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _moved(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _escaped(text: str) -> str:
    return escape(text, quote=False)
