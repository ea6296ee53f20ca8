"""Test sentences stay out of training, however they are spelled and on whichever side they stand."""

import unicodedata
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from glossary.hebrew import fold
from mt.train.cleaning import TextPair
from mt.train.corpora import read_sentences

HELD_OUT = "held_out"


class Guard:
    """Knows held-out sentences by letters and digits alone: no case, accents, spaces or punctuation."""

    def __init__(self, sentences: Iterable[str] = ()) -> None:
        self._keys = {key for sentence in sentences if (key := _key(sentence))}

    def __len__(self) -> int:
        return len(self._keys)

    def __call__(self, pair: TextPair) -> str | None:
        """Return the reason for which a pair must go, or None; either side is enough."""
        return HELD_OUT if {_key(pair.source), _key(pair.target)} & self._keys else None


def read_guard(paths: Iterable[Path]) -> Guard:
    """Return the guard of every sentence in the files; raises TrainingError where one cannot be read."""
    return Guard(sentence for path in paths for sentence in read_sentences(path))


def _key(text: str) -> bytes:
    letters = unicodedata.normalize("NFKD", text).casefold()
    plain = fold("".join(filter(str.isalnum, letters)))
    return blake2b(plain.encode(), digest_size=8).digest() if plain else b""
