"""Batches, updates, checkpoints and the whole loop, on a toy language that a tiny model learns in seconds."""

import errno
import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from mt.cli import training
from mt.engines.base import Request
from mt.engines.ctranslate2 import CTranslate2Engine
from mt.engines.folder import find_model
from mt.engines.transformers import TransformersEngine
from mt.errors import ModelError, TrainingError
from mt.train import checkpoint
from mt.train.batches import Batch, Encoded, Position, Rows, mean_pieces, pass_plan, updates
from mt.train.checkpoint import clear_drafts, load_checkpoint, newest_checkpoint, save_checkpoint
from mt.train.curve import draw_curve
from mt.train.evaluate import translate
from mt.train.journal import CURVE, LOG, RECORDS, Evaluation, Event
from mt.train.learner import Learner, learning_rate, pick_device
from mt.train.loop import Outcome, Task, train
from mt.train.recipe import Learning, Phase, read_recipe
from mt.train.run import prepared_in, task_of
from mt.train.tokenizer import Tokenizer
from tests.conftest import Run
from tests.toy_language import sentences, write_toy

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Tiny matrices gain nothing from threads, and a loaded machine loses much to them."""
    torch.set_num_threads(1)  # for each test, since the other engine sets what both of them use


def task_in(folder: Path, pairs: int = 600, dev: int = 6, **settings: object) -> Task:
    folder.mkdir(exist_ok=True)
    recipe = read_recipe(str(write_toy(folder, pairs, dev, **settings)))
    return task_of(recipe, prepared_in(recipe, folder / "out"))


def rows(lengths: list[int]) -> Rows:
    starts = np.cumsum([0, *lengths], dtype=np.int64)
    return Rows(np.arange(starts[-1], dtype=np.int32) + 1, starts)


LENGTHS = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=30)


@given(LENGTHS, st.integers(4, 60), st.sampled_from([0.5, 1.0, 2.25]))
def test_a_pass_draws_each_pair_by_weight_in_batches_that_fit(
    lengths: list[tuple[int, int]], tokens: int, weight: float
) -> None:
    data = {"a": Encoded(rows([a for a, _ in lengths]), rows([b for _, b in lengths]))}
    plan = (
        pass_plan(data, Phase("x", 1, {"a": weight}, longest=99), tokens, (1,))
        if round(weight * len(lengths))
        else []
    )
    drawn = [row for batch in plan for _, row in batch]
    assert len(drawn) == int(weight) * len(lengths) + round((weight - int(weight)) * len(lengths))
    assert all(int(weight) <= drawn.count(row) <= int(weight) + 1 for row in range(len(lengths)))
    for batch in plan:
        assert len(batch) == 1 or max(max(lengths[row]) for _, row in batch) * len(batch) <= tokens


@given(LENGTHS, st.integers(1, 3), st.integers(0, 12))
@settings(max_examples=40)
def test_updates_go_on_from_any_position(lengths: list[tuple[int, int]], accumulate: int, at: int) -> None:
    data = {"a": Encoded(rows([a for a, _ in lengths]), rows([b for _, b in lengths]))}
    phases = (Phase("one", 7, {"a": 1}), Phase("two", 6, {"a": 2}))
    whole = list(updates(data, phases, 20, accumulate, 5, 0))
    assert len(whole) == 13
    start = whole[at - 1][0] if at else Position()
    rest = list(updates(data, phases, 20, accumulate, 5, 0, start))
    assert [p for p, _ in rest] == [p for p, _ in whole[at:]]
    for (_, one), (_, two) in zip(rest, whole[at:], strict=True):
        for x, y in zip(one, two, strict=True):
            assert (x.source == y.source).all()
            assert (x.target == y.target).all()


def test_pairs_too_long_for_a_phase_stay_out() -> None:
    data = {"a": Encoded(rows([3, 9, 4]), rows([3, 2, 9]))}
    assert [row for b in pass_plan(data, Phase("x", 1, {"a": 1}, longest=5), 50, (1,)) for _, row in b] == [0]
    assert mean_pieces(data, Phase("x", 1, {"a": 1}, longest=5), 50) == (1, 3.0)
    with pytest.raises(TrainingError, match="no pairs are left for phase 'x'"):
        pass_plan(data, Phase("x", 1, {"a": 1}, longest=1), 50, (1,))


RATES = [
    ("cosine", 0, 0.1), ("cosine", 9, 1.0), ("cosine", 100, 0.02), ("cosine", 50, 0.51),
    ("inverse-sqrt", 4, 0.5), ("inverse-sqrt", 9, 1.0), ("inverse-sqrt", 39, 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("decay", "step", "expected"), RATES)
def test_the_rate_warms_up_and_decays(decay: str, step: int, expected: float) -> None:
    learning = Learning(rate=1.0, warmup=10, decay=decay)
    assert learning_rate(learning, step, 100) == pytest.approx(expected, abs=0.06)


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Task, Outcome]:
    """Return a task well learned."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("learned")
    task = task_in(
        folder, pairs=1500, steps=240, evaluate=120, every=120, width=32, feedforward=64, tokens=800,
        dropout=0.0, vocabulary=66, dev=40,
    )  # fmt: skip
    return task, train(task, folder / "out")


