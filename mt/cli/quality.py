"""`targem check`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import GlossaryOption, JsonOption, glossary_of, print_json
from mt.errors import SettingError

if TYPE_CHECKING:
    from aligned.qa.issues import Issue


def check(
    pairs: Annotated[
        Path, typer.Argument(help="Hebrew and English: tsv, csv, jsonl, tmx, xlf, xliff, sdlxliff or xlsx.")
    ],
    glossary: GlossaryOption = None,
    only: Annotated[list[str] | None, typer.Option(help="Run this check alone; may be repeated.")] = None,
    skip: Annotated[list[str] | None, typer.Option(help="Leave this check out; may be repeated.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when anything is listed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List what is wrong with pairs: numbers, terms, names, length, quotation marks, end marks and more."""
    from aligned.qa.checks import check as check_pairs
    from aligned.qa.issues import NumberedPair
    from glossary.checker import Checker
    from mt.pairfile import read_pairs

    chosen = _chosen(only or [], skip or [])
    numbered = [NumberedPair(*pair) for pair in read_pairs(pairs)]
    issues = check_pairs(numbered, Checker(glossary_of(glossary)), chosen)
    if as_json:
        print_json([_row(issue) for issue in issues])
    else:
        cells = ((str(i.line), i.severity.value, i.check, i.fault.message) for i in issues)
        sys.stdout.write("".join("\t".join(" ".join(c.split()) for c in row) + "\n" for row in cells))
    if strict and issues:
        raise typer.Exit(1)


def _chosen(only: list[str], skip: list[str]) -> list[str]:
    """Return the names of the checks to run; raises SettingError for one that does not exist."""
    from aligned.qa.checks import NAMES

    for name in (*only, *skip):
        if name not in NAMES:
            raise SettingError(f"unknown check '{name}'", f"choose among {', '.join(NAMES)}")
    return [name for name in NAMES if (not only or name in only) and name not in skip]


def _row(issue: "Issue") -> dict[str, object]:
    return {
        "line": issue.line,
        "check": issue.check,
        "severity": issue.severity.value,
        "message": issue.fault.message,
        "source": [list(span) for span in issue.fault.source],
        "target": [list(span) for span in issue.fault.target],
    }
