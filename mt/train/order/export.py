"""A trained network and counts → the file that ships."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from aligned.formats.atomic import atomic_file
from mt.repair.features import Classes, Numbers
from mt.repair.network import LEVELS, TABLE_SIDES, classes_in, table_in
from mt.repair.packing import packed


def export_network(
    state: dict[str, Any], counts: npt.NDArray[np.uint16], classes: Classes, path: Path
) -> None:
    """Write a RunOrder's weights and the counts of clean text as one NumPy archive.

    Embedding tables have four bits a number, other weights sixteen; counts are rounded to LEVELS, in unary.
    """
    arrays: dict[str, Any] = {name: value.float().numpy().astype(np.float16) for name, value in state.items()}
    for side in TABLE_SIDES:
        table = state[f"{side}.weight"].float().numpy()
        arrays[f"{side}.weight"], arrays[f"{side}.scale"] = packed(table)
    levels = np.searchsorted(LEVELS, counts, side="right").astype(np.uint8) - 1
    arrays["counts.values"] = _unary(_emptied(arrays, "counts", levels).astype(np.int64) - 1)
    arrays["classes.values"] = _emptied(arrays, "classes", classes)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as file:
        np.savez_compressed(file, **arrays)


def _emptied(arrays: dict[str, Any], name: str, table: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return what is not zero in a table, and put into arrays where it stands, for the network to read."""
    slots = np.flatnonzero(table)
    gaps = np.diff(slots, prepend=-1) - 1
    arrays[f"{name}.quarters"] = _unary(gaps >> 2)
    arrays[f"{name}.lost"] = np.packbits(np.stack([gaps & 2, gaps & 1], 1).astype(bool))
    return table[slots]


def _unary(numbers: Numbers) -> npt.NDArray[np.uint8]:
    """Return packed bits in which each number is so many zeros and a one."""
    ends = np.cumsum(numbers + 1)
    bits = np.zeros(ends[-1] if len(ends) else 0, bool)
    bits[ends - 1] = True
    return np.packbits(bits)


def read_classes(path: Path) -> Classes:
    """Return a shipped file's table of word classes."""
    with np.load(path, allow_pickle=False) as stored:
        return classes_in(stored)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Return a shipped file's weights as a RunOrder's state, to go on training from."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored.items())
    for side in TABLE_SIDES:
        arrays[f"{side}.weight"] = table_in(arrays, side)
        del arrays[f"{side}.scale"]
    tables = ("counts.", "classes.")
    return {
        name: torch.from_numpy(np.asarray(array, np.float32))
        for name, array in arrays.items()
        if not name.startswith(tables)
    }
