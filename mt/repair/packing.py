"""Tables of numbers in four bits each, two in a byte, with a scale for every row."""

import numpy as np
import numpy.typing as npt

# Numbers are stored as whole ones from -LARGEST to LARGEST.
LARGEST = 7
# Shares of a row's largest number that its scale may come from: what is larger is cut off, the rest is finer.
_SHARES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)


def packed(table: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float16]]:
    """Return a table of even width in bytes, and the scales with which its rows lose least (mean square)."""
    most = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8) / LARGEST
    scales = most * np.array(_SHARES, np.float32)
    lost = [np.square(_whole(table, scale[:, None]) * scale[:, None] - table).sum(1) for scale in scales.T]
    scale = np.take_along_axis(scales, np.argmin(lost, 0)[:, None], 1).astype(np.float16)
    whole = (_whole(table, scale.astype(np.float32)) + LARGEST).astype(np.uint8)
    return (whole[:, ::2] << 4 | whole[:, 1::2]).astype(np.uint8), scale[:, 0]


def unpacked(pairs: npt.NDArray[np.uint8], scale: npt.NDArray[np.float16]) -> npt.NDArray[np.float32]:
    """Return the numbers of a packed table."""
    whole = np.stack([pairs >> 4, pairs & 15], -1).astype(np.float32).reshape(len(pairs), -1) - LARGEST
    return np.asarray(whole * scale.astype(np.float32)[:, None])


def _whole(table: npt.NDArray[np.float32], scale: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.clip(np.round(table / np.maximum(scale, 1e-8)), -LARGEST, LARGEST)
