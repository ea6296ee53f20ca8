"""`targem models …`."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mt.cli.common import CommandError, JsonOption, print_json, refuse
from mt.engines.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from mt.registry.manifest import RegisteredModel

models_app = typer.Typer(help="List, check, fetch and choose translation models.", no_args_is_help=True)

SHOWN_DIGEST = 12
NameArgument = Annotated[
    str, typer.Argument(help="A name (with @VERSION for one version), folder or hub name.")
]
PairOption = Annotated[str, typer.Option(help="Language pair, where the model does not name its own.")]


@models_app.command("list")
def models_list(as_json: JsonOption = False) -> None:
    """List the models there are; the star marks what translates when no model is named."""
    from mt.registry.names import installed

    models = installed()
    if as_json:
        print_json([_row(model) for model in models])
        return
    parents = _references(models)
    head = ("", "NAME", "VERSION", "PAIR", "DIGEST", "SIZE", "PARENT", "WHERE")
    _print_table([head, *(_line(model, parents) for model in models)])


@models_app.command("info")
def models_info(name: NameArgument = DEFAULT_MODEL, as_json: JsonOption = False) -> None:
    """Show what is known of a model: its card, sizes, scores, and what it was made from."""
    from mt.registry.facts import facts_of
    from mt.registry.names import describe, installed, locate

    model = describe(locate(name, fetching=False))
    facts = facts_of(model.path)
    row = _row(model) | {
        "sizes": dict(facts.sizes),
        "parameters": facts.parameters,
        "precision": facts.precision,
        "card": dict(facts.card),
        "summary": facts.summary,
    }
    if as_json:
        print_json(row)
        return
    parents = _references(installed())
    if model.parent in parents:
        row["parent"] = f"{model.parent} ({parents[model.parent]})"
    _print_table([(key, _text(value)) for key, value in row.items() if value not in ("", None, {})])


@models_app.command("verify")
def models_verify(
    name: Annotated[
        str | None, typer.Argument(help="Name, folder or hub name. Default: all recorded.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Hold models against their recorded digests and the canary; exit with 1 when one fails."""
    from mt.registry.names import locate, recorded_locations
    from mt.registry.verify import verify

    reports = [
        verify(location) for location in ([locate(name, fetching=False)] if name else recorded_locations())
    ]
    if as_json:
        print_json([{"name": r.model.reference, "faults": list(r.faults), "canary": r.sung} for r in reports])
    else:
        for report in reports:
            model = report.model
            sound = f"ok: {len(model.files)} files, digest {model.digest[:SHOWN_DIGEST]}, canary"
            for line in [f"FAILED: {fault}" for fault in report.faults] or [sound]:
                sys.stdout.write(f"{model.reference}: {line}\n")
    if any(report.faults for report in reports):
        raise typer.Exit(1)


@models_app.command("pull")
def models_pull(
    name: Annotated[str, typer.Argument(help="Hub name: owner/name.")],
    revision: Annotated[str | None, typer.Option(help="Branch, tag or commit.")] = None,
    pair: PairOption = "",
) -> None:
    """Fetch a Marian model from the hub, and keep to the revision fetched."""
    from mt.registry.register import pull

    _print_new(pull(name, revision, pair))


@models_app.command("import")
def models_import(
    folder: Annotated[Path, typer.Argument(help="A folder with a Marian model.")],
    name: Annotated[str, typer.Option(help="What to call it.")],
    pair: PairOption = "",
) -> None:
    """Copy a model into the registry as the next version of a name."""
    from mt.registry.register import import_folder

    _print_new(import_folder(folder, name, pair))


@models_app.command("default")
def models_default(
    name: Annotated[str | None, typer.Argument(help="The model to use; none: show the choices made.")] = None,
    pair: Annotated[str, typer.Option(help="Language pair. Default: the model's own.")] = "",
) -> None:
    """Choose what translates a language pair when no model is named; he-en chooses the one that ships."""
    from mt.registry import defaults
    from mt.registry.names import SHIPPED_VERSION, choose

    if name is None:
        refuse(bool(pair), "--pair goes with a model", "name one")
        choices = {DEFAULT_MODEL: f"{DEFAULT_MODEL}@{SHIPPED_VERSION}"} | defaults.choices()
    else:
        choices = dict([choose(name, pair)])
    sys.stdout.write("".join(f"{pair}\t{model}\n" for pair, model in choices.items()))


@models_app.command("record")
def models_record(
    folder: Annotated[Path, typer.Argument(help="A folder with a Marian model.")],
    name: Annotated[str | None, typer.Option(help="Its name. Default: the folder's.")] = None,
    pair: PairOption = "",
    parent: Annotated[str, typer.Option(help="Digest of the model it was made from.")] = "",
    data: Annotated[str, typer.Option(help="Digest of what it was trained on.")] = "",
    score: Annotated[list[str] | None, typer.Option(help="NAME=NUMBER; may be repeated.")] = None,
) -> None:
    """Write the manifest of a model where it lies, so that it can be verified wherever it goes."""
    from mt.registry.manifest import MANIFEST, write_manifest
    from mt.registry.register import recorded

    name = name or folder.resolve().name
    model = recorded(folder, name, parent, data, dict(map(_score, score or ())), pair)
    write_manifest(model, folder / MANIFEST)
    _print_new(model)


def _score(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name, float(number)
    except ValueError as error:
        raise CommandError(f"'{text}' is no score", "write NAME=NUMBER") from error


def _print_new(model: "RegisteredModel") -> None:
    sys.stdout.write(
        f"{model.reference}: {model.pair}, {_size(model.size)}, digest {model.digest[:SHOWN_DIGEST]}, "
        f"passed the canary; in {model.path}\n"
    )


def _references(models: Sequence["RegisteredModel"]) -> dict[str, str]:
    """Return names by digest; of several models with one digest the first listed."""
    return {model.digest: model.reference for model in reversed(models)}


def _row(model: "RegisteredModel") -> dict[str, Any]:
    from mt.registry.names import is_default

    return {
        "name": model.name,
        "version": model.version,
        "reference": model.reference,
        "revision": model.revision,
        "pair": model.pair,
        "default": is_default(model),
        "where": model.place.value,
        "path": str(model.path),
        "size": model.size,
        "digest": model.digest,
        "parent": model.parent,
        "data": model.data,
        "registered": model.registered,
        "recorded": bool(model.files),
        "scores": dict(model.scores),
    }


def _line(model: "RegisteredModel", parents: dict[str, str]) -> tuple[str, ...]:
    from mt.registry.names import is_default

    return (
        "*" if is_default(model) else "",
        model.name,
        model.revision[:SHOWN_DIGEST] or str(model.version),
        model.pair or "-",
        model.digest[:SHOWN_DIGEST] or "-",
        _size(model.size),
        parents.get(model.parent, model.parent[:SHOWN_DIGEST]) or "-",
        model.place.value,
    )


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items())
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _print_table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns of even width, and never cut one: what is piped must be whole."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
