"""A translation cut where its words fit a reference's sentences best, whatever its own sentences are.

The segmentation of least word error rate (Matusov et al. 2005, "Evaluating Machine Translation Output with
Automatic Sentence Segmentation", as mwerSegmenter does it), a row of the table of edit distances at a time.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
# Cells of the table beyond which a document takes minutes.
MAX_CELLS = 2_000_000_000


def resegment(hypothesis: str, references: Sequence[str]) -> list[str] | None:
    """Return as many stretches of a text as there are segments of a reference, in order and without a gap.

    Words are compared without case and the marks around them. Time grows with the product of both lengths;
    None for a text that is too long.
    """
    words = hypothesis.split()
    given = [reference.split() for reference in references]
    if len(words) * sum(map(len, given)) > MAX_CELLS:
        return None
    numbers: dict[str, int] = {}
    said = _numbered(words, numbers)
    ends = _boundaries(said, [_numbered(segment, numbers) for segment in given])
    return [" ".join(words[first:last]) for first, last in ends]


def _numbered(words: Sequence[str], numbers: dict[str, int]) -> Numbers:
    keys = (word.strip(".,;:!?\"'()[]“”‘’").casefold() for word in words)
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int32)


def _boundaries(said: Numbers, given: Sequence[Numbers]) -> list[tuple[int, int]]:
    """Return the stretch of words of each segment."""
    columns = np.arange(len(said) + 1, dtype=np.int32)
    cost, start = columns, np.zeros_like(columns)
    starts = []
    for segment in given:
        for word in segment:
            cost, start = _row(cost, start, said != word, columns)
        starts.append(start)
        start = columns
    end, found = len(said), []
    for start in reversed(starts):
        found.append((int(start[end]), end))
        end = int(start[end])
    return found[::-1]


def _row(
    cost: Numbers, start: Numbers, differs: npt.NDArray[np.bool_], columns: Numbers
) -> tuple[Numbers, Numbers]:
    """Return the least cost up to each word, and where the current segment then begins, one word further."""
    kept, dropped = cost[:-1] + differs, cost[1:] + 1
    level = np.concatenate([cost[:1] + 1, np.minimum(kept, dropped)]) - columns
    begun = np.concatenate([start[:1], np.where(kept <= dropped, start[:-1], start[1:])])
    # A word too many costs one: the least cost so far, each less the words up to there.
    least = np.minimum.accumulate(level)
    origin = np.maximum.accumulate(np.where(level == least, columns, 0))
    return least + columns, begun[origin]
