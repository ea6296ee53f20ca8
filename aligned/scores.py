"""Scores of models, kept with the signatures of all that made them; for `aligned.store` alone, but its nouns.

Rows are only ever added: a model's progress is what stands there, in order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, insert, select

from aligned.queries import intern
from aligned.schema import score_runs, scores, signatures

# What a run and its row have alike.
_HEAD = ("at", "model", "model_digest", "test_set", "name", "segments")


@dataclass(frozen=True, slots=True)
class KeptScore:
    """One metric's score and signature; `mean` and `half` are those of its interval, None without one."""

    metric: str
    score: float
    signature: str
    mean: float | None = None
    half: float | None = None


@dataclass(frozen=True, slots=True)
class ScoreRun:
    """The scores of one translation of a test set; `at` is UTC in ISO 8601.

    `model_digest`, `glossary` and `test_set` are SHA-256 digests, empty where there was none; `name` is the
    test set's.
    """

    at: str
    model: str
    model_digest: str
    glossary: str
    test_set: str
    name: str
    segments: int
    scores: tuple[KeptScore, ...]


def add_run(connection: Connection, run: ScoreRun) -> None:
    """Keep the scores of a run."""
    ids = intern(connection, [run.glossary, *(found.signature for found in run.scores)])
    row = {name: getattr(run, name) for name in _HEAD} | {"glossary_id": ids[run.glossary]}
    added = insert(score_runs).values(row).returning(score_runs.c.number)
    number = connection.execute(added).scalar_one()
    rows = [
        {
            "run_number": number,
            "place": place,
            "metric": found.metric,
            "signature_id": ids[found.signature],
            "score": found.score,
            "mean": found.mean,
            "half": found.half,
        }
        for place, found in enumerate(run.scores)
    ]
    if rows:
        connection.execute(insert(scores), rows)


def runs(connection: Connection, model: str = "") -> Iterator[ScoreRun]:
    """Yield the runs, oldest first: those of a model with all its versions, or of every one."""
    glossaries = signatures.alias()
    query = (
        select(score_runs, scores, glossaries.c.text.label("glossary"), signatures.c.text.label("signature"))
        .join(scores, scores.c.run_number == score_runs.c.number)
        .join(glossaries, score_runs.c.glossary_id == glossaries.c.id)
        .join(signatures, scores.c.signature_id == signatures.c.id)
        .order_by(score_runs.c.number, scores.c.place)
    )
    if model:
        name = score_runs.c.model
        query = query.where((name == model) | name.startswith(f"{model}@", autoescape=True))
    rows = connection.execute(query).mappings()
    for _, found in groupby(rows, key=lambda row: row["number"]):
        kept = list(found)
        head = kept[0]
        yield ScoreRun(
            **{name: head[name] for name in (*_HEAD, "glossary")},
            scores=tuple(
                KeptScore(row["metric"], row["score"], row["signature"], row["mean"], row["half"])
                for row in kept
            ),
        )
