"""What is known about names in general, learnt from lists: see README.md beside this file.

Three things: which words are everyday words, how much a word's letters look like a name's, and how names are
written in English.
"""

import re
import zlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from glossary.hebrew import GERESH, clean_text, fold
from glossary.names.joint import Gram, Unit

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Arrays = dict[str, npt.NDArray[np.generic]]

FILE = "names.npz"
# What is kept of a word is 24 bits of its check sum: about one unknown word in 350 is taken for a known one.
FINGERPRINT_BITS = 24
# Stands among the classes of frequency for a name.
NAME_CLASS = 15
# Letter n-grams share this many weights; longest n-gram; steps of a stored weight.
WEIGHTS = 1 << 16
LONGEST = 4
WEIGHT_STEP = 1 / 32
# Steps of stored log-probabilities; the last one stands for "none".
LOG_STEP, FALL_STEP, NONE = 0.1, 0.05, 255

_LETTER = re.compile("[א-ת]'?")
_PLAIN_GERESH = dict.fromkeys(map(ord, GERESH), "'")


@dataclass(frozen=True)
class Knowledge:
    """The tables of the package, unpacked.

    `words` holds fingerprints of everyday words with the class of their frequency, from 0, and of names with
    NAME_CLASS; `weights` is indexed by
    `letter_slots`; `logs` and `falls` are the joint model's.
    """

    words: dict[int, int]
    weights: "npt.NDArray[np.float32]"
    logs: dict[Gram, float]
    falls: dict[Gram, float]

    def frequency(self, word: str) -> int:
        """Return how frequent an everyday word is: 0 for none, 1 for rare to 8 for very frequent."""
        found = self.words.get(fingerprint(fold(word)), NAME_CLASS)
        return 0 if found == NAME_CLASS else found + 1

    def is_name(self, word: str) -> bool:
        """Tell whether the word is in the lists as a name or a part of one, and no everyday word."""
        return self.words.get(fingerprint(fold(word))) == NAME_CLASS

    def foreignness(self, word: str) -> float:
        """Return the log-odds that the letters are those of a name."""
        return float(self.weights[letter_slots(word)].sum())


def fingerprint(key: str) -> int:
    """Return the bits that a folded word is known by."""
    return zlib.crc32(key.encode()) >> (32 - FINGERPRINT_BITS)


def letters(word: str) -> tuple[str, ...]:
    """Return the word's Hebrew letters, each with its geresh; final letters stay, for they tell p from f."""
    return tuple(_LETTER.findall(clean_text(word).translate(_PLAIN_GERESH)))


def letter_slots(word: str) -> list[int]:
    """Return the places of the weights of a word's letter n-grams; the first place is every word's."""
    units = ("^", *letters(fold(word)), "$")
    grams = {
        "".join(units[start : start + size])
        for size in range(1, LONGEST + 1)
        for start in range(len(units) - size + 1)
    }
    return [0, *sorted(zlib.crc32(gram.encode()) % WEIGHTS for gram in grams)]


def knowledge() -> Knowledge:
    """Return what comes with the package."""
    return _knowledge()


@cache
def _knowledge() -> Knowledge:
    import numpy as np  # here, so that the glossary loads without it

    with resources.files(__name__).joinpath(FILE).open("rb") as file, np.load(file) as stored:
        arrays = dict(stored)
    words = np.cumsum(arrays["words"].astype(np.int64))
    logs, falls = unpacked(arrays)
    return Knowledge(
        words=dict(zip(words.tolist(), arrays["classes"].tolist(), strict=True)),
        weights=arrays["weights"].astype(np.float32) * np.float32(WEIGHT_STEP),
        logs=logs,
        falls=falls,
    )


def packed(logs: dict[Gram, float], falls: dict[Gram, float]) -> "Arrays":
    """Return a joint model as arrays: units, and per order the sorted n-grams by column with both logs."""
    import numpy as np

    units = sorted({unit for gram in (*logs, *falls) for unit in gram})
    number = {unit: at for at, unit in enumerate(units)}
    arrays: Arrays = {"units": np.frombuffer("\n".join(map("\t".join, units)).encode(), np.uint8)}
    for size in range(1 + max(map(len, logs))):
        chosen = {tuple(number[unit] for unit in gram): gram for gram in (*logs, *falls) if len(gram) == size}
        order = sorted(chosen)
        for column in range(size):
            arrays[f"gram{size}.{column}"] = np.array([key[column] for key in order], np.uint16)
        arrays[f"logs{size}"] = _steps([-logs.get(chosen[key], -99) / LOG_STEP for key in order])
        arrays[f"falls{size}"] = _steps([-falls.get(chosen[key], 0.0) / FALL_STEP for key in order])
    return arrays


def _steps(values: list[float]) -> "npt.NDArray[np.uint8]":
    import numpy as np

    return np.array([min(round(value), NONE) for value in values], np.uint8)


def unpacked(arrays: "Arrays") -> tuple[dict[Gram, float], dict[Gram, float]]:
    """Return the joint model that `packed` made into arrays, to the step."""
    rows = arrays["units"].tobytes().decode().split("\n")
    units: list[Unit] = [(row.split("\t")[0], row.split("\t")[1]) for row in rows]
    logs: dict[Gram, float] = {}
    falls: dict[Gram, float] = {}
    for size in range(sum(name.startswith("logs") for name in arrays)):
        columns = [arrays[f"gram{size}.{column}"].tolist() for column in range(size)]
        grams = [tuple(units[at] for at in row) for row in zip(*columns, strict=True)] if size else [()]
        for gram, log, fall in zip(
            grams, arrays[f"logs{size}"].tolist(), arrays[f"falls{size}"].tolist(), strict=True
        ):
            if log < NONE:
                logs[gram] = -log * LOG_STEP
            if fall:
                falls[gram] = -fall * FALL_STEP
    return logs, falls
