"""Adapt a model to pairs that reviewers accepted, without its forgetting the rest; judge it; register it.

What holds it back: general text in every pass, as many pairs as there are new ones; small steps, from a
rate that falls with the model's width; an average of the weights; an end as soon as held-out pairs no
longer gain; and, of the child and two models between it and the parent, the best that forgets little.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from glossary.terms import Glossary
from mt.engines.base import Engine
from mt.engines.folder import check_folder
from mt.engines.registry import load_engine
from mt.engines.settings import DEFAULT_MODEL
from mt.errors import ModelError, SettingError, TrainingError
from mt.registry.home import check_name
from mt.registry.manifest import CARD_FILES, RegisteredModel
from mt.registry.names import describe, locate
from mt.registry.register import register
from mt.train.batches import encode, pass_plan
from mt.train.blend import moderate
from mt.train.cleaning import TextPair
from mt.train.evaluate import DevSet
from mt.train.journal import Evaluation, Event
from mt.train.judge import GENERAL, NEW, Judgement, as_scores, judge, loss
from mt.train.loop import Task, train
from mt.train.recipe import STORED, Learning, Phase, Saving
from mt.train.replay import General, own_translations
from mt.train.reviewed import Parts, chance, data_digest, without_held_out
from mt.train.tokenizer import Tokenizer

# The peak rate times the model's width: 2e-4 for one of width 256, a third of what it was trained with, and
# 1e-4 for the 512 of OPUS models.
RATE_BY_WIDTH = 0.05
WARMUP, AVERAGE = 20, 0.99
# Batches are cut so that a pass makes about so many updates, within these bounds in padded pieces.
UPDATES_A_PASS, SMALLEST_BATCH, LARGEST_BATCH = 20, 200, 1500
# Passes over the new pairs, unless held-out pairs end it before: so many evaluations without a gain.
PASSES, PATIENCE = 10, 3
# And never longer than this, unless it is asked for: a large model on a small computer.
LONGEST_MINUTES = 15.0
# Pairs that are translated after every pass.
MAX_WATCH = 100
# The same bound as in translating: what is longer reaches the model in parts.
LONGEST = 160
_ENDLESS = 1_000_000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to adapt and how long: at most so many updates or minutes, else as the data say."""

    name: str
    model: str = DEFAULT_MODEL
    steps: int | None = None
    minutes: float | None = None
    make_default: bool = False
    glossary: Glossary = field(default_factory=lambda: Glossary(()))
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Adapted:
    """A registered model, its parent, both judged; `lost` says in what it lost, if it did."""

    model: RegisteredModel
    parent: RegisteredModel
    before: dict[str, Judgement]
    after: dict[str, Judgement]
    lost: str
    steps: int


def adapt(new: Parts, general: General, plan: Plan, say: Say = lambda _: None) -> Adapted:
    """Train a model further on new pairs and general text, and register the best of it as a new version.

    It is not made the default, whatever the plan, when it lost against its parent. Raises SettingError for
    a name or length that cannot be, ModelError for a model that cannot be found, trained or trusted,
    TrainingError where no pairs are left; nothing is registered then.
    """
    check_plan(plan)
    parent = describe(locate(plan.model))
    parent = replace(parent, digest=check_folder(parent.path).digest)
    new, parts, mixed = without_held_out(new, general.parts, general.mixed)
    engine = load_engine(str(parent.path))
    replay = (*parts.train, *own_translations(engine, mixed))
    tests = {NEW: new.test, GENERAL: parts.test}
    say(f"{len(new.train)} pairs to learn from, {len(replay)} of general text; judging {parent.reference}")
    before = judge(engine, tests, plan.glossary)
    with tempfile.TemporaryDirectory(prefix="targem-adapt-") as work:
        watch = {NEW: _drawn(new.watch), GENERAL: _drawn(parts.watch)}
        folder, steps = _trained(parent, new.train, replay, watch, plan, Path(work) / "run", say)
        folder, share = moderate(
            parent.path,
            folder,
            judge(engine, watch, plan.glossary),
            lambda made: judge(_sung_to(made, plan.name), watch, plan.glossary),
        )
        say(f"{steps} updates, of which {share:.0%} are kept; judging the new model")
        after = judge(_sung_to(folder, plan.name), tests, plan.glossary)
        lost = loss(before, after)
        _add_card(folder, parent, plan.name, len(new.train), as_scores(before, after))
        model = register(
            folder,
            plan.name,
            parent.digest,
            data_digest((*new.train, *replay)),
            as_scores(before, after),
            make_default=plan.make_default and not lost,
            pair=parent.pair,
        )
    return Adapted(model, parent, before, after, lost, steps)


def check_plan(plan: Plan) -> None:
    """Raise SettingError for a name or length that cannot be, ModelError for a model that is not there."""
    check_name(plan.name)
    if plan.steps is not None and plan.steps < 1:
        raise SettingError(f"{plan.steps} steps are none", "give 1 or more")
    if plan.minutes is not None and plan.minutes <= 0:
        raise SettingError(f"{plan.minutes:g} minutes are none", "give more than 0")
    check_folder(locate(plan.model).path)


