"""Beads by dynamic programming in a band (Gale & Church 1993): a scorer in, beads and their odds out."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Band = list[tuple[int, int]]

SHAPES = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1), (1, 4), (4, 1))
REACH = 4  # no bead has more sentences on one side
# The same, and two neighbours that changed places.
_WAYS = (*SHAPES, (2, 2))
_SWAP = len(SHAPES)
HALF_BAND = 12
CROSSING_COST = 4.0
CROSSING_REACH = 3


class Scorer(Protocol):
    """The one seam: what tells how well sentences go together."""

    def __call__(self, row: int, low: int, high: int) -> Array:
        """Return the gains of the beads that end before source `row` and before each target of low..high.

        Shape (SHAPES, high - low + 1). A gain is the logarithm of the odds of the bead against leaving all
        its sentences alone; beads that would begin before the first sentence are not looked at.
        """


@dataclass(frozen=True, slots=True)
class Bead:
    """Sentences of both sides that belong together, counted from 0; a null bead has one side empty.

    `score` is the probability, 0 to 1, that the bead is right, so far as the scorer's gains are odds;
    `crossing` marks a bead that stands out of order.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    score: float = 1.0
    crossing: bool = False


def align_beads(
    sources: int,
    targets: int,
    scorer: Scorer,
    anchors: Sequence[tuple[int, int]] = (),
    half_band: int = HALF_BAND,
    again: Callable[["Lattice"], Scorer] | None = None,
) -> list[Bead]:
    """Return the beads of highest total gain in a band around the anchors; every sentence is in one bead.

    `anchors` are pairs (source, target), rising on both sides; `again` makes of a first lattice the scorer
    of a second. Time and memory are linear in the number of sentences, as each source sentence meets the
    targets of its band alone.
    """
    lattice = Lattice(sources, targets, scorer, anchors, half_band)
    if again is not None:
        lattice = Lattice(sources, targets, again(lattice), anchors, half_band)
    return _crossed(lattice.best(), scorer)


class Lattice:
    """All ways to align two documents within a band: the best of them, and how likely each bead is.

    A way gains the sum of its beads' gains; its odds are the exponential of that, and `total` is the
    logarithm of all odds. Rows are source positions, cells within a row target positions.
    """

    def __init__(
        self,
        sources: int,
        targets: int,
        scorer: Scorer,
        anchors: Sequence[tuple[int, int]] = (),
        half_band: int = HALF_BAND,
        crossing_cost: float = CROSSING_COST,
    ) -> None:
        self.band = _band(sources, targets, anchors, half_band)
        gains = [scorer(row, *cells) for row, cells in enumerate(self.band)]
        self.gains = _with_swaps(gains, self.band, crossing_cost)
        self._before = _accumulate(self.gains, self.band, np.logaddexp)
        back = _accumulate(*_mirrored(self.gains, self.band), np.logaddexp)
        self._after = [row[::-1] for row in reversed(back)]
        self.total = float(self._before[-1][-1])

    def odds(self, row: int) -> Array:
        """Return how likely each bead is that ends in this row, shape (SHAPES and the swap, cells)."""
        found = np.full_like(self.gains[row], -np.inf)
        for way, ended in _ways(self._before, self.gains, self.band, row):
            found[way] = ended + self._after[row] - self.total
        return np.exp(found)

    def alone(self) -> tuple[Array, Array]:
        """Return how likely each source, and each target, stands alone."""
        sources, targets = np.zeros(len(self.band) - 1), np.zeros(self.band[-1][1])
        for row, (low, high) in enumerate(self.band):
            if row:
                came = _part(self._before[row - 1], self.band[row - 1], low, high)
                sources[row - 1] = np.exp(came + self._after[row] - self.total).sum()
            targets[low:high] += np.exp(self._before[row][:-1] + self._after[row][1:] - self.total)
        return sources, targets

    def best(self) -> list[Bead]:
        """Return the beads of the way that gains most, in order.

        A bead that is less likely than that its sentences stand alone gives way to null beads: of texts that
        have nothing to do with each other some bead always gains a little.
        """
        tops = _accumulate(self.gains, self.band, np.maximum)
        alone = self.alone()
        beads: list[Bead] = []
        row, column = len(self.band) - 1, self.band[-1][1]
        while row or column:
            a, b, way = self._last(tops, row, column)
            apart = _apart(row, column, a, b, alone)
            score = 0.0 if way is None else float(self.odds(row)[way, column - self.band[row][0]])
            if way is None or score < sum(bead.score for bead in apart) / (a + b):
                beads += apart
            else:
                beads += _split(row, column, a, b, min(score, 1.0), way == _SWAP)
            row, column = row - a, column - b
        return beads[::-1]

    def _last(self, tops: Sequence[Array], row: int, column: int) -> tuple[int, int, int | None]:
        """Return the last bead of the best way to a cell: its shape, and its number where it is no null."""
        low = self.band[row][0]
        here = column - low
        steps: list[tuple[float, tuple[int, int, int | None]]] = []
        if row and self.band[row - 1][0] <= column <= self.band[row - 1][1]:
            steps.append((tops[row - 1][column - self.band[row - 1][0]], (1, 0, None)))
        if here:
            steps.append((tops[row][here - 1], (0, 1, None)))
        for way, ended in _ways(tops, self.gains, self.band, row):
            steps.append((ended[here], (*_WAYS[way], way)))
        return max(steps, key=lambda step: step[0])[1]


