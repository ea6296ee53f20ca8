"""Marian on CTranslate2: the engine of choice on a CPU."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import ctranslate2
import numpy as np

from mt import __version__
from mt.engines.base import REPEATABLE, Hypothesis, Request
from mt.engines.convert import DEFAULT_COMPUTE, converted
from mt.engines.folder import ModelFolder
from mt.engines.machine import cores, free_memory, use_wide_vectors
from mt.engines.pieces import END, UNKNOWN, Pieces
from mt.engines.settings import DEFAULT_BEAM

# Pieces in one batch, padding included. More are slower and take memory; fewer, down to the least, are
# taken so that no core is idle.
BATCH_PIECES, LEAST_PIECES = 512, 256
# Memory that a batch takes for each padded piece, in bytes per beam and unit of the model's width (measured:
# 45 kB at a beam of 4 and a width of 256), and the share of free memory that batches may take.
PIECE_BYTES, MEMORY_SHARE = 45, 0.5
# The same for scoring, which keeps a probability of every piece of the vocabulary at every place: what stays
# in a processor's cache is scored twice as fast.
SCORED_PIECES = 128


class CTranslate2Engine:
    """Decode with CTranslate2, int8 by default."""

    def __init__(self, folder: ModelFolder, beam: int = DEFAULT_BEAM, compute: str = DEFAULT_COMPUTE) -> None:
        self._path = converted(folder, compute)
        self._workers = cores()
        self.largest = _affordable(folder, beam, self._workers)
        self.pieces = Pieces(folder.path)
        self.beam = beam
        self.signature = (
            f"engine:ctranslate2-{ctranslate2.__version__}|model:{folder.digest[:16]}|compute:{compute}"
            f"|beam:{beam}|version:{__version__}"
        )

    @cached_property
    def _translator(self) -> Any:
        """Load the weights when they are first needed: a run that finds all in the store needs none."""
        use_wide_vectors()
        # One batch a core is faster than all cores on one batch: the products of a search are small.
        return ctranslate2.Translator(
            str(self._path), device="cpu", inter_threads=self._workers, intra_threads=1
        )

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]:
        """Decode in batches of like length; requests that ask for the same go together."""
        groups: dict[tuple[object, ...], list[int]] = {}
        for index, request in enumerate(requests):
            key = (request.banned, request.varied, request.wants_attention)
            groups.setdefault(key, []).append(index)
        total = sum(len(request.source) + 1 for request in requests)
        largest = min(self.largest, max(LEAST_PIECES, total // self._workers))
        cut = [batch for indices in groups.values() for batch in batches(indices, requests, largest)]
        # The long ones first: the last batch to end is a short one then, and the cores end together.
        cut.sort(key=lambda batch: -len(requests[batch[-1]].source))
        begun = [self._search([requests[i] for i in batch], 1) for batch in cut]
        results: dict[int, Hypothesis] = {}
        for batch, searches in zip(cut, begun, strict=True):
            for index, search in zip(batch, searches, strict=True):
                found = search.result()
                attention = found.attention  # copied each time that it is asked for
                weights = attention[0] if attention else []
                results[index] = _hypothesis(requests[index], found.hypotheses[0], weights, found.scores[0])
        return [results[index] for index in range(len(requests))]

    def alternatives(self, request: Request, count: int) -> list[Hypothesis]:
        """Decode one request; return what the beam ends with, best first."""
        (search,) = self._search([request], count)
        result = search.result()
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

    def _search(self, requests: list[Request], count: int) -> list[Any]:
        """Begin to decode requests that ask for the same; return for each what its result comes from."""
        limit = max(request.limit for request in requests)
        suppressed = [self._known(sequence) for sequence in requests[0].banned]
        begun: list[Any] = self._translator.translate_batch(
            [[*request.source, END] for request in requests],
            target_prefix=[list(request.prefix) for request in requests],
            beam_size=max(self.beam, count),
            num_hypotheses=count,
            disable_unk=True,
            suppress_sequences=suppressed or None,
            no_repeat_ngram_size=REPEATABLE + 1 if requests[0].varied else 0,
            max_input_length=0,
            max_decoding_length=limit,
            return_attention=requests[0].wants_attention,
            return_scores=True,
            return_end_token=True,
            asynchronous=True,
        )
        return begun

    def _known(self, pieces: Sequence[str]) -> list[str]:
        return [piece if piece in self.pieces.vocabulary else UNKNOWN for piece in pieces]


def _affordable(folder: ModelFolder, beam: int, workers: int) -> int:
    """Return the padded pieces that a batch may have: all of BATCH_PIECES where memory is not scarce."""
    free = free_memory()
    if free is None:
        return BATCH_PIECES
    width = int(str(folder.config.get("d_model", 512)))
    most = int(free * MEMORY_SHARE / (workers * PIECE_BYTES * beam * width))
    return max(1, min(BATCH_PIECES, most))


def batches(indices: list[int], requests: Sequence[Request], largest: int = BATCH_PIECES) -> list[list[int]]:
    """Cut the indices, sorted by source length, into batches of at most `largest` padded pieces."""
    batches: list[list[int]] = []
    for index in sorted(indices, key=lambda i: (len(requests[i].source), len(requests[i].prefix))):
        longest = len(requests[index].source) + 1
        if not batches or longest * (len(batches[-1]) + 1) > largest:
            batches.append([])
        batches[-1].append(index)
    return batches


def _hypothesis(request: Request, tokens: list[str], attention: list[list[float]], mean: float) -> Hypothesis:
    # A batch may run on to the limit of its longest; what a request gets must not depend on its neighbours.
    finished = tokens[-1:] == [END] and len(tokens) - 1 <= request.limit
    body = tokens[:-1] if finished else tokens[: request.limit]
    # The prefix comes back with <unk> where the vocabulary lacks a piece; the caller knows the real one.
    pieces = request.prefix + tuple(body[len(request.prefix) :])
    weights = np.asarray(attention, dtype=np.float32).reshape(len(attention), len(request.source) + 1)
    # CTranslate2 sums over what follows the prefix, and divides by the length with prefix and end mark.
    score = mean * len(tokens)
    return Hypothesis(pieces, weights[: len(pieces), : len(request.source)], finished, score)
