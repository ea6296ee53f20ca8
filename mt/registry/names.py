"""From a name to a folder, and from the folders to the list of all models."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mt.engines.folder import check_folder
from mt.engines.settings import DEFAULT_MODEL
from mt.errors import ModelError
from mt.registry import defaults
from mt.registry.home import PACKAGED, check_pair, is_name, models_folder
from mt.registry.hub import cached, fetch, is_hub_name, pinned, record_path, snapshot
from mt.registry.manifest import MANIFEST, Place, RegisteredModel, pair_of, read_manifest

SHIPPED_VERSION = 0


@dataclass(frozen=True, slots=True)
class Location:
    """Where a model lies; nothing in it has been read. `manifest` need not exist."""

    name: str
    version: int
    path: Path
    place: Place
    manifest: Path


def locate(name: str, follow: bool = True, fetching: bool = True) -> Location:
    """Find a model by registered name (with @VERSION for one version), folder, or hub name.

    Without a version the newest counts. With `follow` the default name stands for the user's choice, else
    for the model that ships. With `fetching` a hub model that is not here is fetched where there is network.
    Raises ModelError when there is none.
    """
    if follow and name == DEFAULT_MODEL and (choice := defaults.chosen(name)):
        return _chosen(name, choice)
    plain, _, version = name.partition("@")
    named = is_name(plain) and (not version or version.isdecimal())
    if named and (found := _registered(plain, int(version) if version else None)):
        return found
    if name and Path(name).is_dir():
        return _folder(Path(name))
    if is_hub_name(name):
        return _hub(name, fetching)
    known = ", ".join(model.reference for model in installed())
    raise ModelError(f"no model '{name}'", f"give a folder, a hub name (owner/name), or one of: {known}")


def _chosen(pair: str, choice: str) -> Location:
    try:
        return locate(choice, follow=False)
    except ModelError as error:
        raise ModelError(
            f"the default model for {pair} is not to be had ({error.what})",
            f"choose another, or the one that ships with: targem models default {DEFAULT_MODEL}",
        ) from error


def _registered(name: str, version: int | None) -> Location | None:
    """Return a shipped model or one of the user's; without a version the shipped one goes first."""
    if not version and (PACKAGED / name).is_dir():
        return _at(name, SHIPPED_VERSION, PACKAGED / name, Place.PACKAGE)
    folder = models_folder() / name
    wanted = max(versions(folder), default=0) if version is None else version
    path = folder / str(wanted)
    return _at(name, wanted, path, Place.HOME) if wanted and path.is_dir() else None


def versions(folder: Path) -> list[int]:
    """Return the versions under the folder of a name, in order; drafts are not among them."""
    if not folder.is_dir():
        return []
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal() and path.is_dir())


def _at(name: str, version: int, path: Path, place: Place) -> Location:
    return Location(name, version, path, place, path / MANIFEST)


def _folder(path: Path) -> Location:
    return _at(str(path.absolute()), 0, path.absolute(), Place.FOLDER)


def _hub(name: str, fetching: bool) -> Location:
    known = record_path(name)
    pulled = known.is_file()
    revision = read_manifest(known, Path(), Place.HUB).revision if pulled else dict(cached()).get(name)
    if fetching:
        path = pinned(name, revision) if pulled and revision else fetch(name)
    elif revision:
        path = snapshot(name, revision)
    else:
        raise ModelError(
            f"hub model '{name}' is not on this computer", f"fetch it: targem models pull {name}"
        )
    return Location(name, 0, path, Place.HUB, known)


def describe(location: Location) -> RegisteredModel:
    """Read what is known of a model.

    Where there is no manifest, or a damaged one, the files themselves are measured and `files` stays empty.
    """
    path = location.path
    try:
        model = read_manifest(location.manifest, path, location.place)
    except ModelError:
        model = _measured(location)
    # A folder's place says which version it is, even when it was copied from another.
    return replace(model, name=location.name, version=location.version)


def _measured(location: Location) -> RegisteredModel:
    try:
        digest = check_folder(location.path).digest
    except (ModelError, OSError):
        digest = ""
    revision = location.path.name if location.place is Place.HUB else ""
    pair = pair_of(location.path)
    return RegisteredModel(
        location.name, location.version, pair, digest, location.path, location.place, revision=revision
    )


def locations() -> list[Location]:
    """Return where every model lies that can be named: shipped, the user's, and those in the hub's cache."""
    return [*_packaged(), *_home(), *_pulled()]


def installed() -> list[RegisteredModel]:
    """Return every model that can be named."""
    return [describe(location) for location in locations()]


def recorded_locations() -> list[Location]:
    """Return the models whose files were vouched for: all but what others left in the hub's cache."""
    return [each for each in locations() if each.place is not Place.HUB or each.manifest.is_file()]


def choose(name: str, pair: str = "") -> tuple[str, str]:
    """Make a model the default of a pair, its own unless one is given; return the pair and the model.

    Raises ModelError when there is no such model, SettingError when it names no pair and none is given.
    """
    location = locate(name, follow=False, fetching=False)
    check_folder(location.path)
    model = describe(location)
    pair = check_pair(pair or model.pair)
    if model.place is Place.PACKAGE and model.name == pair:
        defaults.forget(pair)
    else:
        defaults.choose(pair, model.reference)
    return pair, model.reference


def _packaged() -> Iterator[Location]:
    for path in sorted(PACKAGED.glob("*/")):
        if is_name(path.name):
            yield _at(path.name, SHIPPED_VERSION, path, Place.PACKAGE)


def _home() -> Iterator[Location]:
    for folder in sorted(models_folder().glob("*/")):
        for version in versions(folder) if is_name(folder.name) else ():
            yield _at(folder.name, version, folder / str(version), Place.HOME)


def _pulled() -> Iterator[Location]:
    """Yield the pulled models, pinned, and after them the others in the hub's cache."""
    known = dict(cached())
    for path in sorted(record_path("").parent.glob("models--*--*.json")):
        name = "/".join(path.stem.removeprefix("models--").split("--", 1))
        try:
            known[name] = read_manifest(path, Path(), Place.HUB).revision
        except ModelError:
            continue
    for name, revision in sorted(known.items()):
        yield Location(name, 0, snapshot(name, revision), Place.HUB, record_path(name))


def is_default(model: RegisteredModel) -> bool:
    """Say whether a model is what its language pair is translated with when none is named."""
    choice = defaults.chosen(model.pair) if model.pair else None
    if choice is None:
        return model.place is Place.PACKAGE and model.name == DEFAULT_MODEL
    return choice == model.reference
