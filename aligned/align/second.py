"""A second look: what a slow judge says of the beads that are in doubt, joined to the gains of the first."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from aligned.align.beads import SHAPES, Array, Lattice, Scorer

# Beads of these odds are in doubt: of others the judge need not be asked.
DOUBT = (0.02, 0.98)
LEAST = -8.0  # below this a judge's value tells nothing new
# Weights of the gain of the first look, the judge's value, the asking itself, and the sentences above two.
# Fitted by `python -m tests.bench align --fit`.
WEIGHTS = (0.89, 3.02, 14.8, 0.83)


class Judge(Protocol):
    """The one seam for what is too slow to be asked of every bead."""

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """Return for each source and target text the mean log-probability of a piece of the target."""


def ask(
    lattice: Lattice, sources: Sequence[str], targets: Sequence[str], judge: Judge
) -> dict[tuple[int, int, int], Array]:
    """Return by row, shape and cell what is known of each bead in doubt beside its gain, shape (3,)."""
    texts: dict[tuple[int, int, int], tuple[str, str]] = {}
    for row, (low, _) in enumerate(lattice.band):
        odds = lattice.odds(row)[: len(SHAPES)]
        for shape, cell in np.argwhere((odds > DOUBT[0]) & (odds < DOUBT[1])).tolist():
            (a, b), column = SHAPES[shape], low + cell
            texts[row, shape, cell] = " ".join(sources[row - a : row]), " ".join(targets[column - b : column])
    pairs = list(dict.fromkeys(texts.values()))
    values = dict(zip(pairs, judge(pairs) if pairs else (), strict=True))
    return {
        bead: np.array([max(values[pair], LEAST), 1.0, sum(SHAPES[bead[1]]) - 2])
        for bead, pair in texts.items()
    }


def look_again(
    lattice: Lattice,
    sources: Sequence[str],
    targets: Sequence[str],
    judge: Judge,
    weights: Sequence[float] | Array = WEIGHTS,
) -> Scorer:
    """Return a scorer of the lattice's rows that knows what the judge says of the beads in doubt."""
    gains = [weights[0] * row[: len(SHAPES)] for row in lattice.gains]
    for (row, shape, cell), known in ask(lattice, sources, targets, judge).items():
        gains[row][shape, cell] += known @ np.asarray(weights[1:])
    firsts = [low for low, _ in lattice.band]
    return lambda row, low, high: gains[row][:, low - firsts[row] : high + 1 - firsts[row]]
