"""How probable Hebrew is: a language model that judges readings of a line by the lines around it.

A Transformer decoder (Vaswani et al. 2017) over SentencePiece's units, run by CTranslate2;
`mt/train/language` trains it.
"""

import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mt.repair.packing import unpacked

WIDTH, HEADS, LAYERS = 256, 4, 4
# Pieces that are looked at of what stands before a text, and of what follows it.
BEFORE, AFTER = 40, 14
# Pieces in all; a line has fewer characters than the rest.
LONGEST = 320
END = "</s>"
WEIGHTS = Path(__file__).resolve().parent / "data" / "language.npz"
# Padded pieces in a batch: what stays in a processor's cache is scored soonest.
_BATCH = 512

Arrays = dict[str, npt.NDArray[Any]]
Floats = npt.NDArray[np.float32]


class Language:
    """A model and its tokenizer."""

    def __init__(self, generator: Any, tokenizer: Any) -> None:
        self._generator = generator
        self._tokenizer = tokenizer

    def log_probabilities(self, texts: Sequence[tuple[str, str, str]]) -> Floats:
        """Return of each (before, text, after) how probable text and what follows are there, in nats."""
        parts = list(dict.fromkeys(part for text in texts for part in text))
        pieces = dict(zip(parts, self._tokenizer.encode(parts, out_type=str), strict=True))
        rows = [
            [END, *pieces[before][-BEFORE:], *pieces[text], *pieces[after][:AFTER]]
            for before, text, after in texts
        ]
        found = self._generator.score_batch(
            rows, max_batch_size=_BATCH, batch_type="tokens", max_input_length=LONGEST
        )
        known = [min(len(pieces[before]), BEFORE) for before, *_ in texts]
        return np.array([sum(one.log_probs[at:]) for one, at in zip(found, known, strict=True)], np.float32)


@lru_cache(maxsize=1)
def load_language(path: Path = WEIGHTS) -> Language:
    """Read the model that ships, once."""
    import ctranslate2
    import sentencepiece

    from mt.engines.machine import cores, use_wide_vectors

    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored.items())
    tokenizer = sentencepiece.SentencePieceProcessor(model_proto=arrays.pop("tokenizer").tobytes())
    use_wide_vectors()
    specification = _specification(weights_in(arrays))
    specification.register_vocabulary(list(map(tokenizer.id_to_piece, range(len(tokenizer)))))
    specification.config.bos_token = END
    with tempfile.TemporaryDirectory() as folder:
        specification.validate()
        specification.optimize("int8")
        specification.save(folder)
        generator = ctranslate2.Generator(folder, inter_threads=cores(), intra_threads=1)
    return Language(generator, tokenizer)


def weights_in(arrays: Arrays) -> dict[str, Floats]:
    """Return the numbers of a file that ships."""
    tables = {
        name: unpacked(arrays[name], arrays[f"{name}.scale"]) for name in arrays if f"{name}.scale" in arrays
    }
    return tables | {
        name: array.astype(np.float32)
        for name, array in arrays.items()
        if name not in tables and not name.endswith(".scale")
    }


def positions(count: int) -> Floats:
    """Return sines and cosines of places in a text (Vaswani et al. 2017), half of a row each."""
    angles = np.arange(count)[:, None] / 10_000 ** (np.arange(0, WIDTH, 2) / WIDTH)
    return np.concatenate([np.sin(angles), np.cos(angles)], 1).astype(np.float32)


def _specification(weights: dict[str, Floats]) -> Any:
    """Return the model as CTranslate2 takes it; weights have the names of PyTorch's layers."""
    from ctranslate2.specs.common_spec import Activation
    from ctranslate2.specs.transformer_spec import TransformerDecoderModelSpec

    specification = TransformerDecoderModelSpec.from_config(
        LAYERS, HEADS, pre_norm=False, activation=Activation.SWISH, no_final_norm=True
    )
    decoder = specification.decoder
    decoder.embeddings.weight = decoder.projection.weight = weights["embedding.weight"]
    decoder.projection.bias = weights["bias"]
    decoder.position_encodings.encodings = positions(LONGEST)
    for number, layer in enumerate(decoder.layer):
        name = f"layers.{number}."
        attention = layer.self_attention
        for linear, ours in (
            (attention.linear[0], "self_attn.in_proj_"),
            (attention.linear[1], "self_attn.out_proj."),
            (layer.ffn.linear_0, "linear1."),
            (layer.ffn.linear_1, "linear2."),
        ):
            linear.weight, linear.bias = weights[f"{name}{ours}weight"], weights[f"{name}{ours}bias"]
        for norm, ours in ((attention.layer_norm, "norm1."), (layer.ffn.layer_norm, "norm2.")):
            norm.gamma, norm.beta = weights[f"{name}{ours}weight"], weights[f"{name}{ours}bias"]
    return specification
