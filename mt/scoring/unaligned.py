"""References that are not aligned: translation and references brought together sentence by sentence.

The translation's own words stand for the source, as in Bleualign (Sennrich & Volk 2010); what has no
counterpart is left out of the segments and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from aligned.align import Bead, align_sentences
from mt.scoring.resegment import resegment
from mt.scoring.sources import Source, joined


@dataclass(frozen=True, slots=True)
class Matching:
    """How much was brought together, in sentences, and scores that need no alignment of sentences.

    `references` are those of all references; `confidence` is the mean of the pairs'; the shares are those of
    words, 0 to 1. `document_…` take each side as one segment; `resegmented_…` cut the translation to fit the
    first reference's sentences, None where both are too long for that. `left_out` are the sentences of the
    translation that a reference left out, `added` those of references without counterpart.
    """

    pairs: int
    hypotheses: int
    hypotheses_left: int
    references: int
    references_left: int
    confidence: float
    document_bleu: float
    document_chrf: float
    hypothesis_share: float
    reference_share: float
    resegmented_bleu: float | None
    resegmented_chrf: float | None
    left_out: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """Segments that all sides have: `references` and `baselines` have the shape (sides, segments)."""

    hypotheses: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    baselines: tuple[tuple[str, ...], ...]
    sources: tuple[Source, ...]
    matching: Matching


def bring_together(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    sources: Sequence[Source] = (),
    baselines: Sequence[Sequence[str]] = (),
) -> Together:
    """Return the segments of documents given as sentences; blank ones take no part.

    With `sources`, hypotheses and baselines have a sentence for each of them; without, baselines are aligned
    with the hypotheses.
    """
    rows = [at for at, hypothesis in enumerate(hypotheses) if hypothesis.strip()]
    said = [hypotheses[at] for at in rows]
    hebrew = [sources[at] for at in rows] if sources else []
    pivots = [source.text or text for source, text in zip(hebrew, said, strict=True)] if sources else said
    given = [[sentence for sentence in side if sentence.strip()] for side in references]
    beads = [align_sentences(pivots, side, said) for side in given]
    others = [[sentence for sentence in side if sentence.strip()] for side in baselines]
    beside = [] if sources else [align_sentences(said, side, said) for side in others]
    groups = _groups(len(said), [bead for found in (*beads, *beside) for bead in found])
    columns = [_column(groups, side, found) for side, found in zip(given, beads, strict=True)]
    if sources:
        columns += [[" ".join(side[rows[at]] for at in group) for group in groups] for side in baselines]
    else:
        columns += [_column(groups, side, found) for side, found in zip(others, beside, strict=True)]
    kept = [at for at, texts in enumerate(zip(*columns, strict=True)) if all(texts)]
    texts = [tuple(column[at] for at in kept) for column in columns]
    matched = [groups[at] for at in kept]
    return Together(
        hypotheses=tuple(" ".join(said[at] for at in group) for group in matched),
        references=tuple(texts[: len(given)]),
        baselines=tuple(texts[len(given) :]),
        sources=tuple(joined([hebrew[at] for at in group]) for group in matched) if sources else (),
        matching=_matching(said, given, beads, matched),
    )


def _groups(count: int, beads: Sequence[Bead]) -> list[list[int]]:
    """Return the sentences 0 to count - 1 in groups: those that some bead has together."""
    first = list(range(count))

    def root(at: int) -> int:
        while first[at] != at:
            at = first[at]
        return at

    for bead in beads:
        for at in bead.source[1:]:
            one, two = sorted((root(bead.source[0]), root(at)))
            first[two] = one
    found: dict[int, list[int]] = {}
    for at in range(count):
        found.setdefault(root(at), []).append(at)
    return list(found.values())


def _column(groups: Sequence[Sequence[int]], sentences: Sequence[str], beads: Sequence[Bead]) -> list[str]:
    """Return what one side has for each group, empty where it has nothing."""
    places = {at: bead.target for bead in beads for at in bead.source}
    found = (sorted({place for at in group for place in places.get(at, ())}) for group in groups)
    return [" ".join(sentences[place] for place in these) for these in found]


def _matching(
    said: Sequence[str],
    given: Sequence[Sequence[str]],
    beads: Sequence[Sequence[Bead]],
    matched: Sequence[Sequence[int]],
) -> Matching:
    found = [[bead for bead in side if bead.source and bead.target] for side in beads]
    paired = {at for group in matched for at in group}
    left_out = [text for at, text in enumerate(said) if at not in paired]
    placed = [{place for bead in side for place in bead.target} for side in found]
    added = [
        text
        for side, known in zip(given, placed, strict=True)
        for at, text in enumerate(side)
        if at not in known
    ]
    scores = [bead.score for side in found for bead in side]
    everything = [text for side in given for text in side]
    cut = resegment(" ".join(said), given[0])
    whole = [" ".join(said)], [[" ".join(side)] for side in given]
    return Matching(
        pairs=len(matched),
        hypotheses=len(said),
        hypotheses_left=len(left_out),
        references=len(everything),
        references_left=len(added),
        confidence=sum(scores) / max(len(scores), 1),
        document_bleu=BLEU().corpus_score(*whole).score,
        document_chrf=CHRF().corpus_score(*whole).score,
        hypothesis_share=1 - _words(left_out) / max(_words(said), 1),
        reference_share=1 - _words(added) / max(_words(everything), 1),
        resegmented_bleu=BLEU().corpus_score(cut, [given[0]]).score if cut else None,
        resegmented_chrf=CHRF().corpus_score(cut, [given[0]]).score if cut else None,
        left_out=tuple(left_out),
        added=tuple(added),
    )


def _words(texts: Sequence[str]) -> int:
    return sum(len(text.split()) for text in texts)
