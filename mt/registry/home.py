"""Where models live: in the package, in the user's data folder, and what may be written there."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mt.errors import ModelError, SettingError

HOME_VARIABLE = "TARGEM_HOME"
PACKAGED = Path(__file__).resolve().parent.parent / "models"
# Small letters only: on some file systems a capital would make a second name for the same folder.
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PAIR = re.compile(r"[a-z]{2,3}-[a-z]{2,3}")


def home_folder() -> Path:
    """Return the folder for what the user keeps: TARGEM_HOME, else the user's data folder."""
    chosen = os.environ.get(HOME_VARIABLE)
    if chosen:
        return Path(chosen).absolute()
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "targem"


def models_folder() -> Path:
    """Return the folder of the user's own models, one folder per name and in it one per version."""
    return home_folder() / "models"


def is_name(name: str) -> bool:
    """Say whether a registered model may be called so."""
    return _NAME.fullmatch(name) is not None


def check_name(name: str) -> str:
    """Return the name, or raise SettingError when no model may be called so."""
    if not is_name(name):
        raise SettingError(
            f"'{name}' cannot name a model",
            "use up to 64 small letters, digits, dots, dashes and underscores",
        )
    return name


def check_pair(pair: str) -> str:
    """Return the language pair, or raise SettingError when it does not look like one."""
    if not _PAIR.fullmatch(pair):
        raise SettingError(f"'{pair}' is no language pair", "give source and target, as in he-en")
    return pair


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the disk refuses while `path` is written into one line, a ModelError."""
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"'{path}' cannot be written ({error.strerror or error})",
            f"check its permissions and the free space, or set {HOME_VARIABLE} to another folder",
        ) from error
