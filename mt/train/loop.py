"""The loop: updates, evaluations, checkpoints, and an exact continuation after whatever ended it."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mt.engines.pieces import OBEYS_MARKS
from mt.train.batches import Encoded, Position, updates
from mt.train.checkpoint import clear_drafts, load_checkpoint, refuse_used, save_checkpoint, written
from mt.train.evaluate import DevSet, mean_chrf, score_sets
from mt.train.export import export_model
from mt.train.journal import Evaluation, Event, Journal, Progress, Watch
from mt.train.learner import Learner, learning_rate, pick_device
from mt.train.recipe import Learning, Phase, Saving, Shape
from mt.train.tokenizer import Tokenizer

BEST, LAST = "best", "last"


@dataclass(frozen=True, slots=True)
class Task:
    """All that decides a run, data encoded; `digest` stands for all of it and guards the checkpoints.

    With a `parent`, a Marian model folder, its shape and weights are taken; of `shape` only `deepen` counts,
    and the tokenizer may be another than its own. `marks_terms` says that the data have terms marked.
    """

    name: str
    digest: str
    tokenizer: Tokenizer
    data: Mapping[str, Encoded]
    phases: tuple[Phase, ...]
    seed: int = 1
    learning: Learning = field(default_factory=Learning)
    saving: Saving = field(default_factory=Saving)
    shape: Shape = field(default_factory=Shape)
    parent: Path | None = None
    marks_terms: bool = False
    dev: Mapping[str, DevSet] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        return sum(phase.steps for phase in self.phases)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a piece of a run ended. `best` is the best model's folder; without dev sets, the last's."""

    step: int
    steps: int
    chrf: float | None
    best: Path | None

    @property
    def finished(self) -> bool:
        return self.step >= self.steps


def train(
    task: Task, folder: Path, *, resume: bool = False, minutes: float | None = None, device: str = "auto",
    watch: Watch = lambda _: None, stop: Callable[[Event | None], bool] = lambda _: False,
) -> Outcome:  # fmt: skip
    """Train until the task is done, the minutes are over, or `stop` says so; write all to a folder.

    `stop` is asked after every update (with None) and every event. Whatever ends a piece, the next with
    `resume` goes on as if there had been no end: on a CPU, with as many threads, to the last bit.
    Raises TrainingError for a folder in use, a checkpoint of another task, a full disk, a lost loss.
    """
    _open(folder, resume)
    state = load_checkpoint(folder, task.digest)
    run = _Run(task, folder, _learner(task, device), state, watch)
    end = time.monotonic() + 60 * minutes if minutes is not None else float("inf")
    with closing(run.batches()) as source:
        for position, batches in source:
            events = run.advance(position, batches)
            stopping = stopped(events, stop) or time.monotonic() >= end
            if task.saving.checkpoint_every and (stopping or run.due(task.saving.checkpoint_every)):
                run.save()
            if stopping:
                break
    run.close()
    return Outcome(
        run.step,
        task.steps,
        run.chrf,
        next((folder / n for n in (BEST, LAST) if (folder / n).is_dir()), None),
    )


def stopped(events: Sequence[Event], stop: Callable[[Event | None], bool]) -> bool:
    """Ask `stop` about every event, and once about none."""
    answers = [stop(event) for event in (*events, None)]
    return any(answers)


def measure(task: Task, device: str = "auto", count: int = 5) -> tuple[float, int]:
    """Return target pieces a second over a few updates of the last phase, and the model's parameters."""
    learner = _learner(task, device)
    pieces, begun = 0, 0.0
    position = Position(len(task.phases) - 1)
    source = updates(task.data, task.phases, *_batching(task), position)
    for step, (_, batches) in zip(range(count + 1), source, strict=False):
        learner.update(batches, step, 0.0)
        # The first update allocates and compiles.
        begun = begun or time.monotonic()
        pieces += sum(int((b.target != task.tokenizer.pad).sum()) for b in batches) if step else 0
    return pieces / max(time.monotonic() - begun, 1e-9), learner.parameters


