"""The words of both documents as weighted bags: what the Hebrew lets one expect, and what the English has."""

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache

from aligned.align.lexicon import STEM_LENGTH, WORD, lexicon, stems
from glossary.english import FUNCTION_WORDS
from glossary.hebrew import clean_text, prefix_spans
from glossary.match import SourceMatcher
from glossary.terms import shipped

Bag = dict[str, float]

_COMMON = frozenset(word[:STEM_LENGTH] for word in FUNCTION_WORDS)
COMMON_WEIGHT = 0.1
LEXICON_WEIGHT = 0.5
NUMBER_WEIGHT = 1.5


def expected(sources: Sequence[str], translations: Sequence[str] | None) -> list[Bag]:
    """Return for each Hebrew sentence the English stems, numbers and Latin words that it lets one expect.

    They come from the lexicon, the shipped glossary and the translation, where there is one.
    """
    bags = []
    for index, text in enumerate(sources):
        bag = _by_lexicon(text)
        for match in _matcher().find(text):
            bag |= dict.fromkeys(stems(match.term.targets[0]), 1.0)
        if translations is not None:
            bag |= dict.fromkeys(stems(translations[index]), 1.0)
        bags.append(bag)
    return bags


@cache
def _matcher() -> SourceMatcher:
    return SourceMatcher(shipped())


def _by_lexicon(text: str) -> Bag:
    bag: Bag = {}
    for word in WORD.findall(clean_text(text)):
        rests = [word, *(word[start:] for _, start in prefix_spans(word))]
        known = next((lexicon()[rest] for rest in rests if rest in lexicon()), None)
        if known is None:
            bag |= dict.fromkeys(stems(word), 1.0)
        else:
            bag |= {stem: LEXICON_WEIGHT for stem in known if stem not in bag}
    return bag


def weighted(bags: Sequence[Bag], frequency: Counter[str], total: int) -> list[Bag]:
    """Weight stems by their kind and by their rarity: `frequency` of `total` English sentences have them."""
    return [
        {
            stem: weight * math.log(2 + total / (1 + frequency[stem])) * _kind(stem)
            for stem, weight in bag.items()
        }
        for bag in bags
    ]


def _kind(stem: str) -> float:
    return COMMON_WEIGHT if stem in _COMMON else NUMBER_WEIGHT if stem[0].isdigit() else 1.0


def dot(left: Bag, right: Bag) -> float:
    """Return the inner product of two bags."""
    if len(left) > len(right):
        left, right = right, left
    return sum([weight * right[stem] for stem, weight in left.items() if stem in right])
