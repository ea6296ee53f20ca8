"""What is kept in a store of an adaptation: how parent and child do on the pairs that were held out."""

from collections.abc import Iterator
from datetime import UTC, datetime

from aligned.scores import KeptScore, ScoreRun
from mt.train.adapt import Adapted
from mt.train.judge import Judgement


def runs_of(adapted: Adapted, glossary: str) -> Iterator[ScoreRun]:
    """Yield the scores of both models on each set, the parent's first; `glossary` is a digest."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    for name, after in adapted.after.items():
        for model, made in ((adapted.parent, adapted.before[name]), (adapted.model, after)):
            yield ScoreRun(
                at=at,
                model=model.reference,
                model_digest=model.digest,
                glossary=glossary,
                test_set=made.digest,
                name=f"{name}, held out",
                segments=made.pairs,
                scores=tuple(_scores(made)),
            )


def _scores(made: Judgement) -> Iterator[KeptScore]:
    for one in made.scores:
        yield KeptScore(one.name, one.score, one.signature, one.mean, one.half)
    if made.accuracy is not None:
        yield KeptScore("terms", made.accuracy, f"owed:{made.owed}")
