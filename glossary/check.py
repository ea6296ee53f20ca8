"""What a translation owes its glossary: terms it lacks, and names nobody gave it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from glossary.english import target_keys
from glossary.hebrew import WORD, fold, prefixes
from glossary.match import SourceMatcher, TargetMatch, TargetMatcher
from glossary.terms import Term, is_name

__all__ = [
    "NameFinding",
    "TermFinding",
    "grows_from",
    "invented",
    "is_name",
    "licence",
    "missing",
    "serve",
    "unlicensed",
]

# Letters that a word must share with a name to have grown from it.
MIN_STEM = 3
# What makes "Iranian" of "Iran" in Hebrew, as `fold` leaves it: gender and number of the nisba (Glinert 1989,
# The Grammar of Modern Hebrew, on adjectives in -i); a country's last ה or יה gives way to it.
NISBA = frozenset(("י", "ית", "ימ", "יות", "אי", "אית", "אימ", "איות"))
_YIELDING = ("יה", "ה")


@dataclass(frozen=True, slots=True)
class TermFinding:
    """A term that stands in the source more often than in the target."""

    term: Term
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class NameFinding:
    """A proper name that stands in the target more often than the source's terms license."""

    target: str
    licensed: int
    found: int


def missing(
    source: str, target: str, source_matcher: SourceMatcher, target_matcher: TargetMatcher
) -> list[TermFinding]:
    """Return the terms of the source that the target lacks, in the source's order.

    An English form that several terms share serves each of its occurrences once.
    """
    owed = Counter(match.term for match in source_matcher.find(source))
    served = serve(owed, target_matcher.find(target)) if owed else []
    return lacking(owed, served)


def lacking(owed: Mapping[Term, int], served: Iterable[tuple[Term, TargetMatch]]) -> list[TermFinding]:
    """Return the terms that were served less often than they are owed, in the order of what is owed."""
    found = Counter(term for term, _ in served)
    return [TermFinding(term, count, found[term]) for term, count in owed.items() if found[term] < count]


def serve(owed: Mapping[Term, int], matches: Iterable[TargetMatch]) -> list[tuple[Term, TargetMatch]]:
    """Give every form found to one term that still lacks it, the one with the fewest forms first."""
    served: list[tuple[Term, TargetMatch]] = []
    counts: Counter[Term] = Counter()
    for match in matches:
        wanting = [term for term in match.terms if counts[term] < owed.get(term, 0)]
        if wanting:
            term = min(wanting, key=lambda term: len(term.targets))
            counts[term] += 1
            served.append((term, match))
    return served


def invented(
    source: str, target: str, source_matcher: SourceMatcher, target_matcher: TargetMatcher
) -> list[NameFinding]:
    """Return the proper names that the target has more often than the source licenses.

    A term of the source licenses each of its forms, and the names inside them (Nagorno-Karabakh: Karabakh);
    a word that grows from a term (Iranian) licenses the term's name as often as it stands.
    """
    matches = target_matcher.find(target)
    if not any(is_name(match.target) for match in matches):
        return []
    owed = Counter(match.term for match in source_matcher.find(source))
    found = Counter(match.target for match in matches)
    surplus = {match.target: licence(match, owed) for match in unlicensed(source, matches, owed)}
    return [NameFinding(name, licensed, found[name]) for name, licensed in surplus.items()]


def unlicensed(source: str, matches: Sequence[TargetMatch], owed: Mapping[Term, int]) -> list[TargetMatch]:
    """Return those of the matches in a target, in order, that are names beyond what the source licenses.

    A name that the source has in English (SOCAR) may stand as often as there.
    """
    seen: Counter[str] = Counter()
    surplus = []
    for match in matches:
        if not is_name(match.target):
            continue
        seen[match.target] += 1
        licensed = licence(match, owed) + _times(match.target, source)
        if seen[match.target] > licensed and not grows_from(source, match.terms):
            surplus.append(match)
    return surplus


def _times(name: str, source: str) -> int:
    """Return how often the source itself has a name in Latin letters."""
    return len(re.findall(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", source)) if name in source else 0


def licence(match: TargetMatch, owed: Mapping[Term, int]) -> int:
    """Return how many times the terms of a source license the English form of a match."""
    return sum(times for term, times in owed.items() if term in match.terms or _contains(term, match.target))


def grows_from(source: str, terms: Iterable[Term]) -> bool:
    """Tell whether a word of the source grows from one of the terms by an ending, as Iranian from Iran.

    Of a term of several words, the last must have grown and the others stand in the source.
    """
    words = {fold(form) for match in WORD.finditer(source) for form in _forms(match[0])}
    return any(_has_grown(words, surface) for term in terms for surface in term.surfaces)


def _forms(word: str) -> list[str]:
    return [word, *(rest for _, rest in prefixes(word))]


def _has_grown(words: set[str], surface: str) -> bool:
    *before, last = [fold(word) for word in WORD.findall(surface)] or [""]
    if len(last) < MIN_STEM or not words.issuperset(before):
        return False
    roots = [last, *(last.removesuffix(end) for end in _YIELDING if last.endswith(end))]
    return any(root + ending in words for root in roots if len(root) >= MIN_STEM for ending in NISBA)


def _contains(term: Term, name: str) -> bool:
    """Tell whether the name is a part of one of the term's English forms."""
    part = f" {' '.join(target_keys(name))} "
    return any(part in f" {' '.join(target_keys(target))} " for target in term.targets)
