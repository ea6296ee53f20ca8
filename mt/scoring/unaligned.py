"""References that are not aligned: translation and reference brought together sentence by sentence.

The translation's own words stand for the source, as in Bleualign (Sennrich & Volk 2010); what has no
counterpart is left out of the segments and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from aligned.align import align_sentences


@dataclass(frozen=True, slots=True)
class Matching:
    """How much of both sides was brought together, in sentences, and scores that need no alignment.

    `confidence` is the mean of the pairs'; `document_bleu` and `document_chrf` take each side as one segment.
    """

    pairs: int
    hypotheses: int
    hypotheses_left: int
    references: int
    references_left: int
    confidence: float
    document_bleu: float
    document_chrf: float


def bring_together(
    hypotheses: Sequence[str], references: Sequence[str], sources: Sequence[str] = ()
) -> tuple[list[tuple[str, str, str]], Matching]:
    """Return segments of source, translation and reference, and how they were matched.

    `sources` has a line for each of the hypotheses, or none. Blank lines take no part.
    """
    rows = [
        (source, hypothesis)
        for source, hypothesis in zip(sources or [""] * len(hypotheses), hypotheses, strict=True)
        if hypothesis.strip()
    ]
    given = [reference for reference in references if reference.strip()]
    said = [hypothesis for _, hypothesis in rows]
    beads = align_sentences([source or hypothesis for source, hypothesis in rows], given, said)
    pairs = [bead for bead in beads if bead.source and bead.target]
    segments = [
        (
            " ".join(rows[at][0] for at in bead.source).strip(),
            " ".join(said[at] for at in bead.source),
            " ".join(given[at] for at in bead.target),
        )
        for bead in pairs
    ]
    whole = (" ".join(said), [" ".join(given)])
    return segments, Matching(
        pairs=len(pairs),
        hypotheses=len(said),
        hypotheses_left=len(said) - sum(len(bead.source) for bead in pairs),
        references=len(given),
        references_left=len(given) - sum(len(bead.target) for bead in pairs),
        confidence=sum(bead.score for bead in pairs) / max(len(pairs), 1),
        document_bleu=BLEU().corpus_score([whole[0]], [whole[1]]).score,
        document_chrf=CHRF().corpus_score([whole[0]], [whole[1]]).score,
    )
