"""Faults that only a whole document shows: one sentence translated twice otherwise, names that change."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from aligned.qa.issues import Fault, NumberedPair
from glossary.checker import Checker
from glossary.findings import Finding, Kind
from glossary.hebrew import WORD, fold, word_keys

# Of fewer words, different Hebrew may well come to the same English ("Yes.", "Introduction").
MIN_WORDS = 4
# Letters of a name that its adjective keeps.
MIN_STEM = 4
# Other lines named in a message.
SHOWN = 5

Numbered = Iterator[tuple[int, Fault]]


def several_targets(pairs: Sequence[NumberedPair]) -> Numbered:
    """Yield every pair whose Hebrew stands elsewhere with other English."""
    yield from _several(pairs, lambda pair: pair.source, lambda pair: pair.target, "the same Hebrew", 1)


def several_sources(pairs: Sequence[NumberedPair]) -> Numbered:
    """Yield every pair whose English stands elsewhere for other Hebrew."""
    yield from _several(
        pairs, lambda pair: pair.target, lambda pair: pair.source, "the same English", MIN_WORDS
    )


def _several(
    pairs: Sequence[NumberedPair],
    one: Callable[[NumberedPair], str],
    other: Callable[[NumberedPair], str],
    what: str,
    least: int,
) -> Numbered:
    groups: defaultdict[tuple[str, ...], list[NumberedPair]] = defaultdict(list)
    for pair in pairs:
        groups[tuple(_words(one(pair)))].append(pair)
    for words, group in groups.items():
        if len(words) < least or len({tuple(_words(other(pair))) for pair in group}) < 2:
            continue
        for pair in group:
            lines = [str(p.line) for p in group if _words(other(p)) != _words(other(pair))]
            more = " and others" if len(lines) > SHOWN else ""
            yield pair.line, Fault(f"{what} has another translation in line {', '.join(lines[:SHOWN])}{more}")


def _words(text: str) -> list[str]:
    return [fold(word).lower() for word in WORD.findall(text)] if text.isascii() else word_keys(text.lower())


class Terms:
    """Find faults of terms and names under one glossary, by the checker of glossaries."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker

    def missing(self, pairs: Sequence[NumberedPair]) -> Numbered:
        """Yield terms of the Hebrew that the English lacks; an adjective made from a name serves it."""
        targets = {pair.line: pair.target for pair in pairs}
        for found in self._find(pairs, Kind.MISSING):
            if _has_adjective(found.target, targets[found.line]):
                continue
            yield found.line, Fault(f"the term '{found.term}' should be '{found.target}'")

    def forbidden(self, pairs: Sequence[NumberedPair]) -> Numbered:
        """Yield English that the glossary forbids."""
        for found in self._find(pairs, Kind.FORBIDDEN):
            yield (
                found.line,
                _fault(found, f"'{found.text}' is forbidden; '{found.term}' is '{found.target}'"),
            )

    def names(self, pairs: Sequence[NumberedPair]) -> Numbered:
        """Yield names and terms that the document writes in two ways, or spells otherwise than listed."""
        for found in self._find(pairs, Kind.RENAMED, Kind.INCONSISTENT):
            yield found.line, _fault(found, f"'{found.text}' is '{found.target}' elsewhere")

    def _find(self, pairs: Sequence[NumberedPair], *kinds: Kind) -> list[Finding]:
        return self._checker.check(((pair.line, pair.source, pair.target) for pair in pairs), kinds)


def _has_adjective(name: str, target: str) -> bool:
    """Tell whether a word made from a name of one word stands in the target, as Georgian from Georgia."""
    stem = name.rstrip("aeiouy")
    if not name[:1].isupper() or " " in name or len(stem) < MIN_STEM:
        return False
    return re.search(rf"\b{re.escape(stem)}[aeiouy]{{0,2}}(?:ns?|is?|ish|ese|ite|ic)\b", target) is not None


def _fault(found: Finding, message: str) -> Fault:
    span = () if found.start is None or found.end is None else ((found.start, found.end),)
    return Fault(message, target=span)
