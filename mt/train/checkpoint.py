"""A run's state on disk: whole or not there, in parts where wanted, and only ever of its own recipe."""

import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from mt.errors import TrainingError

_NAME = "checkpoint-"
_MANIFEST = "manifest.json"
_PART = "state.{:03}"
_DRAFT = ".draft-"
MIB = 1 << 20


def save_checkpoint(state: dict[str, Any], folder: Path, step: int, digest: str, part_mib: float = 0) -> Path:
    """Write the state as `checkpoint-<step>` and then drop the ones before it.

    With `part_mib` no file is larger than so many MiB. Raises TrainingError where it cannot be written; then
    the checkpoint before is still there.
    """
    import torch

    stream = BytesIO()
    torch.save(state, stream)
    target = folder / f"{_NAME}{step:08}"
    with replaced_folder(target) as draft:
        _write_parts(draft, stream.getbuffer(), {"step": step, "digest": digest}, int(part_mib * MIB))
    for old in _checkpoints(folder):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return target


def load_checkpoint(folder: Path, digest: str) -> dict[str, Any] | None:
    """Join the parts of the newest checkpoint and return its state; None where there is no checkpoint.

    Raises TrainingError for one that is damaged, or that another recipe or other data made.
    """
    import torch

    found = check_checkpoint(folder, digest)
    if found is None:
        return None
    manifest = _manifest(found)
    data = b"".join(_part(found, name, wanted) for name, wanted in manifest["parts"].items())
    state: dict[str, Any] = torch.load(BytesIO(data), map_location="cpu", weights_only=True)
    return state


def check_checkpoint(folder: Path, digest: str) -> Path | None:
    """Return the newest checkpoint, or None; raises TrainingError where another recipe or data made it."""
    found = newest_checkpoint(folder)
    made_by = _manifest(found)["digest"] if found else digest
    if made_by != digest:
        raise TrainingError(
            f"'{found}' is of another recipe or other data ({made_by[:8]}, not {digest[:8]})",
            "give the recipe and corpora it was made with, or another folder",
        )
    return found


def refuse_used(folder: Path) -> None:
    """Raise TrainingError for a folder that holds a checkpoint."""
    if found := newest_checkpoint(folder):
        raise TrainingError(f"'{folder}' holds {found.name} already", "add --resume, or give another folder")


def newest_checkpoint(folder: Path) -> Path | None:
    """Return the folder of the newest checkpoint in a run's folder, or None."""
    return max(_checkpoints(folder), default=None)


def clear_drafts(folder: Path) -> None:
    """Remove what a killed run left half-written, and put back what it was about to replace."""
    for draft in folder.glob(f"{_DRAFT}*"):
        shutil.rmtree(draft, ignore_errors=True)
    for old in folder.glob("*.old"):
        target = old.with_suffix("")
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(target)


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """Yield a draft folder that takes the name `target` when the block ends well, and vanishes if not.

    Raises TrainingError for what the file system refuses.
    """
    draft = target.with_name(_DRAFT + secrets.token_hex(6))
    old = target.with_name(target.name + ".old")
    try:
        with written(target):
            draft.mkdir(parents=True)
            yield draft
            if target.exists():
                shutil.rmtree(old, ignore_errors=True)
                target.rename(old)
            draft.rename(target)
            shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Turn what a file system or a writer of weights refuses into TrainingError."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, SafetensorError) as error:
        full = getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error)
        reason = os.strerror(errno.ENOSPC) if full else getattr(error, "strerror", None) or str(error)
        do = "free some space" if full else "check the folder and its permissions"
        raise TrainingError(
            f"'{path}' cannot be written ({reason})", f"{do}, then go on with --resume"
        ) from None


def _write_parts(folder: Path, data: memoryview, facts: dict[str, Any], size: int) -> None:
    parts = {}
    for index, first in enumerate(range(0, len(data), size or len(data))):
        part = data[first : first + (size or len(data))]
        name = _PART.format(index)
        _write(folder / name, part)
        parts[name] = hashlib.sha256(part).hexdigest()
    _write(folder / _MANIFEST, json.dumps({**facts, "parts": parts}, indent=1).encode())


def _write(path: Path, data: bytes | memoryview) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _checkpoints(folder: Path) -> list[Path]:
    return [path for path in folder.glob(f"{_NAME}*") if path.suffix != ".old" and path.is_dir()]


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text("utf-8"))
        return {"digest": str(manifest["digest"]), "parts": dict(manifest["parts"])}
    except (OSError, ValueError, KeyError, TypeError):
        raise TrainingError(
            f"'{folder}' lacks a sound {_MANIFEST}", "copy the checkpoint again, whole"
        ) from None


def _part(folder: Path, name: str, wanted: str) -> bytes:
    try:
        data = (folder / name).read_bytes()
    except OSError:
        raise TrainingError(f"'{folder}' lacks {name}", "copy the checkpoint again, whole") from None
    if hashlib.sha256(data).hexdigest() != wanted:
        raise TrainingError(f"'{folder / name}' is damaged", "copy the checkpoint again, whole")
    return data
