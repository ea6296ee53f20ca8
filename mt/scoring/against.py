"""A document in a store against its references: pair by pair, and again whenever a pair has changed."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from aligned.store import Store

KEPT_SCORES = 10_000


def rescore(store: Store, document: int, pair: str | None = None) -> dict[str, float | None]:
    """Bring the kept chrF2 of a document's pairs up to date, or only what bears on one pair.

    Pairs that hang together by a reference over several segments have one score. Return what is new, by id:
    0 to 100, None where no reference is left.
    """
    changed: dict[str, float | None] = {}
    for found in store.compared(document, pair):
        score = segment_chrf(found.target, found.references) if found.references else None
        changed |= {key: score for key, old in zip(found.pairs, found.chrf, strict=True) if old != score}
    store.keep_chrf(changed)
    return changed


@lru_cache(maxsize=KEPT_SCORES)
def segment_chrf(target: str, references: Sequence[str]) -> float:
    """Return the chrF2 of a segment against one reference or more, the best of which counts."""
    return float(_chrf().sentence_score(target, references).score)


def chrf_signature(references: int) -> str:
    """Return sacrebleu's signature of the score against so many references."""
    metric = _chrf()
    metric.num_refs = references
    return f"chrF2|{metric.get_signature()}"


def _chrf() -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()
