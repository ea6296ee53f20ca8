"""A trained language model → the file that ships, and back."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from aligned.formats.atomic import atomic_file
from mt.repair.language import read_file
from mt.repair.packing import packed
from mt.train.language.network import LanguageNetwork


def export_language(network: LanguageNetwork, tokenizer: bytes, path: Path) -> None:
    """Write weights, matrices in four bits a number, and the SentencePiece model as one NumPy archive."""
    arrays: dict[str, Any] = {"tokenizer": np.frombuffer(tokenizer, np.uint8)}
    for name, value in network.state_dict().items():
        numbers = value.numpy()
        if numbers.ndim == 2:
            arrays[name], arrays[f"{name}.scale"] = packed(numbers)
        else:
            arrays[name] = numbers.astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as file:
        np.savez_compressed(file, **arrays)


def read_language(path: Path) -> tuple[LanguageNetwork, bytes]:
    """Return the network of a file that ships, rounded as it is, and its SentencePiece model."""
    arrays, tokenizer = read_file(path)
    weights = {name: torch.from_numpy(array) for name, array in arrays.items()}
    network = LanguageNetwork(len(weights["bias"]))
    network.load_state_dict(weights)
    return network, tokenizer
