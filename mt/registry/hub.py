"""Models of the Hugging Face hub: fetched once into its cache, and pinned to the revision checked."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mt.engines.folder import MODEL_FILES, WEIGHT_FILES, check_kind
from mt.errors import ModelError
from mt.registry.home import home_folder
from mt.registry.manifest import CARD_FILES

_CONFIG = "config.json"
MAIN = "main"


def is_hub_name(name: str) -> bool:
    """Say whether a name has the form owner/name."""
    return name.count("/") == 1 and not name.startswith((".", "/")) and all(name.split("/"))


def hub_folder(name: str) -> str:
    """Return the name of the folder in which the hub's cache keeps a model."""
    return f"models--{name.replace('/', '--')}"


def record_path(name: str) -> Path:
    """Return where the manifest of a pulled model is kept: the cache itself is the hub library's."""
    return home_folder() / "hub" / f"{hub_folder(name)}.json"


def snapshot(name: str, revision: str) -> Path:
    """Return the folder that the hub's cache has, or would have, for a revision of a model."""
    return hub_cache() / hub_folder(name) / "snapshots" / revision


def hub_cache() -> Path:
    """Return the hub's cache: HF_HUB_CACHE, or the folder hub in HF_HOME, or the user's cache folder."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def cached(branch: str = MAIN) -> Iterator[tuple[str, str]]:
    """Yield name and revision of every Marian model in the hub's cache, in order of name."""
    for folder in sorted(hub_cache().glob("models--*--*")):
        name = "/".join(folder.name.removeprefix("models--").split("--", 1))
        try:
            revision = (folder / "refs" / branch).read_text("utf-8").strip()
            check_kind(snapshot(name, revision))
        except (OSError, ModelError):
            continue  # another kind of model, or one whose fetching was broken off early
        yield name, revision


def fetch(name: str, revision: str | None = None) -> Path:
    """Return the folder of a hub model, fetching what the cache lacks; a broken download is taken up again.

    The weights come last, and only once the configuration has shown that they are a Marian model's.
    Raises ModelError when the hub cannot be reached, has no such model, or has one of another kind.
    """
    folder = _download(name, revision, list(MODEL_FILES))
    if not (folder / _CONFIG).is_file():
        raise ModelError(f"hub model '{name}' has no {_CONFIG}", "pull a Marian model")
    check_kind(folder)
    for weights in WEIGHT_FILES:
        if not any((folder / file).is_file() for file in WEIGHT_FILES):
            # With a file that is there for certain, since a pattern without a match makes the hub complain.
            folder = _download(name, folder.name, [_CONFIG, weights])
    with suppress(ModelError):  # a cache filled by another program may lack the card, and nobody be online
        _download(name, folder.name, [_CONFIG, *CARD_FILES])
    return folder


def _download(name: str, revision: str | None, files: list[str]) -> Path:
    from huggingface_hub import errors, snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    if not sys.stderr.isatty():
        disable_progress_bars()
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=files))
    except errors.LocalEntryNotFoundError as error:
        raise ModelError(
            f"model '{name}' is not on this computer and the hub cannot be reached",
            "connect once to fetch it, or give a folder with --model",
        ) from error
    except errors.RevisionNotFoundError as error:
        raise ModelError(
            f"hub model '{name}' has no revision '{revision}'", "give a branch or a commit"
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise ModelError(
            f"the hub has no model '{name}', or hides it", "check the name, or log in"
        ) from error
    # Beside its own errors the hub's client lets through those of its HTTP library, which changes with its
    # releases; whatever it is, the model is not here and the user needs to know why.
    except Exception as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelError(
            f"model '{name}' cannot be fetched ({lines[0]})", "try again, or give a folder"
        ) from error


def pinned(name: str, revision: str) -> Path:
    """Return the folder of one revision, from the cache and without asking the hub where it is there."""
    folder = snapshot(name, revision)
    if any((folder / weights).is_file() for weights in WEIGHT_FILES):
        return folder
    return fetch(name, revision)
