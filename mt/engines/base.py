"""The one seam between this program and whatever runs a translation model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mt.engines.pieces import Pieces

# Longest output, in pieces: English runs to about 1.4 pieces for one of Hebrew, so twice the source and
# some room for short sentences is never reached by a sound translation and soon by a runaway one.
OUTPUT_RATIO = 2
OUTPUT_ROOM = 24


@dataclass(frozen=True, slots=True)
class Request:
    """One decoding job: source pieces without the end mark, and what the output must and must not be.

    The output begins with `prefix`. With `closed` the piece after the prefix begins a new word. None of the
    piece sequences in `banned` stands in what follows the prefix.
    """

    source: tuple[str, ...]
    prefix: tuple[str, ...] = ()
    closed: bool = False
    banned: tuple[tuple[str, ...], ...] = ()

    @property
    def limit(self) -> int:
        """Return the bound on the output's pieces, prefix included; a long prefix may still be ended."""
        return max(OUTPUT_RATIO * len(self.source), len(self.prefix)) + OUTPUT_ROOM


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An output without its end mark; `attention` has shape (len(pieces), len(source)).

    `finished` is false where the output ran into its limit.
    """

    pieces: tuple[str, ...]
    attention: npt.NDArray[np.float32]
    finished: bool


class Engine(Protocol):
    """Decode by beam search, and score given outputs."""

    @property
    def pieces(self) -> Pieces:
        """Return the model's tokenizer."""

    @property
    def signature(self) -> str:
        """Name engine, model digest, arithmetic, beam and version in one line."""

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]:
        """Return one hypothesis per request, in order."""

    def score(self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> list[float]:
        """Return each target's log-probability in nats given its source, end mark included."""
