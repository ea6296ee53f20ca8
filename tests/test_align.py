"""Alignment: every sentence in exactly one bead, and the right one."""

import lzma
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligned.align import Bead, align_beads, align_sentences
from aligned.align.lexicon import compile_lexicon

HEBREW = [
    "הממשלה אישרה את התקציב ב-26 בנובמבר.",
    "ראש הממשלה דיבר עם 14 שרים.",
    "המלחמה נמשכה שלוש שנים.",
    "החברה מכרה נפט לטורקיה.",
]
ENGLISH = [
    "The government approved the budget on November 26.",
    "The prime minister spoke with 14 ministers.",
    "The war lasted three years.",
    "The company sold oil to Turkey.",
]


def shapes(beads: list[Bead]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(bead.source, bead.target) for bead in beads]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 12), st.integers(0, 99))
def test_every_sentence_is_in_exactly_one_bead(n: int, m: int, half_band: int, seed: int) -> None:
    def scorer(a: int, b: int, c: int, d: int) -> float:
        return random.Random(f"{seed} {a} {b} {c} {d}").uniform(-1, 1)

    beads = align_beads(n, m, scorer, half_band=half_band)
    assert sorted(i for bead in beads for i in bead.source) == list(range(n))
    assert sorted(j for bead in beads for j in bead.target) == list(range(m))
    in_order = [bead for bead in beads if bead.source and not bead.crossing]
    assert all(x.source < y.source for x, y in pairwise(in_order))
    assert all(0 <= bead.score <= 1 for bead in beads)


def test_sentences_are_paired_in_order() -> None:
    assert shapes(align_sentences(HEBREW, ENGLISH)) == [((i,), (i,)) for i in range(4)]


@pytest.mark.parametrize("gone", range(4))
def test_a_dropped_sentence_is_a_null_bead(gone: int) -> None:
    beads = align_sentences(HEBREW, ENGLISH[:gone] + ENGLISH[gone + 1 :])
    assert ((gone,), ()) in shapes(beads)
    assert len(beads) == 4


def test_an_empty_side_leaves_null_beads() -> None:
    assert shapes(align_sentences(HEBREW, [])) == [((i,), ()) for i in range(4)]
    assert shapes(align_sentences([], ENGLISH)) == [((), (j,)) for j in range(4)]
    assert align_sentences([], []) == []


def test_a_swap_is_a_crossing() -> None:
    gains = {(0, 0): 1.0, (1, 2): 1.0, (2, 1): 0.9, (3, 3): 1.0}

    def scorer(a: int, b: int, c: int, d: int) -> float:
        return gains.get((a, c), -1.0) if b - a == d - c == 1 else -1.0

    beads = align_beads(4, 4, scorer)
    assert ((2,), (1,)) in shapes(beads)
    assert [bead.crossing for bead in beads].count(True) == 1


def test_many_against_few() -> None:
    beads = align_sentences(HEBREW * 100, ENGLISH)
    assert sum(len(bead.source) for bead in beads) == 400
    assert sum(len(bead.target) for bead in beads) == 4


def test_a_lexicon_becomes_stems(tmp_path: Path) -> None:
    source, target = tmp_path / "lexicon.tsv.xz", tmp_path / "stems.tsv.xz"
    source.write_bytes(lzma.compress("בית\thouse\nאבן\ta stone\nבית\thousehold, home\n".encode()))
    compile_lexicon(source, target)
    assert lzma.decompress(target.read_bytes()).decode() == "אבן\ta stone\nבית\thouse home\n"
