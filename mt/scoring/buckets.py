"""Where a translation is good and bad: its segments by what they have, each kind scored as a corpus."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mt.repair import INTACT, LOW_CONFIDENCE
from mt.scoring.errors import names, numbers
from mt.scoring.lines import Line
from mt.scoring.metrics import Counted

_LENGTHS = ((1, 10), (11, 20), (21, 35), (36, None))
# Repair was right, to the letter, in 97 of 100 lines of a higher confidence.
_SURE = 0.83
_Kind = tuple[str, str, Callable[[Line], bool]]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Segments of one kind, and the chrF2 of the system and the first baseline on them as a corpus."""

    name: str
    segments: int
    chrf: float
    baseline: float | None
    group: str


def make_buckets(lines: Sequence[Line], system: Counted, baseline: Counted | None) -> list[Bucket]:
    """Return the kinds that some segment is of; the counts are chrF2's."""
    found = []
    for group, name, belongs in _kinds(lines):
        inside = [line.number - 1 for line in lines if belongs(line)]
        if inside:
            other = baseline.score(inside) if baseline else None
            found.append(Bucket(name, len(inside), system.score(inside), other, group))
    return found


def _kinds(lines: Sequence[Line]) -> Iterator[_Kind]:
    for low, high in _LENGTHS:
        yield "length", f"{low} to {high} words" if high else f"{low} words and more", _length(low, high)
    if any(line.source.text for line in lines):
        yield "rare words", "no rare word", lambda line: not line.rare
        yield "rare words", "one rare word", lambda line: len(line.rare) == 1
        yield "rare words", "two rare words and more", lambda line: len(line.rare) > 1
    yield "names", "with names", lambda line: bool(names(line.reference))
    yield "names", "a name wrong or missing", _has("missing_names", "wrong_names")
    yield "numbers", "with numbers", lambda line: bool(numbers(line.reference))
    yield "numbers", "a number wrong or missing", _has("missing_numbers", "wrong_numbers")
    yield "terms", "with terms", lambda line: line.terms > 0
    yield "terms", "a term missing", lambda line: bool(line.missing_terms)
    yield "words", "words left out", _has("left_out")
    yield "words", "words added", _has("added")
    yield from _damage(lines)


def _damage(lines: Sequence[Line]) -> Iterator[_Kind]:
    damages = sorted({line.source.damage for line in lines} - {INTACT})
    if damages:
        yield "damage", "source intact", _damaged(INTACT)
    for damage in damages:
        yield "damage", f"source damaged: {damage}", _damaged(damage)
    if any(_confidence(line) < 1 for line in lines):
        yield "repair", f"repair below {LOW_CONFIDENCE}", lambda line: _confidence(line) < LOW_CONFIDENCE
        yield (
            "repair",
            f"repair {LOW_CONFIDENCE} to {_SURE}",
            lambda line: LOW_CONFIDENCE <= _confidence(line) < _SURE,
        )
        yield "repair", f"repair {_SURE} and more", lambda line: _confidence(line) >= _SURE


def _confidence(line: Line) -> float:
    return 1.0 if line.source.confidence is None else line.source.confidence


def _length(low: int, high: int | None) -> Callable[[Line], bool]:
    return lambda line: low <= len(line.reference.split()) <= (high or float("inf"))


def _has(*kinds: str) -> Callable[[Line], bool]:
    return lambda line: any(getattr(line.faults, kind) for kind in kinds)


def _damaged(damage: str) -> Callable[[Line], bool]:
    return lambda line: line.source.damage == damage
