"""The model under training: its weights, their average, the optimiser, and one update."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel

from mt.errors import ModelError, TrainingError
from mt.train.batches import Batch
from mt.train.deepen import deepen_encoder
from mt.train.pace import cosine
from mt.train.recipe import Learning, Shape
from mt.train.tokenizer import Tokenizer
from mt.train.vocabulary import change_vocabulary

MAX_POSITIONS = 512
_BETAS, _EPSILON = (0.9, 0.98), 1e-9  # Vaswani et al. 2017, 5.3


class Learner:
    """A Marian model that learns; every step draws its randomness from seed and step alone.

    The padding's embedding is zero and stays zero: Marian and CTranslate2 begin decoding from a zero
    embedding, transformers from the padding's. So padding takes no part in the softmax either, through
    which the tied embedding would learn.
    """

    def __init__(self, model: Any, tokenizer: Tokenizer, learning: Learning, seed: int, device: str) -> None:
        self.tokenizer = tokenizer
        self.learning = learning
        self.seed = seed
        self.device = torch.device(device)
        self.model = model.float().to(self.device).train()
        self._forget_padding()
        self.optimizer = _optimizer(self.model, learning)
        self._average = AveragedModel(self.model, multi_avg_fn=_averaging(learning.average))
        # No dropout in what is only evaluated and exported.
        self._average.eval()

    @classmethod
    def new(cls, shape: Shape, tokenizer: Tokenizer, learning: Learning, seed: int, device: str) -> Self:
        """Return a learner with random weights."""
        torch.manual_seed(seed)
        return cls(_new_model(shape, tokenizer, learning), tokenizer, learning, seed, device)

    @classmethod
    def child(
        cls, parent: Path, tokenizer: Tokenizer, learning: Learning, seed: int, device: str, deepen: int = 0
    ) -> Self:
        """Return a learner that begins with the weights in a model folder, `deepen` encoder layers added.

        With a tokenizer of other pieces than the folder's, the model takes up these.
        Raises ModelError for a folder that cannot be used.
        """
        theirs = Tokenizer(parent)
        model = _loaded_model(parent, theirs, learning)
        deepen_encoder(model, deepen)
        if tokenizer.numbers != theirs.numbers:
            change_vocabulary(model, theirs, tokenizer)
        return cls(model, tokenizer, learning, seed, device)

    @property
    def averaged(self) -> Any:
        """Return the model with averaged weights."""
        return self._average.module

    @property
    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.model.parameters())

    def update(self, batches: Sequence[Batch], step: int, rate: float) -> float:
        """Take one step, the `step`-th from 0; return the mean loss in nats per target piece.

        Raises TrainingError when the loss is no number any more; then no weight has changed.
        """
        torch.manual_seed(self.seed * 1_000_003 + step)
        noise = np.random.default_rng([self.seed, step])
        pieces = sum(int((batch.target != self.tokenizer.pad).sum()) for batch in batches)
        total = 0.0
        for batch in batches:
            loss = self._loss(batch, noise) / pieces
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach())
        if not math.isfinite(total):
            self.optimizer.zero_grad(set_to_none=True)
            raise TrainingError(f"the loss at update {step + 1} is no number", "lower learning.rate")
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.learning.clip)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self._average.update_parameters(self.model)
        return total

    def state(self) -> dict[str, Any]:
        """Return all that an exact continuation needs."""
        return {
            "model": self.model.state_dict(),
            "average": self._average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state as `state` gave it."""
        self.model.load_state_dict(state["model"])
        self._average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])

    def _loss(self, batch: Batch, noise: np.random.Generator) -> Tensor:
        """Return the summed cross-entropy of a batch under label smoothing (Szegedy et al. 2016)."""
        pad = self.tokenizer.pad
        source = self._noised(batch.source, noise)
        target = torch.from_numpy(batch.target).to(self.device)
        start = torch.full_like(target[:, :1], self.model.config.decoder_start_token_id)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._half):
            hidden = self.model.model(
                input_ids=source,
                attention_mask=(source != pad).long(),
                decoder_input_ids=torch.cat([start, target[:, :-1]], 1),
            ).last_hidden_state[target != pad]
            weight, bias = self.model.lm_head.weight, self.model.final_logits_bias[0]
            logits = functional.linear(hidden, _without(weight, pad), _without(bias, pad))
        labels = target[target != pad]
        return functional.cross_entropy(
            logits.float(), labels - (labels > pad).long(),
            reduction="sum", label_smoothing=self.learning.smoothing,
        )  # fmt: skip

    def _noised(self, source: Any, noise: np.random.Generator) -> Tensor:
        """Hide some source pieces behind the unknown one (Sennrich et al. 2016, WMT: word dropout)."""
        if self.learning.word_dropout:
            kept = (source == self.tokenizer.pad) | (source == self.tokenizer.end)
            hidden = ~kept & (noise.random(source.shape) < self.learning.word_dropout)
            source = np.where(hidden, self.tokenizer.unknown, source)
        return torch.from_numpy(source).to(self.device)

    @property
    def _half(self) -> bool:
        wanted = self.learning.precision
        return wanted == "bfloat16" or (wanted == "auto" and self.device.type == "cuda")

    @torch.no_grad()
    def _forget_padding(self) -> None:
        self.model.get_input_embeddings().weight[self.tokenizer.pad] = 0


