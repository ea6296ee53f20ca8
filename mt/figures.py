"""Figures of a translation that its source does not have, and the source's own that belong there.

A model that has seen few numbers reads 1.22 as 1.2 and 10 as 100, and nobody who reads the English alone can
see it. The figure is copied over what attends to it; a number in words is left to the checks.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from aligned.qa.issues import Fault
from aligned.qa.numbers import numbers_differ
from mt.placing import Span, Words

# How much of a figure's attention must lie on the source's. On dev, ten right ones had 0.48 and more, two
# wrong ones 0.08.
SHARE = 0.4
_RUN = re.compile(r"\d(?:[\d.,]*\d)?")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+){0,2}")


def disagreement(source: str, text: str) -> Fault | None:
    """Return the figures that a source has alone and a text has alone; None unless there are both."""
    if Counter(_RUN.findall(source)) == Counter(_RUN.findall(text)):
        return None
    found = next(numbers_differ(source, text), None)
    return found if found and found.source and found.target else None


def misread(
    source: str, words: Words, columns: Callable[[Span], Sequence[int]], taken: Sequence[Span]
) -> list[tuple[Span, Span]]:
    """Return the figures of a source that the words lack, each with the characters to write it over.

    `columns` gives the source pieces of a span of characters; nothing in `taken` is written over. None is
    returned where the figures would not agree better.
    """
    faults = disagreement(source, words.text)
    if faults is None:
        return []
    runs = [match.span() for match in _RUN.finditer(words.text)]
    left = [run for run in runs if _touches(run, faults.target) and not _touches(run, taken)]
    found: list[tuple[Span, Span]] = []
    for span in faults.source:
        figure = source[slice(*span)]
        # A date (26.11.2024) does not stand for a day, nor a share (1.5) for a count.
        like = [run for run in left if _dots(words.text[slice(*run)]) == _dots(figure)]
        weights = {run: words.weight(run, columns(span)) for run in like}
        best = max(weights, key=lambda run: weights[run], default=None)
        if best and weights[best] >= SHARE and _FIGURE.fullmatch(figure):
            left.remove(best)
            found.append((span, best))
    after = next(numbers_differ(source, _copied(source, words.text, found)), None)
    is_better = after is None or _count(after) < _count(faults)
    return found if is_better else []


def _dots(figure: str) -> int:
    return min(figure.count("."), 2)


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _copied(source: str, text: str, found: Sequence[tuple[Span, Span]]) -> str:
    for span, (start, end) in sorted(found, key=lambda pair: pair[1], reverse=True):
        text = text[:start] + source[slice(*span)] + text[end:]
    return text


def _count(faults: Fault) -> int:
    return len(faults.source) + len(faults.target)
