"""Marian on transformers: the reference, and the engine of choice on a GPU."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import transformers

from mt import __version__
from mt.engines.base import REPEATABLE, Hypothesis, Request
from mt.engines.folder import ModelFolder
from mt.engines.pieces import END, UNKNOWN, Pieces
from mt.engines.settings import DEFAULT_BEAM

BATCH_SENTENCES = 16


class TransformersEngine:
    """Decode with transformers in float32, on the GPU where there is one."""

    def __init__(self, folder: ModelFolder, beam: int = DEFAULT_BEAM) -> None:
        self.pieces = Pieces(folder.path)
        self.beam = beam
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        self._model: Any = transformers.MarianMTModel.from_pretrained(
            folder.path, dtype=torch.float32, attn_implementation="eager", local_files_only=True
        )
        self._model.to(self._device).eval()
        vocabulary = self.pieces.vocabulary
        self._names = {number: piece for piece, number in vocabulary.items()}
        self._pad = int(self._model.config.pad_token_id)
        self._start = int(self._model.config.decoder_start_token_id)
        # Marian begins an output from a zero embedding, and so does CTranslate2; a model trained with
        # transformers alone may have learned another one for the padding that stands in for it.
        self._model.get_decoder().get_input_embeddings().weight.data[self._start] = 0
        self.signature = (
            f"engine:transformers-{transformers.__version__}|model:{folder.digest[:16]}|compute:float32"
            f"|beam:{beam}|version:{__version__}"
        )

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]:
        """Decode requests of like prefix together: generate() takes prefixes of one length only."""
        results: dict[int, Hypothesis] = {}
        groups: dict[tuple[object, ...], list[int]] = {}
        for index, request in enumerate(requests):
            key = (len(request.prefix), request.banned, request.varied)
            groups.setdefault(key, []).append(index)
        for indices in groups.values():
            indices.sort(key=lambda i: len(requests[i].source))
            for first in range(0, len(indices), BATCH_SENTENCES):
                batch = indices[first : first + BATCH_SENTENCES]
                results.update(zip(batch, self._decode([requests[i] for i in batch]), strict=True))
        return [results[index] for index in range(len(requests))]

    @torch.inference_mode()
    def alternatives(self, request: Request, count: int) -> list[Hypothesis]:
        """Decode one request; return what the beam ends with, best first."""
        return [self._hypothesis(request, row) for row in self._outputs([request], count)]

    @torch.inference_mode()
    def score(self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> list[float]:
        """Score given outputs in nats, end mark included."""
        scores = []
        for source, target in zip(sources, targets, strict=True):
            labels = self._ids([*target, END])
            output = self._forward(self._ids([*source, END]), labels)
            scores.append(float(_chances(output, labels).sum()))
        return scores

    @torch.inference_mode()
    def _decode(self, requests: list[Request]) -> list[Hypothesis]:
        found = self._outputs(requests, 1)
        return [self._hypothesis(request, row) for request, row in zip(requests, found, strict=True)]

    def _outputs(self, requests: list[Request], count: int) -> list[list[int]]:
        """Return the numbers of `count` outputs of each request, which forbid the same."""
        source = self._pad_right([self._ids([*request.source, END]) for request in requests])
        prefixes = torch.tensor([[self._start, *self._ids(request.prefix)] for request in requests])
        never = [[self._pad], [self.pieces.vocabulary[UNKNOWN]]]
        banned = [self._ids(sequence) for sequence in requests[0].banned]
        output = self._model.generate(
            input_ids=source,
            attention_mask=(source != self._pad).long(),
            decoder_input_ids=prefixes.to(self._device),
            num_beams=max(self.beam, count),
            num_return_sequences=count,
            do_sample=False,
            # CTranslate2 ends when `beam` hypotheses have ended; only this setting does the same.
            early_stopping=True,
            length_penalty=1.0,
            max_length=1 + max(request.limit for request in requests),
            bad_words_ids=never + banned,
            forced_eos_token_id=None,
            renormalize_logits=True,
            no_repeat_ngram_size=REPEATABLE + 1 if requests[0].varied else 0,
        )
        rows: list[list[int]] = output.tolist()
        return rows

    def _hypothesis(self, request: Request, row: list[int]) -> Hypothesis:
        end = self.pieces.vocabulary[END]
        body = row[1 + len(request.prefix) :]
        finished = end in body
        body = body[: body.index(end)] if finished else [n for n in body if n != self._pad]
        pieces = (request.prefix + tuple(self._names[number] for number in body))[: request.limit]
        labels = self._ids(pieces) + [end] * finished
        output = self._forward(self._ids([*request.source, END]), labels or [end], attention=True)
        weights = output.cross_attentions[-1][0].mean(0).float().cpu().numpy()
        score = float(_chances(output, labels)[len(request.prefix) :].sum())
        return Hypothesis(pieces, np.asarray(weights)[: len(pieces), : len(request.source)], finished, score)

    def _forward(self, source: list[int], labels: list[int], attention: bool = False) -> Any:
        return self._model(
            input_ids=torch.tensor([source], device=self._device),
            decoder_input_ids=torch.tensor([[self._start, *labels[:-1]]], device=self._device),
            output_attentions=attention,
        )

    def _ids(self, pieces: Sequence[str]) -> list[int]:
        vocabulary = self.pieces.vocabulary
        unknown = vocabulary[UNKNOWN]
        return [vocabulary.get(piece, unknown) for piece in pieces]

    def _pad_right(self, rows: list[list[int]]) -> torch.Tensor:
        width = max(map(len, rows))
        return torch.tensor([row + [self._pad] * (width - len(row)) for row in rows], device=self._device)


def _chances(output: Any, labels: list[int]) -> torch.Tensor:
    """Return the log-probability of each label of one sentence, in nats."""
    chances: torch.Tensor = output.logits[0].log_softmax(-1)
    return chances[torch.arange(len(labels)), torch.tensor(labels, dtype=torch.long)]
