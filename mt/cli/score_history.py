"""`targem score history`, beside `targem score HYP REF`."""

import os
import sys
from dataclasses import asdict
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperCommand

from mt.cli.common import JsonOption, print_json
from mt.cli.translating import STORE_VARIABLE


def history(
    model: Annotated[
        str, typer.Option(help="The scores of this model, with all its versions. Default: of every one.")
    ] = "",
    store: Annotated[str, typer.Option(help="Where the scores are kept. Default: targem.db.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List the scores that were kept, by test set, oldest first: how a model gets on."""
    from aligned.store import DEFAULT_STORE, Store, require_store
    from mt.scoring.history import history_table
    from mt.scoring.tables import plain

    address = store or os.environ.get(STORE_VARIABLE) or DEFAULT_STORE
    require_store(address)
    with Store.open(address) as opened:
        runs = opened.scores(model)
    if as_json:
        print_json([asdict(run) for run in runs])
    else:
        sys.stdout.write("".join(f"{row}\n" for row in plain(history_table(runs))))


def _command(function: Any) -> Any:
    alone = typer.Typer(add_completion=False)
    alone.command()(function)
    return typer.main.get_command(alone)


class ScoreCommand(TyperCommand):
    """A command with arguments and a command of its own; a file of that name is given as ./history."""

    commands: ClassVar[dict[str, Any]] = {"history": _command(history)}

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Leave the rest of the line to the command that it names first, if it does."""
        if args and args[0] in self.commands:
            command = self.commands[args[0]]
            return command.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)
