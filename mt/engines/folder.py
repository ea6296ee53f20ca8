"""A model on disk: found by path or hub name, checked, and known by its digest."""

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mt.engines.settings import DEFAULT_MODEL
from mt.errors import ModelError

CACHE_VARIABLE = "TARGEM_CACHE"
_MODELS = Path(__file__).resolve().parent.parent / "models"
_TOKENIZER_FILES = ("source.spm", "target.spm", "vocab.json")
_WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")


@dataclass(frozen=True)
class ModelFolder:
    """A folder in Hugging Face's Marian layout, complete and readable."""

    path: Path

    @cached_property
    def weights(self) -> Path:
        return next(self.path / name for name in _WEIGHT_FILES if (self.path / name).is_file())

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256, in hexadecimal, of all files that decide what the model says."""
        digest = hashlib.sha256()
        for path in (self.path / "config.json", self.weights, *(self.path / n for n in _TOKENIZER_FILES)):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    @cached_property
    def config(self) -> dict[str, object]:
        config: dict[str, object] = json.loads((self.path / "config.json").read_text("utf-8"))
        return config


def find_model(name: str = DEFAULT_MODEL) -> ModelFolder:
    """Find a model by shipped name, folder, or hub name (fetched where there is network).

    Raises ModelError when there is none, or when the folder lacks a file.
    """
    for path in (_MODELS / name, Path(name)):
        if path.is_dir():
            return _checked(path)
    if Path(name).is_absolute() or name.startswith(".") or name.count("/") != 1:
        known = ", ".join(sorted(p.name for p in _MODELS.iterdir() if p.is_dir()))
        raise ModelError(f"no model '{name}'", f"give a folder, a hub name (owner/name), or one of: {known}")
    return _checked(_from_hub(name))


def cache_folder() -> Path:
    """Return the folder for what can be made again: TARGEM_CACHE, else the user's cache folder."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "targem"


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    wanted = [
        "config.json",
        "generation_config.json",
        "tokenizer_config.json",
        *_TOKENIZER_FILES,
        *_WEIGHT_FILES,
    ]
    try:
        return Path(snapshot_download(name, allow_patterns=wanted))
    except LocalEntryNotFoundError as error:
        raise ModelError(
            f"model '{name}' is not on this computer and the hub cannot be reached",
            "connect once to fetch it, or give a folder with --model",
        ) from error
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        first = str(error).strip().splitlines()[0]
        raise ModelError(
            f"model '{name}' cannot be fetched ({first})", "check the name, or give a folder"
        ) from error


def _checked(path: Path) -> ModelFolder:
    missing = [n for n in ("config.json", *_TOKENIZER_FILES) if not (path / n).is_file()]
    if not any((path / n).is_file() for n in _WEIGHT_FILES):
        missing.append(_WEIGHT_FILES[0])
    if missing:
        raise ModelError(
            f"model folder '{path}' lacks {', '.join(missing)}", "give a complete Marian model folder"
        )
    try:
        model_type = json.loads((path / "config.json").read_text("utf-8")).get("model_type")
    except (ValueError, AttributeError) as error:
        raise ModelError(
            f"'{path / 'config.json'}' is not JSON", "give a complete Marian model folder"
        ) from error
    if model_type != "marian":
        raise ModelError(f"model folder '{path}' holds a {model_type!s} model", "give a Marian model")
    return ModelFolder(path.resolve())
