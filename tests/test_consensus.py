"""Ways to cut a torn line: drawn by their probability; of them the one that differs least from the others."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pytest

from mt.repair import repair_lines
from mt.repair.assemble import assemble
from mt.repair.consensus import COMPARED, TRUST, consensus
from mt.repair.network import load_network
from mt.repair.search import DRAWN, SURE, Cut, cut_lines, likely_cuts
from mt.repair.simulate import damage
from mt.sample import sample_path

LINE = "אחת שתיים שלוש ארבע"


def cut(*edges: int, confidence: float) -> Cut:
    return Cut((0, *edges, len(LINE)), (True,) * len(edges), confidence, 0.0)


@dataclass
class Judge:
    """Finds one text more probable than all others, by some nats."""

    liked: str = ""
    nats: float = 0.0
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def log_probabilities(self, texts: Sequence[tuple[str, str, str]]) -> npt.NDArray[np.float32]:
        self.asked += texts
        return np.array([self.nats * (text == self.liked) - 90 for _, text, _ in texts], np.float32)


@pytest.fixture
def judge() -> Judge:
    return Judge()


@pytest.fixture(scope="module")
def torn() -> list[str]:
    lines = [line for line in sample_path().read_text("utf-8").splitlines() if len(line) > 40]
    return [damage(line, random.Random(at)).text for at, line in enumerate(lines[:12])]


def test_what_a_line_is_sure_of_is_taken_and_nobody_asked(judge: Judge) -> None:
    only = cut(4, confidence=0.3)
    assert consensus([LINE, LINE], [[only], [only]], lambda: judge) == [only, only]
    assert judge.asked == []


def test_the_middle_of_what_may_be_wins_over_the_likeliest(judge: Judge) -> None:
    far, near, between = cut(4, confidence=0.4), cut(15, confidence=0.35), cut(10, 15, confidence=0.25)
    texts = [assemble(LINE, each)[0] for each in (far, near, between)]
    assert texts == ["שתיים שלוש ארבע אחת", "ארבע אחת שתיים שלוש", "ארבע שלוש אחת שתיים"]
    assert consensus([LINE], [[far, near, between]], lambda: judge)[0].edges == between.edges
    assert consensus([LINE], [[cut(4, confidence=0.8), near, between]], lambda: judge)[0].edges == far.edges


def test_ways_that_read_the_same_count_together(judge: Judge) -> None:
    one, same, other = cut(4, confidence=0.3), cut(3, confidence=0.3), cut(15, confidence=0.4)
    [chosen] = consensus([LINE], [[other, one, same]], lambda: judge)
    assert chosen.edges == one.edges
    assert chosen.confidence == pytest.approx(0.6)


def test_the_judge_reads_between_the_neighbours_and_is_heard(judge: Judge) -> None:
    sure, liked, other = cut(4, confidence=0.5), cut(15, confidence=0.1), cut(4, confidence=0.4)
    judge.liked, judge.nats = assemble(LINE, liked)[0], 10.0
    around = assemble(LINE, sure)[0]
    chosen = consensus([LINE] * 3, [[sure], [other, liked], [sure]], lambda: judge)
    assert [each.edges for each in chosen] == [sure.edges, liked.edges, sure.edges]
    assert {(before, after) for before, _, after in judge.asked} == {(around, around)}
    odds = 0.1 / 0.4 * np.exp(TRUST * judge.nats)
    assert chosen[1].confidence == pytest.approx(0.5 * odds / (1 + odds))


def test_only_the_likeliest_are_judged(judge: Judge) -> None:
    line = "א" * (COMPARED + 10) + "ב"
    cuts = [Cut((0, at, len(line)), (True,), 1 / (at + 40), 0.0) for at in range(1, len(line))]
    consensus([line], [cuts], lambda: judge)
    assert [text for _, text, _ in judge.asked] == [assemble(line, each)[0] for each in cuts[:COMPARED]]


def test_a_line_that_is_not_cut_stays_as_it_is(judge: Judge) -> None:
    whole = Cut((0, 10), (), 0.5, 0.5)
    consensus(["שלום (רב) "], [[whole, Cut((0, 5, 10), (True,), 0.4, 0.5)]], lambda: judge)
    assert judge.asked[0][1] == "שלום (רב) "


def test_draws_are_as_frequent_as_they_are_probable(torn: list[str]) -> None:
    network = load_network()
    for found in likely_cuts(torn, network, drawn=2000):
        assert len({each.edges for each in found}) == len(found)
        assert found[0].confidence == max(each.confidence for each in found)
        assert sum(each.confidence for each in found) <= 1.001
        if found[0].confidence < SURE:
            assert sum(each.confidence for each in found) > 0.5
        for each in found:
            assert list(each.edges) == sorted(set(each.edges))


def test_the_same_lines_are_drawn_alike_and_the_best_is_the_first(torn: list[str]) -> None:
    network = load_network()
    first, again = likely_cuts(torn, network), likely_cuts(torn, network)
    assert first == again
    assert [found[0] for found in first] == cut_lines(torn, network)
    assert any(1 < len(found) <= DRAWN + 1 for found in first)


def test_confidence_is_a_share_of_what_the_readings_have(torn: list[str]) -> None:
    likely = dict(zip(torn, likely_cuts(torn, load_network()), strict=True))
    found = {line.damaged: line for line in repair_lines(torn)}
    for damaged, line in found.items():
        mass = sum(each.confidence for each in likely[damaged])
        assert 0 < line.confidence <= mass + 1e-6
