"""Of many ways to read torn lines, those that the others differ from least.

The most probable way is right most often, but where it is wrong it may be wrong everywhere. What is returned
has the least expected edit distance to what the line may have been (minimum Bayes risk: Goel & Byrne 2000,
"Minimum Bayes-risk automatic speech recognition"; by draws, Eikema & Aziz 2020). How probable the likeliest
ones are, the language model says too, which reads them between their neighbours.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from mt.repair.assemble import assemble
from mt.repair.counts import Floats
from mt.repair.search import Cut

# Texts that are compared with one another and judged: the most probable ones.
COMPARED = 64
# What a nat of the language model counts for, in nats of the search (best of development lines).
TRUST = 0.6


class Judge(Protocol):
    """What knows how probable texts are between others; `mt.repair.language` does."""

    def log_probabilities(self, texts: Sequence[tuple[str, str, str]]) -> Floats: ...


def consensus(lines: Sequence[str], likely: Sequence[Sequence[Cut]], judge: Callable[[], Judge]) -> list[Cut]:
    """Choose among ways to cut each of consecutive lines; `judge` is called where there is a choice.

    A line's confidence is the probability of all ways that read as the chosen one does.
    """
    readings = [_readings(line, cuts) for line, cuts in zip(lines, likely, strict=True)]
    texts = [_chosen(found)[0] for found in readings]
    torn = [at for at, found in enumerate(readings) if len(found) > 1]
    if torn:
        around = ["", *texts, ""]
        asked = [(around[at], text, around[at + 2]) for at in torn for text in readings[at]]
        scores = iter(judge().log_probabilities(asked).tolist())
        for at in torn:
            found = readings[at]
            readings[at] = _weighed(found, np.array([next(scores) for _ in found], np.float32))
    return [_chosen(found)[1] for found in readings]


def _readings(line: str, cuts: Sequence[Cut]) -> dict[str, Cut]:
    """Return the likeliest texts, each with the likeliest way to it and the probability of all."""
    ways: dict[str, Cut] = {}
    weights: dict[str, float] = defaultdict(float)
    for cut in sorted(cuts, key=lambda cut: -cut.confidence):
        # What is not cut stays as it is, brackets too.
        text = assemble(line, cut)[0] if len(cut.edges) > 2 else line
        ways.setdefault(text, cut)
        weights[text] += cut.confidence
    likely = sorted(weights, key=lambda text: -weights[text])[:COMPARED]
    return {text: replace(ways[text], confidence=weights[text]) for text in likely}


def _weighed(readings: dict[str, Cut], scores: Floats) -> dict[str, Cut]:
    """Return the readings with the probabilities that they have by the language model too."""
    mass = sum(cut.confidence for cut in readings.values())
    logits = np.log([cut.confidence for cut in readings.values()]) + TRUST * scores
    shares = np.exp(logits - logits.max())
    shares *= mass / shares.sum()
    return {
        text: replace(cut, confidence=float(share))
        for (text, cut), share in zip(readings.items(), shares, strict=True)
    }


def _chosen(readings: Mapping[str, Cut]) -> tuple[str, Cut]:
    """Return the text that differs least from all others by their probabilities, and its cut."""
    texts = list(readings)
    if len(texts) == 1:
        return texts[0], readings[texts[0]]
    # Clean text needs none of this.
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    distances = cdist(texts, texts, scorer=Levenshtein.distance)
    text = texts[int((distances @ [cut.confidence for cut in readings.values()]).argmin())]
    return text, readings[text]
