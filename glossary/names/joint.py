"""How names are written in English: letters aligned by EM, then n-grams of joint units counted.

A joint unit is a Hebrew letter, or two that make one vowel or a doubled letter, with the English letters it
stands for (Bisani & Ney 2008, "Joint-sequence models for grapheme-to-phoneme conversion").
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

Unit = tuple[str, str]
Gram = tuple[Unit, ...]
Letters = tuple[str, ...]
Place = tuple[int, int]

ORDER = 4
START, END = ("^", ""), ("$", "")
# Hebrew and English letters of a unit.
SHAPES = tuple((1, english) for english in range(5)) + tuple((2, english) for english in range(1, 4))
# Letters of which two together may stand for one sound.
WEAK = frozenset("אהויע")
DISCOUNT = 0.75
# Before anything is learnt each letter that a unit has too many or too few makes it ten times less likely.
FIRST_GUESS = 0.1
UNSEEN = -20.0


def align(pairs: Mapping[tuple[Letters, str], float], rounds: int) -> dict[Unit, float]:
    """Return the probability of each unit, by expectation maximisation over all segmentations of the pairs.

    Pairs are (Hebrew, English letters) with weights; a unit expected less than half a time is dropped.
    """
    chances: dict[Unit, float] = {}
    for _ in range(rounds):
        expected: defaultdict[Unit, float] = defaultdict(float)
        for (hebrew, english), weight in pairs.items():
            for unit, share in _expectations(hebrew, english, chances):
                expected[unit] += weight * share
        total = sum(expected.values())
        chances = {unit: count / total for unit, count in expected.items() if count > 0.5}
    return chances


def _expectations(
    hebrew: Letters, english: str, chances: Mapping[Unit, float]
) -> Iterator[tuple[Unit, float]]:
    """Yield units with the share of the pair's probability that goes through them (forward-backward)."""
    steps = list(_steps(hebrew, english, chances))
    last = len(hebrew), len(english)
    forward: defaultdict[Place, float] = defaultdict(float, {(0, 0): 1.0})
    for start, end, _, chance in steps:
        forward[end] += forward[start] * chance
    if not forward[last]:
        return
    backward: defaultdict[Place, float] = defaultdict(float, {last: 1.0})
    for start, end, unit, chance in reversed(steps):
        if share := forward[start] * chance * backward[end]:
            backward[start] += chance * backward[end]
            yield unit, share / forward[last]


def _steps(
    hebrew: Letters, english: str, chances: Mapping[Unit, float]
) -> Iterator[tuple[Place, Place, Unit, float]]:
    """Yield every unit that may stand in the pair, with the places it joins, in their order."""
    for here in range(len(hebrew)):
        for there in range(len(english) + 1):
            for wide, long in SHAPES:
                end = here + wide, there + long
                if end[0] > len(hebrew) or end[1] > len(english):
                    continue
                source = hebrew[here : end[0]]
                if wide == 2 and not (WEAK.issuperset(source) or source[0] == source[1]):
                    continue
                unit = "".join(source), english[there : end[1]]
                guess = FIRST_GUESS ** (abs(wide - long) + wide - 1)
                if chance := chances.get(unit, 0.0) if chances else guess:
                    yield (here, there), end, unit, chance


def segmented(hebrew: Letters, english: str, chances: Mapping[Unit, float]) -> tuple[list[Unit], float]:
    """Return the likeliest units of a pair and their log-probability; none and minus infinity without any."""
    best: dict[Place, tuple[float, list[Unit]]] = {(0, 0): (0.0, [])}
    for start, end, unit, chance in _steps(hebrew, english, chances):
        if start in best:
            value = best[start][0] + math.log(chance)
            if end not in best or value > best[end][0]:
                best[end] = value, [*best[start][1], unit]
    value, units = best.get((len(hebrew), len(english)), (-math.inf, []))
    return units, value


def count(sequences: Iterable[tuple[Sequence[Unit], float]]) -> list[Counter[Gram]]:
    """Count n-grams of units up to ORDER, each sequence with its weight, begun by START and ended by END."""
    grams: list[Counter[Gram]] = [Counter() for _ in range(ORDER)]
    for units, weight in sequences:
        padded = (*[START] * (ORDER - 1), *units, END)
        for last in range(ORDER - 1, len(padded)):
            for size in range(ORDER):
                grams[size][padded[last - size : last + 1]] += weight  # type: ignore[assignment]
    return grams


def smoothed(
    grams: Sequence[Counter[Gram]], least: Sequence[float]
) -> tuple[dict[Gram, float], dict[Gram, float]]:
    """Return log-probabilities of n-grams, and of falling back from contexts (absolute discounting).

    An n-gram of n units counted less than least[n - 1] times is left to the shorter one.
    """
    logs: dict[Gram, float] = {}
    falls: dict[Gram, float] = {}
    for size, counts in enumerate(grams):
        totals: defaultdict[Gram, float] = defaultdict(float)
        held: defaultdict[Gram, float] = defaultdict(float)
        for gram, number in counts.items():
            totals[gram[:-1]] += number
            if number >= least[size]:
                held[gram[:-1]] += number - DISCOUNT
        falls.update({context: math.log(1 - mass / totals[context]) for context, mass in held.items()})
        for gram, number in counts.items():
            if number >= least[size]:
                shorter = math.exp(chance_of(gram[1:], logs, falls)) if size else 1 / len(counts)
                own = (number - DISCOUNT) / totals[gram[:-1]]
                logs[gram] = math.log(own + math.exp(falls[gram[:-1]]) * shorter)
    return logs, falls


def chance_of(gram: Gram, logs: Mapping[Gram, float], falls: Mapping[Gram, float]) -> float:
    """Return the log-probability of the last unit after the ones before it."""
    fall = 0.0
    while gram:
        if (log := logs.get(gram)) is not None:
            return fall + log
        fall += falls.get(gram[:-1], 0.0)
        gram = gram[1:]
    return fall + UNSEEN
