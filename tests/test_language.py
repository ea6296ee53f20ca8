"""The language model behind repair: what it finds probable, and that it is what PyTorch trained."""

import random
from pathlib import Path

import numpy as np
import pytest
import sentencepiece
import torch

from mt.engines.settings import DEFAULT_MODEL
from mt.registry.home import PACKAGED
from mt.repair.language import AFTER, BEFORE, LAYERS, WEIGHTS, WIDTH, load_language
from mt.repair.packing import packed, unpacked
from mt.train.language.__main__ import begun
from mt.train.language.export import export_language, read_language
from mt.train.language.loop import Plan, train
from tests.test_repair import sample_lines

LINES = [line for line in sample_lines(70) if len(line.split()) > 8]


def shuffled(line: str, seed: int) -> str:
    """Put three stretches of words in another order."""
    words = line.split()
    first, second = sorted(random.Random(seed).sample(range(1, len(words)), 2))
    return " ".join([*words[first:second], *words[:first], *words[second:]])


def test_lines_are_more_probable_than_what_they_are_torn_to() -> None:
    torn = [shuffled(line, at) for at, line in enumerate(LINES)]
    language = load_language()
    whole = language.log_probabilities([("", line, "") for line in LINES])
    assert (whole > language.log_probabilities([("", line, "") for line in torn])).mean() > 0.9


def test_what_stands_before_and_behind_counts() -> None:
    one, two, three = "שר החוץ של", "ארמניה נפגש עם", "נשיא אזרבייג'ן."
    language = load_language()
    alone, between, strange = language.log_probabilities([("", two, ""), (one, two, ""), (three, two, "")])
    assert between > alone
    assert between > strange
    follows, breaks = language.log_probabilities([(one, two, three), (one, two, "שלם מיד.")])
    assert follows > breaks


def test_a_text_has_its_probability_whatever_is_asked_besides() -> None:
    asked = [(before, line, after) for before, line, after in zip(LINES, LINES[1:], LINES[2:], strict=False)]
    asked += [("", "א" * 230, ""), ("", "€ 日本 ", "ж"), ("", "א", "")]
    language = load_language()
    together = language.log_probabilities(asked)
    alone = np.concatenate([language.log_probabilities([each]) for each in asked])
    assert np.isfinite(together).all()
    assert together == pytest.approx(alone, rel=0.02)


def test_far_off_text_is_not_looked_at() -> None:
    language = load_language()
    far = " ".join(["מלה"] * 2 * BEFORE)
    first, second = language.log_probabilities([(f"שלום {far}", "כאן", far), (far, "כאן", f"{far} שלום")])
    assert first == pytest.approx(second)
    assert AFTER < BEFORE


def test_ctranslate2_runs_what_pytorch_trained() -> None:
    network, tokenizer = read_language(WEIGHTS)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=tokenizer)
    before, text = "הבקשה הוגשה", "בידי שרי החוץ של ארמניה"
    known = 1 + len(pieces.encode(before))
    row = torch.tensor([[0, *pieces.encode(before), *pieces.encode(text)]])
    with torch.no_grad():
        found = torch.log_softmax(network.eval()(row[:, :-1]), -1).gather(-1, row[:, 1:, None])
    ours = load_language().log_probabilities([(before, text, "")])
    assert ours[0] == pytest.approx(float(found[0, known - 1 :].sum()), rel=0.02)


def test_a_little_training_learns_and_is_kept(tmp_path: Path) -> None:
    network, tokenizer = begun(PACKAGED / DEFAULT_MODEL, LINES, size=400)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=tokenizer)
    assert len(pieces) == len(network.bias) <= 400
    encoded = {"sample": [np.array(row, np.int16) for row in pieces.encode(LINES)]}
    said, path = list[str](), tmp_path / "made.npz"
    plan = Plan({"sample": 4}, minutes=0.1, warmup=5, batch=4, log_every=5)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    train(encoded, plan, network, lambda: export_language(network, tokenizer, path), said.append)
    torch.set_num_threads(threads)
    first, last = (float(line.rsplit(maxsplit=4)[-4]) for line in (said[0], said[-1]))
    assert last < first
    again, same = read_language(path)
    assert same == tokenizer
    for name, value in again.state_dict().items():
        assert (value - network.state_dict()[name]).square().mean() < 1e-3
    language = load_language.__wrapped__(path)
    assert language.log_probabilities([("", LINES[0], "")])[0] < 0


def test_a_network_begins_with_the_layers_of_an_encoder() -> None:
    network, _ = begun(PACKAGED / DEFAULT_MODEL, LINES, size=400)
    assert len(network.layers) == LAYERS
    assert network.embedding.weight.shape[1] == WIDTH
    # Post-norm layers as Marian has them: the gains have been trained, and are not ones.
    gains = [value for name, value in network.state_dict().items() if name.endswith("norm1.weight")]
    assert len(gains) == LAYERS
    assert all(bool((gain != 1).any()) for gain in gains)


def test_four_bits_lose_little() -> None:
    table = np.random.default_rng(1).normal(size=(30, 64)).astype(np.float32)
    table[3] = 0
    table[4, 5] = 40
    pairs, scale = packed(table)
    assert pairs.shape == (30, 32)
    lost = np.abs(unpacked(pairs, scale) - table)
    assert lost[5:].max() < 0.8
    assert np.square(lost[5:]).mean() < 0.02
    assert unpacked(pairs, scale)[3].tolist() == [0] * 64
