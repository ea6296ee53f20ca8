"""What a translation owes its glossary: terms it lacks, and names nobody gave it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from glossary.english import target_keys
from glossary.match import SourceMatcher, TargetMatch, TargetMatcher
from glossary.terms import Term


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
    expected = Counter(match.term for match in source_matcher.find(source))
    found = _serve(expected, target_matcher.find(target)) if expected else Counter[Term]()
    return [TermFinding(term, count, found[term]) for term, count in expected.items() if found[term] < count]


def _serve(expected: Counter[Term], matches: Sequence[TargetMatch]) -> Counter[Term]:
    """Give every form found to one term that still lacks it, the one with the fewest forms first."""
    served: Counter[Term] = Counter()
    for match in matches:
        lacking = [term for term in match.terms if served[term] < expected[term]]
        if lacking:
            served[min(lacking, key=lambda term: len(term.targets))] += 1
    return served


def invented(
    source: str, target: str, source_matcher: SourceMatcher, target_matcher: TargetMatcher
) -> list[NameFinding]:
    """Return the proper names that the target has more often than the source licenses.

    A term of the source licenses each of its forms, and the names inside them (Nagorno-Karabakh: Karabakh).
    """
    matches = [match for match in target_matcher.find(target) if _is_name(match.target)]
    found = Counter(match.target for match in matches)
    licences = Counter(match.term for match in source_matcher.find(source)) if matches else Counter[Term]()
    terms = {match.target: match.terms for match in matches}
    findings = []
    for name, count in found.items():
        licensed = sum(
            times for term, times in licences.items() if term in terms[name] or _contains(term, name)
        )
        if licensed < count:
            findings.append(NameFinding(name, licensed, count))
    return findings


def _is_name(target: str) -> bool:
    return target.removeprefix("the ")[:1].isupper()


def _contains(term: Term, name: str) -> bool:
    """Tell whether the name is a part of one of the term's English forms."""
    part = f" {' '.join(target_keys(name))} "
    return any(part in f" {' '.join(target_keys(target))} " for target in term.targets)