def test_a_toy_language_is_learned(learned: tuple[Task, Outcome]) -> None:
    _, outcome = learned
    assert outcome.finished
    assert outcome.best
    records = [json.loads(line) for line in (outcome.best.parent / RECORDS).read_text().splitlines()]
    losses = [record["loss"] for record in records if record["kind"] == "progress"]
    assert losses[-1] < losses[0] / 3
    assert outcome.chrf
    assert outcome.chrf > 90
    scored = [record for record in records if record["kind"] == "evaluation"]
    assert max(record["chrf"] for record in scored) == outcome.chrf
    assert [record["step"] for record in scored] == [120, 240]


def test_the_log_can_be_read_and_the_curve_stands_alone(learned: tuple[Task, Outcome]) -> None:
    best = learned[1].best
    assert best
    log = (best.parent / LOG).read_text("utf-8")
    assert re.search(r"^step 120  one  loss \d\.\d{3}  rate \S+  \d+ pieces/s  \d+\.\d min$", log, re.M)
    assert re.search(r"^step 240  toy BLEU \d+\.\d\d chrF \d+\.\d\d", log, re.M)
    page = (best.parent / CURVE).read_text("utf-8")
    assert page.count("<svg") == 2
    assert "toy chrF: last" in page
    assert "http" not in page
    assert draw_curve("<none>", []).count("&lt;none&gt;") == 2


def test_both_engines_load_the_export_and_say_the_same(learned: tuple[Task, Outcome]) -> None:
    task, outcome = learned
    folder = find_model(str(outcome.best))
    one, two = CTranslate2Engine(folder, beam=1, compute="float32"), TransformersEngine(folder, beam=1)
    texts = list(task.dev["toy"].sources)
    asked = [Request(one.pieces.source(text)[0]) for text in texts]
    said = [one.pieces.text(h.pieces) for h in one.decode(asked)]
    assert said == [two.pieces.text(h.pieces) for h in two.decode(asked)]
    # The weights as transformers has them, its padding embedding untouched.
    assert said == translate(two._model, task.tokenizer, texts)


def test_the_padding_is_zero_and_out_of_the_softmax(learned: tuple[Task, Outcome]) -> None:
    task, outcome = learned
    assert outcome.best
    weights = load_file(outcome.best / "model.safetensors")
    embeddings = [w for w in weights.values() if w.ndim == 2 and len(w) == task.tokenizer.size]
    assert embeddings
    assert all(not w[task.tokenizer.pad].any() and w[:-1].any(1).all() for w in embeddings)


def test_a_padding_inside_the_vocabulary_learns_nothing_either(learned: tuple[Task, Outcome]) -> None:
    task = learned[0]
    learner = Learner.new(task.shape, task.tokenizer, task.learning, 1, "cpu")
    _, batches = next(updates(task.data, task.phases, 200, 1, 1, task.tokenizer.pad))
    plain = learner._loss(batches[0], np.random.default_rng(0)).item()
    pad, size = 7, task.tokenizer.size
    order = [*range(pad), size - 1, *range(pad, size - 1)]  # the padding moves to where 7 was
    moved = {old: new for new, old in enumerate(order)}
    with torch.no_grad():
        embedding = learner.model.get_input_embeddings()
        embedding.weight.copy_(embedding.weight[order].clone())
    learner.tokenizer.__dict__.update(pad=pad)
    learner.model.config.decoder_start_token_id = pad
    shifted = Batch(*(np.vectorize(moved.get)(side) for side in (batches[0].source, batches[0].target)))
    try:
        assert learner._loss(shifted, np.random.default_rng(0)).item() == pytest.approx(plain, rel=1e-5)
    finally:
        learner.tokenizer.__dict__.update(pad=size - 1)


