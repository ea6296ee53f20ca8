"""Words that stand between like words share a class, as in class-based n-gram models (Brown et al. 1992).

Classes are found by k-means over the singular vectors of positive pointwise mutual information between words
and their neighbours, left and right apart (Levy & Goldberg 2014); words too rare for that get the class in
which their relatives would have them (`relatives.py`).
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from glossary.hebrew import HEBREW_LETTERS, PLAIN_MARKS
from mt.repair.features import CLASS_BITS, Classes, class_slots
from mt.train.order.relatives import Vectors, guessed

CLASSES = 250
_CONTEXTS, _DIMENSIONS, _ROUNDS = 3000, 80, 15
_LEAST = 4
_TOKEN = re.compile(f"[{HEBREW_LETTERS}0-9A-Za-z'\"]+|[^\\s]")
_DIGIT, _LATIN = re.compile("[0-9]"), re.compile("[A-Za-z]")
_HEBREW = re.compile(f"[{HEBREW_LETTERS}][{HEBREW_LETTERS}'\"]+")


def class_table(
    texts: Iterable[str], more: Sequence[str] = (), known: Classes | None = None, seed: int = 1
) -> Classes:
    """Return the table of classes (1 to CLASSES) of the words of some texts, and of more words.

    Words that have a class in the table `known` keep it, and others join the classes that are there.
    """
    sentences = [_tokens(text) for text in texts]
    counts = Counter(token for sentence in sentences for token in sentence)
    ranked = [word for word, _ in counts.most_common()]
    words = [word for word in ranked if counts[word] >= _LEAST]
    vectors = _vectors(sentences, {word: at for at, word in enumerate(words)})
    if known is None:
        labels = _clustered(vectors, counts, words, seed) + 1
    else:
        labels = known[class_slots(words)].astype(np.int64)
    centres = _centres(vectors, labels)
    new = np.flatnonzero(labels == 0)
    labels[new] = _nearest(vectors[new], centres) + 1
    listed = set(words)
    rare = [
        word for word in dict.fromkeys([*ranked, *more]) if _HEBREW.fullmatch(word) and word not in listed
    ]
    table = np.zeros(1 << CLASS_BITS, np.uint8)
    # The most frequent last, so that it keeps its slot.
    table[class_slots(rare[::-1])] = _nearest(guessed(words, vectors, rare), centres)[::-1] + 1
    table[class_slots(words[::-1])] = labels[::-1]
    return table


def _tokens(text: str) -> list[str]:
    plain = _LATIN.sub("a", _DIGIT.sub("0", text.translate(PLAIN_MARKS)))
    return ["^", *_TOKEN.findall(plain), "^"]


def _vectors(sentences: list[list[str]], numbers: Mapping[str, int]) -> npt.NDArray[np.float32]:
    pairs: Counter[tuple[int, int]] = Counter()
    for sentence in sentences:
        found = [numbers.get(token, -1) for token in sentence]
        for left, right in itertools.pairwise(found):
            if left >= 0 and 0 <= right < _CONTEXTS:
                pairs[left, right] += 1
            if right >= 0 and 0 <= left < _CONTEXTS:
                pairs[right, _CONTEXTS + left] += 1
    rows, columns = np.array(list(pairs), np.int64).T
    matrix = np.zeros((len(numbers), 2 * _CONTEXTS), np.float32)
    matrix[rows, columns] = list(pairs.values())
    total = matrix.sum()
    share = matrix.sum(1, keepdims=True) * (matrix.sum(0, keepdims=True) ** 0.75)
    share *= total / max(1.0, float((matrix.sum(0) ** 0.75).sum()))
    with np.errstate(divide="ignore", invalid="ignore"):
        matrix = np.log(matrix * total / share)
    matrix[~np.isfinite(matrix)] = 0
    np.maximum(matrix, 0, out=matrix)
    return _reduced(matrix)


def _reduced(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return rows in the space of the first singular vectors (Halko et al. 2011), of length one."""
    random = np.random.default_rng(0)
    sketch = matrix @ random.standard_normal((matrix.shape[1], _DIMENSIONS + 20)).astype(np.float32)
    for _ in range(3):
        base, _ = np.linalg.qr(sketch)
        sketch = matrix @ (matrix.T @ base)
    base, _ = np.linalg.qr(sketch)
    left, values, _ = np.linalg.svd(base.T @ matrix, full_matrices=False)
    vectors = (base @ left[:, :_DIMENSIONS]) * np.sqrt(values[:_DIMENSIONS])
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


def _clustered(vectors: Vectors, counts: Counter[str], words: list[str], seed: int) -> npt.NDArray[np.int64]:
    """Return the cluster of each vector by k-means, words weighted by the root of their counts."""
    weights = np.sqrt([counts[word] for word in words]).astype(np.float32)[:, None]
    centres = vectors[: min(CLASSES, 1 + len(words) // 2)].copy()
    random = np.random.default_rng(seed)
    labels = np.zeros(len(words), np.int64)
    for _ in range(_ROUNDS):
        labels = _nearest(vectors, centres)
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, vectors * weights)
        sizes = np.bincount(labels, weights[:, 0], minlength=len(centres))[:, None]
        empty = np.flatnonzero(sizes[:, 0] == 0)
        sums[empty], sizes[empty] = vectors[random.integers(len(words), size=len(empty))], 1
        centres = (sums / sizes).astype(np.float32)
    return labels


def _centres(vectors: Vectors, labels: npt.NDArray[np.int64]) -> Vectors:
    """Return the mean of the vectors of each class from 1 on; of a class without any, far from all."""
    sums = np.zeros((CLASSES, vectors.shape[1]), np.float32)
    known = labels > 0
    np.add.at(sums, labels[known] - 1, vectors[known])
    sizes = np.bincount(labels[known] - 1, minlength=CLASSES)[:, None]
    return np.where(sizes > 0, sums / np.maximum(sizes, 1), np.float32(1e3))


def _nearest(vectors: Vectors, centres: Vectors) -> npt.NDArray[np.int64]:
    return np.asarray((vectors @ centres.T - 0.5 * (centres * centres).sum(1)).argmax(1))
