"""Ways to cut a torn line: drawn by their probability; of them the one that differs least from the others."""

import random
from collections import defaultdict

import numpy as np
import pytest

from mt.repair import repair_lines
from mt.repair.assemble import assemble
from mt.repair.consensus import consensus
from mt.repair.network import load_network
from mt.repair.search import DRAWN, SURE, Cut, cut_lines, likely_cuts
from mt.repair.simulate import damage
from mt.sample import sample_path

LINE = "אחת שתיים שלוש ארבע"


def cut(*edges: int, confidence: float) -> Cut:
    return Cut((0, *edges, len(LINE)), (True,) * len(edges), confidence, 0.0)


@pytest.fixture(scope="module")
def torn() -> list[str]:
    lines = [line for line in sample_path().read_text("utf-8").splitlines() if len(line) > 40]
    return [damage(line, random.Random(at)).text for at, line in enumerate(lines[:12])]


def test_what_one_line_is_sure_of_is_taken() -> None:
    only = cut(4, confidence=0.3)
    assert consensus(LINE, [only]) is only


def test_the_middle_of_what_may_be_wins_over_the_likeliest() -> None:
    far, near, between = cut(4, confidence=0.4), cut(15, confidence=0.35), cut(10, 15, confidence=0.25)
    texts = [assemble(LINE, each)[0] for each in (far, near, between)]
    assert texts == ["שתיים שלוש ארבע אחת", "ארבע אחת שתיים שלוש", "ארבע שלוש אחת שתיים"]
    assert consensus(LINE, [far, near, between]).edges == between.edges
    assert consensus(LINE, [cut(4, confidence=0.8), near, between]).edges == far.edges


def test_ways_that_read_the_same_count_together() -> None:
    one, same, other = cut(4, confidence=0.3), cut(3, confidence=0.3), cut(15, confidence=0.4)
    chosen = consensus(LINE, [other, one, same])
    assert chosen.edges == one.edges
    assert chosen.confidence == pytest.approx(0.6)


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


def test_confidence_is_the_probability_of_the_text(torn: list[str]) -> None:
    likely = dict(zip(torn, likely_cuts(torn, load_network()), strict=True))
    for line in repair_lines(torn):
        found = likely[line.damaged]
        masses: dict[str, float] = defaultdict(float)
        for each in found:
            masses[assemble(line.damaged, each)[0]] += each.confidence
        assert any(np.isclose(line.confidence, mass) for mass in masses.values())
