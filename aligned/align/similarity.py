"""What makes a Hebrew and an English sentence alike: words shared through lexicon, names and translation."""

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from aligned.align.beads import Bead, align_beads
from aligned.align.lexicon import WORD, lexicon, stems
from glossary.hebrew import clean_text, prefix_spans
from glossary.match import SourceMatcher
from glossary.terms import shipped

_COMMON = re.compile(
    "a|an|the|of|to|in|on|at|by|for|from|with|and|or|but|as|is|are|was|were|be|been|it|its|this|that|which"
    "|who|he|his|she|her|they|their|not|no|has|have|had|will|would|i|you|we"
)
COMMON_WEIGHT = 0.1
LEXICON_WEIGHT = 0.5
NUMBER_WEIGHT = 1.5
RARE = 4  # a word in so few sentences may anchor them


def _hebrew_stems(text: str) -> dict[str, float]:
    """Return English stems, numbers and Latin words that the Hebrew text lets one expect, with weights."""
    bag: dict[str, float] = {}
    for word in WORD.findall(clean_text(text)):
        rests = [word, *(word[start:] for _, start in prefix_spans(word))]
        known = next((lexicon()[rest] for rest in rests if rest in lexicon()), None)
        if known is None:
            bag |= dict.fromkeys(stems(word), 1.0)
        else:
            bag |= {stem: LEXICON_WEIGHT for stem in known if stem not in bag}
    return bag


class Similarity:
    """Score beads of two lists of sentences: the cosine of weighted words, the length and the shape.

    `translations` are English renderings of the sources (Bleualign, Sennrich & Volk 2010), or none. Words
    are weighted by their rarity in the targets. A bead gains when its cosine exceeds `null`.
    """

    def __init__(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        translations: Sequence[str] | None = None,
        null: float = 0.05,
        merge: float = 0.13,
        length: float = 0.12,
    ) -> None:
        self.null, self.merge, self.length = null, merge, length
        english = [dict.fromkeys(stems(text), 1.0) for text in targets]
        matcher = SourceMatcher(shipped())
        expected = []
        for index, text in enumerate(sources):
            bag = _hebrew_stems(text)
            for match in matcher.find(text):
                bag |= dict.fromkeys(stems(match.term.targets[0]), 1.0)
            if translations is not None:
                bag |= dict.fromkeys(stems(translations[index]), 1.0)
            expected.append(bag)
        self._frequency = Counter(stem for bag in english for stem in bag)
        self._total = len(english)
        self._sources = [self._weighted(bag) for bag in expected]
        self._targets = [self._weighted(bag) for bag in english]
        self._sizes = [len(text) for text in sources], [len(text) for text in targets]
        self._ratio = (sum(self._sizes[1]) or 1) / (sum(self._sizes[0]) or 1)
        self._dots: dict[tuple[int, int], float] = {}
        self._norms: dict[tuple[int, int, int], float] = {}

    def _weighted(self, bag: dict[str, float]) -> dict[str, float]:
        weights = {}
        for stem, weight in bag.items():
            rarity = math.log(2 + self._total / (1 + self._frequency[stem]))
            kind = COMMON_WEIGHT if _COMMON.fullmatch(stem) else NUMBER_WEIGHT if stem[0].isdigit() else 1.0
            weights[stem] = weight * rarity * kind
        return weights

    def __call__(self, a: int, b: int, c: int, d: int) -> float:
        """Return the gain of source[a:b] with target[c:d] over null beads."""
        dot = 0.0
        for i in range(a, b):
            for j in range(c, d):
                if (i, j) not in self._dots:
                    self._dots[i, j] = _dot(self._sources[i], self._targets[j])
                dot += self._dots[i, j]
        cosine = dot / (self._norm(0, a, b) * self._norm(1, c, d) or 1.0)
        size, other = sum(self._sizes[0][a:b]) * self._ratio, sum(self._sizes[1][c:d])
        apart = abs(math.log((size + 10) / (other + 10)))
        count = (b - a) + (d - c)
        return count / 2 * (cosine - self.null - self.length * apart) - self.merge * (count - 2)

    def _norm(self, side: int, first: int, last: int) -> float:
        key = side, first, last
        if key not in self._norms:
            bags = (self._sources, self._targets)[side][first:last]
            square = sum(_dot(bag, bag) for bag in bags)
            self._norms[key] = math.sqrt(square + 2 * sum(_dot(x, y) for x, y in combinations(bags, 2)))
        return self._norms[key]

    def anchors(self) -> list[tuple[int, int]]:
        """Return pairs of sentences that share the rarest words, the longest chain that rises."""
        places: dict[str, list[int]] = {}
        for j, bag in enumerate(self._targets):
            for stem in bag:
                if self._frequency[stem] <= RARE:
                    places.setdefault(stem, []).append(j)
        found = []
        for i, bag in enumerate(self._sources):
            votes: defaultdict[int, float] = defaultdict(float)
            for stem, weight in bag.items():
                for j in places.get(stem, ()):
                    votes[j] += weight
            if votes and self(i, i + 1, (j := max(votes, key=votes.__getitem__)), j + 1) > 0:
                found.append((i, j))
        return _rising(found)


def _dot(left: dict[str, float], right: dict[str, float]) -> float:
    if len(left) > len(right):
        left, right = right, left
    return sum(weight * right[stem] for stem, weight in left.items() if stem in right)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest chain that rises on both sides (patience sorting)."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(ends, j)
        before.append(at[place - 1] if place else -1)
        ends[place : place + 1] = [j]
        at[place : place + 1] = [index]
    chain = []
    here = at[-1] if at else -1
    while here >= 0:
        chain.append(pairs[here])
        here = before[here]
    return chain[::-1]


def align_sentences(
    sources: Sequence[str], targets: Sequence[str], translations: Sequence[str] | None = None
) -> list[Bead]:
    """Return the beads of two documents' sentences, in two passes: anchors, then a band around them."""
    similarity = Similarity(sources, targets, translations)
    return align_beads(len(sources), len(targets), similarity, similarity.anchors())
