"""Constrained beam search, which a benchmark measures the glossary against."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt.engines.base import Request
from mt.engines.folder import find_model
from mt.engines.pieces import END
from tests.bench.dba import ConstrainedEngine, Ids, Owed, allocate

# A sentence, and targets that free decoding does not use for it.
CASES = [
    ("הממשלה החליטה אתמול להקים ועדה חדשה.", ["Council of Ministers"]),
    ("נשיא אזרבייג'ן נפגש עם שר החוץ של טורקיה בבאקו.", ["Chief Diplomat", "Turkish Republic", "Baki"]),
    ("הסכם השלום נחתם לאחר משא ומתן ארוך.", ["accord", "Talks"]),
]  # fmt: skip

few_pieces = st.integers(0, 3)
constraints = st.lists(st.lists(few_pieces, min_size=1, max_size=3).map(tuple), max_size=4)


@pytest.fixture(scope="module")
def constrained() -> ConstrainedEngine:
    return ConstrainedEngine(find_model(), beam=8)


def times(part: Ids, whole: Ids) -> int:
    return sum(whole[at : at + len(part)] == part for at in range(len(whole)))


@given(constraints, st.lists(few_pieces, max_size=30))
def test_what_is_met_stands_in_the_output(owed: list[Ids], output: list[int]) -> None:
    state = Owed(tuple(owed))
    for piece in output:
        before = state
        state = state.after(piece)
        assert (state.missing == before.missing - 1) == (piece in before.wanted)
    assert 0 <= state.missing <= sum(map(len, owed))
    for constraint in set(owed):
        assert times(constraint, tuple(output)) >= owed.count(constraint) - state.unmet.count(constraint)


def test_a_phrase_that_breaks_off_is_owed_in_full_again() -> None:
    owed = Owed(((1, 2, 3), (4,)))
    assert [owed.after(1).after(2).missing, owed.after(1).after(2).after(9).missing] == [2, 4]
    assert owed.after(1).after(2).after(1) == Owed(owed.unmet, (1,))
    assert owed.after(1).after(4) == Owed(((1, 2, 3),))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(1, 16))
def test_a_beam_is_shared_out_in_full(counts: list[int], beam: int) -> None:
    sizes = allocate(counts, beam)
    assert sum(sizes) == min(beam, sum(counts))
    assert all(0 <= size <= count for size, count in zip(sizes, counts, strict=True))
    assert all(size >= min(count, beam // len(counts)) for size, count in zip(sizes, counts, strict=True))


@pytest.mark.parametrize("beam", [4, 8])
def test_each_constraint_stands_once_and_the_output_ends(constrained: ConstrainedEngine, beam: int) -> None:
    constrained.beam = beam
    requests = [Request(constrained.pieces.source(source)[0]) for source, _ in CASES]
    owed = [[constrained.constraint(target) for target in targets] for _, targets in CASES]
    free = constrained.decode(requests)
    for request, wanted, hypothesis, output in zip(
        requests, owed, free, constrained.constrain(requests, owed), strict=True
    ):
        assert [times(c, tuple(constrained._ids(hypothesis.pieces))) for c in wanted] == [0] * len(wanted)
        assert [times(constraint, output.ids) for constraint in wanted] == [1] * len(wanted)
        assert output.ids[-1] == constrained.pieces.vocabulary[END]
        assert not output.owed.missing
        assert len(output.ids) <= request.limit + sum(map(len, wanted))


def test_without_constraints_it_is_the_engines_own_search(constrained: ConstrainedEngine) -> None:
    constrained.beam = 4
    requests = [Request(constrained.pieces.source(source)[0]) for source, _ in CASES]
    for hypothesis, output in zip(
        constrained.decode(requests), constrained.constrain(requests, [[]] * len(requests)), strict=True
    ):
        assert constrained.text(output) == constrained.pieces.text(hypothesis.pieces)
        # It never considers padding, which has a ten-thousandth of the engine's probability at each step.
        assert output.score == pytest.approx(hypothesis.score, rel=5e-3)


def test_a_constraint_does_not_depend_on_its_neighbours(constrained: ConstrainedEngine) -> None:
    constrained.beam = 4
    requests = [Request(constrained.pieces.source(source)[0]) for source, _ in CASES]
    owed = [[constrained.constraint(target) for target in targets] for _, targets in CASES]
    together = constrained.constrain(requests, owed)
    alone = [constrained.constrain([r], [o])[0] for r, o in zip(requests, owed, strict=True)]
    assert [output.ids for output in together] == [output.ids for output in alone]


def test_the_word_that_ends_a_constraint_goes_no_further(constrained: ConstrainedEngine) -> None:
    constrained.beam = 4
    request = Request(constrained.pieces.source("הנהגת הארגון נפגשה בקטאר.")[0])
    (output,) = constrained.constrain([request], [[constrained.constraint("organ")]])
    assert re.search(r"\borgan\b", constrained.text(output))


def test_what_the_vocabulary_cannot_spell_is_no_constraint(constrained: ConstrainedEngine) -> None:
    assert constrained.constraint("Баку") == ()
    assert constrained.constraint("Baku")
