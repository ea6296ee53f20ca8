"""Forcing terms: laws over a scripted engine, and the real model under a hard glossary."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.match import SourceMatcher, TargetMatcher
from glossary.receipt import Method
from glossary.terms import Glossary, Term
from mt.constrain import Constrainer, Outcome
from mt.engines.base import Engine
from mt.engines.folder import find_model
from mt.engines.pieces import TERM_MARKS, Pieces
from tests.fake_engine import FakeEngine, FakePieces

TERMS = Glossary(
    (
        Term("באקו", ("Baku",)),
        Term("נחיצ'ואן", ("Nakhchivan",)),
        Term("מסדרון זנגזור", ("Zangezur corridor",)),
        Term("קרבאך", ("Karabakh",)),
        Term("נגורנו-קרבאך", ("Nagorno-Karabakh",)),
        Term("הסכמי אברהם", ("the Abraham Accords", "Abraham Accords")),
        Term("איראן", ("Iran",)),
    )
)
WORDS = {
    "נפתחה": "opened",
    "שגרירות": "embassy",
    "בבאקו": "in the capital",
    "הנציג": "envoy",
    "ביקר": "visited",
    "מסדרון": "passage",
    "זנגזור": "Sangesur",
}


def outcome(engine: Engine | FakeEngine, text: str, terms: Glossary = TERMS) -> Outcome:
    constrainer = Constrainer(engine, TargetMatcher(terms))
    return constrainer.translate([(text, SourceMatcher(terms).find(text))])[0]


def test_a_sentence_without_terms_is_decoded_once_and_left_alone() -> None:
    engine = FakeEngine(WORDS)
    result = outcome(engine, "נפתחה שגרירות")
    assert result.target == "opened embassy"
    assert result.receipts == ()
    assert len(engine.asked) == 1


def test_a_term_that_the_model_says_itself_costs_nothing() -> None:
    engine = FakeEngine({**WORDS, "באקו": "Baku"})
    result = outcome(engine, "הנציג ביקר באקו")
    assert [(r.method, r.price, r.target) for r in result.receipts] == [(Method.FREE, 0.0, "Baku")]
    assert len(engine.asked) == 1


def test_a_term_that_stands_with_another_hyphen_is_written_as_the_glossary_has_it() -> None:
    engine = FakeEngine({**WORDS, "קרבאך": "Nagorno Karabakh"})
    result = outcome(engine, "הנציג ביקר קרבאך", Glossary((Term("קרבאך", ("Nagorno-Karabakh",)),)))
    assert result.target == "envoy visited Nagorno-Karabakh"
    assert [r.method for r in result.receipts] == [Method.FORCED]


def test_a_model_that_obeys_is_told_what_terms_are_in_english() -> None:
    marks = {"<t>": "", "ב<t>": "in", "<=>": "", "</t>": "", "באקו": "", "איראן": "", "Iran": "Persia"}
    engine = FakeEngine(WORDS | marks, pieces=FakePieces(obeys_marks=True))
    result = outcome(engine, "הנציג ביקר באקו")
    assert engine.asked[0][0].source == ("▁הנציג", "▁ביקר", "▁<t>", "▁באקו", "▁<=>", "▁Baku", "▁</t>")
    assert result.target == "envoy visited Baku"
    assert [(r.method, r.price, r.source_start) for r in result.receipts] == [(Method.MARKED, 0.0, 11)]
    # What it does not write although it was told is forced as ever.
    result = outcome(engine, "ביקר באיראן")
    assert result.target == "visited in Iran"
    assert [(r.method, r.prefix, r.source_start) for r in result.receipts] == [(Method.FORCED, "ב", 6)]


def test_the_pieces_of_a_marked_term_stand_for_its_characters() -> None:
    pieces = Pieces(find_model().path)
    text = 'הוא נסע לבאקו ב""יום"" שני.'
    start = text.index("באקו")
    marked, offsets = pieces.marked_source(text, [(start, start + 4, "Baku")])
    inside = [
        offset for piece, offset in zip(marked, offsets, strict=True) if piece in (*TERM_MARKS, "▁Baku")
    ]
    assert inside == [(start, start + 4)] * 4
    plain = [offset for offset in offsets if offset != (start, start + 4)]
    assert "".join(text[a:b] for a, b in plain) == text.replace("באקו", "")
    assert pieces.marked_source(text, []) == pieces.source(text)


def test_a_missing_term_is_forced_where_its_source_is_attended_to() -> None:
    engine = FakeEngine(WORDS)
    result = outcome(engine, "הנציג ביקר מסדרון זנגזור")
    assert result.target == "envoy visited Zangezur corridor"
    (receipt,) = result.receipts
    assert receipt.method is Method.FORCED
    assert result.target[receipt.target_start : receipt.target_end] == "Zangezur corridor"
    assert len(engine.asked) == 1


def test_a_term_at_the_head_of_a_sentence_begins_with_a_capital() -> None:
    terms = Glossary((Term("גירעון מסחרי", ("trade deficit",)),))
    result = outcome(FakeEngine({"גירעון": "x", "מסחרי": "y", "גדל": "grew"}), "גירעון מסחרי גדל", terms)
    assert result.target == "Trade deficit grew"


def test_each_alternative_has_the_terms_and_none_comes_twice() -> None:
    text, terms = "הנציג ביקר בבאקו", TERMS
    matches = SourceMatcher(terms).find(text)
    found = Constrainer(FakeEngine(WORDS), TargetMatcher(terms)).alternatives(text, matches, 3)
    targets = [one.target for one in found]
    assert targets[0] == outcome(FakeEngine(WORDS), text).target
    assert len(set(targets)) == len(targets) >= 2
    assert all("Baku" in target and one.receipts for target, one in zip(targets, found, strict=True))


def test_two_occurrences_need_two_terms() -> None:
    result = outcome(FakeEngine({**WORDS, "ו": "and"}), "בבאקו ביקר הנציג בבאקו")
    assert Counter(r.target for r in result.receipts) == {"Baku": 2}
    assert result.target.split().count("Baku") == 2
    assert len({r.target_start for r in result.receipts}) == 2


def test_a_part_of_a_longer_term_does_not_stand_for_the_shorter_one() -> None:
    result = outcome(FakeEngine({"קרבאך": "Nagorno-Karabakh"}), "קרבאך")
    assert [r.target for r in result.receipts] == ["Karabakh"]
    assert "Nagorno" not in result.target


def test_a_term_does_not_complete_a_longer_one() -> None:
    result = outcome(FakeEngine({"קרבאך": "Nagorno Krabakh"}), "קרבאך")
    assert result.target == "Karabakh"
    assert [r.method for r in result.receipts] == [Method.FORCED]


def test_what_the_model_said_goes_to_the_occurrence_that_it_renders() -> None:
    terms = Glossary((Term("מלחמת קרבאך", ("Karabakh War",)), Term("קרבאך", ("Karabakh",))))
    engine = FakeEngine({"מלחמת": "Karabakh", "קרבאך": "war", "הנציג": "envoy", "בקרבאך": "Karabakh"})
    result = outcome(engine, "מלחמת קרבאך הנציג בקרבאך", terms)
    assert result.target == "Karabakh War envoy Karabakh"
    assert [r.method for r in result.receipts] == [Method.FORCED, Method.FREE]


def test_an_invented_name_is_banned() -> None:
    result = outcome(FakeEngine({"הנציג": "Iran", "ביקר": "visited"}), "הנציג ביקר")
    assert result.target == "someone visited"
    assert result.findings == ()


def test_a_name_stands_no_more_often_than_in_the_source() -> None:
    result = outcome(FakeEngine({**WORDS, "הנציג": "Baku"}), "ביקר בבאקו הנציג")
    assert result.target.split().count("Baku") == 1
    assert result.findings == ()
    assert [receipt.target for receipt in result.receipts] == ["Baku"]


@pytest.mark.parametrize("word", ["האיראני", "איראניים", "לאיראנית"])
def test_a_word_grown_from_the_name_allows_it(word: str) -> None:
    result = outcome(FakeEngine({word: "Iran", "הנציג": "envoy"}), f"הנציג {word}")
    assert result.target == "envoy Iran"


def test_an_output_without_end_is_a_finding() -> None:
    result = outcome(FakeEngine(WORDS, endless=True), "הנציג ביקר")
    assert result.findings == ("output without end",)


def test_an_output_that_repeats_itself_is_a_finding() -> None:
    result = outcome(FakeEngine({"הנציג": "very " * 9}), "הנציג")
    assert result.findings == ("output repeats itself",)


@given(
    st.lists(
        st.sampled_from(
            ["הנציג", "ביקר", "ובבאקו", "מסדרון זנגזור", "מנחיצ'ואן", "קרבאך", "נגורנו-קרבאך", "הסכמי אברהם"]
        ),
        min_size=1,
        max_size=9,
    )
)
def test_every_term_stands_once_for_every_occurrence(words: list[str]) -> None:
    text = " ".join(words)
    engine = FakeEngine({**WORDS, "הסכמי": "Iran", "קרבאך": "Baku"})
    matches = SourceMatcher(TERMS).find(text)
    result = outcome(engine, text)
    assert [(r.source_start, r.source_end) for r in result.receipts] == [(m.start, m.end) for m in matches]
    assert all(r.method is not Method.FAILED for r in result.receipts)
    spans = sorted((r.target_start or 0, r.target_end or 0) for r in result.receipts)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    for receipt, match in zip(result.receipts, matches, strict=True):
        said = result.target[receipt.target_start : receipt.target_end]
        assert said.lower().removeprefix("the ") == match.term.targets[0].lower().removeprefix("the ")


def test_the_price_is_what_forcing_cost(engine: Engine) -> None:
    text = "הנשיא ביקר באיראן."
    result = outcome(engine, text, Glossary((Term("איראן", ("Ulaanbaatar",)),)))
    (receipt,) = result.receipts
    assert receipt.method is Method.FORCED
    assert receipt.price > 1
