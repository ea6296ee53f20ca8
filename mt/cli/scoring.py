"""`targem score`."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import JsonOption, glossary_of, print_json, refuse, say
from mt.scoring import COMET_MODEL, METRICS, NEURAL

if TYPE_CHECKING:
    from glossary.terms import Glossary
    from mt.scoring.neural import Neural
    from mt.scoring.report import Report, Task
    from mt.scoring.tasks import Files

_NAMES = ", ".join((*METRICS, NEURAL))
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
        typer.Option("--metric", "-m", help=f"One of {_NAMES}; may be repeated. Default: all but the last."),
    ] = None,
    as_json: JsonOption = False,
    as_markdown: Annotated[bool, typer.Option("--md", help="Write Markdown tables.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report as a page.")] = None,
    comet_model: Annotated[
        str, typer.Option("--comet-model", help="Weights for COMET: a name that it knows, or a .ckpt file.")
    ] = COMET_MODEL,
    review: Annotated[
        str, typer.Option("--review", help="With --html: the review page's address, to link the pairs to.")
    ] = "",
    store: Annotated[
        str, typer.Option("--store", help="Keep the scores here, for targem score history.")
    ] = "",
    model: Annotated[
        str, typer.Option("--model", help="With --store: the model that made HYP, a name or folder.")
    ] = "",
) -> None:
    """Score a translation: BLEU, chrF and TER with 95% intervals, its terms, and against baselines.

    `targem score history` lists the scores that were kept.
    """
    refuse(as_json and as_markdown, "--json and --md exclude each other", "choose one")
    refuse(bool(model) and not store, "--model says whose scores are kept", "give --store too")
    refuse(bool(glossary) and source is None, "--glossary needs the Hebrew", "give --source too")
    from mt.scoring.report import report
    from mt.scoring.tasks import Files, aligned_task, unaligned_task

    files = Files(hypothesis, (reference, *(more or [])), tuple(baseline or []), source)
    task = unaligned_task(files) if unaligned else aligned_task(files)
    terms = glossary_of(glossary) if source else None
    found = report(replace(_with_metrics(task, metric, comet_model), glossary=terms))
    if store:
        _keep(found, files, terms, store, model)
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


def _keep(found: "Report", files: "Files", terms: "Glossary | None", address: str, model: str) -> None:
    """Keep a report's scores; without a model they are those of the file that was scored."""
    from aligned.store import Store
    from mt.registry.names import describe, locate
    from mt.scoring.history import run_of

    name, digest = files.hypothesis.name, ""
    if model:
        known = describe(locate(model))
        name, digest = known.reference, known.digest
    run = run_of(found, files, terms, name, digest)
    with Store.open(address) as opened:
        opened.add_scores(run)


def _with_metrics(task: "Task", names: list[str] | None, weights: str) -> "Task":
    if not names:
        return task
    known = {name.casefold(): name for name in (*METRICS, NEURAL)}
    for name in names:
        refuse(name.casefold() not in known, f"there is no metric '{name}'", f"give one of {_NAMES}")
    wanted = {known[name.casefold()] for name in names}
    neural: tuple[Neural, ...] = ()
    if NEURAL in wanted:
        refuse(not task.sources, f"{NEURAL} reads the Hebrew", "give --source too")
        from mt.scoring.comet import Comet

        neural = (Comet(weights),)
    return replace(task, metrics=tuple(name for name in METRICS if name in wanted), neural=neural)


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
