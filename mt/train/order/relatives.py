"""Where a rare word would stand, guessed from its relatives: the same word with another prefix or ending.

Ridge regression (Hoerl & Kennard 1970) from the relatives' vectors and from the word's own first and last
letters, learnt on the words whose vectors are known.
"""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
_PREFIXES = "הובלמשכ"
# Letters taken off a word's end, and letters put there instead.
_ENDINGS = ((1, ""), (2, ""), (1, "ים"), (2, "ה"), (0, "ים"), (0, "ה"), (0, "י"), (1, "ת"))
_LETTERS, _RIDGE = 1500, 10.0
_LEARNT_FROM, _AT_ONCE = 12_000, 5_000


def guessed(words: Sequence[str], vectors: Vectors, rare: Sequence[str]) -> Vectors:
    """Return vectors of length one for `rare` words, given those of `words`, most frequent first."""
    numbers = {word: at for at, word in enumerate(words)}
    learnt = [word for word in words if word[0].isalpha()][:_LEARNT_FROM]
    seen = _seen(learnt, numbers, vectors)
    wanted = vectors[[numbers[word] for word in learnt]]
    square = seen.T @ seen + _RIDGE * np.eye(seen.shape[1], dtype=np.float32)
    solved = np.linalg.solve(square, seen.T @ wanted).astype(np.float32)
    parts = [
        _seen(rare[at : at + _AT_ONCE], numbers, vectors) @ solved for at in range(0, len(rare), _AT_ONCE)
    ]
    found = np.concatenate([np.zeros((0, vectors.shape[1]), np.float32), *parts])
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9))


def _seen(words: Sequence[str], numbers: dict[str, int], vectors: Vectors) -> Vectors:
    """Return what is known of each word: its relatives' vectors, which of them there are, its letters."""
    kinds = len(_relatives("אב"))
    relatives = np.zeros((len(words), kinds, vectors.shape[1]), np.float32)
    there = np.zeros((len(words), kinds), np.float32)
    letters = np.zeros((len(words), _LETTERS), np.float32)
    for row, word in enumerate(words):
        for kind, relative in enumerate(_relatives(word)):
            at = numbers.get(relative) if len(relative) > 1 and relative != word else None
            if at is not None:
                relatives[row, kind], there[row, kind] = vectors[at], 1
        letters[row, [zlib.crc32(trait.encode()) % _LETTERS for trait in _traits(word)]] = 1
    return np.concatenate([relatives.reshape(len(words), kinds * vectors.shape[1]), there, letters], 1)


def _relatives(word: str) -> list[str]:
    return [
        word[1:], word[2:],
        *(word[: len(word) - cut] + added for cut, added in _ENDINGS),
        *(prefix + word for prefix in _PREFIXES),
    ]  # fmt: skip


def _traits(word: str) -> list[str]:
    return [
        *(f"<{word[:size]}" for size in (1, 2, 3)),
        *(f"{word[-size:]}>" for size in (1, 2, 3)),
        f"{word[0]}…{word[-1]}", str(min(len(word), 9)),
    ]  # fmt: skip
