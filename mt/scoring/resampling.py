"""Resampled corpora from stored statistics: one matrix product in the place of scoring them again.

The draws are sacrebleu's, from its seed, so that its figures come out. Bootstrap: Koehn 2004; approximate
randomisation: Riezler & Maxwell 2005.
"""

import os
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# Drawn numbers held at once; blocks of rows draw what one large matrix would.
_BLOCK = 4_000_000
# numpy takes 32 draws of a coin from one number, and begins a new one for each block.
_COINS = 32


def seed() -> int | None:
    """Return sacrebleu's seed: what the environment says in SACREBLEU_SEED, else 12345."""
    given = os.environ.get("SACREBLEU_SEED", "12345")
    return None if given.lower() == "none" else int(given)


def bootstrap_sums(statistics: Floats, samples: int) -> Floats:
    """Return sums of shape (samples, numbers) for statistics of shape (segments, numbers)."""
    segments = len(statistics)
    draws = np.random.default_rng(seed())
    sums = []
    for rows in _blocks(samples, max(1, _BLOCK // segments)):
        drawn = draws.choice(segments, size=(rows, segments))
        drawn += segments * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * segments)
        sums.append(counts.reshape(rows, segments).astype(np.float64) @ statistics)
    return np.concatenate(sums)


def shuffled_sums(one: Floats, two: Floats, trials: int) -> tuple[Floats, Floats]:
    """Return the sums of two corpora, of shape (trials, numbers), after a coin decides on each swap."""
    segments = len(one)
    draws = np.random.default_rng(seed())
    apart = one - two
    sums = []
    for rows in _blocks(trials, max(1, _BLOCK // segments // _COINS) * _COINS):
        taken = draws.integers(2, size=(rows, segments), dtype=np.bool_)
        sums.append(taken.astype(np.float64) @ apart)
    first = np.concatenate(sums) + two.sum(0)
    return first, one.sum(0) + two.sum(0) - first


def chance(differences: npt.NDArray[np.floating], seen: float) -> float:
    """Return the p-value of a difference: the share of chance's that are greater, as multeval counts them."""
    return (int((differences > seen).sum()) + 1) / (len(differences) + 1)


def _blocks(total: int, step: int) -> Iterator[int]:
    for first in range(0, total, step):
        yield min(step, total - first)
