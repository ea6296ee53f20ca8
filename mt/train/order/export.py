"""A trained network and counts → the file that ships."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from aligned.formats.atomic import atomic_file
from mt.repair.features import CLASS_BITS, Classes
from mt.repair.network import LEVELS, unpacked

_TABLES = ("left", "right")
_LONGEST_GAP = 255


def export_network(
    state: dict[str, Any], counts: npt.NDArray[np.uint16], classes: Classes, path: Path
) -> None:
    """Write a RunOrder's weights and the counts of clean text as one NumPy archive.

    Embedding tables have eight bits a number, other weights sixteen; counts are rounded to LEVELS and stored
    as the gaps between those that are not zero.
    """
    arrays: dict[str, Any] = {name: value.float().numpy().astype(np.float16) for name, value in state.items()}
    for side in _TABLES:
        table = state[f"{side}.weight"].float().numpy()
        scale = np.maximum(np.abs(table).max(1), 1e-8) / 127
        arrays[f"{side}.weight"] = np.round(table / scale[:, None]).astype(np.int8)
        arrays[f"{side}.scale"] = scale.astype(np.float16)
    levels = np.searchsorted(LEVELS, counts, side="right").astype(np.uint8) - 1
    for name, table in (("counts", levels), ("classes", classes)):
        arrays[f"{name}.gaps"], arrays[f"{name}.values"] = packed(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    # As np.savez_compressed would, but for the largest part: smaller by a tenth, and slower to read.
    with atomic_file(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")
            member.compress_type = zipfile.ZIP_LZMA if name == "counts.values" else zipfile.ZIP_DEFLATED
            with archive.open(member, "w") as written:
                np.lib.format.write_array(written, array, allow_pickle=False)


def packed(table: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return the gaps between a table's values that are not zero, and the values."""
    slots = np.flatnonzero(table)
    # A gap longer than a byte can say is bridged by slots of value zero.
    slots = np.union1d(slots, np.arange(0, len(table), _LONGEST_GAP))
    return np.diff(slots, prepend=0).astype(np.uint8), table[slots]


def read_classes(path: Path) -> Classes:
    """Return a shipped file's table of word classes."""
    with np.load(path, allow_pickle=False) as stored:
        return unpacked(stored["classes.gaps"], stored["classes.values"], CLASS_BITS)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Return a shipped file's weights as a RunOrder's state, to go on training from."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored.items())
    for side in _TABLES:
        arrays[f"{side}.weight"] = arrays[f"{side}.weight"] * arrays.pop(f"{side}.scale")[:, None]
    tables = ("counts.", "classes.")
    return {
        name: torch.from_numpy(np.asarray(array, np.float32))
        for name, array in arrays.items()
        if not name.startswith(tables)
    }
