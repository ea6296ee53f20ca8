"""An engine that translates word by word from a dictionary, and shows what it was asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mt.engines.base import Hypothesis, Request
from mt.engines.pieces import Pieces


class FakePieces(Pieces):
    """One piece a word."""

    def __init__(self, obeys_marks: bool = False) -> None:
        self.vocabulary = {}
        self.obeys_marks = obeys_marks

    def source(self, text: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
        pieces, offsets, at = [], [], 0
        for word in text.split():
            at = text.index(word, at)
            pieces.append("▁" + word)
            offsets.append((at, at + len(word)))
            at += len(word)
        return tuple(pieces), offsets

    def target(self, text: str) -> tuple[str, ...]:
        return tuple("▁" + word for word in text.split())

    def text(self, pieces: tuple[str, ...]) -> str:
        return "".join(pieces).replace("▁", " ").strip()

    def ends(self, pieces: tuple[str, ...]) -> list[int]:
        return [len(self.text(pieces[: i + 1])) for i in range(len(pieces))]


@dataclass
class FakeEngine:
    """Say `words[w]` for each source word w, in order; after a prefix go on where its words end.

    What is banned is said as "someone". `endless` makes every output run into its limit.
    """

    words: dict[str, str]
    endless: bool = False
    asked: list[list[Request]] = field(default_factory=list)
    pieces: Pieces = field(default_factory=FakePieces)
    signature: str = "engine:fake"

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]:
        self.asked.append(list(requests))
        return [self._decode(request) for request in requests]

    def alternatives(self, request: Request, count: int) -> list[Hypothesis]:
        """Say what `decode` says, then the same with "indeed" behind it, once, twice and so on."""
        first = self._decode(request)
        found = []
        for more in range(count):
            attention = np.pad(first.attention, ((0, more), (0, 0)))
            found.append(Hypothesis(first.pieces + ("▁indeed",) * more, attention, True, -1.0 - more))
        return found

    def score(self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> list[float]:
        """Like outputs that have as many words as their sources."""
        return [-float(abs(len(s) - len(t)) + 1) for s, t in zip(sources, targets, strict=True)]

    def _decode(self, request: Request) -> Hypothesis:
        source = [piece.removeprefix("▁") for piece in request.source]
        free = [f"▁{word}" for w in source for word in self.words.get(w, w).split()]
        banned = {piece for sequence in request.banned for piece in sequence}
        rest = ["▁someone" if piece in banned else piece for piece in free[len(request.prefix) :]]
        pieces = request.prefix + tuple(rest)
        attention = np.zeros((len(pieces), len(source)), dtype=np.float32)
        for row in range(len(pieces)):
            attention[row, min(row * len(source) // max(len(pieces), 1), len(source) - 1)] = 1
        return Hypothesis(pieces, attention, not self.endless, -1.0)
