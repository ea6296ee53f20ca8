"""What is known of a model beyond its files, and the digests that its files must have."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from mt.engines.folder import MODEL_FILES, WEIGHT_FILES, model_digest
from mt.errors import ModelError

MANIFEST = "manifest.json"
# What a folder may hold beside the model itself and a registered copy keeps: its card and its terms of use.
CARD_FILES = ("README.md", "LICENSE", "NOTICE")
# Marian models of different ages write the same language differently (ISO 639-1, 639-3, and the old iw).
_LANGUAGES = {"heb": "he", "iw": "he", "eng": "en"}


class Place(StrEnum):
    """Where a model was found."""

    PACKAGE = "package"
    HOME = "home"
    HUB = "hub"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a model: its size in bytes and its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model and its provenance.

    Version 0 is the one that ships, or one whose versions are kept elsewhere: a hub model, which has a
    revision instead, or a folder. `digest` is `ModelFolder.digest`; `parent` is the digest of the model it
    was made from and `data` that of what it was trained on, both empty where unknown. `files` is empty
    where no manifest was written.
    """

    name: str
    version: int
    pair: str
    digest: str
    path: Path
    place: Place
    parent: str = ""
    data: str = ""
    scores: Mapping[str, float] = field(default_factory=dict, hash=False)
    registered: str = ""
    revision: str = ""
    files: tuple[FileRecord, ...] = ()

    @property
    def reference(self) -> str:
        """Return the name by which this very version is found again."""
        return f"{self.name}@{self.version}" if self.place in (Place.PACKAGE, Place.HOME) else self.name

    @property
    def size(self) -> int:
        """Return the bytes that the model takes on disk."""
        if self.files:
            return sum(file.size for file in self.files)
        return sum(path.stat().st_size for path in model_files(self.path))


def model_files(folder: Path) -> list[Path]:
    """Return the files of a folder that make up the model and its card, and no others.

    Of two files of weights only the one that is loaded counts.
    """
    weights = [name for name in WEIGHT_FILES if (folder / name).is_file()][:1]
    names = (*MODEL_FILES, *weights, *CARD_FILES)
    return [folder / name for name in names if (folder / name).is_file()]


def record(path: Path) -> FileRecord:
    """Measure one file."""
    with path.open("rb") as file:
        return FileRecord(path.name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def digest_of(files: Iterable[FileRecord]) -> str:
    """Return what `ModelFolder.digest` would be for files with these digests."""
    return model_digest({file.name: bytes.fromhex(file.sha256) for file in files})


def write_manifest(model: RegisteredModel, path: Path) -> None:
    """Write all that is known of a model to `path`, whole or not at all; raises FormatError."""
    from aligned.formats.atomic import write_atomically

    content = asdict(model)
    # Where it lies is for whoever finds it to say: folders move.
    del content["path"], content["place"]
    write_atomically(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def read_manifest(path: Path, folder: Path, place: Place) -> RegisteredModel:
    """Read the manifest at `path` of the model in `folder`; raises ModelError when it is not a manifest."""
    try:
        return _parsed(json.loads(path.read_text("utf-8")), folder, place)
    except FileNotFoundError as error:
        raise ModelError(f"model '{folder}' has no manifest", _ADVICE) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelError(f"'{path}' is not a manifest of a model", _ADVICE) from error


_ADVICE = "write one with: targem models record FOLDER, or import the model again"


def _parsed(content: dict[str, Any], folder: Path, place: Place) -> RegisteredModel:
    files = tuple(FileRecord(f["name"], int(f["size"]), str(f["sha256"])) for f in content["files"])
    texts = {key: str(content.get(key, "")) for key in ("parent", "data", "registered", "revision")}
    if not files or digest_of(files) != content["digest"]:
        raise ValueError("digest")
    return RegisteredModel(
        name=str(content["name"]),
        version=int(content["version"]),
        pair=str(content["pair"]),
        digest=str(content["digest"]),
        path=folder,
        place=place,
        scores={str(key): float(value) for key, value in content.get("scores", {}).items()},
        files=files,
        **texts,
    )


def pair_of(folder: Path) -> str:
    """Return the language pair that a model's tokenizer names, or nothing."""
    try:
        config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
        languages = [str(config[key]).lower() for key in ("source_lang", "target_lang")]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return "-".join(_LANGUAGES.get(language, language) for language in languages)
