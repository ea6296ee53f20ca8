"""Word links: found in a matrix, carried, and good enough on pairs linked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligned.links import (
    Link,
    by_lexicon,
    carry,
    diagonal,
    from_matrix,
    rates,
    source_words,
    target_words,
)
from glossary.hebrew import fold
from glossary.terms import Glossary, Term
from mt.engines.ctranslate2 import CTranslate2Engine
from mt.engines.folder import find_model
from mt.linking import Linker, attention, target_offsets
from tests.bench.links import MARKED, read

MAX_ERROR = 0.12


@pytest.fixture(scope="module")
def engine() -> CTranslate2Engine:
    return CTranslate2Engine(find_model())


def test_links_are_found_both_ways() -> None:
    matrix = np.array([[0.9, 0.0, 0.0], [0.3, 0.25, 0.1], [0.0, 0.1, 0.1]], dtype=np.float32)
    assert from_matrix(matrix, 0.4) == {(0, 0): pytest.approx(0.9)}
    assert from_matrix(matrix, 0.25).keys() == {(0, 0), (0, 1), (1, 1)}


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_diagonal_links_words_of_both_sides_only(sources: int, targets: int) -> None:
    found = from_matrix(diagonal(sources, targets))
    assert all(s < sources and t < targets for s, t in found)
    assert bool(found) == bool(sources and targets)
    if sources == targets:
        assert {(i, i) for i in range(sources)} <= found.keys()


def test_a_lexicon_knows_words_behind_their_prefixes() -> None:
    lexicon = {fold("ממשלה"): {"gover"}, fold("תקציב"): {"budge"}}
    found = by_lexicon(["התקציב", "לממשלה"], ["The", "governments", "budget"], lexicon)
    assert np.argwhere(found == 1).tolist() == [[1, 1], [2, 0]]


def test_a_span_is_carried_from_its_first_link_to_its_last() -> None:
    links = [Link((0, 4), (10, 14), 0.9), Link((5, 9), (4, 9), 0.8), Link((10, 14), (0, 3), 0.7)]
    assert carry((0, 9), links) == (4, 14)
    assert carry((11, 12), links) == (0, 3)
    assert carry((20, 24), links) is None


def test_a_stray_link_does_not_stretch_what_is_carried() -> None:
    links = [Link((0, 4), (0, 4), 0.9), Link((0, 4), (60, 64), 0.4)]
    assert carry((0, 4), links) == (0, 4)


def test_rates_are_those_of_the_definition() -> None:
    assert rates({(0, 0), (1, 1)}, {(0, 0), (1, 2), (2, 2)}) == pytest.approx((1 / 2, 1 / 3, 1 - 2 / 5))


def test_pieces_stand_where_the_words_do(engine: CTranslate2Engine) -> None:
    text = "The Ministry's  budget rose."
    spans = target_offsets(engine, engine.pieces.target(text), text)
    assert "".join(text[start:end] for start, end in spans) == text.replace(" ", "")


def test_attention_has_a_row_for_each_target_word(engine: CTranslate2Engine) -> None:
    source, target = "הממשלה אישרה את התקציב.", "The government approved the budget."
    found = attention(engine, source, target)
    assert found.shape == (len(target_words(target)), len(source_words(source)))
    assert [int(found[row].argmax()) for row in (1, 2, 4)] == [0, 1, 3]


def test_terms_are_linked_whole_and_in_order(engine: CTranslate2Engine) -> None:
    terms = Glossary((Term("משרד החוץ", ("Foreign Ministry",)),))
    source, target = "משרד החוץ הודיע כי הסכים.", "The Foreign Ministry announced that it had agreed."
    links = Linker(engine, terms).links(source, target)
    [term] = [link for link in links if source[slice(*link.source)] == "משרד החוץ"]
    assert target[slice(*term.target)].endswith("Foreign Ministry")
    assert carry((0, 9), links) == term.target
    assert ("הודיע", "announced") in {(source[slice(*x.source)], target[slice(*x.target)]) for x in links}


def test_links_of_the_shipped_model_are_mostly_right(engine: CTranslate2Engine) -> None:
    marked = read(MARKED)
    assert len(marked) == 40
    found, sure = set(), set()
    linker = Linker(engine, Glossary(()))
    for at, pair in enumerate(marked):
        judged = {t for _, t in pair.sure}
        links = linker.words(pair.source, pair.target)
        found |= {(100 * at + s, 100 * at + t) for s, t in links if t in judged}
        sure |= {(100 * at + s, 100 * at + t) for s, t in pair.sure}
    assert rates(found, sure)[2] < MAX_ERROR