def test_word_dropout_hides_words_but_no_marks(learned: tuple[Task, Outcome]) -> None:
    task = learned[0]
    learner = Learner.new(task.shape, task.tokenizer, replace(task.learning, word_dropout=0.5), 1, "cpu")
    source = np.array([[2, 3, 4, 5, 6, 7, 8, 9, task.tokenizer.end, task.tokenizer.pad]])
    noised = learner._noised(source, np.random.default_rng(1)).numpy()[0]
    assert 1 <= (noised[:8] == task.tokenizer.unknown).sum() <= 7
    assert list(noised[8:]) == [task.tokenizer.end, task.tokenizer.pad]


def test_bfloat16_learns_too(tmp_path: Path) -> None:
    task = task_in(tmp_path, steps=20, evaluate=99)
    half = replace(task, dev={}, learning=replace(task.learning, precision="bfloat16", dropout=0.0))
    seen: list[Event | None] = []

    def never(event: Event | None) -> bool:
        seen.append(event)
        return False

    outcome = train(half, tmp_path / "half", device="cpu", stop=never)
    assert outcome.best
    assert outcome.best.name == "last"
    losses = [event.loss for event in seen if event and not isinstance(event, Evaluation)]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("deepen", [0, 1])
def test_a_child_begins_where_its_parent_ended(
    learned: tuple[Task, Outcome], tmp_path: Path, deepen: int
) -> None:
    _, outcome = learned
    write_toy(tmp_path, pairs=1500, steps=2, evaluate=1, every=2, rate=1e-5, dropout=0.0)
    text = (
        (tmp_path / "toy.toml")
        .read_text()
        .replace("[model]", f'[model]\nparent = "{outcome.best}"\ndeepen = {deepen}')
    )
    (tmp_path / "toy.toml").write_text(text)
    recipe = read_recipe(str(tmp_path / "toy.toml"))
    task = task_of(recipe, prepared_in(recipe, tmp_path / "out"))
    child = train(task, tmp_path / "out")
    assert child.chrf
    assert outcome.chrf
    assert abs(child.chrf - outcome.chrf) < 3
    assert child.best
    assert outcome.best
    layers = [
        json.loads((f / "config.json").read_text())["encoder_layers"] for f in (outcome.best, child.best)
    ]
    assert layers[1] == layers[0] + deepen


def test_a_child_takes_up_a_new_vocabulary(learned: tuple[Task, Outcome], tmp_path: Path) -> None:
    _, outcome = learned
    assert outcome.best
    path = write_toy(tmp_path, vocabulary=52, steps=2, evaluate=1, every=2)
    parent = f'[model]\nparent = "{outcome.best}"\nnew_vocabulary = true'
    path.write_text(path.read_text().replace("[model]", parent))
    recipe = read_recipe(str(path))
    task = task_of(recipe, prepared_in(recipe, tmp_path / "out"))
    old, new = Tokenizer(outcome.best), task.tokenizer
    assert new.size == 52 + 1  # and padding

    before, after = (
        Learner.child(outcome.best, tokenizer, task.learning, 1, "cpu").model for tokenizer in (old, new)
    )
    theirs, ours = (model.get_input_embeddings().weight for model in (before, after))
    kept = [piece for piece in new.numbers if piece in old.numbers]
    assert len(kept) > new.size / 2
    for piece in kept:
        assert torch.equal(ours[new.numbers[piece]], theirs[old.numbers[piece]])
    assert torch.isfinite(ours).all()
    assert after.lm_head.weight is ours

    best = train(task, tmp_path / "out").best
    assert best
    assert load_file(best / "model.safetensors")["model.shared.weight"].shape[0] == new.size
    engine = CTranslate2Engine(find_model(str(best)), beam=1)
    assert len(list(engine.decode([Request(engine.pieces.source("אבג")[0])]))) == 1


