"""BLEU, chrF2, chrF2++ and TER with signatures, intervals and significance, all by sacrebleu's own classes.

BLEU: Papineni et al. 2002; chrF: Popović 2015 and 2017; TER: Snover et al. 2006; signatures: Post 2018.
Every segment is counted once; scores of the whole, of parts and of resamples are scores of sums.
"""

import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sacrebleu.metrics.base import Metric
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from mt.scoring import METRICS
from mt.scoring.resampling import Floats, bootstrap_sums, chance, seed, shuffled_sums

# Resamples of an interval, as sacrebleu's command line takes by default; trials of a randomisation test.
SAMPLES = 1000
TRIALS = 10_000
# Of these less is better.
ERRORS = frozenset(("TER",))
# Segments whose n-grams are held at once.
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Score:
    """One metric of a corpus, from 0 to 100 (TER may pass 100).

    `mean` is that of the resamples, `half` half the width of their 95% interval; None where there were none.
    """

    name: str
    score: float
    signature: str
    mean: float | None = None
    half: float | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A baseline's score by one metric, and how likely so great a difference is by chance, by two tests."""

    name: str
    baseline: float
    bootstrap: float
    randomisation: float


class Scorer(Protocol):
    """What is used of sacrebleu's metrics once statistics are counted."""

    n_bootstrap: int | None
    seed: str | None

    def get_signature(self) -> Any: ...

    def _compute_score_from_stats(self, stats: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Counted:
    """A corpus counted by one metric: an array of shape (segments, numbers)."""

    metric: Scorer
    counts: Floats

    def score(self, segments: Sequence[int] | slice = slice(None)) -> float:
        """Return the score of the corpus, or of some of its segments as a corpus, numbered from 0."""
        return float(self._of(self.counts[segments].sum(0).tolist()))

    def of_each(self) -> list[float]:
        """Return the score of every segment."""
        return [float(self._of(row)) for row in self.counts.tolist()]

    def of_sums(self, sums: Floats) -> list[Any]:
        """Return the scores of sums in single precision, as sacrebleu resamples."""
        return [self._of(row) for row in sums.astype(np.float32)]

    def _of(self, sums: Any) -> Any:
        return self.metric._compute_score_from_stats(sums).score


Counts = dict[str, Counted]


def metrics() -> dict[str, Metric]:
    """Return the metrics by their short names, with sacrebleu's own settings."""
    return {"BLEU": BLEU(), "chrF2": CHRF(), "chrF2++": CHRF(word_order=2), "TER": TER()}


def count(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], names: Collection[str] = METRICS
) -> Counts:
    """Count what the metrics need, by segment; `references` has the shape (references, segments)."""
    wanted = {name: metric for name, metric in metrics().items() if name in names}
    # With one reference chrF2++ has counted all that chrF2 needs; of several each takes its own best.
    shared = len(references) == 1 and {"chrF2", "chrF2++"} <= wanted.keys()
    counted = {name: metric for name, metric in wanted.items() if not (shared and name == "chrF2")}
    parts: dict[str, list[Floats]] = {name: [] for name in counted}
    for first in range(0, len(hypotheses), _CHUNK):
        said = hypotheses[first : first + _CHUNK]
        given = [reference[first : first + _CHUNK] for reference in references]
        for name, metric in counted.items():
            parts[name].append(np.array(metric._extract_corpus_statistics(said, given), np.float64))
    # Each is let go as soon as it is put together: of a million segments they are hundreds of megabytes.
    tables = {name: np.concatenate(parts.pop(name)) for name in counted}
    if shared:
        characters, words = wanted["chrF2"], wanted["chrF2++"]
        characters.num_refs = words.num_refs
        tables["chrF2"] = tables["chrF2++"][:, : 3 * CHRF.CHAR_ORDER]
    return {name: Counted(metric, tables[name]) for name, metric in wanted.items()}


def scores(counts: Counts, samples: int = SAMPLES) -> list[Score]:
    """Score a counted corpus, with intervals where there are segments to draw from."""
    resampled = _resampled(counts, samples) if _segments(counts) > 1 and samples > 1 else {}
    found = []
    for name, counted in counts.items():
        metric = counted.metric
        mean = half = None
        if name in resampled:
            metric.n_bootstrap, metric.seed = samples, str(seed()).lower()
            mean, half = _interval(resampled[name])
        found.append(Score(name, counted.score(), str(metric.get_signature()), mean, half))
    return found


def differences(
    counts: Counts, baseline: Counts, samples: int = SAMPLES, trials: int = TRIALS
) -> list[Difference]:
    """Test a counted corpus against a baseline's by paired bootstrap and by approximate randomisation."""
    drawn = _resampled(counts, samples), _resampled(baseline, samples)
    shuffled = shuffled_sums(_joined(baseline), _joined(counts), trials)
    swapped = [_split(counts, sums) for sums in shuffled]
    found = []
    for name, counted in counts.items():
        ours, theirs = counted.score(), baseline[name].score()
        seen = abs(theirs - ours)
        apart = np.abs(np.array(drawn[0][name]) - np.array(drawn[1][name]))
        one, two = (
            np.array([counted._of(row) for row in sums[name].tolist()], np.float64) for sums in swapped
        )
        chances = chance(apart - apart.mean(), seen), chance(np.abs(one - two), seen)
        # Only greater differences are counted: of equal systems, and of one segment, chance has none.
        is_certain = theirs == ours or _segments(counts) == 1
        found.append(Difference(name, theirs, *((1.0, 1.0) if is_certain else chances)))
    return found


def score(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], samples: int = SAMPLES
) -> list[Score]:
    """Score a corpus of shape (segments) against references of shape (references, segments)."""
    return scores(count(hypotheses, references), samples)


def compare(
    hypotheses: Sequence[str],
    baseline: Sequence[str],
    references: Sequence[Sequence[str]],
    samples: int = SAMPLES,
    trials: int = TRIALS,
) -> list[Difference]:
    """Test a corpus against a baseline's by paired bootstrap and by approximate randomisation."""
    return differences(count(hypotheses, references), count(baseline, references), samples, trials)


def _resampled(counts: Counts, samples: int) -> dict[str, list[Any]]:
    """Return each metric's scores of the same resamples."""
    sums = _split(counts, bootstrap_sums(_joined(counts), samples))
    return {name: counted.of_sums(sums[name]) for name, counted in counts.items()}


def _joined(counts: Counts) -> Floats:
    return np.concatenate([counted.counts for counted in counts.values()], axis=1)


def _split(counts: Counts, sums: Floats) -> dict[str, Floats]:
    widths = [counted.counts.shape[1] for counted in counts.values()]
    return dict(zip(counts, np.split(sums, np.cumsum(widths)[:-1], axis=1), strict=True))


def _segments(counts: Counts) -> int:
    return len(next(iter(counts.values())).counts)


def _interval(found: Sequence[Any]) -> tuple[float, float]:
    """Return mean and half the width of the interval that leaves a fortieth out at either end."""
    # sacrebleu's chrF of no match is a zero of another type, which the mean refuses beside the rest.
    ordered = sorted(map(type(max(found)), found))
    out = len(ordered) // 40
    return float(statistics.mean(ordered)), 0.5 * float(ordered[-out - 1] - ordered[out])
