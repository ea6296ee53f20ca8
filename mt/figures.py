"""Figures of a translation that its source does not have, and the source's own that belong there.

A model that has seen few numbers reads 1.22 as 1.2 and 10 as 100, and nobody who reads the English alone can
see it. The figure is copied over what attends to it; a number in words is left to the checks.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from aligned.qa.issues import Fault
from aligned.qa.numbers import numbers_differ
from glossary.match import Match
from glossary.terms import Term
from mt.placing import Edit, Span, Words, rewrite

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
) -> tuple[tuple[Match, ...], list[Edit]]:
    """Return the figures of a source that the words lack, as terms owed, and where to write them.

    `columns` gives the source pieces of a span of characters; nothing in `taken` is written over. There are
    none where the figures would not agree better.
    """
    none: tuple[tuple[Match, ...], list[Edit]] = (), []
    faults = disagreement(source, words.text)
    if faults is None:
        return none
    runs = [match.span() for match in _RUN.finditer(words.text)]
    left = [run for run in runs if _touches(run, faults.target) and not _touches(run, taken)]
    figures: list[Match] = []
    edits: list[Edit] = []
    for span in faults.source:
        figure = source[slice(*span)]
        # A date (26.11.2024) does not stand for a day, nor a share (1.5) for a count.
        like = [run for run in left if _dots(words.text[slice(*run)]) == _dots(figure)]
        weights = {run: words.weight(run, columns(span)) for run in like}
        best = max(weights, key=lambda run: weights[run], default=None)
        if best and weights[best] >= SHARE and _FIGURE.fullmatch(figure):
            left.remove(best)
            edits.append(Edit(len(figures), *best))
            figures.append(Match(*span, "", Term(figure, (figure,))))
    text, _ = rewrite(words.text, edits, {}, figures)
    after = next(numbers_differ(source, text), None)
    is_better = after is None or _count(after) < _count(faults)
    return (tuple(figures), edits) if is_better else none


def _dots(figure: str) -> int:
    return min(figure.count("."), 2)


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _count(faults: Fault) -> int:
    return len(faults.source) + len(faults.target)
