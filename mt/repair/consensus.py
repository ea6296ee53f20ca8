"""Of many ways to read a torn line, the one that the others differ from least.

The most probable way is right most often, but where it is wrong it may be wrong everywhere. What is returned
has the least expected edit distance to what the line may have been (minimum Bayes risk: Goel & Byrne 2000,
"Minimum Bayes-risk automatic speech recognition"; by draws, Eikema & Aziz 2020).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from mt.repair.assemble import assemble
from mt.repair.search import Cut

# Texts that are compared with one another, the most probable ones.
COMPARED = 64


def consensus(line: str, cuts: Sequence[Cut]) -> Cut:
    """Choose among ways to cut a line; the confidence is the probability of all that read the same."""
    if len(cuts) == 1:
        return cuts[0]
    # Clean text needs none of this.
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    readings: dict[str, Cut] = {}
    weights: dict[str, float] = defaultdict(float)
    for cut in sorted(cuts, key=lambda cut: -cut.confidence):
        text, _ = assemble(line, cut)
        readings.setdefault(text, cut)
        weights[text] += cut.confidence
    likely = sorted(weights, key=lambda text: -weights[text])[:COMPARED]
    distances = cdist(likely, likely, scorer=Levenshtein.distance)
    chosen = likely[int((distances @ [weights[text] for text in likely]).argmin())]
    return replace(readings[chosen], confidence=weights[chosen])