def test_an_encoder_is_not_deepened_beyond_twice(learned: tuple[Task, Outcome], tmp_path: Path) -> None:
    _, outcome = learned
    write_toy(tmp_path, pairs=300, steps=2, evaluate=1, every=2)
    text = (
        (tmp_path / "toy.toml")
        .read_text()
        .replace("[model]", f'[model]\nparent = "{outcome.best}"\ndeepen = 9')
    )
    (tmp_path / "toy.toml").write_text(text)
    recipe = read_recipe(str(tmp_path / "toy.toml"))
    with pytest.raises(ModelError, match="encoder layers"):
        train(task_of(recipe, prepared_in(recipe, tmp_path / "out")), tmp_path / "out")


def same(one: object, two: object) -> bool:
    """Tell whether two states are the same to the last bit."""
    if isinstance(one, torch.Tensor) and isinstance(two, torch.Tensor):
        return one.dtype == two.dtype and torch.equal(one, two)
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(two, list | tuple):
        return len(one) == len(two) and all(map(same, one, two))
    return one == two


def test_stopped_and_resumed_is_as_never_stopped(tmp_path: Path) -> None:
    task = task_in(tmp_path)
    whole = train(task, tmp_path / "whole")
    for stop_at in (7, 23, 999):
        left = iter(range(stop_at))
        part = train(
            task, tmp_path / "parts", resume=True,
            stop=lambda event, left=left: event is None and next(left, None) is None,  # type: ignore[misc]
        )  # fmt: skip
    assert part == replace(whole, best=part.best)
    states = [load_checkpoint(tmp_path / name, task.digest) for name in ("whole", "parts")]
    assert same(*states)
    records = [
        [
            (r["step"], r.get("chrf"))
            for r in map(json.loads, (tmp_path / n / RECORDS).read_text().splitlines())
        ]
        for n in ("whole", "parts")
    ]
    assert records[0] == records[1]


def test_killed_and_resumed_is_as_never_killed(tmp_path: Path) -> None:
    recipe = write_toy(tmp_path, dev=6, steps=150, evaluate=60)

    arguments = ["train", str(recipe), "-o", str(tmp_path / "killed"), "--threads", "1"]
    process = subprocess.Popen([sys.executable, "-m", "mt", *arguments], cwd=ROOT, stderr=subprocess.PIPE)
    while process.poll() is None and _step(tmp_path / "killed") < 30:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert 30 <= _step(tmp_path / "killed") < 150
    plan = read_recipe(str(recipe))
    for name in ("killed", "whole"):
        task = task_of(plan, prepared_in(plan, tmp_path / name))
        assert train(task, tmp_path / name, resume=True).finished
    assert same(*(load_checkpoint(tmp_path / name, task.digest) for name in ("whole", "killed")))
    for model in ("best", "last"):
        one, two = ((tmp_path / n / model / "model.safetensors").read_bytes() for n in ("whole", "killed"))
        assert one == two


def _step(folder: Path) -> int:
    found = newest_checkpoint(folder)
    return int(found.name.rpartition("-")[2]) if found else 0


def test_a_checkpoint_is_split_and_joined(tmp_path: Path) -> None:
    state = {"weights": torch.arange(300_000), "step": 4}
    folder = save_checkpoint(state, tmp_path, 4, "abc", part_mib=0.5)
    parts = sorted(folder.glob("state.*"))
    assert len(parts) == 5
    assert all(part.stat().st_size <= 1 << 19 for part in parts)
    assert same(load_checkpoint(tmp_path, "abc"), state)
    save_checkpoint(state, tmp_path, 12, "abc")
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-00000012"]


def test_a_damaged_or_foreign_checkpoint_is_refused(tmp_path: Path) -> None:
    folder = save_checkpoint({"a": torch.ones(5)}, tmp_path, 4, "abc", part_mib=0.0005)
    with pytest.raises(TrainingError, match="another recipe or other data"):
        load_checkpoint(tmp_path, "xyz")
    part = sorted(folder.glob("state.*"))[-1]
    part.write_bytes(b"?" + part.read_bytes()[1:])
    with pytest.raises(TrainingError, match="is damaged"):
        load_checkpoint(tmp_path, "abc")
    part.unlink()
    with pytest.raises(TrainingError, match=rf"lacks {part.name}"):
        load_checkpoint(tmp_path, "abc")
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(TrainingError, match=r"lacks a sound manifest\.json"):
        load_checkpoint(tmp_path, "abc")


