"""All that is said of a translation: its scores, its terms, and the segments, with where it is bad."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from glossary.terms import Glossary
from mt.scoring import METRICS
from mt.scoring.buckets import Bucket, make_buckets
from mt.scoring.files import hebrew_lines
from mt.scoring.lines import Line, make_lines
from mt.scoring.metrics import Counts, Difference, Score, count, differences, scores
from mt.scoring.neural import Neural, count_neural
from mt.scoring.sources import Source
from mt.scoring.terms import TermScore, score_terms
from mt.scoring.unaligned import Matching

# The metric of choice for single segments, and so for all that is said of them.
OF_SEGMENTS = "chrF2"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be scored, line by line; `references` has the shape (references, segments).

    `baselines` are names and segments; `metrics` are names of `mt.scoring.metrics`, `neural` others beside.
    """

    hypotheses: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    sources: tuple[Source, ...] = ()
    baselines: tuple[tuple[str, tuple[str, ...]], ...] = ()
    glossary: Glossary | None = None
    matching: Matching | None = None
    metrics: tuple[str, ...] = METRICS
    neural: tuple[Neural, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A baseline beside the system; segments are won, lost and drawn by chrF2."""

    name: str
    differences: tuple[Difference, ...]
    won: int
    lost: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything; `hebrew` holds the numbers of the lines that Hebrew was left in."""

    scores: tuple[Score, ...]
    baselines: tuple[Compared, ...]
    terms: TermScore | None
    lines: tuple[Line, ...]
    buckets: tuple[Bucket, ...]
    hebrew: tuple[int, ...]
    references: int
    matching: Matching | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values, its keys always in this order."""
        first = {found.name: found for found in self.baselines[0].differences} if self.baselines else {}
        return {
            "segments": len(self.lines),
            "references": self.references,
            "metrics": [asdict(found) | _baseline_json(first.get(found.name)) for found in self.scores],
            "matching": asdict(self.matching) if self.matching else None,
            "terms": _terms_json(self.terms),
            "wins": _wins_json(self.baselines[0]) if self.baselines else None,
            "hebrew_lines": list(self.hebrew),
            "buckets": [asdict(bucket) for bucket in self.buckets],
            "sentences": [line.as_json() for line in self.lines],
            "baselines": [
                {
                    "name": compared.name,
                    "metrics": [
                        {"name": found.name} | _baseline_json(found) for found in compared.differences
                    ],
                    "wins": _wins_json(compared),
                }
                for compared in self.baselines
            ],
        }


def report(task: Task) -> Report:
    """Score a task whose parts have as many segments each."""
    system = _count(task, task.hypotheses)
    others = [(name, lines, _count(task, lines)) for name, lines in task.baselines]
    terms = None
    if task.glossary is not None and task.sources:
        texts = [source.text for source in task.sources]
        terms = score_terms(texts, task.hypotheses, task.glossary)
    lines = make_lines(
        task.hypotheses,
        task.references,
        task.sources,
        system[OF_SEGMENTS].of_each(),
        [(said, counts[OF_SEGMENTS].of_each()) for _, said, counts in others],
        terms,
    )
    first = others[0][2][OF_SEGMENTS] if others else None
    return Report(
        scores=tuple(scores(_wanted(task, system))),
        baselines=tuple(
            _compared(name, at, lines, differences(_wanted(task, system), _wanted(task, counts)))
            for at, (name, _, counts) in enumerate(others)
        ),
        terms=terms,
        lines=tuple(lines),
        buckets=tuple(make_buckets(lines, system[OF_SEGMENTS], first)),
        hebrew=tuple(hebrew_lines(task.hypotheses)),
        references=len(task.references),
        matching=task.matching,
    )


def _count(task: Task, said: Sequence[str]) -> Counts:
    sources = [source.text for source in task.sources]
    counts = count(said, task.references, {*task.metrics, OF_SEGMENTS})
    return counts | {
        metric.name: count_neural(metric, sources, said, task.references) for metric in task.neural
    }


def _wanted(task: Task, counts: Counts) -> Counts:
    names = {*task.metrics, *(metric.name for metric in task.neural)}
    return {name: counted for name, counted in counts.items() if name in names}


def _compared(name: str, at: int, lines: Sequence[Line], found: Sequence[Difference]) -> Compared:
    gains = [line.chrf - line.baselines[at][1] for line in lines]
    won, lost = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
    return Compared(name, tuple(found), won, lost, len(gains) - won - lost)


def _baseline_json(found: Difference | None) -> dict[str, float]:
    if found is None:
        return {}
    return {
        "baseline": found.baseline,
        "p_bootstrap": found.bootstrap,
        "p_randomisation": found.randomisation,
    }


def _wins_json(compared: Compared) -> dict[str, int]:
    return {"won": compared.won, "lost": compared.lost, "drawn": compared.drawn}


def _terms_json(terms: TermScore | None) -> dict[str, int] | None:
    if terms is None:
        return None
    values = asdict(terms)
    del values["lost"], values["owed_in"]
    return values
