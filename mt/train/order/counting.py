"""Counts of clean text, kept by parts, so that a text can be looked up in what others have."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from glossary.hebrew import HEBREW_LETTERS, PLAIN_MARKS
from mt.repair.counts import BITS, WAYS, Lookup, counted, word_slots
from mt.repair.features import Classes, Numbers, places_of
from mt.train.order.corpus import FOLDS, Documents

_COUNTED_AT_ONCE = 50
_MOST = 60_000
# Words of a text like the corpora's, in which a word of wordfreq's list stands by its frequency.
_TEXT_WORDS = 900_000
_RAREST = 1.5e-8
_HEBREW_WORD = re.compile(f"[{HEBREW_LETTERS}'\"]+")

Slots = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class FoldedCounts:
    """Counts of clean text: of everything (slots), and of each fold (FOLDS, slots)."""

    whole: npt.NDArray[np.uint16]
    folds: npt.NDArray[np.uint8]
    classes: Classes

    def without(self, fold: Numbers) -> Lookup:
        """Return the lookup of counts in all folds but one, which is given for each row of slots."""
        return lambda slots: self.whole[slots] - self.folds[fold[..., None], slots]


def count(documents: Documents, classes: Classes, words: Mapping[str, int]) -> FoldedCounts:
    """Count the strings of all documents that are there twice: those seen once take more room than they tell.

    `words` are counted besides, as if some more text had them, and belong to no fold.
    """
    folds = np.zeros((FOLDS, 1 << BITS), np.uint8)
    ways: list[list[list[Slots]]] = [[[] for _ in range(FOLDS)] for _ in range(WAYS)]
    for found in documents.values():
        for fold in range(FOLDS):
            part = [" ".join(sentences) for sentences in found[fold::FOLDS]]
            for at in range(0, len(part), _COUNTED_AT_ONCE):
                slots = counted(places_of(part[at : at + _COUNTED_AT_ONCE], classes))
                for way, new in zip(ways, slots, strict=True):
                    way[fold].append(new.astype(np.uint32))
    for way in ways:
        _add([np.concatenate([np.zeros(0, np.uint32), *parts]) for parts in way], folds)
    whole = folds.sum(0, dtype=np.uint16)
    for slot, often in zip(word_slots(list(words)), words.values(), strict=True):
        whole[slot] = min(int(whole[slot]) + often, _MOST)
    return FoldedCounts(whole, folds, classes)


def _add(slots: Sequence[Slots], folds: npt.NDArray[np.uint8]) -> None:
    """Add strings cut in one way, fold by fold; what another way has counted more often stays."""
    found = [np.unique(part, return_counts=True) for part in slots]
    total = np.zeros(1 << BITS, np.uint32)
    for strings, times in found:
        total[strings] += times.astype(np.uint32)
    for fold, (strings, times) in zip(folds, found, strict=True):
        again = total[strings] > 1
        fold[strings[again]] = np.maximum(fold[strings[again]], np.minimum(times[again], 255))


def known_words(documents: Documents) -> dict[str, int]:
    """Return the words of documents, once each, and those of wordfreq's Hebrew list by their frequency.

    wordfreq (Speer 2022): Apache-2.0, its data CC BY-SA 4.0.
    """
    import wordfreq

    known = {
        word: 1 for found in documents.values() for sentences in found for text in sentences
        for word in _HEBREW_WORD.findall(text.translate(PLAIN_MARKS))
    }  # fmt: skip
    for word, frequency in wordfreq.get_frequency_dict("he", wordlist="best").items():
        if frequency >= _RAREST and _HEBREW_WORD.fullmatch(word):
            known[word] = math.ceil(frequency * _TEXT_WORDS)
    return known
