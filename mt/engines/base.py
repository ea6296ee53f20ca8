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
# Pieces that a varied output may have in the same order twice.
REPEATABLE = 2


@dataclass(frozen=True, slots=True)
class Request:
    """One decoding job: source pieces without the end mark, and what the output must and must not be.

    The output begins with `prefix`. None of the piece sequences in `banned` stands in what follows it.
    With `varied` no REPEATABLE + 1 pieces stand in it twice. Without `wants_attention` an engine may leave
    the attention out, which saves time.
    """

    source: tuple[str, ...]
    prefix: tuple[str, ...] = ()
    banned: tuple[tuple[str, ...], ...] = ()
    varied: bool = False
    wants_attention: bool = True

    @property
    def limit(self) -> int:
        """Return the bound on the output's pieces, prefix included; a long prefix may still be ended."""
        return max(OUTPUT_RATIO * len(self.source), len(self.prefix)) + OUTPUT_ROOM


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An output without its end mark; `attention` has shape (len(pieces), len(source)).

    `attention` may have no rows where the request does not want it. `finished` is false where the output ran
    into its limit. `score` is the log-probability in nats of what follows the request's prefix, end mark
    included.
    """

    pieces: tuple[str, ...]
    attention: npt.NDArray[np.float32]
    finished: bool
    score: float


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

    def alternatives(self, request: Request, count: int) -> list[Hypothesis]:
        """Return up to `count` hypotheses of one request, best first; the beam is at least as wide."""

    def score(self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> list[float]:
        """Return each target's log-probability in nats given its source, end mark included."""
