"""How frequent Hebrew words are, by the counts that repair has of clean text."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from mt.repair.counts import word_slots
from mt.repair.network import LEVELS, WEIGHTS, counts_in

# A word counted so often at most is rare: about one in eleven of an encyclopaedia's words.
RARE = 2
_HEBREW_WORD = re.compile("[א-ת]+(?:[\"'][א-ת]+)*'?")


def rare_words(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the rare words of each text, forms with prefixes as words of their own."""
    words = [_HEBREW_WORD.findall(text) for text in texts]
    known = list(dict.fromkeys(word for found in words for word in found))
    counts = dict(zip(known, LEVELS[_table()[word_slots(known)]].tolist() if known else (), strict=True))
    return [tuple(word for word in found if counts[word] <= RARE) for found in words]


@cache
def _table() -> npt.NDArray[np.uint8]:
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return counts_in(stored)
