"""Which model translates a language pair when none is named: the user's choice, one small file per pair."""

import json
from pathlib import Path

from aligned.formats.atomic import write_atomically
from mt.errors import ModelError
from mt.registry.home import check_pair, home_folder, writing


def chosen(pair: str) -> str | None:
    """Return the reference of the model chosen for a pair; raises ModelError when the file is damaged."""
    path = _path(pair)
    try:
        model = json.loads(path.read_text("utf-8"))["model"]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"'{path}' is damaged", "choose again with: targem models default NAME") from error
    return str(model)


def choose(pair: str, reference: str) -> None:
    """Make a model the default of a pair.

    Raises SettingError for what is no pair, ModelError or FormatError when the choice cannot be written.
    """
    path = _path(check_pair(pair))
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, (json.dumps({"model": reference}) + "\n").encode())


def forget(pair: str) -> None:
    """Go back to the model that ships."""
    path = _path(check_pair(pair))
    with writing(path):
        path.unlink(missing_ok=True)


def choices() -> dict[str, str]:
    """Return every choice made, by pair."""
    pairs = sorted(path.stem for path in _path("").parent.glob("*.json"))
    return {pair: model for pair in pairs if (model := chosen(pair))}


def _path(pair: str) -> Path:
    return home_folder() / "defaults" / f"{pair}.json"
