"""What a translation keeps of its glossary: terms in place, and one rendering of each throughout."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from glossary.check import serve
from glossary.match import SourceMatcher, TargetMatcher
from glossary.terms import Glossary, Term


@dataclass(frozen=True, slots=True)
class TermScore:
    """Occurrences of terms that the sources owe, those that stand in the translation, and by segment.

    `consistent` counts, over terms owed more than once, the occurrences in the term's most frequent
    rendering, of `recurring` in all (Semenov & Bojar 2022). `lost` holds for each segment what it lacks,
    `owed_in` how many it owes.
    """

    owed: int
    kept: int
    recurring: int
    consistent: int
    lost: tuple[tuple[str, ...], ...]
    owed_in: tuple[int, ...]


def score_terms(sources: Sequence[str], targets: Sequence[str], glossary: Glossary) -> TermScore:
    """Count a glossary's terms in aligned sources and targets."""
    source_matcher, target_matcher = SourceMatcher(glossary), TargetMatcher(glossary)
    all_owed: Counter[Term] = Counter()
    renderings: defaultdict[Term, Counter[str]] = defaultdict(Counter)
    lost, owed_in = [], []
    for source, target in zip(sources, targets, strict=True):
        owed = Counter(match.term for match in source_matcher.find(source))
        served = serve(owed, target_matcher.find(target))
        for term, form in served:
            renderings[term][form.target] += 1
        kept = Counter(term for term, _ in served)
        lost.append(tuple(term.targets[0] for term in (owed - kept).elements()))
        owed_in.append(owed.total())
        all_owed += owed
    several = [term for term, count in all_owed.items() if count > 1]
    return TermScore(
        owed=all_owed.total(),
        kept=sum(found.total() for found in renderings.values()),
        recurring=sum(all_owed[term] for term in several),
        consistent=sum(max(renderings[term].values(), default=0) for term in several),
        lost=tuple(lost),
        owed_in=tuple(owed_in),
    )
