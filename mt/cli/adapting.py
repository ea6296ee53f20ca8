"""`targem adapt`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import glossary_of, refuse, say
from mt.cli.translating import STORE_VARIABLE
from mt.engines.settings import DEFAULT_MODEL

if TYPE_CHECKING:
    from mt.train.adapt import Adapted
    from mt.train.cleaning import TextPair

DEFAULT_STATUS = "accepted,edited"
DEFAULT_PART = 0.1


def adapt(
    name: Annotated[str, typer.Option(help="What to call the new model; a known name gets a new version.")],
    pairs: Annotated[
        list[Path] | None, typer.Argument(help="Reviewed pairs (TMX, TSV, JSONL). Default: the store's.")
    ] = None,
    store: Annotated[
        str | None, typer.Option(help="Take the pairs kept here. Default: targem.db, where no file is given.")
    ] = None,
    status: Annotated[
        str, typer.Option(help="Which pairs count as reviewed; files without a status are taken whole.")
    ] = DEFAULT_STATUS,
    model: Annotated[str, typer.Option(help="What to adapt: a name, folder or hub name.")] = DEFAULT_MODEL,
    general: Annotated[
        list[Path] | None,
        typer.Option(help="General pairs to mix in and to judge by; may be repeated. Default: what ships."),
    ] = None,
    glossary: Annotated[
        list[Path] | None,
        typer.Option(
            "--glossary", "-g", help="Terms to judge by; may be repeated. Default: the shipped list."
        ),
    ] = None,
    test_part: Annotated[
        float, typer.Option(help="Part of the pairs to judge by; as many again say when to stop.")
    ] = DEFAULT_PART,
    steps: Annotated[int | None, typer.Option(help="At most so many updates. Default: ten passes.")] = None,
    minutes: Annotated[float | None, typer.Option(help="At most so many minutes of training.")] = None,
    default: Annotated[
        bool, typer.Option("--default", help="Translate with it from now on, unless it lost.")
    ] = False,
) -> None:
    """Adapt a model to pairs that reviewers accepted, and keep it as a new version.

    How it and its parent do on pairs held out is kept in the store: see `targem score history`.
    """
    refuse(
        steps is not None and minutes is not None, "--steps and --minutes exclude each other", "choose one"
    )
    from aligned.store import DEFAULT_STORE

    address = store or ("" if pairs else os.environ.get(STORE_VARIABLE) or DEFAULT_STORE)
    accepted = _reviewed(pairs or [], address, status)
    from mt.train.adapt import Plan, check_plan
    from mt.train.adapt import adapt as run
    from mt.train.replay import general_from, shipped_general
    from mt.train.reviewed import cleaned, split

    plan = Plan(name, model, steps, minutes, default, glossary_of(glossary))
    check_plan(plan)
    kept, counts = cleaned(accepted)
    if counts.dropped:
        reasons = ", ".join(f"{reason} {number}" for reason, number in counts.dropped.most_common())
        say(f"targem: {counts.dropped.total()} of {counts.read} pairs left out ({reasons})")
    parts = split(kept, test_part)
    mixed = general_from(general) if general else shipped_general()
    watch = say if sys.stderr.isatty() else lambda _: None
    made = run(parts, mixed, plan, watch)
    if address:
        _keep(made, plan.glossary.digest, address)
    _print(made, default)


def _reviewed(files: list[Path], address: str, status: str) -> "list[TextPair]":
    from mt.train.reviewed import from_files, from_store, parse_statuses

    statuses = parse_statuses(status)
    kept = from_store(address, statuses) if address else []
    return kept + from_files(files, statuses)


def _keep(adapted: "Adapted", glossary: str, address: str) -> None:
    """Keep how both models do in the store that the pairs came from, for `targem score history`."""
    from aligned.store import Store
    from mt.train.progress import runs_of

    with Store.open(address) as opened:
        for run in runs_of(adapted, glossary):
            opened.add_scores(run)


def _print(adapted: "Adapted", wanted: bool) -> None:
    """Print the table and say what became of the model."""
    sys.stdout.write(f"{'set':8} {'model':6} {'pairs':>5} {'BLEU':>6} {'chrF':>6}  terms kept\n")
    for name, after in adapted.after.items():
        for when, made in (("before", adapted.before[name]), ("after", after)):
            terms = "-" if made.accuracy is None else f"{made.accuracy:.1f}% of {made.owed}"
            sys.stdout.write(f"{name:8} {when:6} {made.pairs:5} {made.bleu:6.2f} {made.chrf:6.2f}  {terms}\n")
    model = adapted.model
    made_from = f"from {adapted.parent.reference} in {adapted.steps} updates, digest {model.digest[:12]}"
    sys.stdout.write(f"{model.reference}: {made_from}; in {model.path}\n")
    if adapted.lost:
        say(f"targem: {model.reference} lost and is not the default: {adapted.lost}")
    elif wanted:
        say(f"targem: {model.reference} is the default for {model.pair} now")
    else:
        say(f"targem: {model.reference} won; to translate with it: targem models default {model.reference}")
