"""Beads by dynamic programming in a band (Gale & Church 1993): a scorer in, beads out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Gain of source[a:b] with target[c:d] over leaving all of them alone, which gains nothing.
Scorer = Callable[[int, int, int, int], float]
SHAPES = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1), (1, 4), (4, 1))
HALF_BAND = 12
CROSSING_REACH = 3
SLOPE = 30.0  # of the logistic from gain to confidence


@dataclass(frozen=True, slots=True)
class Bead:
    """Sentences of both sides that belong together, counted from 0; a null bead has one side empty.

    `gain` is the scorer's; `crossing` marks a bead that stands out of order.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    gain: float = 0.0
    crossing: bool = False

    @property
    def score(self) -> float:
        """Return the confidence, 0 to 1: the logistic of the gain a sentence; null beads have even odds."""
        gain = self.gain / max(1, len(self.source) + len(self.target))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, SLOPE * gain))))


def align_beads(
    sources: int,
    targets: int,
    scorer: Scorer,
    anchors: Sequence[tuple[int, int]] = (),
    half_band: int = HALF_BAND,
) -> list[Bead]:
    """Return the beads of highest total gain in a band around the anchors; every sentence is in one bead.

    `anchors` are pairs (source, target), rising on both sides. Time and memory are linear in the number of
    sentences, as each source sentence meets the targets of its band alone.
    """
    band = _band(sources, targets, anchors, half_band)
    return _crossed(_trace(sources, targets, _steps(scorer, band)), scorer)


def _band(n: int, m: int, anchors: Sequence[tuple[int, int]], half: int) -> list[tuple[int, int]]:
    """Return for every row 0..n the first and last column; neighbouring rows touch, the corners are in."""
    points = [(0, 0), *((i, j) for i, j in anchors if 0 < i < n and 0 < j < m), (n, m)]
    band: list[tuple[int, int]] = []
    for (i, j), (i2, j2) in pairwise(points):
        for row in range(i, i2):
            low = j + (j2 - j) * (row - i) // (i2 - i)
            high = j + (j2 - j) * (row + 1 - i) // (i2 - i)
            band.append((max(0, low - half), min(m, high + half)))
    return [*band, (max(0, m - half) if n else 0, m)]


def _steps(scorer: Scorer, band: list[tuple[int, int]]) -> list[list[tuple[int, int, float]]]:
    """Return, per cell of the band, the last bead of the best way there: its shape and gain.

    Each row begins with its first column.
    """
    best: list[list[float]] = []
    steps: list[list[tuple[int, int, float]]] = []
    for i, (low, high) in enumerate(band):
        row: list[float] = []
        back = [(low, 0, 0.0)]
        shapes = [(a, b, *band[i - a], best[i - a]) for a, b in SHAPES if a <= i]
        for j in range(low, high + 1):
            top, step = (row[-1], (0, 1, 0.0)) if row else (float("-inf"), (0, 0, 0.0))
            if i and band[i - 1][0] <= j <= band[i - 1][1] and best[i - 1][j - band[i - 1][0]] > top:
                top, step = best[i - 1][j - band[i - 1][0]], (1, 0, 0.0)
            for a, b, first, last, above in shapes:
                if first <= j - b <= last:
                    gain = scorer(i - a, i, j - b, j)
                    if above[j - b - first] + gain > top:
                        top, step = above[j - b - first] + gain, (a, b, gain)
            row.append(top if i or j else 0.0)
            back.append(step)
        best.append(row)
        steps.append(back)
        if i >= 4:  # no bead reaches further back
            best[i - 4] = []
    return steps


def _trace(n: int, m: int, steps: list[list[tuple[int, int, float]]]) -> list[Bead]:
    beads: list[Bead] = []
    while n or m:
        a, b, gain = steps[n][m - steps[n][0][0] + 1]
        beads.append(Bead(tuple(range(n - a, n)), tuple(range(m - b, m)), gain))
        n, m = n - a, m - b
    return beads[::-1]


def _crossed(beads: list[Bead], scorer: Scorer) -> list[Bead]:
    """Join a null source and a null target near each other, if they gain together, as a crossing."""
    kept: list[Bead | None] = list(beads)
    for here, bead in enumerate(beads):
        if bead.target or kept[here] is None:
            continue
        near = range(max(0, here - CROSSING_REACH), min(len(beads), here + CROSSING_REACH + 1))
        gains = [
            (scorer(bead.source[0], bead.source[0] + 1, other.target[0], other.target[0] + 1), there)
            for there in near
            if (other := kept[there]) is not None and not other.source
        ]
        gain, there = max(gains, default=(0.0, 0))
        if gain > 0:
            kept[here] = Bead(bead.source, beads[there].target, gain, crossing=True)
            kept[there] = None
    return [bead for bead in kept if bead is not None]
