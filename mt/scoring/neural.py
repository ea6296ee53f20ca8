"""Metrics that a network computes, behind one seam: segments in, a number for each out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from mt.scoring.metrics import Counted


class Neural(Protocol):
    """A metric from outside; `signature` names package, version and weights."""

    name: str
    signature: str

    def score(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str]
    ) -> list[float]:
        """Return a number for every segment, 1 for the best; sources may be none."""
        ...


@dataclass(frozen=True, slots=True)
class _Sum:
    score: float


class Mean:
    """The mean of segments' scores in the manner of sacrebleu's metrics, so that it is resampled alike."""

    def __init__(self, signature: str) -> None:
        self.n_bootstrap: int | None = None
        self.seed: str | None = None
        self._signature = signature

    def get_signature(self) -> str:
        """Return the signature with what was resampled, where anything was."""
        drawn = f"bs:{self.n_bootstrap}|seed:{self.seed}|" if self.n_bootstrap else ""
        return drawn + self._signature

    def _compute_score_from_stats(self, sums: Any) -> _Sum:
        return _Sum(sums[0] / sums[1])


def count_neural(
    metric: Neural, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[Sequence[str]]
) -> Counted:
    """Return a corpus's scores by a neural metric, in percent; of several references each segment's best."""
    found = np.array([metric.score(sources, hypotheses, given) for given in references]).max(0)
    counts = np.stack([100 * found, np.ones(len(found))], 1)
    return Counted(Mean(f"nrefs:{len(references)}|{metric.signature}"), counts)
