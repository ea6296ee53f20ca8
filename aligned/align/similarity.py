"""How well Hebrew and English sentences go together: features of a bead, weighted into its log-odds."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial

import numpy as np

from aligned.align.anchors import candidates, rising
from aligned.align.beads import REACH, SHAPES, Array, Bead, align_beads
from aligned.align.lexicon import numbers, stems
from aligned.align.second import Judge, look_again
from aligned.align.words import Bag, dot, expected, weighted

# English characters for each Hebrew letter; other characters count as they are.
LETTER_LENGTH = 1.4
LENGTH_VARIANCE = 10.0  # of the difference, for each character of both sides (Gale & Church 1993)
WHOLE = 300_000  # so many cells, a second's work, need no band
# Beyond these a feature tells nothing new.
MOST_LENGTH, MOST_SHARED, MOST_APART = 3.0, 3.0, 4.0
# The cosine of the words, the least share of any sentence's words that the other side of a merged bead has,
# the squared difference of lengths, numbers on both sides and on one, and the bead itself; "merged" is times
# the number of sentences above two.
FEATURES = ("cosine", "cosine, merged", "cover", "length", "shared", "apart", "bead", "bead, merged")
# Fitted by `python -m tests.bench align --fit`, with our own translation and without.
WITH_TRANSLATION = (33.93, 6.93, 7.96, -3.88, -1.29, -1.69, -0.9, -1.88)
WITHOUT_TRANSLATION = (43.68, 10.08, 10.87, -3.9, -1.91, -1.24, 0.06, -2.29)
_LETTER = re.compile("[\u05d0-\u05ea]")


class Side:
    """What is known of the sentences of one document, and of each stretch of up to four of them.

    Arrays of stretches have a row for each number of sentences 0..4 and a column for each place to end.
    """

    def __init__(
        self, bags: Sequence[Bag], lengths: Sequence[float], found: Sequence[frozenset[str]]
    ) -> None:
        self.bags, self.found = bags, found
        count = len(bags)
        dots = np.zeros((REACH, count))
        for back in range(min(REACH, count)):
            dots[back, back:] = [dot(bags[at], bags[at - back]) for at in range(back, count)]
        self.squares = dots[0]
        stretches = np.zeros((REACH + 1, count + 1))
        for size in range(1, min(REACH, count) + 1):
            # One sentence more in front: its square, and twice its products with those behind it.
            more = dots[0, : count + 1 - size].copy()
            for back in range(1, size):
                more += 2 * dots[back, back : count + 1 - size + back]
            stretches[size, size:] = stretches[size - 1, size:] + more
        self.norms = np.sqrt(stretches)
        self.lengths = _stretches(lengths)
        self.counts = _stretches([len(number) for number in found])


def _stretches(values: Sequence[float]) -> Array:
    """Return the sums of the last 0..4 values before each place."""
    sums = np.concatenate([[0.0], np.cumsum(np.asarray(values, float))])
    return np.array([sums - np.concatenate([[0.0] * size, sums])[: len(sums)] for size in range(REACH + 1)])


class Similarity:
    """Scores beads of two lists of sentences, for `align_beads`.

    `translations` are English renderings of the sources (Bleualign, Sennrich & Volk 2010), or none. The gain
    of a bead is linear in its features; `weights` has one for each.
    """

    def __init__(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        translations: Sequence[str] | None = None,
        weights: Sequence[float] | Array | None = None,
    ) -> None:
        fitted = WITHOUT_TRANSLATION if translations is None else WITH_TRANSLATION
        self.weights = np.asarray(fitted if weights is None else weights, float)
        english = [dict.fromkeys(stems(text), 1.0) for text in targets]
        hebrew = expected(sources, translations)
        lengths = [_length(text) for text in sources]
        same = {text: at for at, text in enumerate(targets)}
        for at, text in enumerate(sources):
            if text in same:  # it stands in both as it is
                hebrew[at], lengths[at] = english[same[text]], len(text)
        rarity = Counter(stem for bag in english for stem in bag), len(targets)
        self._sources = Side(weighted(hebrew, *rarity), lengths, [numbers(text) for text in sources])
        sizes = [len(text) for text in targets]
        self._targets = Side(weighted(english, *rarity), sizes, [numbers(text) for text in targets])
        self._known: dict[int, dict[int, tuple[float, int]]] = defaultdict(dict)

    def __call__(self, row: int, low: int, high: int) -> Array:
        """Return the gains of beads that end before source `row` and targets low..high."""
        return np.asarray(self.features(row, low, high) @ self.weights)

    def features(self, row: int, low: int, high: int, shapes: Sequence[tuple[int, int]] = SHAPES) -> Array:
        """Return the features of those beads, shape (shapes, high - low + 1, FEATURES)."""
        one, two, cells = self._sources, self._targets, slice(low, high + 1)
        table = self._table(row, low, high)
        windows = {width: _windows(table, width) for width in {b for _, b in shapes}}
        squares = np.ones(table.shape[2])  # of the targets; those before the first share nothing
        squares[max(0, REACH - low) :] = two.squares[max(0, low - REACH) : high]
        found = np.zeros((len(shapes), high - low + 1, len(FEATURES)))
        for shape, (a, b) in enumerate(shapes):
            if a > row:
                continue
            by_source, same = windows[b][0, REACH - a :], windows[b][1, REACH - a :].sum(0)
            cosine = by_source.sum(0) / np.maximum(one.norms[a, row] * two.norms[b, cells], 1e-9)
            cover, merged = np.zeros_like(cosine), a + b - 2
            if merged:
                least = by_source / np.maximum(one.squares[row - a : row, None], 1e-9)
                by_target = table[0, REACH - a :].sum(0) / np.maximum(squares, 1e-9)
                steps = [by_target[REACH - back :][: len(cover)] for back in range(1, b + 1)]
                cover = np.min([*least, *steps], axis=0)
            size, other = one.lengths[a, row], two.lengths[b, cells]
            length = (size - other) ** 2 / (LENGTH_VARIANCE * (size + other + 10))
            apart = np.maximum(one.counts[a, row] - same, 0) + np.maximum(two.counts[b, cells] - same, 0)
            values = (
                cosine,
                merged * cosine,
                cover,
                np.minimum(length, MOST_LENGTH),
                np.minimum(same, MOST_SHARED),
                np.minimum(apart, MOST_APART),
                1.0,
                merged,
            )
            for at, value in enumerate(values):
                found[shape, :, at] = value
        return found

    def _table(self, row: int, low: int, high: int) -> Array:
        """Return products and shared numbers of the last four sources and the targets low - 4 .. high - 1.

        Shape (2, 4, high - low + 4).
        """
        table = np.zeros((2, REACH, high - low + REACH))
        columns = range(max(0, low - REACH), high)
        for source in range(max(0, row - REACH), row):
            known = self._known[source]
            bag, found = self._sources.bags[source], self._sources.found[source]
            for target in columns:
                if target not in known:
                    shared = len(found & self._targets.found[target])
                    known[target] = dot(bag, self._targets.bags[target]), shared
            values = np.array([known[target] for target in columns]).reshape(-1, 2)
            table[:, source - row + REACH, columns.start - low + REACH :] = values.T
        self._known.pop(row - REACH - 1, None)  # rows are asked for in order
        return table

    def anchors(self) -> list[tuple[int, int]]:
        """Return pairs of sentences that share the rarest words, the longest chain that rises."""
        pairs = candidates(self._sources.bags, self._targets.bags)
        single = SHAPES[:1]
        gains = (self.features(i + 1, j + 1, j + 1, single)[0, 0] @ self.weights for i, j in pairs)
        return rising([pair for pair, gain in zip(pairs, gains, strict=True) if gain > 0])


def _windows(values: Array, size: int) -> Array:
    """Return the sums of `size` columns that end at the fourth column, the fifth and so on."""
    sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), values.cumsum(-1)], axis=-1)
    return np.asarray(sums[..., REACH:] - sums[..., REACH - size : sums.shape[-1] - size])


def _length(text: str) -> float:
    """Return how many characters the English of a Hebrew text may have."""
    return len(text) + (LETTER_LENGTH - 1) * len(_LETTER.findall(text))


def align_sentences(
    sources: Sequence[str],
    targets: Sequence[str],
    translations: Sequence[str] | None = None,
    weights: Sequence[float] | Array | None = None,
    judge: Judge | None = None,
) -> list[Bead]:
    """Return the beads of two documents' sentences, in two passes: anchors, then a band around them.

    Short documents are searched whole. `translations` has an English rendering of each source; `weights` has
    one for each feature. A `judge` is asked of the beads in doubt.
    """
    similarity = Similarity(sources, targets, translations, weights)
    size = len(sources), len(targets)
    again = None if judge is None else partial(look_again, sources=sources, targets=targets, judge=judge)
    if size[0] * size[1] <= WHOLE:
        return align_beads(*size, similarity, half_band=max(size), again=again)
    return align_beads(*size, similarity, similarity.anchors(), again=again)