def _trained(
    parent: RegisteredModel, new: Sequence[TextPair], replay: Sequence[TextPair],
    watch: dict[str, tuple[TextPair, ...]], plan: Plan, folder: Path, say: Say,
) -> tuple[Path, int]:  # fmt: skip
    """Train in a folder; return that of the best model, and the updates made."""
    task = _task(parent, new, replay, watch, plan)
    minutes = plan.minutes or (None if plan.steps else LONGEST_MINUTES)
    try:
        outcome = train(task, folder, minutes=minutes, watch=say, stop=_Patience())
    except TrainingError as error:
        # The folder is gone after this: nothing is there to go on from.
        raise TrainingError(error.what, error.do.removesuffix(", then go on with --resume")) from None
    if outcome.best is None:
        raise TrainingError("no update was made", "give more minutes or steps")
    return outcome.best, outcome.step


def _task(
    parent: RegisteredModel, new: Sequence[TextPair], replay: Sequence[TextPair],
    watch: dict[str, tuple[TextPair, ...]], plan: Plan,
) -> Task:  # fmt: skip
    tokenizer = _tokenizer(parent.path)
    data = {NEW: encode(new, tokenizer)}
    weights = {NEW: 1.0}
    if replay:
        data[GENERAL] = encode(replay, tokenizer)
        weights[GENERAL] = len(new) / len(replay)
    config = check_folder(parent.path).config
    phase = Phase("adapting", 1, weights, LONGEST)
    pieces = sum(int(weights[name] * pairs.lengths.sum()) for name, pairs in data.items())
    tokens = min(max(pieces // UPDATES_A_PASS, SMALLEST_BATCH), LARGEST_BATCH)
    one_pass = len(pass_plan(data, phase, tokens, (plan.seed,)))
    steps = plan.steps or (_ENDLESS if plan.minutes else PASSES * one_pass)
    learning = Learning(
        rate=RATE_BY_WIDTH / int(str(config["d_model"])),
        warmup=WARMUP,
        decay="inverse-sqrt",
        batch_tokens=tokens,
        average=AVERAGE,
        weight_decay=0.0,
    )
    every = min(one_pass, steps)
    return Task(
        name=plan.name,
        digest=hashlib.sha256(f"{parent.digest} {data_digest((*new, *replay))}".encode()).hexdigest(),
        tokenizer=tokenizer,
        data=data,
        phases=(replace(phase, steps=steps),),
        seed=plan.seed,
        learning=learning,
        saving=Saving(log_every=every, checkpoint_every=0, evaluate_every=every, stored=_stored(config)),
        parent=parent.path,
        dev={name: _dev(pairs) for name, pairs in watch.items() if pairs},
    )


def _sung_to(folder: Path, name: str) -> Engine:
    """Load the new model, or say by its name, not its passing folder, why it cannot be trusted."""
    try:
        return load_engine(str(folder))
    except ModelError as error:
        what = error.what.replace(str(folder.resolve()), f"{name} (adapted)")
        raise ModelError(what, "give general text, fewer steps, or another model") from None


class _Patience:
    """Ends a run when evaluations no longer gain."""

    def __init__(self) -> None:
        self._idle = 0

    def __call__(self, event: Event | None) -> bool:
        if isinstance(event, Evaluation):
            self._idle = 0 if event.best else self._idle + 1
        return self._idle >= PATIENCE


def _tokenizer(folder: Path) -> Tokenizer:
    try:
        return Tokenizer(folder)
    except (KeyError, OSError, RuntimeError, ValueError) as error:
        raise ModelError(
            f"the tokenizer of model '{folder}' cannot be used ({error})", "give a complete Marian model"
        ) from None


def _stored(config: dict[str, object]) -> str:
    """Return the arithmetic that the parent's weights are stored in, or float32."""
    kind = str(config.get("dtype") or config.get("torch_dtype"))
    return kind if kind in STORED else "float32"


def _drawn(pairs: Sequence[TextPair]) -> tuple[TextPair, ...]:
    """Return the pairs that are translated after every pass."""
    return tuple(sorted(pairs, key=lambda pair: chance(pair.source))[:MAX_WATCH])


def _dev(pairs: Sequence[TextPair]) -> DevSet:
    return DevSet(tuple(pair.source for pair in pairs), tuple(pair.target for pair in pairs))


def _add_card(folder: Path, parent: RegisteredModel, name: str, pairs: int, scores: dict[str, float]) -> None:
    """Write a card that names the parent, and take the parent's terms of use along."""
    for file in CARD_FILES[1:]:
        if (parent.path / file).is_file():
            shutil.copyfile(parent.path / file, folder / file)
    rows = "".join(f"| {key} | {value:.2f} |\n" for key, value in scores.items())
    (folder / CARD_FILES[0]).write_text(
        f"# {name}\n\nMarian model {parent.reference} ({parent.digest[:16]}) adapted to {pairs} reviewed "
        "pairs by targem adapt.\nThe parent's terms of use hold for it too.\n\n"
        f"| score | |\n|---|---|\n{rows}",
        "utf-8",
    )
