"""What the commands share: options, the things they name, and how to speak."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glossary.errors import TargemError

if TYPE_CHECKING:
    from glossary.terms import Glossary
    from mt.translate import Translator

GlossaryOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--glossary",
        "-g",
        help="Terms to force (TSV, CSV or TBX); may be repeated. Default: the shipped list.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON instead of text.")]


def translator_of(
    paths: list[Path] | None, no_glossary: bool, model: str, engine: str, beam: int
) -> "Translator":
    from glossary.terms import Glossary
    from mt.engines.registry import load_engine
    from mt.translate import Translator

    glossary = Glossary(()) if no_glossary else glossary_of(paths)
    return Translator(load_engine(model, engine, beam), glossary)


def glossary_of(paths: list[Path] | None) -> "Glossary":
    from glossary.terms import merge, read_glossary, shipped

    return merge(*map(read_glossary, paths)) if paths else shipped()


class CommandError(TargemError):
    """The command line asks for what does not go together."""


def refuse(wrong: bool, what: str, do: str) -> None:
    if wrong:
        raise CommandError(what, do)


def print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
