"""All that is said of a translation: its scores, its terms, and the segments, with where it is bad."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Any

from sacrebleu.metrics.chrf import CHRF

from glossary.terms import Glossary
from mt.scoring.files import hebrew_lines
from mt.scoring.metrics import Difference, Score, compare, score, sentence_scores
from mt.scoring.terms import TermScore, score_terms
from mt.scoring.unaligned import Matching

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LENGTHS = ((1, 10), (11, 20), (21, 35), (36, None))


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be scored, line by line; `references` has the shape (references, segments)."""

    hypotheses: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]
    sources: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()
    glossary: Glossary | None = None
    matching: Matching | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One segment; `number` counts from 1, `chrf` is its chrF2.

    Numbers and terms are missing that the first reference and the source have; numbers are wrong that no
    reference has.
    """

    number: int
    source: str
    hypothesis: str
    reference: str
    chrf: float
    baseline: str
    baseline_chrf: float | None
    missing_numbers: tuple[str, ...]
    wrong_numbers: tuple[str, ...]
    missing_terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Segments of one kind, and the chrF2 of the system and the baseline on them as a corpus."""

    name: str
    segments: int
    chrf: float
    baseline: float | None


@dataclass(frozen=True)
class Report:
    """Everything; `hebrew` holds the numbers of the lines that Hebrew was left in."""

    scores: tuple[Score, ...]
    differences: tuple[Difference, ...]
    terms: TermScore | None
    lines: tuple[Line, ...]
    buckets: tuple[Bucket, ...]
    hebrew: tuple[int, ...]
    references: int
    matching: Matching | None = None

    @cached_property
    def wins(self) -> tuple[int, int, int]:
        """Return the segments that the system wins, loses and draws against the baseline by chrF2."""
        pairs = [(line.chrf, line.baseline_chrf) for line in self.lines if line.baseline_chrf is not None]
        return (sum(a > b for a, b in pairs), sum(a < b for a, b in pairs), sum(a == b for a, b in pairs))

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values, its keys always in this order."""
        baselines = {difference.name: difference for difference in self.differences}
        measured = []
        for found in self.scores:
            entry = asdict(found)
            if found.name in baselines:
                other = baselines[found.name]
                entry |= {
                    "baseline": other.baseline,
                    "p_bootstrap": other.bootstrap,
                    "p_randomisation": other.randomisation,
                }
            measured.append(entry)
        return {
            "segments": len(self.lines),
            "references": self.references,
            "metrics": measured,
            "matching": asdict(self.matching) if self.matching else None,
            "terms": _terms_json(self.terms),
            "wins": dict(zip(("won", "lost", "drawn"), self.wins, strict=True)) if self.differences else None,
            "hebrew_lines": list(self.hebrew),
            "buckets": [asdict(bucket) for bucket in self.buckets],
            "sentences": [_line_json(line) for line in self.lines],
        }


def report(task: Task) -> Report:
    """Score a task whose parts have as many segments each."""
    chrf = sentence_scores(task.hypotheses, task.references)
    others = sentence_scores(task.baseline, task.references) if task.baseline else [None] * len(chrf)
    terms = None
    if task.glossary is not None and task.sources:
        terms = score_terms(task.sources, task.hypotheses, task.glossary)
    lines = []
    for at, hypothesis in enumerate(task.hypotheses):
        given = [reference[at] for reference in task.references]
        missing, wrong = _numbers(hypothesis, given)
        line = Line(
            number=at + 1,
            source=task.sources[at] if task.sources else "",
            hypothesis=hypothesis,
            reference=given[0],
            chrf=chrf[at],
            baseline=task.baseline[at] if task.baseline else "",
            baseline_chrf=others[at],
            missing_numbers=missing,
            wrong_numbers=wrong,
            missing_terms=terms.lost[at] if terms else (),
        )
        lines.append(line)
    return Report(
        scores=tuple(score(task.hypotheses, task.references)),
        differences=tuple(compare(task.hypotheses, task.baseline, task.references)) if task.baseline else (),
        terms=terms,
        lines=tuple(lines),
        buckets=tuple(_buckets(task, lines)),
        hebrew=tuple(hebrew_lines(task.hypotheses)),
        references=len(task.references),
        matching=task.matching,
    )


def _numbers(hypothesis: str, references: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the numbers that the first reference has and the hypothesis lacks, and those that none has."""
    said = [_plain(number) for number in _NUMBER.findall(hypothesis)]
    given = [_plain(number) for number in _NUMBER.findall(references[0])]
    known = {_plain(number) for reference in references for number in _NUMBER.findall(reference)}
    return (
        tuple(number for number in given if number not in said),
        tuple(number for number in said if number not in known),
    )


def _plain(number: str) -> str:
    return number.replace(",", "")


def _buckets(task: Task, lines: Sequence[Line]) -> list[Bucket]:
    kinds: list[tuple[str, Callable[[Line], bool]]] = []
    for low, high in _LENGTHS:
        name = f"{low} to {high} words" if high else f"{low} words and more"
        kinds.append((name, partial(_is_long, low=low, high=high)))
    kinds += [
        ("with numbers", lambda line: bool(_NUMBER.search(line.reference))),
        ("a number wrong or missing", lambda line: bool(line.missing_numbers or line.wrong_numbers)),
    ]
    if task.glossary is not None and task.sources:
        kinds.append(("a term missing", lambda line: bool(line.missing_terms)))
    found = ((name, [line for line in lines if belongs(line)]) for name, belongs in kinds)
    return [_bucket(name, inside, task) for name, inside in found if inside]


def _is_long(line: Line, low: int, high: int | None) -> bool:
    return low <= _words(line) and (high is None or _words(line) <= high)


def _words(line: Line) -> int:
    return len(line.reference.split())


def _bucket(name: str, lines: Sequence[Line], task: Task) -> Bucket:
    references = [[given[line.number - 1] for line in lines] for given in task.references]
    chrf = CHRF().corpus_score([line.hypothesis for line in lines], references).score
    other = (
        CHRF().corpus_score([line.baseline for line in lines], references).score if task.baseline else None
    )
    return Bucket(name, len(lines), chrf, other)


def _terms_json(terms: TermScore | None) -> dict[str, int] | None:
    if terms is None:
        return None
    values = asdict(terms)
    del values["lost"]
    return values


def _line_json(line: Line) -> dict[str, Any]:
    values = asdict(line)
    return {
        key: values[key] for key in values if key not in ("source", "hypothesis", "reference", "baseline")
    }
