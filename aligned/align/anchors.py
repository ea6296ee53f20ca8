"""Anchors: pairs of sentences that share rare words, from which the band of the search is drawn."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence

from aligned.align.words import Bag

RARE = 4  # a word in so few sentences may anchor them


def candidates(sources: Sequence[Bag], targets: Sequence[Bag]) -> list[tuple[int, int]]:
    """Return for each source the target that shares the most weight of rare words with it, if any does."""
    frequency = Counter(stem for bag in targets for stem in bag)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for j, bag in enumerate(targets):
        for stem in bag:
            if frequency[stem] <= RARE:
                places[stem].append(j)
    found = []
    for i, bag in enumerate(sources):
        votes: defaultdict[int, float] = defaultdict(float)
        for stem, weight in bag.items():
            for j in places.get(stem, ()):
                votes[j] += weight
        if votes:
            found.append((i, max(votes, key=votes.__getitem__)))
    return found


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest chain of pairs that rises on both sides (patience sorting).

    The pairs must rise on the first side.
    """
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
