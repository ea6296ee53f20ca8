"""Markup brought from a text to its translation, by the links between the words of the two."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import takewhile

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
    """A text and its translation as a whole: sentences and links at their places in both.

    Everything is looked up by bisection: a page may hold thousands of elements and sentences.
    """

    def __init__(self, source: Text, sentences: Sequence[Rendered]) -> None:
        self._source = source
        self._target = ""
        self._whole: list[Link] = []  # sentences, as links
        self._links: list[list[Link]] = []  # of each sentence, in the order of the source
        at = 0
        for sentence in sentences:
            self._target += source.text[at : sentence.span[0]] or (" " if self._target else "")
            here, there = sentence.span[0], len(self._target)
            self._target += sentence.target
            self._whole.append(Link(sentence.span, (there, len(self._target)), 1.0))
            moved = (Link(_moved(k.source, here), _moved(k.target, there), k.weight) for k in sentence.links)
            self._links.append(sorted(moved, key=_source))
            at = sentence.span[1]
        self._target += source.text[at:]
        self._words = target_words(self._target)
        self._linked: list[list[Span]] = [[] for _ in self._words]
        for links in self._links:
            for link in links:
                for word in range(*self._words_in(link.target)):
                    self._linked[word].append(link.source)

    def html(self) -> str:
        return self._rendered(self._source.markup, (0, len(self._target)))

    def _words_in(self, span: Span) -> Span:
        """Return the first of the words that a stretch of the target touches, and the one behind the last."""
        first = bisect_right(self._words, span[0], key=_end)
        return first, max(bisect_left(self._words, span[1], key=_start), first)

    def _rendered(self, markup: Sequence[Markup], within: Span) -> str:
        """Write the target's characters of a span with this markup among them."""
        placed: list[tuple[Span, int]] = []
        taken: list[Span] = []
        for number, item in enumerate(markup):
            if item.is_element:
                span = _free(self._place(item, within), taken)
                insort(taken, span)
                placed.append((span, number))
        for number, item in enumerate(markup):
            if not item.is_element:
                point = min(max(self._point(item), within[0]), within[1])
                over = bisect_right(taken, point, key=_end)
                if over < len(taken) and taken[over][0] < point:
                    point = taken[over][1]
                placed.append(((point, point), number))
        out, at = [""], within[0]
        for span, number in sorted(placed):
            out.append(_escaped(self._target[at : span[0]]))
            out.append(self._tag(markup[number], span, "".join(out[-2:])))
            at = span[1]
        return "".join(out) + _escaped(self._target[at : within[1]])

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
        source = start, start + len(inner.strip())
        sentences = range(
            bisect_right(self._whole, source[0], key=lambda k: k.source[1]),
            bisect_left(self._whole, source[1], key=lambda k: k.source[0]),
        )
        least, most = self._words_in(within)
        worth: dict[int, float] = {}
        for number in sentences:
            is_whole = _holds(source, self._whole[number].source)
            first, last = self._words_in(
                self._whole[number].target if is_whole else self._hull(number, source)
            )
            for word in range(max(first, least), min(last, most)):
                worth[word] = INSIDE if is_whole else self._worth(word, source)
        found = _best(worth) if source[0] < source[1] else None
        if found is None:
            point = min(max(self._point(element), within[0]), within[1])
            return point, point
        span = self._words[found[0]][0], self._words[found[1]][1]
        return self._to_edges(span, [self._whole[n] for n in sentences], source, within)

    def _hull(self, number: int, source: Span) -> Span:
        """Return from where to where in the target the links of a part of a sentence reach."""
        links = self._links[number]
        after = bisect_left(links, source[1], key=lambda k: k.source[0])
        before = (links[at] for at in range(after - 1, -1, -1))
        found = [k.target for k in takewhile(lambda k: k.source[1] > source[0], before)]
        return min(map(_start, found), default=0), max(map(_end, found), default=0)

    def _worth(self, word: int, source: Span) -> float:
        linked = self._linked[word]
        return NOWHERE if not linked else INSIDE if any(_touch(s, source) for s in linked) else OUTSIDE

    def _to_edges(self, span: Span, sentences: Sequence[Link], source: Span, within: Span) -> Span:
        """Take in the marks at the edges of a sentence where the element holds that edge in the source."""
        start, end = span
        for sentence in sentences:
            a, b = sentence.target
            first, last = self._words_in(sentence.target)
            if source[0] <= sentence.source[0] and start == self._words[first][0]:
                start = max(a, within[0])
            if sentence.source[1] <= source[1] and end == self._words[last - 1][1]:
                end = min(b, within[1])
        return start, end

    def _point(self, item: Markup) -> int:
        """Return where in the target a thing goes: after the word that it follows, else before the next."""
        at = item.start
        number = bisect_left(self._whole, at, key=lambda k: k.source[1])
        if number == len(self._whole):
            return len(self._target)
        sentence, links = self._whole[number], self._links[number]
        if at <= sentence.source[0]:
            return sentence.target[0]
        if at == sentence.source[1]:
            return sentence.target[1]
        is_behind = not self._source.text[at - 1].isspace()
        after = bisect_left(links, at, key=lambda k: k.source[0])
        if after and (is_behind or after == len(links)):
            return links[after - 1].target[1]
        return links[after].target[0] if after < len(links) else sentence.target[1]


def _best(worth: Mapping[int, float]) -> Span | None:
    """Return the first and last word of the stretch with the greatest sum above 0 (Bentley 1984)."""
    best, found = 0.0, None
    total, first = 0.0, 0
    for word, gain in worth.items():
        if total <= 0:
            total, first = 0.0, word
        total += gain
        if total > best:
            best, found = total, (first, word)
    return found


def _free(span: Span, taken: Sequence[Span]) -> Span:
    """Return the longest part of a span that no other has; where none is left, the place behind them.

    The others stand in order.
    """
    at, parts = span[0], []
    over = bisect_right(taken, span[0], key=_end)
    while over < len(taken) and taken[over][0] < span[1]:
        parts.append((at, taken[over][0]))
        at = taken[over][1]
        over += 1
    parts.append((at, span[1]))
    start, end = max(parts, key=lambda part: part[1] - part[0])
    return (start, end) if start <= end else (at, at)


def _touch(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _holds(one: Span, other: Span) -> bool:
    return one[0] <= other[0] and other[1] <= one[1]


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]


def _source(link: Link) -> Span:
    return link.source


def _moved(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _escaped(text: str) -> str:
    return escape(text, quote=False)
