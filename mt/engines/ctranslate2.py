"""Marian on CTranslate2: the engine of choice on a CPU."""

import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import ctranslate2
import numpy as np

from mt import __version__
from mt.engines.base import REPEATABLE, Hypothesis, Request
from mt.engines.convert import DEFAULT_COMPUTE, converted
from mt.engines.folder import ModelFolder
from mt.engines.pieces import END, UNKNOWN, Pieces
from mt.engines.settings import DEFAULT_BEAM

# Pieces in one batch, padding included: enough to fill two cores, little enough for a laptop's memory.
BATCH_PIECES = 2048
# The same for scoring, which keeps a probability of every piece of the vocabulary at every place: what stays
# in a processor's cache is scored twice as fast.
SCORED_PIECES = 128


class CTranslate2Engine:
    """Decode with CTranslate2, int8 by default."""

    def __init__(self, folder: ModelFolder, beam: int = DEFAULT_BEAM, compute: str = DEFAULT_COMPUTE) -> None:
        self._path = converted(folder, compute)
        self.pieces = Pieces(folder.path)
        self.beam = beam
        self.signature = (
            f"engine:ctranslate2-{ctranslate2.__version__}|model:{folder.digest[:16]}|compute:{compute}"
            f"|beam:{beam}|version:{__version__}"
        )

    @cached_property
    def _translator(self) -> Any:
        """Load the weights when they are first needed: a run that finds all in the store needs none."""
        threads = os.cpu_count() or 1
        return ctranslate2.Translator(str(self._path), device="cpu", intra_threads=threads)

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]:
        """Decode in batches of like length; requests that forbid the same pieces go together."""
        results: dict[int, Hypothesis] = {}
        groups: dict[tuple[object, ...], list[int]] = {}
        for index, request in enumerate(requests):
            groups.setdefault((request.banned, request.varied), []).append(index)
        for indices in groups.values():
            for batch in batches(indices, requests):
                results.update(zip(batch, self._decode([requests[i] for i in batch]), strict=True))
        return [results[index] for index in range(len(requests))]

    def alternatives(self, request: Request, count: int) -> list[Hypothesis]:
        """Decode one request; return what the beam ends with, best first."""
        (result,) = self._search([request], count)
        found = zip(result.hypotheses, result.attention, result.scores, strict=True)
        return [_hypothesis(request, *row) for row in found]

    def score(self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> list[float]:
        """Score given outputs in nats, end mark included."""
        scored = self._translator.score_batch(
            [[*source, END] for source in sources],
            [list(target) for target in targets],
            max_batch_size=SCORED_PIECES,
            batch_type="tokens",
            max_input_length=0,
        )
        return [float(sum(result.log_probs)) for result in scored]

    def _decode(self, requests: list[Request]) -> list[Hypothesis]:
        """Decode requests that forbid the same."""
        return [
            _hypothesis(request, result.hypotheses[0], result.attention[0], result.scores[0])
            for request, result in zip(requests, self._search(requests, 1), strict=True)
        ]

    def _search(self, requests: list[Request], count: int) -> list[Any]:
        limit = max(request.limit for request in requests)
        suppressed = [self._known(sequence) for sequence in requests[0].banned]
        results: list[Any] = self._translator.translate_batch(
            [[*request.source, END] for request in requests],
            target_prefix=[list(request.prefix) for request in requests],
            beam_size=max(self.beam, count),
            num_hypotheses=count,
            disable_unk=True,
            suppress_sequences=suppressed or None,
            no_repeat_ngram_size=REPEATABLE + 1 if requests[0].varied else 0,
            max_input_length=0,
            max_decoding_length=limit,
            return_attention=True,
            return_scores=True,
            return_end_token=True,
        )
        return results

    def _known(self, pieces: Sequence[str]) -> list[str]:
        return [piece if piece in self.pieces.vocabulary else UNKNOWN for piece in pieces]


def batches(indices: list[int], requests: Sequence[Request]) -> list[list[int]]:
    """Cut the indices, sorted by source length, into batches of at most BATCH_PIECES padded pieces."""
    batches: list[list[int]] = []
    for index in sorted(indices, key=lambda i: (len(requests[i].source), len(requests[i].prefix))):
        longest = len(requests[index].source) + 1
        if not batches or longest * (len(batches[-1]) + 1) > BATCH_PIECES:
            batches.append([])
        batches[-1].append(index)
    return batches


def _hypothesis(request: Request, tokens: list[str], attention: list[list[float]], mean: float) -> Hypothesis:
    finished = tokens[-1:] == [END]
    body = tokens[:-1] if finished else tokens[: request.limit]
    # The prefix comes back with <unk> where the vocabulary lacks a piece; the caller knows the real one.
    pieces = request.prefix + tuple(body[len(request.prefix) :])
    weights = np.asarray(attention, dtype=np.float32).reshape(len(attention), -1)
    # CTranslate2 sums over what follows the prefix, and divides by the length with prefix and end mark.
    score = mean * len(tokens)
    return Hypothesis(pieces, weights[: len(pieces), : len(request.source)], finished, score)
