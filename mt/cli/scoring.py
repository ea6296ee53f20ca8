"""`targem score`."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import JsonOption, glossary_of, print_json, refuse, say
from mt.scoring import COMET_MODEL, METRICS, NEURAL
from mt.web.settings import DEFAULT_HOST, DEFAULT_PORT

if TYPE_CHECKING:
    from aligned.scores import ScoreRun
    from mt.scoring.neural import Neural
    from mt.scoring.report import Report, Task

_NAMES = ", ".join((*METRICS, NEURAL))
# Where the review page stands unless it is told otherwise.
REVIEW = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"


def score(
    hypothesis: Annotated[
        str, typer.Argument(metavar="HYP", help="A translation, a segment a line; or a store with its pairs.")
    ],
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
    document: Annotated[
        str, typer.Option("--document", help="Of a store, the document: its number or name.")
    ] = "",
    as_json: JsonOption = False,
    as_markdown: Annotated[bool, typer.Option("--md", help="Write Markdown tables.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report as a page.")] = None,
    comet_model: Annotated[
        str,
        typer.Option(
            "--comet-model", help="Weights for COMET: a folder, or a name that pymarian has fetched."
        ),
    ] = COMET_MODEL,
    review: Annotated[
        str,
        typer.Option(
            "--review", help=f"With --html: the review page, to link pairs to. Of a store: {REVIEW}."
        ),
    ] = "",
    store: Annotated[
        str, typer.Option("--store", help="Keep the scores here, for targem score history.")
    ] = "",
    model: Annotated[
        str, typer.Option("--model", help="With --store: the model that made HYP, a name or folder.")
    ] = "",
) -> None:
    """Score a translation: BLEU, chrF and TER with 95% intervals, its terms, and against baselines.

    Of a store, the references and each pair's chrF2 are kept for the review page. `targem score history`
    lists the scores that were kept.
    """
    refuse(as_json and as_markdown, "--json and --md exclude each other", "choose one")
    from mt.scoring.history import run_of
    from mt.scoring.report import report
    from mt.scoring.stored import is_store, keep_references, read_stored
    from mt.scoring.tasks import Files, aligned_task, unaligned_task

    stored = is_store(hypothesis)
    _refuse_of_store(stored, store, source, document)
    refuse(bool(model) and not (store or stored), "--model says whose scores are kept", "give --store too")
    refuse(bool(glossary) and not (source or stored), "--glossary needs the Hebrew", "give --source too")
    chosen = read_stored(hypothesis, document) if stored else None
    name = Path(chosen.name if chosen else hypothesis)
    files = Files(name, (reference, *(more or [])), tuple(baseline or []), source)
    task = (unaligned_task if unaligned else aligned_task)(files, chosen.system if chosen else None)
    terms = glossary_of(glossary) if task.sources else None
    found = report(replace(_with_metrics(task, metric, comet_model), glossary=terms))
    if store or stored:
        whose = _model(model, chosen.model if chosen else "", name.name)
        _keep(run_of(found, files, terms, *whose), store or hypothesis)
    if chosen:
        keep_references(hypothesis, chosen, task, found, files)
    if html is not None:
        from aligned.formats.atomic import write_atomically
        from mt.scoring.page import page

        write_atomically(html, page(found, name.name, review or (REVIEW if stored else "")).encode())
    if as_json:
        print_json(found.as_json())
    elif as_markdown:
        from mt.scoring.tables import markdown

        sys.stdout.write(markdown(found))
    else:
        sys.stdout.write(_text(found))
    if found.hebrew:
        from mt.scoring.tables import lines_named

        say(f"targem: {name.name} {lines_named(found.hebrew)}: Hebrew was left in it")


def _refuse_of_store(stored: bool, store: str, source: Path | None, document: str) -> None:
    extra = "--store" if store else "--source"
    refuse(stored and bool(store or source), f"a store as HYP needs no {extra}", f"leave {extra} out")
    refuse(bool(document) and not stored, "--document is one of a store's", "give the store as HYP")


def _model(named: str, digest: str, otherwise: str) -> tuple[str, str]:
    """Return name and digest of a model by its name, or by the first digits of its digest.

    Of none that is known, return the name that stands for it otherwise, and these digits.
    """
    from mt.registry.names import describe, installed, locate

    if named:
        known = describe(locate(named))
        return known.reference, known.digest
    found = (model for model in installed() if digest and model.digest.startswith(digest))
    return next(((model.reference, model.digest) for model in found), (otherwise, digest))


def _keep(run: "ScoreRun", address: str) -> None:
    from aligned.store import Store

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
    from mt.scoring.tables import notes, plain, signatures, tables, worst

    lines = [
        *notes(found),
        *(row for table in tables(found) for row in plain(table)),
        *_swings(found),
        "signatures:",
        *(f"  {one}" for one in signatures(found)),
        "worst segments by chrF2:",
        *(
            f"  line {one.number}: {one.chrf:.1f}  {one.hypothesis}  [{one.reference}]"
            for one in worst(found)
        ),
    ]
    return "\n".join(lines) + "\n"


def _swings(found: "Report") -> list[str]:
    from mt.scoring.tables import swing_table

    rows = [
        f"  line {line}: {chrf} ({gain})  {text}  [{other}]"
        for line, chrf, gain, text, other in swing_table(found)[1]
    ]
    return [f"won and lost by most against {found.baselines[0].name}:", *rows] if rows else []
