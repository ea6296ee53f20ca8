"""Links between the words of a sentence and those of its translation: found in a matrix, carried, judged.

A matrix has a row for each word of the target and a column for each word of the source; what fills it is
somebody else's business. Nothing here loads a model.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aligned.align.lexicon import stems
from glossary.hebrew import WORD, fold, prefixes

Span = tuple[int, int]
Matrix = npt.NDArray[np.float32]

# What a word of the target must give a source word, as a share, to be linked with it.
MIN_SHARE = 0.4
_ENGLISH_WORD = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Link:
    """A word or term of the source and one of the target, in characters; `weight` is from 0 to 1."""

    source: Span
    target: Span
    weight: float


def source_words(text: str) -> list[Span]:
    """Return the spans of a Hebrew text's words, prefixes included."""
    return [match.span() for match in WORD.finditer(text)]


def target_words(text: str) -> list[Span]:
    """Return the spans of an English text's words; a hyphen or an apostrophe inside parts none."""
    return [match.span() for match in _ENGLISH_WORD.finditer(text)]


def from_matrix(matrix: Matrix, least: float = MIN_SHARE) -> dict[tuple[int, int], float]:
    """Return the links (source word, target word) that a matrix of shares shows, with their weights.

    Each target word goes to the source word that it gives most, and each source word to the target word that
    gives it most, where that is `least` or more; a link found both ways needs half of it only (the union of
    both directions around their intersection: Och & Ney 2003, "A systematic comparison of various statistical
    alignment models", section 4.3).
    """
    if not matrix.size:
        return {}
    forward = {(int(column), row) for row, column in enumerate(matrix.argmax(axis=1))}
    backward = {(column, int(row)) for column, row in enumerate(matrix.argmax(axis=0))}
    both = forward & backward
    weights = {(s, t): float(matrix[t, s]) for s, t in forward | backward}
    return {
        link: weight for link, weight in weights.items() if weight >= (least / 2 if link in both else least)
    }


def diagonal(sources: int, targets: int) -> Matrix:
    """Return a matrix in which a word is likelier linked the nearer it stands to the diagonal."""
    rows = (np.arange(targets) + 0.5)[:, None] / max(targets, 1)
    columns = (np.arange(sources) + 0.5)[None, :] / max(sources, 1)
    return np.asarray(1 - np.abs(rows - columns), dtype=np.float32)


def by_lexicon(
    source: Sequence[str], target: Sequence[str], lexicon: Mapping[str, Collection[str]]
) -> Matrix:
    """Return a matrix of word pairs that a lexicon of folded Hebrew words and English stems knows.

    A row is shared out among its matches, nearer to the diagonal more.
    """
    near = diagonal(len(source), len(target))
    known = np.zeros_like(near)
    for column, word in enumerate(source):
        forms = (word, *(rest for _, rest in prefixes(word)))
        english = {stem for form in forms for stem in lexicon.get(fold(form), ())}
        known[:, column] = [not english.isdisjoint(stems(other)) for other in target]
    known *= near
    sums = known.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(known, sums, out=np.zeros_like(known), where=sums > 0))


def mean(one: Matrix, other: Matrix) -> Matrix:
    """Return the mean of two matrices of one shape."""
    return np.asarray((one + other) / 2, dtype=np.float32)


def carry(span: Span, links: Iterable[Link]) -> Span | None:
    """Return the part of the target that the links give to a part of the source; None where they give none.

    It reaches from the first linked word to the last; of words that stand apart, the heaviest group counts
    where others are further from it than it is long.
    """
    found = sorted({link.target: link.weight for link in links if _overlap(link.source, span)}.items())
    if not found:
        return None
    groups = [[found[0]]]
    room = max(span[1] - span[0], 1)
    for word in found[1:]:
        if word[0][0] - groups[-1][-1][0][1] <= room:
            groups[-1].append(word)
        else:
            groups.append([word])
    best = max(groups, key=lambda group: sum(weight for _, weight in group))
    return best[0][0][0], max(end for (_, end), _ in best)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def rates(
    found: Collection[tuple[int, int]], sure: Collection[tuple[int, int]]
) -> tuple[float, float, float]:
    """Return precision, recall and alignment error rate against sure links (Och & Ney 2003, section 6.1)."""
    right = len(set(found) & set(sure))
    both = len(set(found)) + len(set(sure))
    precision = right / len(set(found)) if found else 1.0
    recall = right / len(set(sure)) if sure else 1.0
    return precision, recall, 1 - 2 * right / both if both else 0.0
