"""Training of the network that orders runs: the same in PyTorch and NumPy, better after than before."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from mt.repair.counts import BITS, JOINED, JOINTS, joined
from mt.repair.features import CLASS_BITS, ONE_WORD, TWO_WORDS, class_slots, places_of
from mt.repair.network import CANDIDATES, LEVELS, Network, classes_in, counts_in, load_network
from mt.repair.search import cut_lines
from mt.repair.simulate import Habits, damage
from mt.train.order.batches import collate, pair_up
from mt.train.order.classes import class_table
from mt.train.order.corpus import FOLDS, Window, one_pass, read_documents
from mt.train.order.counting import FoldedCounts, count
from mt.train.order.export import export_network, read_weights
from mt.train.order.loop import Plan, train
from mt.train.order.network import RunOrder, line_losses
from tests.test_repair import sample_lines

SENTENCES = [line for line in sample_lines(400) if len(line) > 30]


@pytest.fixture(scope="module")
def counts() -> FoldedCounts:
    documents = {"sample": [SENTENCES[at::FOLDS] for at in range(FOLDS)]}
    return count(documents, class_table(SENTENCES * 4), {"שלום": 3})


@pytest.fixture(scope="module")
def trained(
    counts: FoldedCounts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunOrder, Path]]:
    torch.manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    path = tmp_path_factory.mktemp("order") / "runs.npz"
    model = RunOrder().eval()
    export_network(model.state_dict(), counts.whole, counts.classes, path)
    yield model, path
    torch.set_num_threads(threads)


def test_counts_are_those_of_all_folds_but_one(counts: FoldedCounts) -> None:
    assert counts.folds.sum(0, dtype=np.int64).max() > 3
    assert (counts.whole.astype(np.int64) >= counts.folds.sum(0, dtype=np.int64)).all()
    slots = np.flatnonzero(counts.folds[2])[:50]
    fold = np.full(len(slots), 2)
    assert (counts.without(fold)(slots[:, None])[:, 0] < counts.whole[slots]).all()


def test_a_string_is_counted_as_often_as_it_stands_however_it_is_cut(counts: FoldedCounts) -> None:
    text, classes = "הספר הישן נמצא", counts.classes
    whole = count({"sample": [[text], ["מלה אחרת"], [text]]}, classes, {}).whole
    # Behind the first word, and behind the second: the three words, of which one time does not count.
    cuts = np.array([len("הספר"), len("הספר הישן")])
    found = joined(places_of([text], classes), cuts, cuts, lambda slots: whole[slots])
    first = found[0, JOINTS.index((ONE_WORD, TWO_WORDS, True))]
    second = found[1, JOINTS.index((TWO_WORDS, ONE_WORD, True))]
    assert first == second == pytest.approx(np.log1p(2 - 1))


def test_no_line_has_more_edges_than_the_search_has_places() -> None:
    numbers = " ".join(str(at % 10) for at in range(400))
    windows = one_pass({"sample": [[numbers, "שלום רב לכולם כאן."]] * 20}, {"sample": 1}, (1,))
    edges = [len(line.edges) for window in windows for line in window.lines]
    assert edges
    assert max(edges) <= CANDIDATES


def test_words_in_like_places_share_a_class() -> None:
    rooms = ["הבית", "הגן", "השדה"]
    texts = [f"{who} ראה את {room} אתמול" for who in ("דן", "רות", "גד") for room in rooms for _ in range(4)]
    table = class_table(texts)
    found = table[class_slots([*rooms, "אתמול"])]
    assert len(set(found[:3].tolist())) == 1
    assert found[3] != found[0]
    assert found.min() > 0


def test_numpy_runs_what_pytorch_trained(counts: FoldedCounts, trained: tuple[RunOrder, Path]) -> None:
    _, path = trained
    # With the numbers as the file has them, rounded.
    model = RunOrder().eval()
    model.load_state_dict(read_weights(path))
    draw = random.Random(4)
    lines = tuple(damage(line[:70].strip(), draw, Habits(intact=0)) for line in SENTENCES[:4])
    network = load_network(path)
    rounded = LEVELS[np.searchsorted(LEVELS, counts.whole, side="right") - 1].astype(np.uint16)
    alike = FoldedCounts(rounded, np.zeros((FOLDS, 1 << BITS), np.uint8), counts.classes)
    batch = collate([Window(lines)], alike)
    with torch.no_grad():
        hidden = model.encode(batch, 0.0)
        cuts = model.cut(hidden)[..., 0].flatten().numpy()
        pairs = pair_up(batch, cuts, alike)
        meeting, run, blank = (found.numpy() for found in model.potentials(hidden, pairs))
    text = network.read([line.text for line in lines])
    assert text.cut[:, 0] == pytest.approx(cuts[: len(text.cut)], abs=0.02)
    for at in random.Random(1).sample(range(len(meeting)), 200):
        before, begin, end = pairs.before[at : at + 1], pairs.begin[at : at + 1], pairs.end[at : at + 1]
        ours, blanks = network.meetings(text, before, begin)
        assert ours[0, 0] == pytest.approx(meeting[at], abs=0.05)
        assert blanks[0, 0] == pytest.approx(blank[at], abs=0.05)
        assert network.runs(text, begin, end)[0, 0] == pytest.approx(run[at], abs=0.05)


def test_the_losses_are_those_of_all_ways_to_cut(
    counts: FoldedCounts, trained: tuple[RunOrder, Path]
) -> None:
    """Sum over every path of a short line by hand and compare."""
    model, _ = trained
    window = Window((damage("שלום רב לך", random.Random(1), Habits(intact=0, word=1)),))
    batch = collate([window], counts)
    with torch.no_grad():
        hidden = model.encode(batch, 0.0)
        pairs = pair_up(batch, model.cut(hidden)[..., 0].flatten().numpy(), counts)
        meeting, run, _ = model.potentials(hidden, pairs)
        loss = float(line_losses(meeting, run, pairs)[0])
    keys = list(zip(pairs.before.tolist(), pairs.begin.tolist(), strict=True))
    met = {(m, b): float(x) for (m, b), x in zip(keys, meeting, strict=True)}
    kept = {(e, b): float(x) for e, b, x in zip(pairs.end.tolist(), pairs.begin.tolist(), run, strict=True)}

    def paths(before: int, end: int) -> Iterator[float]:
        for begin in range(end):
            score = met[before, begin] + kept[end, begin]
            yield from [score] if begin == 0 else (score + rest for rest in paths(end, begin))

    last = len(window.lines[0].text)
    total = float(torch.logsumexp(torch.tensor(list(paths(-1, last))), 0))
    edges, gold, before = window.lines[0].edges, 0.0, -1
    for begin, end in zip(edges[-2::-1], edges[:0:-1], strict=True):
        gold += met[before, begin] + kept[end, begin]
        before = end
    assert loss == pytest.approx(total - gold, abs=1e-3)


def test_a_little_training_learns_and_is_kept(counts: FoldedCounts, tmp_path: Path) -> None:
    documents = {"sample": [SENTENCES] * 4}
    path, said = tmp_path / "runs.npz", list[str]()
    plan = Plan({"sample": 1.0}, minutes=0.15, batch=4, warmup=5, average=0.5, log_every=2, save_every=1000)

    def save(state: dict[str, torch.Tensor]) -> None:
        export_network(state, counts.whole, counts.classes, path)

    train(documents, counts, plan, RunOrder(), save, said.append)
    first, last = (float(line.rsplit(" ", 3)[1]) for line in (said[0], said[-1]))
    assert last < first
    again = RunOrder()
    again.load_state_dict(read_weights(path))
    network = load_network.__wrapped__(path)
    assert isinstance(network, Network)
    assert len(cut_lines(["שלום רב", "לך"], network)) == 2


def test_a_pass_draws_windows_of_neighbours(tmp_path: Path) -> None:
    (tmp_path / "made.docs.tsv").write_text(
        "".join(f"d{at // 20}\t{at}\tמשפט מספר {at} במסמך הזה\tSentence\n" for at in range(40)), "utf-8"
    )
    documents = read_documents(tmp_path, ["made"])
    assert [len(document) for document in documents["made"]] == [20, 20]
    windows = list(one_pass(documents, {"made": 1.0}, (1, 2)))
    assert windows
    assert windows == list(one_pass(documents, {"made": 1.0}, (1, 2)))
    assert all(1 <= len(window.lines) <= 5 for window in windows)
    text = " ".join(line.clean for window in windows for line in window.lines)
    assert all(text.count(f"מספר {at} במסמך") <= 1 for at in range(40))


def test_tables_come_back_from_the_file(tmp_path: Path) -> None:
    counts, classes = np.zeros(1 << BITS, np.uint16), np.zeros(1 << CLASS_BITS, np.uint8)
    counts[[0, 7, 8, 3000, -1]] = [1, 2, 4, 30, 60_000]
    classes[[1, 5, -1]] = [1, 200, 255]
    export_network(RunOrder().state_dict(), counts, classes, tmp_path / "made.npz")
    with np.load(tmp_path / "made.npz") as stored:
        assert (classes_in(stored) == classes).all()
        found = LEVELS[counts_in(stored)]
    assert found[[0, 7, 8, 3000, -1]].tolist() == [1, 2, 3, 25, 1000]
    assert np.count_nonzero(found) == 5


def test_features_have_one_row_a_place(counts: FoldedCounts) -> None:
    places = places_of(["שלום", ""], counts.classes)
    assert places.starts.tolist() == [0, 5, 6]
    assert len(places.left) == 6
    assert JOINED == 27
