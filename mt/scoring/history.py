"""What is kept of a score, and a model's scores one after the other."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from aligned.scores import KeptScore, ScoreRun
from glossary.terms import Glossary
from mt.scoring.report import Report
from mt.scoring.tables import Table
from mt.scoring.tasks import Files

_DIGITS = 12


def run_of(report: Report, files: Files, glossary: Glossary | None, model: str, digest: str) -> ScoreRun:
    """Return what is kept of a report; `digest` is the model's, the test set's is that of its files."""
    known = "" if glossary is None else glossary.digest
    kept = [
        KeptScore(found.name, found.score, found.signature, found.mean, found.half) for found in report.scores
    ]
    if report.terms and report.terms.owed:
        share = 100 * report.terms.kept / report.terms.owed
        kept.append(KeptScore("terms", share, f"owed:{report.terms.owed}"))
    return ScoreRun(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        model=model,
        model_digest=digest,
        glossary=known,
        test_set=test_set_digest([*files.references, *([files.source] if files.source else [])]),
        name=files.references[0].name,
        segments=len(report.lines),
        scores=tuple(kept),
    )


def test_set_digest(paths: Sequence[Path]) -> str:
    """Return the SHA-256 of the digests of files, in their order."""
    digests = (hashlib.sha256(path.read_bytes()).digest() for path in paths)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def history_table(runs: Sequence[ScoreRun]) -> Table:
    """Return the heads and rows of runs, by test set and then as they came; what none has is left out."""
    names = list(dict.fromkeys(found.metric for run in runs for found in run.scores))
    first = {run.test_set: at for at, run in reversed(list(enumerate(runs)))}
    rows = []
    for run in sorted(runs, key=lambda run: first[run.test_set]):
        scores = {found.metric: found for found in run.scores}
        cells = [_cell(scores[name]) if name in scores else "" for name in names]
        digests = [digest[:_DIGITS] for digest in (run.model_digest, run.glossary, run.test_set)]
        rows.append([run.at[:16].replace("T", " "), run.model, *digests, run.name, str(run.segments), *cells])
    return ["when", "model", "digest", "glossary", "test set", "named", "segments", *names], rows


def _cell(found: KeptScore) -> str:
    return f"{found.score:.2f}" + ("" if found.half is None else f" ± {found.half:.2f}")
