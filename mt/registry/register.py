"""Take a model into the registry: checked, sung to, copied whole, and known by its manifest ever after."""

import errno
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mt.engines.folder import check_folder
from mt.engines.settings import DEFAULT_MODEL
from mt.errors import ModelError
from mt.registry import defaults
from mt.registry.canary import sing
from mt.registry.home import check_name, check_pair, models_folder, writing
from mt.registry.hub import fetch, is_hub_name, record_path
from mt.registry.manifest import (
    MANIFEST,
    FileRecord,
    Place,
    RegisteredModel,
    digest_of,
    model_files,
    pair_of,
    read_manifest,
    record,
    write_manifest,
)
from mt.registry.names import SHIPPED_VERSION, versions

_DRAFT = ".draft-"
_STALE_SECONDS = 24 * 3600  # no copy takes a day: what is older was left by a program that was killed
_CHUNK = 1 << 20
# A name that is taken: POSIX says one or the other, Windows the third.
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.EACCES)


def register(
    folder: Path,
    name: str,
    parent_digest: str = "",
    data_digest: str = "",
    scores: Mapping[str, float] | None = None,
    make_default: bool = False,
    pair: str = "",
) -> RegisteredModel:
    """Copy a model into the user's registry as the next version of `name`, once it has passed the canary.

    `pair` need be given only where the tokenizer does not name it. Several processes may register under one
    name at once. Raises ModelError when the folder holds no sound Marian model or the copy cannot be
    written, SettingError for a name or pair that cannot be one; nothing is left behind then.
    """
    check_name(name)
    digest = check_folder(folder).digest
    model = RegisteredModel(
        name=name,
        version=0,
        # The canary proves Hebrew in and Latin letters out, so this is what a silent tokenizer means.
        pair=check_pair(pair or pair_of(folder) or DEFAULT_MODEL),
        digest=digest,
        path=folder,
        place=Place.HOME,
        parent=parent_digest,
        data=data_digest,
        scores=dict(scores or {}),
        registered=now(),
    )
    sing(folder)
    home = models_folder() / name
    with writing(home), _draft(home) as draft:
        files = tuple(_copy(path, draft / path.name) for path in model_files(folder))
        if digest_of(files) != digest:
            raise ModelError(f"model '{folder}' changed while it was copied", "wait until it is finished")
        model = _claim(replace(model, files=files), draft, home)
    if make_default:
        defaults.choose(model.pair, model.reference)
    return model


def import_folder(folder: Path, name: str, pair: str = "") -> RegisteredModel:
    """Register a folder under what its own manifest says of parent, data and scores, where it has one.

    Raises what `register` raises, and ModelError when the folder's files are not those of its manifest.
    """
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return register(folder, name, pair=pair)
    own = read_manifest(manifest, folder, Place.FOLDER)
    if check_folder(folder).digest != own.digest:
        raise ModelError(
            f"model '{folder}' is not the one its {MANIFEST} tells of", f"verify it, or remove its {MANIFEST}"
        )
    return register(folder, name, own.parent, own.data, own.scores, pair=pair or own.pair)


def pull(name: str, revision: str | None = None, pair: str = "") -> RegisteredModel:
    """Fetch a hub model, sing it the canary, and pin this revision of it by a manifest.

    Raises ModelError when it cannot be fetched or trusted; what was fetched stays in the hub's cache.
    """
    if not is_hub_name(name):
        raise ModelError(
            f"'{name}' is not a hub name", "give owner/name; for a folder use: targem models import"
        )
    folder = fetch(name, revision)
    model = recorded(folder, name, pair=pair)
    model = replace(model, place=Place.HUB, revision=folder.name)
    known = record_path(name)
    with writing(known):
        known.parent.mkdir(parents=True, exist_ok=True)
    write_manifest(model, known)
    return model


def recorded(
    folder: Path,
    name: str,
    parent_digest: str = "",
    data_digest: str = "",
    scores: Mapping[str, float] | None = None,
    pair: str = "",
) -> RegisteredModel:
    """Measure a model where it lies, once it has passed the canary; nothing is written."""
    check_folder(folder)
    pair = check_pair(pair or pair_of(folder) or DEFAULT_MODEL)
    sing(folder)
    files = tuple(map(record, model_files(folder)))
    return RegisteredModel(
        name=name,
        version=SHIPPED_VERSION,
        pair=pair,
        digest=digest_of(files),
        path=folder,
        place=Place.FOLDER,
        parent=parent_digest,
        data=data_digest,
        scores=dict(scores or {}),
        files=files,
    )


def now() -> str:
    """Return the time in UTC, to the second, as ISO 8601 has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def _draft(home: Path) -> Iterator[Path]:
    """Make a folder beside the versions, where a rename is atomic; it is gone when the block ends."""
    _sweep(home)
    draft = home / f"{_DRAFT}{secrets.token_hex(8)}"
    draft.mkdir(parents=True)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        with suppress(OSError):
            home.rmdir()  # only where it is empty: a name without a version is none


def _sweep(home: Path) -> None:
    """Remove the drafts of programs that were killed."""
    for path in home.glob(f"{_DRAFT}*"):
        with suppress(OSError):  # another process may have swept it
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(path)


def _copy(source: Path, target: Path) -> FileRecord:
    """Copy one file to the disk itself, measuring it on the way."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
        return FileRecord(target.name, writer.tell(), digest.hexdigest())


def _claim(model: RegisteredModel, draft: Path, home: Path) -> RegisteredModel:
    """Give the draft the first version that is free, by a rename that only one process can win."""
    version = max(versions(home), default=0) + 1
    while True:
        path = home / str(version)
        claimed = replace(model, version=version, path=path)
        write_manifest(claimed, draft / MANIFEST)
        try:
            draft.rename(path)
        except OSError as error:
            if error.errno not in _TAKEN or not path.exists():
                raise
            version += 1
        else:
            return claimed