def _apart(row: int, column: int, a: int, b: int, alone: tuple[Array, Array]) -> list[Bead]:
    """Return the sentences of a bead that ends at a cell as null beads, the last first."""
    targets = [Bead((), (at,), min(float(alone[1][at]), 1.0)) for at in reversed(range(column - b, column))]
    return targets + [Bead((at,), (), min(float(alone[0][at]), 1.0)) for at in reversed(range(row - a, row))]


def _split(row: int, column: int, a: int, b: int, score: float, swapped: bool) -> list[Bead]:
    """Return the bead that ends at a cell, or the two of a swap, the last first."""
    if swapped:
        one, two = (row - 2,), (row - 1,)
        return [Bead(two, (column - 2,), score, crossing=True), Bead(one, (column - 1,), score)]
    return [Bead(tuple(range(row - a, row)), tuple(range(column - b, column)), score)]


def _accumulate(gains: Sequence[Array], band: Band, add: np.ufunc) -> list[Array]:
    """Join all ways to each cell by `add`: logaddexp gives the logarithm of their odds, maximum the best."""
    joined: list[Array] = []
    for row, (low, high) in enumerate(band):
        here = np.full(high - low + 1, -np.inf)
        if row:
            here = add(here, _part(joined[row - 1], band[row - 1], low, high))
        else:
            here[0] = 0.0
        for _, ended in _ways(joined, gains, band, row):
            here = add(here, ended)
        joined.append(add.accumulate(here))
    return joined


def _ways(
    joined: Sequence[Array], gains: Sequence[Array], band: Band, row: int
) -> Iterator[tuple[int, Array]]:
    """Give for each kind of bead what the ways to this row's cells gain that end with it."""
    low, high = band[row]
    for way, (a, b) in enumerate(_WAYS):
        if a <= row:
            yield way, _part(joined[row - a], band[row - a], low - b, high - b) + gains[row][way]


def _mirrored(gains: Sequence[Array], band: Band) -> tuple[list[Array], Band]:
    """Return gains and band as they are when both documents are read from the end."""
    last, width = len(band) - 1, band[-1][1]
    mirrored = []
    for row in range(last, -1, -1):
        low, high = band[row]
        found = np.full_like(gains[row], -np.inf)
        for way, (a, b) in enumerate(_WAYS):
            if row + a <= last:
                found[way] = _part(gains[row + a][way], band[row + a], low + b, high + b)[::-1]
        mirrored.append(found)
    return mirrored, [(width - high, width - low) for low, high in reversed(band)]


def _part(values: Array, cells: tuple[int, int], low: int, high: int) -> Array:
    """Return the values of cells low..high of a row that has `cells`; minus infinity outside of it."""
    first, last = max(low, cells[0]), min(high, cells[1])
    found = np.full(high - low + 1, -np.inf)
    if first <= last:
        found[first - low : last - low + 1] = values[first - cells[0] : last - cells[0] + 1]
    return found


def _with_swaps(gains: Sequence[Array], band: Band, cost: float) -> list[Array]:
    """Add to each row what two neighbours gain that go together crosswise."""
    rows = []
    for row, (low, high) in enumerate(band):
        swap = np.full((1, high - low + 1), -np.inf)
        if row >= 2:
            swap[0] = _part(gains[row - 1][0], band[row - 1], low, high) - cost
            swap[0] += _part(gains[row][0], band[row], low - 1, high - 1)
        rows.append(np.concatenate([gains[row], swap]))
    return rows


def _band(n: int, m: int, anchors: Sequence[tuple[int, int]], half: int) -> Band:
    """Return for every row 0..n the first and last column; neighbouring rows touch, the corners are in."""
    points = [(0, 0), *((i, j) for i, j in anchors if 0 < i < n and 0 < j < m), (n, m)]
    band: Band = []
    for (i, j), (i2, j2) in pairwise(points):
        for row in range(i, i2):
            low = j + (j2 - j) * (row - i) // (i2 - i)
            high = j + (j2 - j) * (row + 1 - i) // (i2 - i)
            band.append((max(0, low - half), min(m, high + half)))
    return [*band, (max(0, m - half) if n else 0, m)]


def _crossed(beads: list[Bead], scorer: Scorer) -> list[Bead]:
    """Join a null source and a null target near each other, if they gain enough, as a crossing."""
    kept: list[Bead | None] = list(beads)
    for here, bead in enumerate(beads):
        if bead.target or kept[here] is None:
            continue
        near = range(max(0, here - CROSSING_REACH), min(len(beads), here + CROSSING_REACH + 1))
        gains = []
        for there in near:
            other = kept[there]
            if other is not None and not other.source:
                row, column = bead.source[0] + 1, other.target[0] + 1
                gains.append((float(scorer(row, column, column)[0, 0]) - CROSSING_COST, there))
        gain, there = max(gains, default=(0.0, 0))
        if gain > 0:
            kept[here] = Bead(bead.source, beads[there].target, 1 / (1 + math.exp(-gain)), crossing=True)
            kept[there] = None
    return [bead for bead in kept if bead is not None]