class _Run:
    """The moving parts of one run."""

    def __init__(
        self, task: Task, folder: Path, learner: Learner, state: dict[str, Any] | None, watch: Watch
    ) -> None:
        self.task = task
        self.folder = folder
        self.learner = learner
        self.step = 0
        self.chrf: float | None = None
        self._position = Position()
        self._saved = -1
        if state:
            learner.restore(state["learner"])
            self.step = self._saved = state["step"]
            self.chrf = state["chrf"]
            self._position = Position(*state["position"])
        self.journal = Journal(folder, task.name, self.step, watch)
        self.journal.say(
            f"{task.name}: step {self.step} of {task.steps}, {learner.parameters / 1e6:.1f} million "
            f"parameters, {sum(map(len, task.data.values()))} pairs, on {learner.device.type}"
        )
        self._begun = time.monotonic()
        self._reset()

    def batches(self) -> Any:
        return updates(self.task.data, self.task.phases, *_batching(self.task), self._position)

    def due(self, every: int) -> bool:
        return self.step % every == 0 or self.step >= self.task.steps

    def advance(self, position: Position, batches: list[Any]) -> list[Event]:
        """Take one update, log and evaluate where it is time."""
        task = self.task
        rate = learning_rate(task.learning, self.step, task.steps)
        phase = task.phases[self._position.phase].name
        self._loss += self.learner.update(batches, self.step, rate)
        self._updates += 1
        self._pieces += sum(int((batch.target != task.tokenizer.pad).sum()) for batch in batches)
        self.step += 1
        self._position = position
        events: list[Event] = []
        if self.due(task.saving.log_every):
            events.append(self._progress(phase, rate))
        if task.dev and self.due(task.saving.evaluate_every):
            events.append(self._evaluation())
            self._since = time.monotonic()
        for event in events:
            self.journal.add(event)
        return events

    def save(self) -> None:
        """Write a checkpoint, once for each step."""
        if self._saved == self.step:
            return
        position = self._position
        state = {
            "learner": self.learner.state(),
            "step": self.step,
            "chrf": self.chrf,
            "position": [position.phase, position.update, position.epoch, position.batch],
        }
        save_checkpoint(state, self.folder, self.step, self.task.digest, self.task.saving.part_mib)
        self._saved = self.step

    def close(self) -> None:
        """Write the averaged weights as they are, and the curve."""
        self._export(LAST, {})
        self.journal.draw()
        if self.step >= self.task.steps:
            self.journal.say(f"done: {self.step} steps")
        else:
            self.journal.say(f"stopped at step {self.step} of {self.task.steps}")

    def _progress(self, phase: str, rate: float) -> Progress:
        now = time.monotonic()
        speed = self._pieces / max(now - self._since, 1e-9)
        event = Progress(self.step, phase, self._loss / self._updates, rate, speed, (now - self._begun) / 60)
        self._reset()
        return event

    def _evaluation(self) -> Evaluation:
        task = self.task
        scores = score_sets(self.learner.averaged, task.tokenizer, task.dev, task.saving.beam)
        chrf = mean_chrf(scores)
        best = self.chrf is None or chrf > self.chrf
        event = Evaluation(self.step, {name: asdict(score) for name, score in scores.items()}, chrf, best)
        if best:
            self.chrf = chrf
            self._export(BEST, event.scores)
        return event

    def _export(self, name: str, scores: Mapping[str, Any]) -> None:
        facts = {"recipe": self.task.name, "digest": self.task.digest, "step": self.step, "scores": scores}
        export_model(
            self.learner.averaged, self.task.tokenizer, self.folder / name, facts, self.task.saving.stored
        )

    def _reset(self) -> None:
        self._loss, self._updates, self._pieces = 0.0, 0, 0
        self._since = time.monotonic()


def _open(folder: Path, resume: bool) -> None:
    if not resume:
        refuse_used(folder)
    with written(folder):
        folder.mkdir(parents=True, exist_ok=True)
        clear_drafts(folder)


def _learner(task: Task, device: str) -> Learner:
    chosen = pick_device(device)
    rest = task.tokenizer, task.learning, task.seed, chosen
    if task.parent:
        learner = Learner.child(task.parent, *rest, task.shape.deepen)
    else:
        learner = Learner.new(task.shape, *rest)
    if task.marks_terms:
        setattr(learner.averaged.config, OBEYS_MARKS, True)
    return learner


def _batching(task: Task) -> tuple[int, int, int, int]:
    return task.learning.batch_tokens, task.learning.accumulate, task.seed, task.tokenizer.pad
