"""A COMET of two small layers with weights by chance: its own numbers, and its weights in Marian's format."""

import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
import torch
from transformers import XLMRobertaConfig, XLMRobertaModel

_WIDTH, _INNER, _LAYERS, _POSITIONS = 16, 32, 2, 512
# Widths of the regression on top: translation, reference and what each shares with the translation.
_POOLED = (6 * _WIDTH, 24, 12, 1)
# XLM-RoBERTa's numbers are those of its vocabulary and one more, but for these.
_START, _END = 0, 2
_ENCODER = "CometEncoder->encoder"
_PARTS = {
    **{
        f"selfAttentionBlock->selfAttention->{name[0]}Proj": f"attention.self.{name}"
        for name in ("query", "key", "value")
    },
    "selfAttentionBlock->selfAttention->oProj": "attention.output.dense",
    "selfAttentionBlock->postprocessor->norm": "attention.output.LayerNorm",
    "filterBlock->layers->at(0)->as<marian::nn::Linear>()": "intermediate.dense",
    "filterBlock->layers->at(3)->as<marian::nn::Linear>()": "output.dense",
    "filterBlock->postprocessor->norm": "output.LayerNorm",
}
# As scripts/comet/comet2marian.py of marian-dev has it for wmt22-comet-da, with softmax.
_SETTINGS = """type: comet
tied-embeddings-all: true
tied-embeddings-src: false
transformer-ffn-depth: 2
transformer-ffn-activation: gelu
transformer-train-position-embeddings: true
transformer-preprocess: ""
transformer-postprocess: dan
transformer-postprocess-emb: nd
bert-train-type-embeddings: false
bert-type-vocab-size: 0
comet-prepend-zero: true
comet-mix: true
comet-mix-norm: false
comet-mix-transformation: softmax
comet-final-sigmoid: false
comet-pooler-ffn: [{pooled[1]}, {pooled[2]}]
enc-depth: {layers}
dim-emb: {width}
dim-vocabs: [{words}]
max-length: {positions}
transformer-dim-ffn: {inner}
transformer-heads: 2
version: tiny
"""


class TinyComet:
    """XLM-RoBERTa of transformers under COMET's regression, with a vocabulary of these texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        written = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts), model_writer=written, vocab_size=120, hard_vocab_limit=False,
            character_coverage=1.0, minloglevel=2,
        )  # fmt: skip
        self._vocabulary = written.getvalue()
        self._pieces: Any = sentencepiece.SentencePieceProcessor(model_proto=self._vocabulary)
        self._words = self._pieces.get_piece_size()
        config = XLMRobertaConfig(
            vocab_size=self._words + 2, hidden_size=_WIDTH, num_hidden_layers=_LAYERS, num_attention_heads=2,
            intermediate_size=_INNER, max_position_embeddings=_POSITIONS + 2, type_vocab_size=1,
            layer_norm_eps=1e-5, initializer_range=0.3,
        )  # fmt: skip
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self._network: Any = XLMRobertaModel(config, add_pooling_layer=False).eval()
            self._network.embeddings.token_type_embeddings.weight.data.zero_()
            self._pooler = [torch.nn.Linear(*widths) for widths in pairwise(_POOLED)]
            self._mix, self._gamma = torch.randn(_LAYERS + 1), torch.tensor([1.3])

    @torch.no_grad()
    def score(self, source: str, hypothesis: str, reference: str) -> float:
        """Return the score of a segment (Rei et al. 2020, section 2.3)."""
        given, said, wanted = map(self._embed, (source, hypothesis, reference))
        pooled = torch.cat(
            [said, wanted, said * wanted, (said - wanted).abs(), said * given, (said - given).abs()]
        )
        for layer in self._pooler[:-1]:
            pooled = layer(pooled).tanh()
        return float(self._pooler[-1](pooled))

    def _embed(self, text: str) -> torch.Tensor:
        numbers = [_START, *(piece + 1 for piece in self._pieces.encode(text)), _END]
        states = self._network(torch.tensor([numbers]), output_hidden_states=True).hidden_states
        means = torch.stack([state[0].mean(0) for state in states])
        return self._gamma * (self._mix.softmax(0) @ means)

    def save(self, folder: Path) -> Path:
        """Write weights and vocabulary into a new folder."""
        folder.mkdir()
        (folder / "vocab.spm").write_bytes(self._vocabulary)
        np.savez(folder / "model.npz", **self._weights())
        return folder

    def _weights(self) -> dict[str, Any]:
        found = {name: value.numpy() for name, value in self._network.state_dict().items()}
        words = found["embeddings.word_embeddings.weight"]
        shifted = words[1:-1].copy()
        shifted[[_START, _END]] = words[[_START, _END]]
        settings = _SETTINGS.format(
            pooled=_POOLED,
            layers=_LAYERS,
            width=_WIDTH,
            words=self._words,
            positions=_POSITIONS,
            inner=_INNER,
        )
        weights = {
            "Wemb": shifted,
            f"{_ENCODER}->positionEmbedding->embeddings": found["embeddings.position_embeddings.weight"][2:],
            f"{_ENCODER}->weights": self._mix.numpy(),
            f"{_ENCODER}->gamma": self._gamma.numpy(),
            "special:model.yml": np.frombuffer(settings.encode() + b"\0", np.int8),
        }
        names = {f"{_ENCODER}->preprocessor->norm": "embeddings.LayerNorm"}
        for at in range(_LAYERS):
            layer = f"{_ENCODER}->layers->at({at})->as<marian::nn::TransformerEncoderLayer>()"
            names |= {f"{layer}->{name}": f"encoder.layer.{at}.{part}" for name, part in _PARTS.items()}
        for at, pooler in enumerate(self._pooler):
            found |= {f"pooler.{at}.{name}": value.numpy() for name, value in pooler.state_dict().items()}
            names[f"CometQEPooler->layers->at({3 * at})->as<marian::nn::Linear>()"] = f"pooler.{at}"
        return weights | {
            f"{name}->{kind}": np.ascontiguousarray(found[f"{part}.{kind}"].T)
            for name, part in names.items()
            for kind in ("weight", "bias")
        }
