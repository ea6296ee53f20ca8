"""Pairs once more with other numbers: a model that has seen few numbers learns to copy them."""

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mt.train.cleaning import TextPair

_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
# A whole number, with commas at thousands, and what may stand behind its point.
_PLAIN = re.compile(r"(?P<whole>[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*|0)(?:\.(?P<part>\d+))?")
# What belongs to a name: F-16, G20, 21st.
_NAMED = re.compile(r"[A-Za-z]-?(\d+)|(\d+)-?[A-Za-z]")
_YEARS, _LAST_YEAR = range(1800, 2050), 2040
# Numbers alike in grammar: Hebrew has `3 שנים` but `12 שנה`, and a month has no more than so many days.
_ALIKE = (range(3, 11), range(11, 29), range(29, 100))


def with_other_numbers(pairs: Iterable[TextPair]) -> Iterator[TextPair]:
    """Yield the pairs whose numbers are the same on both sides, with others; which follows from the pair."""
    for pair in pairs:
        sides = [_NUMBER.findall(text) for text in (pair.source, pair.target)]
        if Counter(sides[0]) != Counter(sides[1]):
            continue
        named = {number for found in _NAMED.findall(f"{pair.source} {pair.target}") for number in found}
        others = _others(sorted(set(sides[0]) - named), _draw(pair))
        if any(number != other for number, other in others.items()):
            yield replace(pair, source=_replaced(pair.source, others), target=_replaced(pair.target, others))


def _draw(pair: TextPair) -> random.Random:
    seed = hashlib.blake2b(f"{pair.source}\t{pair.target}".encode(), digest_size=8).digest()
    return random.Random(seed)  # noqa: S311 it varies, it does not encrypt


def _others(numbers: list[str], draw: random.Random) -> dict[str, str]:
    """Return another number for each; years keep their distances."""
    years = [int(number) for number in numbers if number.isdigit() and int(number) in _YEARS]
    shift = draw.randint(-60, max(0, min(20, _LAST_YEAR - max(years, default=0))))
    others = {}
    for number in numbers:
        match = _PLAIN.fullmatch(number)
        if number.isdigit() and int(number) in _YEARS:
            others[number] = str(int(number) + shift)
        elif match:
            part = match["part"]
            others[number] = _whole(match["whole"], draw) + (f".{_digits(part, draw)}" if part else "")
    return others


def _whole(number: str, draw: random.Random) -> str:
    value = int(number.replace(",", ""))
    alike = next((numbers for numbers in _ALIKE if value in numbers), None)
    if alike:
        return str(draw.choice(alike))
    return number if value < _ALIKE[0].start else _digits(number, draw)


def _digits(number: str, draw: random.Random) -> str:
    """Return as many digits, as round as they are: zeros at the end stay, and no other stands at an end."""
    kept = len(number) - len(number.rstrip("0,"))
    body = number[: len(number) - kept]
    ends = (0, len(body) - 1)
    changed = (
        str(draw.randint(int(at in ends), 9)) if char.isdigit() else char for at, char in enumerate(body)
    )
    return "".join(changed) + number[len(body) :]


def _replaced(text: str, others: dict[str, str]) -> str:
    return _NUMBER.sub(lambda match: others.get(match[0], match[0]), text)
