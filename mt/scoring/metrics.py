"""BLEU, chrF2, chrF2++ and TER with signatures, intervals and significance, all by sacrebleu's own classes.

BLEU: Papineni et al. 2002; chrF: Popović 2015 and 2017; TER: Snover et al. 2006; signatures: Post 2018.
Intervals and the paired bootstrap: Koehn 2004; approximate randomisation: Riezler & Maxwell 2005.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest

# Resamples of an interval, as sacrebleu's command line takes by default; trials of a randomisation test.
SAMPLES = 1000
TRIALS = 10_000
# Resampling keeps samples times segments numbers in memory: from here on there are no intervals.
MAX_RESAMPLED = 20_000
# Of these less is better.
ERRORS = frozenset(("TER",))


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


def metrics() -> dict[str, Any]:
    """Return the metrics by their short names, with sacrebleu's own settings."""
    return {"BLEU": BLEU(), "chrF2": CHRF(), "chrF2++": CHRF(word_order=2), "TER": TER()}


def score(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], samples: int = SAMPLES
) -> list[Score]:
    """Score a corpus of shape (segments) against references of shape (references, segments)."""
    resampled = samples if 1 < len(hypotheses) <= MAX_RESAMPLED else 1
    scores = []
    for name, metric in metrics().items():
        found = metric.corpus_score(hypotheses, references, n_bootstrap=resampled)
        mean, half = (float(found._mean), float(found._ci)) if resampled > 1 else (None, None)
        scores.append(Score(name, found.score, str(metric.get_signature()), mean, half))
    return scores


def compare(
    hypotheses: Sequence[str],
    baseline: Sequence[str],
    references: Sequence[Sequence[str]],
    samples: int = SAMPLES,
    trials: int = TRIALS,
) -> list[Difference]:
    """Test a corpus against a baseline's by paired bootstrap and by approximate randomisation."""
    systems = [("baseline", baseline), ("system", hypotheses)]
    found: dict[str, Mapping[str, Any]] = {}
    for kind, count in (("bs", samples), ("ar", trials)):
        found[kind] = PairedTest(systems, metrics(), references, test_type=kind, n_samples=count)()[1]
    differences = []
    for name in metrics():
        theirs, ours = (result.score for result in found["bs"][name])
        chances = [float(found[kind][name][1].p_value) for kind in ("bs", "ar")]
        # sacrebleu counts the resamples that differ more than the systems do, and these never differ.
        bootstrap, randomisation = (1.0, 1.0) if theirs == ours else chances
        differences.append(Difference(name, theirs, bootstrap, randomisation))
    return differences


def sentence_scores(hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> list[float]:
    """Return each segment's chrF2, the metric of choice for single sentences."""
    metric = CHRF()
    return [
        metric.sentence_score(hypothesis, list(given)).score
        for hypothesis, *given in zip(hypotheses, *references, strict=True)
    ]
