"""A model on disk: found by path or hub name, checked, and known by its digest."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mt.engines.settings import DEFAULT_MODEL
from mt.errors import ModelError

CACHE_VARIABLE = "TARGEM_CACHE"
_TOKENIZER_FILES = ("source.spm", "target.spm", "vocab.json")
# The files of a model but for its weights; what the first three leave out has defaults.
MODEL_FILES = ("config.json", *_TOKENIZER_FILES, "generation_config.json", "tokenizer_config.json")
WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")


@dataclass(frozen=True)
class ModelFolder:
    """A folder in Hugging Face's Marian layout, complete and readable."""

    path: Path

    @cached_property
    def weights(self) -> Path:
        return next(self.path / name for name in WEIGHT_FILES if (self.path / name).is_file())

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256, in hexadecimal, of all files that decide what the model says."""
        digests = {}
        for path in (self.path / "config.json", self.weights, *(self.path / n for n in _TOKENIZER_FILES)):
            with path.open("rb") as file:
                digests[path.name] = hashlib.file_digest(file, "sha256").digest()
        return model_digest(digests)

    @cached_property
    def config(self) -> dict[str, object]:
        config: dict[str, object] = json.loads((self.path / "config.json").read_text("utf-8"))
        return config


def model_digest(digests: Mapping[str, bytes]) -> str:
    """Combine the SHA-256 of a model's files, by file name, into the digest of the model."""
    weights = next((name for name in WEIGHT_FILES if name in digests), WEIGHT_FILES[0])
    decisive = ("config.json", weights, *_TOKENIZER_FILES)
    return hashlib.sha256(b"".join(digests[name] for name in decisive)).hexdigest()


def find_model(name: str = DEFAULT_MODEL) -> ModelFolder:
    """Find a model by registered name, folder, or hub name (fetched where there is network).

    The default name stands for the user's choice, where one was made, else for the model that ships.
    Raises ModelError when there is none, or when the folder lacks a file.
    """
    # Not at the top: the registry knows names and needs this module to know folders.
    from mt.registry.names import locate

    return check_folder(locate(name).path)


def cache_folder() -> Path:
    """Return the folder for what can be made again: TARGEM_CACHE, else the user's cache folder."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "targem"


def check_folder(path: Path) -> ModelFolder:
    """Return the model in a folder; raises ModelError when a file is missing or it is no Marian model."""
    if not path.is_dir():
        raise ModelError(f"'{path}' is not a folder", "give a complete Marian model folder")
    missing = [n for n in ("config.json", *_TOKENIZER_FILES) if not (path / n).is_file()]
    if not any((path / n).is_file() for n in WEIGHT_FILES):
        missing.append(WEIGHT_FILES[0])
    if missing:
        raise ModelError(
            f"model folder '{path}' lacks {', '.join(missing)}", "give a complete Marian model folder"
        )
    check_kind(path)
    return ModelFolder(path.resolve())


def check_kind(path: Path) -> None:
    """Raise ModelError unless the folder's config.json is that of a Marian model."""
    try:
        model_type = json.loads((path / "config.json").read_text("utf-8")).get("model_type")
    except (ValueError, AttributeError) as error:
        raise ModelError(
            f"'{path / 'config.json'}' is not JSON", "give a complete Marian model folder"
        ) from error
    if model_type != "marian":
        raise ModelError(f"model folder '{path}' holds a {model_type!s} model", "give a Marian model")
