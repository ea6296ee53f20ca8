"""`targem train`."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import refuse, say

if TYPE_CHECKING:
    from mt.train.loop import Task
    from mt.train.prepare import Prepared
    from mt.train.recipe import Recipe

SECONDS_AN_HOUR = 3600


def train(
    recipe: Annotated[str, typer.Argument(help="A recipe in TOML, or the name of a shipped one (he-en).")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The run's folder: models, checkpoint, logs, curve.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder that the recipe's files are in. Default: the recipe's.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the folder's checkpoint, if it has one.")
    ] = False,
    minutes: Annotated[
        float | None, typer.Option(help="Stop after so long, with a checkpoint to go on from.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Clean and count the data, measure the speed, write nothing.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int, typer.Option(help="Processor threads; 0: as many as there are cores.")] = 0,
) -> None:
    """Train a translation model from corpora, as a recipe says."""
    refuse(dry_run is (output is not None), "give either -o FOLDER or --dry-run", "see targem train --help")
    refuse(device not in ("auto", "cpu", "cuda"), f"unknown device '{device}'", "choose auto, cpu or cuda")
    from mt.train.recipe import read_recipe

    plan = read_recipe(recipe, data)
    _set_threads(threads)
    if output is None:
        _measure(plan, device)
    else:
        _train(plan, output, resume, minutes, device)


def _train(plan: "Recipe", output: Path, resume: bool, minutes: float | None, device: str) -> None:
    from mt.train.checkpoint import refuse_used

    if not resume:
        refuse_used(output)  # before PyTorch is loaded
    from mt.train.loop import train as run
    from mt.train.run import prepared_in, task_of

    watch: Callable[[str], None] = say if sys.stderr.isatty() else lambda _: None
    with _stoppable() as stopped:
        task = task_of(plan, prepared_in(plan, output, watch))
        outcome = run(
            task, output, resume=resume, minutes=minutes, device=device, watch=watch, stop=lambda _: stopped()
        )
    if outcome.finished:
        say(
            f"targem: {outcome.steps} steps done"
            + ("" if outcome.chrf is None else f", best chrF {outcome.chrf:.2f}")
        )
    else:
        say(f"targem: stopped at step {outcome.step} of {outcome.steps}: run it again with --resume to go on")
    sys.stdout.write(f"{outcome.best}\n")


def _measure(plan: "Recipe", device: str) -> None:
    import tempfile

    from mt.train.loop import measure
    from mt.train.prepare import prepare, report
    from mt.train.run import task_of

    with tempfile.TemporaryDirectory(prefix="targem-") as folder:
        prepared = prepare(plan, Path(folder))
        task = task_of(plan, prepared)
        speed, parameters = measure(task, device)
    sys.stdout.writelines(f"{line}\n" for line in report(prepared.counts))
    sys.stdout.write(f"held out: {prepared.guarded} sentences\n")
    sys.stdout.writelines(f"{line}\n" for line in _phases(plan, task, prepared, speed))
    sys.stdout.write(f"{parameters / 1e6:.1f} million parameters, {speed:.0f} target pieces a second\n")


def _phases(plan: "Recipe", task: "Task", prepared: "Prepared", speed: float) -> Iterator[str]:
    from mt.train.batches import mean_pieces

    for phase in plan.phases:
        pairs, pieces = mean_pieces(prepared.data, phase, task.learning.batch_tokens)
        hours = phase.steps * pieces * task.learning.accumulate / speed / SECONDS_AN_HOUR
        yield f"phase {phase.name}: {pairs} pairs a pass, {phase.steps} steps, about {hours:.2f} hours"


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Make an interrupt end the run after the update it is at, with a checkpoint; a second one, at once."""
    asked = False

    def ask(number: int, frame: object) -> None:  # noqa: ARG001 the signal module's form
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _set_threads(count: int) -> None:
    if count:
        import torch

        torch.set_num_threads(count)
