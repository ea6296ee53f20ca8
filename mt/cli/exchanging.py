"""`targem import` and `targem export`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mt.cli.common import CommandError, say

STORE_VARIABLE = "TARGEM_STORE"
StoreOption = Annotated[str, typer.Option(envvar=STORE_VARIABLE, help="Where the pairs are kept.")]


def import_(
    file: Annotated[
        Path,
        typer.Argument(help="Pairs: tmx, xlf, xliff, sdlxliff, tsv, csv, jsonl or xlsx.", metavar="FILE"),
    ],
    store: StoreOption = "targem.db",
) -> None:
    """Bring a file of pairs into the store; a file given twice changes nothing the second time."""
    from aligned.exchange import import_file
    from aligned.store import Store

    with Store.open(store) as kept:
        done = import_file(kept, file)
    if done.is_known:
        say(f"targem: {file.name} was imported before, nothing has changed")
        return
    say(
        f"targem: {done.added} pairs added, {done.changed} changed, {done.unchanged} as they were, "
        f"{done.empty} without text on both sides left out, pairs in {store}"
    )


def export(
    out: Annotated[Path, typer.Argument(help="Where to write; the ending picks the format.", metavar="OUT")],
    status: Annotated[
        str, typer.Option(help="Only pairs that have it; several with commas between. Default: all.")
    ] = "",
    store: StoreOption = "targem.db",
) -> None:
    """Write the pairs of the store into a file: of each document the newest reading."""
    from aligned.exchange import chosen_pairs, export_file
    from aligned.records import Status
    from aligned.store import Store, require_store
    from mt import bilingual

    try:
        statuses = tuple(Status(name.strip()) for name in status.split(",")) if status else tuple(Status)
    except ValueError:
        known = ", ".join(Status)
        raise CommandError(f"--status '{status}' holds an unknown one", f"choose among {known}") from None
    require_store(store)
    with Store.open(store) as kept:
        if out.suffix.lower() in bilingual.ENDINGS:
            count = bilingual.write_bilingual(chosen_pairs(kept, statuses), out)
        else:
            count = export_file(kept, out, statuses)
    if sys.stderr.isatty():
        say(f"targem: {count} pairs in {out}")