def learning_rate(learning: Learning, step: int, steps: int) -> float:
    """Return the rate of the `step`-th of `steps` updates, from 0: linear warm-up, then decay."""
    warm = min(1.0, (step + 1) / learning.warmup) if learning.warmup else 1.0
    if learning.decay == "cosine":
        return learning.rate * warm * cosine(step / steps, learning.floor)
    return learning.rate * min(warm, math.sqrt(max(1, learning.warmup) / (step + 1)))


def pick_device(name: str = "auto") -> str:
    """Return `cuda` where there is a GPU, else `cpu`; raises TrainingError where a wanted GPU is missing."""
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise TrainingError("there is no GPU that PyTorch can use", "choose --device cpu")
    return ("cuda" if there else "cpu") if name == "auto" else name


def _averaging(decay: float) -> Any:
    """Return the update of an exponential average that follows fast at first, as nobody wants the start."""

    @torch.no_grad()
    def average(averaged: list[Tensor], current: list[Tensor], count: Tensor) -> None:
        seen = int(count)
        torch._foreach_lerp_(averaged, current, 1 - min(decay, (1 + seen) / (10 + seen)))

    return average


def _optimizer(model: Any, learning: Learning) -> torch.optim.AdamW:
    """Return AdamW; biases and the gains of layer norms do not decay."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": learning.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning.rate, betas=_BETAS, eps=_EPSILON, fused=True)


def _without(rows: Tensor, index: int) -> Tensor:
    """Return a tensor without one row; free of copying where that is the last, as it is in Marian models."""
    return rows[:index] if index == len(rows) - 1 else torch.cat((rows[:index], rows[index + 1 :]))


def _new_model(shape: Shape, tokenizer: Tokenizer, learning: Learning) -> Any:
    from transformers import MarianConfig, MarianMTModel

    model = MarianMTModel(
        MarianConfig(
            vocab_size=tokenizer.size,
            d_model=shape.width,
            encoder_layers=shape.encoder_layers,
            decoder_layers=shape.decoder_layers,
            encoder_ffn_dim=shape.feedforward,
            decoder_ffn_dim=shape.feedforward,
            encoder_attention_heads=shape.heads,
            decoder_attention_heads=shape.heads,
            activation_function="swish",
            dropout=learning.dropout,
            attention_dropout=0.0,
            activation_dropout=0.0,
            max_position_embeddings=MAX_POSITIONS,
            scale_embedding=True,
            static_position_embeddings=True,
            share_encoder_decoder_embeddings=True,
            tie_word_embeddings=True,
            pad_token_id=tokenizer.pad,
            eos_token_id=tokenizer.end,
            bos_token_id=None,
            decoder_start_token_id=tokenizer.pad,
            forced_eos_token_id=tokenizer.end,
        )
    )
    _initialise(model)
    return model


@torch.no_grad()
def _initialise(model: Any) -> None:
    """Draw weights as Vaswani et al. 2017's code does: Glorot's, embeddings with deviation width^-0.5.

    The 0.02 of transformers leaves small embeddings that the positions drown, and attention finds nothing.
    """
    embeddings = model.get_input_embeddings().weight
    for name, weight in model.named_parameters():
        if weight is embeddings:
            torch.nn.init.normal_(weight, std=weight.shape[1] ** -0.5)
        elif weight.ndim > 1 and weight.requires_grad and "embed_positions" not in name:
            torch.nn.init.xavier_uniform_(weight)


def _loaded_model(parent: Path, tokenizer: Tokenizer, learning: Learning) -> Any:
    from transformers import MarianMTModel
    from transformers import logging as messages

    messages.disable_progress_bar()
    try:
        model = MarianMTModel.from_pretrained(
            parent, dtype=torch.float32, local_files_only=True, dropout=learning.dropout
        )
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelError(
            f"model '{parent}' cannot be loaded ({reason})", "give a complete Marian model"
        ) from None
    config = model.config
    if not (config.tie_word_embeddings and config.share_encoder_decoder_embeddings):
        raise ModelError(f"model '{parent}' has separate vocabularies", "give a parent with a joint one")
    if config.pad_token_id != tokenizer.pad or config.vocab_size != tokenizer.size:
        raise ModelError(f"model '{parent}' does not fit its tokenizer", "give a complete Marian model")
    return model
