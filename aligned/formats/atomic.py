"""Files written whole or not at all: the one place where this program writes what users keep."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from aligned.errors import FormatError


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path`; at every moment the file has its old content or the new, whole.

    Raises:
        FormatError: the file cannot be written.
    """
    with atomic_file(path) as file:
        file.write(data)


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the name `path` when the block ends well, and vanishes when it does not.

    Raises:
        FormatError: the file cannot be written.
    """
    try:
        target = _target(path)
        # A pipe or a device has no old content to protect.
        if target.exists() and not target.is_file() and not target.is_dir():
            with path.open("wb") as stream:
                yield stream
            return
        if target.is_dir():
            raise FormatError(f"{path} is a folder", "give the name of a file")
        with _renamed_to(target) as stream:
            yield stream
    except OSError as error:
        what = f"{path} cannot be written ({error.strerror or error})"
        raise FormatError(what, "check the folder, its permissions and the free space") from error


def _target(path: Path) -> Path:
    """Follow a link to its file, so that the link keeps pointing where it points."""
    try:
        return path.resolve()
    # Before Python 3.13, this is what a link that points to itself raises.
    except RuntimeError as error:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error


@contextmanager
def _renamed_to(target: Path) -> Iterator[BinaryIO]:
    # In the same folder, since a rename is atomic within one file system only; the length of the name
    # does not grow with the target's, which may have the longest name that is allowed.
    draft = target.with_name(f".targem-{secrets.token_hex(8)}")
    try:
        # Made new and with the user's own mask for permissions, which `tempfile` would narrow.
        with draft.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            draft.chmod(target.stat().st_mode & 0o7777)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
