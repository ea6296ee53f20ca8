"""Sentences to translations: once each, in order, whole, and kept batch by batch."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligned.records import Translation
from glossary.terms import Glossary, Term
from mt.translate import BATCH_SENTENCES, MAX_PIECES, Translator, translate_all
from tests.fake_engine import FakeEngine

TERMS = Glossary((Term("באקו", ("Baku",)), Term("מסדרון זנגזור", ("Zangezur corridor",))))
WORDS = st.sampled_from(["הנציג", "ביקר", "בבאקו", "מסדרון זנגזור", "היום,", "אתמול;", "NATO", "2024"])


def translator(terms: Glossary = TERMS, **words: str) -> Translator:
    return Translator(FakeEngine(words), terms)


def asked(made: Translator) -> list[str]:
    engine = made.engine
    assert isinstance(engine, FakeEngine)
    return [engine.pieces.text(request.source) for request in engine.asked[0]]


@given(st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=8))
def test_order_is_kept_and_nothing_is_asked_twice(sources: list[str]) -> None:
    made = translator()
    results = made.translate(sources)
    assert [result.source for result in results] == sources
    if any(sources):
        first = asked(made)
        assert len(first) == len(set(first))


@pytest.mark.parametrize("text", ["", "   ", "SOCAR, 2024.", "—"])
def test_what_holds_no_hebrew_stays_as_it_is(text: str) -> None:
    (result,) = translator().translate([text])
    assert result.target == text.strip()
    assert result.score == 0


@given(st.lists(WORDS, min_size=1, max_size=400))
def test_a_text_of_any_length_keeps_its_words_and_terms(words: list[str]) -> None:
    text = " ".join(["ביקר", *words])
    made = translator()
    (result,) = made.translate([text])
    parts = asked(made)
    assert {word for part in parts for word in part.split()} == set(text.split())
    assert all(len(part.split()) <= MAX_PIECES for part in parts)
    for receipt in result.receipts:
        assert text[receipt.source_start : receipt.source_end] == receipt.term
        assert result.target[receipt.target_start : receipt.target_end] == receipt.target
    assert len(result.receipts) == sum("באקו" in w or "זנגזור" in w for w in words)


def test_a_sentence_of_ten_thousand_words_is_translated_whole() -> None:
    words = [f"מילה{n}" for n in range(10_000)]
    (result,) = translator().translate([" ".join(words)])
    assert result.target.split() == words


def test_a_long_text_is_cut_at_its_strongest_breaks() -> None:
    made = translator()
    one, two, three, four = (" ".join([word] * 90) for word in ("אחת", "שתיים", "שלוש", "ארבע"))
    made.translate([f"{one}, {one[:7]}; {two}, {three} {four}"])
    assert asked(made)[:2] == [f"{one}, {one[:7]};", f"{two},"]
    assert " ".join(asked(made)[2:]) == f"{three} {four}"


def test_alternatives_begin_with_the_translation() -> None:
    translator = Translator(FakeEngine({"שלום": "peace"}), Glossary(()))
    assert translator.alternatives("שלום", 2) == ["peace", "peace indeed"]
    assert translator.alternatives("no Hebrew") == []


def test_a_translation_is_known_by_source_terms_and_signature() -> None:
    plain, other = translator(), translator(Glossary((*TERMS, Term("טהרן", ("Tehran",)))))
    assert plain.key("ביקר בבאקו") == other.key("ביקר בבאקו")
    assert plain.key("ביקר בטהרן") != other.key("ביקר בטהרן")
    assert plain.key("ביקר") != translator(Glossary(())).key("ביקר")
    assert plain.key("ביקר") != plain.key("ביקרה")
    foreign = translator()
    assert isinstance(foreign.engine, FakeEngine)
    foreign.engine.signature = "engine:other"
    assert foreign.key("ביקר") != plain.key("ביקר")


def test_direction_marks_and_points_do_not_reach_the_model() -> None:
    made = translator()
    (result,) = made.translate(["\u200fש\u05b8\u05c1לו\u05b9ם\u200e\u00a0עולם"])
    assert result.source == "שלום עולם"


def test_a_cell_of_a_csv_table_is_translated_without_its_marks() -> None:
    made = translator()
    cell = '"צה""ל ביקר בבאקו"'
    (result,) = made.translate([cell])
    assert (result.source, result.target) == (cell, 'צה""ל ביקר Baku')
    (receipt,) = result.receipts
    assert cell[receipt.source_start : receipt.source_end] == "באקו"
    assert asked(made) == ['צה""ל ביקר בבאקו']


@pytest.mark.parametrize("text", ['"ביקר" בבאקו "היום"', '"ביקר בבאקו"', '""ביקר בבאקו""', 'צה""ל', '"'])
def test_marks_of_a_quotation_are_no_marks_of_a_cell(text: str) -> None:
    made = translator()
    made.translate([text + " ביקר" if text == '"' else text])
    assert asked(made) == [text + " ביקר" if text == '"' else text]


class Memory:
    """A store in memory that may break down."""

    def __init__(self, patience: int = 10**9) -> None:
        self.kept: dict[str, Translation] = {}
        self.patience = patience

    def translations(self, keys: Iterable[str]) -> dict[str, Translation]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    def add_translations(self, items: Iterable[Translation]) -> None:
        self.patience -= 1
        if self.patience < 0:
            raise KeyboardInterrupt
        self.kept.update({item.key: item for item in items})


def test_an_interrupted_run_goes_on_where_it_stopped() -> None:
    sources = [f"ביקר מספר {n}" for n in range(3 * BATCH_SENTENCES)]
    shelf = Memory(patience=1)
    with pytest.raises(KeyboardInterrupt):
        list(translate_all(translator(), sources, shelf))
    assert len(shelf.kept) == BATCH_SENTENCES
    shelf.patience = 10
    second = translator()
    steps = list(translate_all(second, sources, shelf))
    assert (steps[0].done, steps[-1].done, steps[-1].total) == (32, 96, 96)
    assert isinstance(second.engine, FakeEngine)
    assert sum(map(len, second.engine.asked)) == 2 * BATCH_SENTENCES
    assert len(list(translate_all(second, sources, shelf))) == 1
