"""`targem score`."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import JsonOption, glossary_of, print_json, refuse, say
from mt.scoring import METRICS

if TYPE_CHECKING:
    from mt.scoring.report import Report, Task

# Segments shown as the worst ones.
WORST = 5


def score(
    hypothesis: Annotated[Path, typer.Argument(metavar="HYP", help="A translation, a segment a line.")],
    reference: Annotated[Path, typer.Argument(metavar="REF", help="Its reference, line by line.")],
    more: Annotated[
        list[Path] | None, typer.Option("--ref", help="A further reference; may be repeated.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--source", help="The Hebrew, line by line; also pairs (.jsonl) or repaired lines (.json)."
        ),
    ] = None,
    glossary: Annotated[
        list[Path] | None, typer.Option("--glossary", "-g", help="Terms to look for; needs --source.")
    ] = None,
    baseline: Annotated[
        list[Path] | None,
        typer.Option("--baseline", help="Another translation to be compared with; may be repeated."),
    ] = None,
    unaligned: Annotated[
        bool,
        typer.Option("--unaligned", help="HYP and REF are documents that do not go sentence for sentence."),
    ] = False,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", "-m", help=f"One of {', '.join(METRICS)}; may be repeated. Default: all."),
    ] = None,
    as_json: JsonOption = False,
    as_markdown: Annotated[bool, typer.Option("--md", help="Write Markdown tables.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report as a page.")] = None,
    review: Annotated[
        str, typer.Option("--review", help="With --html: the review page's address, to link the pairs to.")
    ] = "",
) -> None:
    """Score a translation: BLEU, chrF and TER with 95% intervals, its terms, and against baselines."""
    refuse(as_json and as_markdown, "--json and --md exclude each other", "choose one")
    refuse(bool(glossary) and source is None, "--glossary needs the Hebrew", "give --source too")
    from mt.scoring.report import report
    from mt.scoring.tasks import Files, aligned_task, unaligned_task

    files = Files(hypothesis, (reference, *(more or [])), tuple(baseline or []), source)
    task = unaligned_task(files) if unaligned else aligned_task(files)
    terms = glossary_of(glossary) if source else None
    found = report(replace(_with_metrics(task, metric), glossary=terms))
    if html is not None:
        from aligned.formats.atomic import write_atomically
        from mt.scoring.page import page

        write_atomically(html, page(found, hypothesis.name, review).encode())
    if as_json:
        print_json(found.as_json())
    elif as_markdown:
        from mt.scoring.tables import markdown

        sys.stdout.write(markdown(found))
    else:
        sys.stdout.write(_text(found))
    for number in found.hebrew:
        say(f"targem: {hypothesis.name} line {number}: Hebrew was left in it")


def _with_metrics(task: "Task", names: list[str] | None) -> "Task":
    known = {name.casefold(): name for name in METRICS}
    for name in names or ():
        unknown = name.casefold() not in known
        refuse(unknown, f"there is no metric '{name}'", f"give one of {', '.join(METRICS)}")
    return replace(task, metrics=tuple(known[name.casefold()] for name in names)) if names else task


def _text(found: "Report") -> str:
    """Return what a person reads."""
    from mt.scoring.tables import notes, plain, signatures, tables

    worst = sorted(found.lines, key=lambda line: line.chrf)[:WORST]
    lines = [
        *notes(found),
        *(row for table in tables(found) for row in plain(table)),
        *_swings(found),
        "signatures:",
        *(f"  {one}" for one in signatures(found)),
        "worst segments by chrF2:",
        *(f"  line {line.number}: {line.chrf:.1f}  {line.hypothesis}  [{line.reference}]" for line in worst),
    ]
    return "\n".join(lines) + "\n"


def _swings(found: "Report") -> list[str]:
    from mt.scoring.tables import swing_table

    rows = [
        f"  line {line}: {chrf} ({gain})  {text}  [{other}]"
        for line, chrf, gain, text, other in swing_table(found)[1]
    ]
    return [f"won and lost by most against {found.baselines[0].name}:", *rows] if rows else []
