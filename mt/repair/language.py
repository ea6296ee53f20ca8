"""How probable Hebrew is: a language model that judges readings of a line by the lines around it.

A Transformer decoder (Vaswani et al. 2017) over SentencePiece's units, run by CTranslate2;
`mt/train/language` trains it.
"""

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from mt.errors import ModelError
from mt.repair.counts import Floats
from mt.repair.packing import unpacked

WIDTH, HEADS, LAYERS = 256, 4, 4
# Pieces that are looked at of what stands before a text, and of what follows it: with the text mostly
# within the stretches of 96 that it learnt from.
BEFORE, AFTER = 24, 14
# Pieces in all; a line has fewer characters than the rest.
LONGEST = 320
END = "</s>"
WEIGHTS = Path(__file__).resolve().parent / "data" / "language.npz"
# Padded pieces in a batch: what stays in a processor's cache is scored soonest.
_BATCH = 512


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
    """Read the model that ships, once.

    Raises ModelError when it cannot be converted for CTranslate2.
    """
    import sentencepiece

    from mt.engines.convert import cached

    _, proto = read_file(path)
    name = f"{hashlib.sha256(path.read_bytes()).hexdigest()[:32]}-language"
    try:
        generator = _generator(cached(name, partial(_convert_apart, path)))
    except ModelError:  # repair can do without a cache
        with tempfile.TemporaryDirectory() as folder:
            _convert_apart(path, Path(folder, "model"))
            generator = _generator(Path(folder, "model"))
    return Language(generator, sentencepiece.SentencePieceProcessor(model_proto=proto))


def _generator(folder: Path) -> Any:
    import ctranslate2

    from mt.engines.machine import cores, use_wide_vectors

    use_wide_vectors()
    return ctranslate2.Generator(str(folder), inter_threads=cores(), intra_threads=1)


def _convert_apart(path: Path, folder: Path) -> None:
    from mt.engines.convert import run_apart

    if reason := run_apart("mt.repair.language", str(path), str(folder)):
        raise ModelError(f"'{path}' cannot be converted ({reason})", "install targem again")


def _convert(path: Path, folder: Path) -> None:
    """Write the folder that CTranslate2 loads: its own tools for that load PyTorch where it is installed."""
    import sentencepiece

    weights, proto = read_file(path)
    tokenizer = sentencepiece.SentencePieceProcessor(model_proto=proto)
    specification = _specification(weights)
    specification.register_vocabulary(list(map(tokenizer.id_to_piece, range(len(tokenizer)))))
    specification.config.bos_token = END
    specification.validate()
    specification.optimize("int8")
    folder.mkdir()
    specification.save(str(folder))


def read_file(path: Path) -> tuple[dict[str, Floats], bytes]:
    """Return the numbers of a file that ships, by PyTorch's names, and its SentencePiece model."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored.items())
    tokenizer = arrays.pop("tokenizer").tobytes()
    scales = {name: arrays.pop(name) for name in list(arrays) if name.endswith(".scale")}
    weights = {
        name: unpacked(array, scales[scale])
        if (scale := f"{name}.scale") in scales
        else array.astype(np.float32)
        for name, array in arrays.items()
    }
    return weights, tokenizer


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


if __name__ == "__main__":
    _convert(*map(Path, sys.argv[1:]))
