"""Hold models against their manifests, and sing to them."""

from dataclasses import dataclass

from mt.engines.folder import check_folder
from mt.errors import ModelError, TargemError
from mt.registry.canary import sing
from mt.registry.manifest import FileRecord, RegisteredModel, model_files, read_manifest, record
from mt.registry.names import Location, describe


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong with a model, one line per fault; `sung` where its files let the canary be heard."""

    model: RegisteredModel
    faults: tuple[str, ...]
    sung: bool


def verify(location: Location) -> Report:
    """Compare all files of a model with its manifest, then run the canary; raises nothing for a bad model."""
    faults = _faults(location)
    if faults:
        return Report(describe(location), faults, sung=False)
    try:
        sing(location.path)
    except TargemError as error:
        faults = (error.what,)
    return Report(describe(location), faults, sung=True)


def _faults(location: Location) -> tuple[str, ...]:
    try:
        model = read_manifest(location.manifest, location.path, location.place)
        faults = [fault for file in model.files if (fault := _fault(file, model))]
        known = {file.name for file in model.files}
        faults += [
            f"{path.name} is not in the manifest"
            for path in model_files(location.path)
            if path.name not in known
        ]
        if not faults:
            check_folder(location.path)
    except ModelError as error:
        return (error.what,)
    return tuple(faults)


def _fault(expected: FileRecord, model: RegisteredModel) -> str | None:
    path = model.path / expected.name
    try:
        found = record(path)
    except OSError as error:
        return f"{expected.name} cannot be read ({error.strerror or error})"
    if found.size != expected.size:
        return f"{expected.name} has {found.size} bytes, not {expected.size}"
    return None if found == expected else f"{expected.name} has changed: its digest is not the recorded one"
