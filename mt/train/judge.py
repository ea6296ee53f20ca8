"""How good a model is at held-out pairs, as its users have it, and whether it beats its parent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glossary.check import missing
from glossary.match import SourceMatcher, TargetMatcher
from glossary.terms import Glossary
from mt.engines.base import Engine
from mt.scoring.metrics import Score, count, scores
from mt.train.cleaning import TextPair
from mt.train.reviewed import data_digest
from mt.translate import Translator

NEW, GENERAL = "new", "general"
METRICS = ("BLEU", "chrF2")
# chrF that general text may lose.
MAX_LOSS = 0.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """BLEU and chrF (0 to 100) over so many pairs, and how many terms owed by their sources were kept.

    `scores` are the same with signatures and intervals; `digest` is the pairs', SHA-256.
    """

    pairs: int
    bleu: float
    chrf: float
    kept: int
    owed: int
    scores: tuple[Score, ...] = ()
    digest: str = ""

    @property
    def accuracy(self) -> float | None:
        """Return the share of terms kept, in percent; None where none is owed."""
        return 100 * self.kept / self.owed if self.owed else None


Judgements = Mapping[str, Judgement]


def judge(engine: Engine, sets: Mapping[str, Sequence[TextPair]], glossary: Glossary) -> dict[str, Judgement]:
    """Translate each set and judge it; no term is forced, for it is the model that is asked."""
    translator = Translator(engine, Glossary(()))
    return {name: _judged(translator, pairs, glossary) for name, pairs in sets.items() if pairs}


def loss(before: Judgements, after: Judgements) -> str:
    """Say in what a model lost against its parent; nothing where it won."""
    old, new = before[NEW].chrf, after[NEW].chrf
    if new <= old:
        return f"chrF on held-out pairs of the new domain is no better ({old:.2f} before, {new:.2f} after)"
    if GENERAL in after and (fall := before[GENERAL].chrf - after[GENERAL].chrf) > MAX_LOSS:
        return f"chrF on general text fell by {fall:.2f}, more than {MAX_LOSS}"
    return ""


def as_scores(before: Judgements, after: Judgements) -> dict[str, float]:
    """Return all figures by name, as a manifest keeps them."""
    scores: dict[str, float] = {}
    for name in after:
        for when, made in (("before", before[name]), ("after", after[name])):
            parts = {"bleu": made.bleu, "chrf": made.chrf, "terms": made.accuracy}
            scores |= {
                f"{name} {part} {when}": round(value, 2) for part, value in parts.items() if value is not None
            }
    return scores


def _judged(translator: Translator, pairs: Sequence[TextPair], glossary: Glossary) -> Judgement:
    targets = [one.target for one in translator.translate([pair.source for pair in pairs])]
    bleu, chrf = scores(count(targets, [[pair.target for pair in pairs]], METRICS))
    kept, owed = _terms([pair.source for pair in pairs], targets, glossary)
    return Judgement(len(pairs), bleu.score, chrf.score, kept, owed, (bleu, chrf), data_digest(pairs))


def _terms(sources: Sequence[str], targets: Sequence[str], glossary: Glossary) -> tuple[int, int]:
    """Return how many terms the targets keep, and how many the sources have."""
    matchers = SourceMatcher(glossary), TargetMatcher(glossary)
    owed = sum(len(matchers[0].find(source)) for source in sources)
    lost = [found for pair in zip(sources, targets, strict=True) for found in missing(*pair, *matchers)]
    return owed - sum(one.expected - one.found for one in lost), owed
