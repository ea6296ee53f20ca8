"""`targem glossary check` and `targem glossary report`."""

import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import GlossaryOption, JsonOption, glossary_of, print_json, refuse, say
from mt.engines.settings import DEFAULT_BEAM, DEFAULT_MODEL, ENGINES
from mt.errors import SettingError

if TYPE_CHECKING:
    from glossary.findings import Finding, Kind
    from mt.termreport import Report


def glossary_check(
    pairs: Annotated[
        Path, typer.Argument(help="Hebrew and English: tsv, csv, jsonl, tmx, xlf, xliff, sdlxliff or xlsx.")
    ],
    glossary: GlossaryOption = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            help="List these findings instead of missing terms: missing, inexact, forbidden, renamed, "
            "inconsistent, untranslated, invented; may be repeated.",
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List findings of every kind.")] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 1 when anything is listed."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the pairs whose English lacks a term of their Hebrew, or has another fault of terms and names."""
    from glossary.checker import Checker
    from glossary.findings import Kind
    from mt.pairfile import read_pairs

    refuse(bool(kind) and everything, "--kind and --all exclude each other", "choose one")
    chosen = tuple(Kind) if everything else _kinds(kind or [Kind.MISSING])
    findings = Checker(glossary_of(glossary)).check(read_pairs(pairs), chosen)
    rows = [_row(finding, bool(kind) or everything) for finding in findings]
    if as_json:
        print_json(rows)
    else:
        lines = ("\t".join(map(_cell, row.values())) for row in rows)
        sys.stdout.write("".join(line + "\n" for line in lines))
    if strict and rows:
        raise typer.Exit(1)


def _cell(value: str | int | None) -> str:
    return "" if value is None else " ".join(str(value).split())


def _kinds(names: Collection[str]) -> "tuple[Kind, ...]":
    from glossary.findings import Kind

    known = {str(kind): kind for kind in Kind}
    for name in names:
        if name not in known:
            raise SettingError(f"unknown kind of finding '{name}'", f"choose among {', '.join(known)}")
    return tuple(dict.fromkeys(known[name] for name in names))


def _row(finding: "Finding", in_full: bool) -> dict[str, str | int | None]:
    """Return a finding by name; a list of nothing but missing terms has no need of the rest."""
    row: dict[str, str | int | None] = {"line": finding.line}
    if in_full:
        row["kind"] = finding.kind.value
    row |= {
        "term": finding.term,
        "target": finding.target,
        "expected": finding.expected,
        "found": finding.found,
    }
    if in_full:
        row |= {"text": finding.text, "start": finding.start, "end": finding.end}
    return row


def glossary_report(
    file: Annotated[Path, typer.Argument(help="A Hebrew document, or pairs with their own reference.")],
    glossary: GlossaryOption = None,
    reference: Annotated[
        Path | None, typer.Option(help="English, one line for each sentence of the document.")
    ] = None,
    model: Annotated[str, typer.Option(help="Shipped model, folder or hub name.")] = DEFAULT_MODEL,
    engine: Annotated[str, typer.Option(help=" or ".join(ENGINES) + ".")] = ENGINES[0],
    beam: Annotated[int, typer.Option(help="Beam size.")] = DEFAULT_BEAM,
    as_json: JsonOption = False,
) -> None:
    """Translate a document with the glossary, with random terms and with none, and compare the three."""
    from mt.engines.registry import load_engine
    from mt.termreport import compare, read_task

    terms = glossary_of(glossary)
    task = read_task(file, reference)  # what is wrong with a file is said before a model is loaded
    report = compare(task, terms, load_engine(model, engine, beam))
    if as_json:
        print_json(report.as_json())
    else:
        _print_report(report)


def _print_report(report: "Report") -> None:
    heads = "terms", "owed", "in place", "exact", "lemma", "consistent", "chrF", "BLEU", "time", "high price"
    sys.stdout.write("\t".join(heads) + "\n")
    for row in report.rows:
        cells = [
            row.terms.value, str(row.tally.owed), *map(_rate, row.tally.rates().values()),
            _score(row.chrf), _score(row.bleu), f"{row.time:.2f}", str(row.costly),
        ]  # fmt: skip
        sys.stdout.write("\t".join(cells) + "\n")
    against = "the reference" if report.has_reference else "the translation without terms"
    say(f"targem: chrF and BLEU are against {against}")


def _rate(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}%"


def _score(score: float | None) -> str:
    return "-" if score is None else f"{score:.2f}"
