"""Of many ways to read a torn line, the one that the others differ from least.

The most probable way is right most often, but where it is wrong it may be wrong everywhere. What is returned
has the least expected edit distance to what the line may have been (minimum Bayes risk: Goel & Byrne 2000,
"Minimum Bayes-risk automatic speech recognition"; by draws, Eikema & Aziz 2020).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mt.repair.assemble import assemble
from mt.repair.search import Cut

# Texts that are compared with one another, the most probable ones.
COMPARED = 64


def consensus(line: str, cuts: Sequence[Cut]) -> Cut:
    """Choose among ways to cut a line; the confidence is the probability of all that read the same."""
    if len(cuts) == 1:
        return cuts[0]
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    readings: dict[str, Cut] = {}
    for cut in sorted(cuts, key=lambda cut: -cut.confidence):
        text, _ = assemble(line, cut)
        known = readings.get(text)
        readings[text] = (
            replace(known, confidence=known.confidence + cut.confidence) if known is not None else cut
        )
    likely = sorted(readings.items(), key=lambda reading: -reading[1].confidence)[:COMPARED]
    texts = [text for text, _ in likely]
    weights = np.array([cut.confidence for _, cut in likely])
    risks = cdist(texts, texts, scorer=Levenshtein.distance) @ weights
    return likely[int(risks.argmin())][1]
