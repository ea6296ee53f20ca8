"""The network that knows Hebrew: how likely a run is to begin at a place, for the search that orders runs.

A Transformer encoder (Vaswani et al. 2017, norms first) sees the places of a few lines; small layers on top
score a beginning, given where the run ends, where the run before it ended, and how often clean Hebrew has
what would meet there. In NumPy, so that repair needs no PyTorch; `mt/train/order` trains it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mt.repair.counts import BITS, Floats, alone, joined
from mt.repair.features import (
    CLASS_BITS,
    LETTERS,
    LONGEST_LINE,
    ONE_CLASS,
    ONE_WORD,
    TWO_CLASSES,
    Classes,
    Numbers,
    Places,
    mixed,
    places_of,
)
from mt.repair.packing import unpacked

# Lines that see one another; those at the rim of a window are seen again in the middle of the next one.
WINDOW = 5
RIM = 1
WIDTH, INNER, HEADS, LAYERS = 128, 256, 4, 4
# Rows of the embedding tables for each kind of stretch, and numbers in a row.
ROW_BITS, EMBEDDED = 13, 32
ROWS = 1 << ROW_BITS
_LOOKED_AT = (0, 1, 2, TWO_CLASSES, ONE_WORD, ONE_CLASS, LETTERS)
TABLES = len(_LOOKED_AT)
HIDDEN, MET = 112, 64
# Places of a line where runs may begin or end.
CANDIDATES = 36
WEIGHTS = Path(__file__).resolve().parent / "data" / "runs.npz"
# The counts that the table's bytes stand for; what clean Hebrew has more often is rounded down.
LEVELS = np.array([0, 1, 2, 3, 5, 8, 14, 25, 50, 100, 250, 1000], np.float32)
_EPSILON = 1e-5
_TWO_BITS = np.array([2, 1], np.uint8)
TABLE_SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Text:
    """Lines as the network sees them: their places, and of each place what the layers say of it."""

    places: Places
    cut: Floats
    before: Floats
    begin: Floats
    end: Floats
    start: Floats
    fit_before: Floats
    fit_begin: Floats
    fit_end: Floats
    fit_start: Floats


_LAYERS_OF_TEXT = tuple(Text.__slots__[1:])


class Network:
    """Weights and counts: `read` looks at lines; the rest scores what the search asks for."""

    def __init__(self, weights: dict[str, Floats], counts: npt.NDArray[np.uint8], classes: Classes) -> None:
        self._weights = weights
        self._counts = counts
        self._classes = classes

    def read(self, lines: Sequence[str]) -> Text:
        """Look at consecutive lines, each shorter than LONGEST_LINE."""
        places = places_of(lines, self._classes)
        starts = places.starts
        found: list[Floats] = []
        while (done := len(found)) < len(lines):
            first = max(0, done - RIM)
            last = min(first + WINDOW, len(lines))
            kept = last if last == len(lines) else last - RIM
            hidden = self._encoded(places, starts[first : last + 1])
            offset = starts[first]
            found += [hidden[starts[at] - offset : starts[at + 1] - offset] for at in range(done, kept)]
        joint = np.concatenate(found)
        return Text(places, *(self._linear(name, joint) for name in _LAYERS_OF_TEXT))

    def meetings(self, text: Text, before: Numbers, begin: Numbers) -> tuple[Floats, Floats]:
        """Return the potential of each `begin` after each `before`, and the logit of a blank between them.

        Both of shape (before, begin); -1 in `before` stands for a run that is not known.
        """
        known = before >= 0
        seen = joined(text.places, before[:, None], begin[None], self._looked_up)
        seen[~known] = 0
        previous = np.where(known[:, None], text.before[before], self._weights["unknown"])
        hidden = seen @ self._weights["met.weight"].T
        hidden += previous[:, None] + text.begin[begin]
        np.maximum(hidden, 0, out=hidden)
        fit = np.where(known[:, None], text.fit_before[before], self._weights["fit_unknown"])
        potential = self._one("joint", hidden) + fit @ text.fit_begin[begin].T / np.float32(MET**0.5)
        return potential, self._one("blank", hidden)

    def runs(self, text: Text, begin: Numbers, end: Numbers) -> Floats:
        """Return the potential of a run between each `begin` and each later `end`: (begin, end)."""
        hidden = text.end[end] + text.start[begin][:, None]
        hidden += self._weights["length.weight"][np.maximum(end - begin[:, None], 0)]
        fit = text.fit_start[begin] @ text.fit_end[end].T / np.float32(MET**0.5)
        return np.asarray(self._one("run", np.maximum(hidden, 0, out=hidden)) + fit)

    def _one(self, name: str, hidden: Floats) -> Floats:
        return np.asarray(hidden @ self._weights[f"{name}.weight"][0] + self._weights[f"{name}.bias"][0])

    def _looked_up(self, slots: Numbers) -> Floats:
        return LEVELS[self._counts[slots]]

    def _encoded(self, places: Places, starts: Numbers) -> Floats:
        """Return the encoder's output for the places of one window."""
        part = slice(starts[0], starts[-1])
        here = np.arange(starts[0], starts[-1])
        window = Places(
            places.left[part], places.powers[part], places.right[part], places.blank[part], starts - starts[0]
        )
        rows = [
            self._weights[f"{side}.weight"][numbers].sum(1)
            for side, numbers in zip(TABLE_SIDES, rows_of(window), strict=True)
        ]
        seen = joined(places, here, here, self._looked_up)
        hidden = self._linear("into", np.concatenate([*rows, *alone(window, self._looked_up), seen], 1))
        sizes = np.diff(starts)
        hidden += self._weights["inside.weight"][np.concatenate([np.arange(size) for size in sizes])]
        hidden += self._weights["slot.weight"][np.repeat(np.arange(len(sizes)), sizes)]
        for layer in range(LAYERS):
            hidden = self._block(f"blocks.{layer}.", hidden)
        return self._normed("norm", hidden)

    def _linear(self, name: str, hidden: Floats) -> Floats:
        return np.asarray(hidden @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"])

    def _normed(self, name: str, hidden: Floats) -> Floats:
        centred = hidden - hidden.mean(1, keepdims=True)
        deviation = np.sqrt((centred * centred).mean(1, keepdims=True) + _EPSILON)
        return np.asarray(
            centred / deviation * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        )

    def _block(self, name: str, hidden: Floats) -> Floats:
        count, width = hidden.shape
        joint = self._linear(name + "mix", self._normed(name + "norm_attention", hidden))
        query, key, value = joint.reshape(count, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
        seen = _softmax(query @ key.transpose(0, 2, 1) / np.float32((width // HEADS) ** 0.5)) @ value
        hidden = hidden + self._linear(name + "out", seen.transpose(1, 0, 2).reshape(count, width))
        inner = self._linear(name + "inner", self._normed(name + "norm_inner", hidden))
        return hidden + self._linear(name + "outer", np.maximum(inner, 0))


def rows_of(places: Places) -> tuple[Numbers, Numbers]:
    """Return which rows of the left and of the right table belong to each place, (places, TABLES)."""
    base = np.arange(TABLES) * ROWS
    left, right = places.left[:, _LOOKED_AT], places.right[:, _LOOKED_AT]
    return mixed(left, 0, ROW_BITS) + base, mixed(right, 0, ROW_BITS) + base


def candidates(cuts: Floats, wanted: Numbers) -> Numbers:
    """Return the CANDIDATES likeliest places of a line in order, its ends and the wanted ones among them."""
    if len(cuts) <= CANDIDATES:
        return np.arange(len(cuts))
    scores = cuts.copy()
    scores[[0, -1, *wanted]] = np.inf
    return np.sort(np.argpartition(-scores, CANDIDATES - 1)[:CANDIDATES])


def is_readable(line: str) -> bool:
    """Tell whether the network can see a line whole."""
    return len(line) < LONGEST_LINE


@lru_cache(maxsize=1)
def load_network(path: Path = WEIGHTS) -> Network:
    """Read the network that ships, once."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored.items())
    weights = {name: array.astype(np.float32) for name, array in arrays.items() if array.dtype == np.float16}
    for side in TABLE_SIDES:
        weights[f"{side}.weight"] = table_in(arrays, side)
    return Network(weights, counts_in(arrays), classes_in(arrays))


def table_in(arrays: Mapping[str, npt.NDArray[Any]], side: str) -> Floats:
    """Return an embedding table of a file that ships."""
    return unpacked(arrays[f"{side}.weight"], arrays[f"{side}.scale"])


def counts_in(arrays: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.uint8]:
    """Return the table of counts, as LEVELS, of a file that ships."""
    return _filled(arrays, "counts", np.diff(_ones(arrays["counts.values"]), prepend=-1), BITS)


def classes_in(arrays: Mapping[str, npt.NDArray[Any]]) -> Classes:
    """Return the table of word classes of a file that ships."""
    return _filled(arrays, "classes", arrays["classes.values"], CLASS_BITS)


def _filled(
    arrays: Mapping[str, npt.NDArray[Any]], name: str, values: npt.NDArray[Any], bits: int
) -> npt.NDArray[np.uint8]:
    """Return a table of 2^bits bytes, given those that are not zero.

    The gaps before them are Rice codes (Rice 1979): quarters in unary, and the two bits that this lost.
    """
    quartered = _ones(arrays[f"{name}.quarters"])
    lost = np.unpackbits(arrays[f"{name}.lost"], count=2 * len(quartered)).reshape(-1, 2) @ _TWO_BITS
    table = np.zeros(1 << bits, np.uint8)
    # A one stands behind all quarters so far and a one for each of them.
    numbers = np.arange(len(quartered))
    table[4 * (quartered - numbers) + numbers + np.cumsum(lost, dtype=np.int64)] = values
    return table


def _ones(bits: npt.NDArray[np.uint8]) -> Numbers:
    """Return where ones stand in packed bits."""
    return np.flatnonzero(np.unpackbits(bits).view(bool))


def _softmax(scores: Floats) -> Floats:
    scores -= scores.max(-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(-1, keepdims=True)
    return scores