def test_what_a_kill_left_is_cleared(tmp_path: Path) -> None:
    for name in (".draft-123", "best.old", "last.old", "last"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    clear_drafts(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best", "last"]
    assert (tmp_path / "best" / "best.old").exists()


def test_a_full_disk_is_one_line_and_leaves_the_checkpoint_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = task_in(tmp_path)
    write, calls = checkpoint._write, iter(range(99))

    def full(path: Path, data: bytes | memoryview) -> None:
        if next(calls) > 2:
            path.write_bytes(data[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, data)

    monkeypatch.setattr(checkpoint, "_write", full)
    with pytest.raises(TrainingError, match=r"No space left on device.*free some space") as caught:
        train(task, tmp_path / "out", resume=True)
    assert "\n" not in str(caught.value)
    assert _step(tmp_path / "out") == 10
    assert not list((tmp_path / "out").glob(".draft*"))
    monkeypatch.undo()
    assert train(task, tmp_path / "out", resume=True).finished


def test_a_folder_in_use_needs_resume(tmp_path: Path) -> None:
    task = task_in(tmp_path, steps=10)
    assert train(task, tmp_path / "out").finished
    with pytest.raises(TrainingError, match="holds checkpoint-00000010 already: add --resume"):
        train(task, tmp_path / "out")
    assert train(task, tmp_path / "out", resume=True).step == 10


def test_a_lost_loss_is_one_line(tmp_path: Path) -> None:
    task = task_in(tmp_path, rate=1e30)
    with pytest.raises(TrainingError, match=r"the loss at update \d+ is no number: lower learning.rate"):
        train(replace(task, learning=replace(task.learning, clip=1e30)), tmp_path / "out")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_one_line() -> None:
    with pytest.raises(TrainingError, match="no GPU"):
        pick_device("cuda")


def test_a_dry_run_counts_measures_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = write_toy(tmp_path)
    before = sorted(tmp_path.iterdir())
    training.train(str(recipe), dry_run=True)
    text = capsys.readouterr().out
    assert re.search(r"^toy +600 read +\d+ kept", text, re.M)
    assert re.search(r"^held out: 80 sentences$", text, re.M)
    assert re.search(r"^phase one: \d+ pairs a pass, 40 steps, about 0\.\d\d hours$", text, re.M)
    assert re.search(r"million parameters, \d+ target pieces a second$", text, re.M)
    assert sorted(tmp_path.iterdir()) == before


def test_minutes_end_a_piece_and_so_does_an_interrupt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, out = str(write_toy(tmp_path, dev=6, steps=100_000)), tmp_path / "out"
    before = signal.getsignal(signal.SIGTERM)
    training.train(recipe, out, minutes=0.001)
    said = capsys.readouterr()
    assert re.match(r"targem: stopped at step \d+ of 100000: run it again with --resume", said.err)
    assert said.out == f"{out / 'last'}\n"
    step, update = _step(out), Learner.update

    def interrupted(*arguments: Any) -> float:
        signal.raise_signal(signal.SIGTERM)
        return update(*arguments)

    monkeypatch.setattr(Learner, "update", interrupted)
    training.train(recipe, out, resume=True)
    assert f"stopped at step {step + 1} of 100000" in capsys.readouterr().err
    assert _step(out) == step + 1
    assert signal.getsignal(signal.SIGTERM) == before


def test_faults_on_the_command_line_are_one_line(tmp_path: Path, run: Run) -> None:
    write_toy(tmp_path)
    save_checkpoint({}, tmp_path / "out", 7, "abc")
    for arguments, status, message in [
        (["toy.toml", "-o", "out"], 1, "holds checkpoint-00000007 already: add --resume"),
        (["toy.toml", "-o", "out", "--resume"], 1, "is of another recipe or other data"),
        (["none.toml", "-o", "out"], 1, "recipe 'none.toml' is not there"),
        (["toy.toml"], 2, "give either -o FOLDER or --dry-run"),
        (["toy.toml", "-o", "out", "--device", "tpu"], 2, "unknown device 'tpu'"),
    ]:
        failed = run("train", *arguments)
        assert (failed.returncode, failed.stdout) == (status, b"")
        assert message in failed.stderr.decode()
        assert failed.stderr.count(b"\n") == 1


def test_sentences_of_the_toy_language_are_all_different() -> None:
    made = sentences(200)
    assert len({source for source, _ in made}) == 200
