"""Searches find what reading every text finds, whatever of it is in the index of texts."""

import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligned import search, search_migration
from aligned.paging import Filter, Order
from aligned.qa.issues import Severity
from aligned.records import DocumentRecord, KeptFinding, Pair, Status, Translation
from aligned.rows import searched_text
from aligned.store import Store
from tests.bench.exchange import made
from tests.conftest import NewAddress
from tests.postgres import Server
from tests.test_store import law, segment
from tests.test_store_review import plans

# Few letters, so that texts have much in common; among them what patterns and queries treat in their own way,
# letters that change in number when their case goes, and what databases cannot keep or compare simply.
LETTERS = "אבםמ׳\"'%_\\*-^: aAbBßẞİıΣςÉe\u0301\0\uffff\U0001f600\n"
texts = st.text(LETTERS, min_size=1, max_size=9)


@pytest.fixture
def store(new_address: NewAddress) -> Iterator[Store]:
    with Store.open(new_address()) as opened:
        yield opened


def fill(store: Store, items: list[tuple[str, str]], digest: str) -> list[Pair]:
    record = DocumentRecord(
        digest, "r", "a.txt", "txt", tuple(segment(at, one) for at, (one, _) in enumerate(items))
    )
    number = store.add_document(record)
    keys = [f"{digest}{at}" for at in range(len(items))]
    store.add_translations(
        Translation(key, *pair, 0.0, "engine") for key, pair in zip(keys, items, strict=True)
    )
    store.add_pairs(number, list(enumerate(keys)), "g")
    return list(store.pairs(number))


def scanned(pairs: list[Pair], text: str) -> list[str]:
    """The ids of the pairs in whose texts this one stands."""
    return [
        pair.id for pair in pairs if searched_text(text) in searched_text(f"{pair.source}\n{pair.target}")
    ]


def found(store: Store, wanted: Filter) -> list[str]:
    ids = [item.pair.id for item in store.page(wanted).items]
    assert store.count(wanted) == len(ids)
    assert store.count(wanted, 1) == min(len(ids), 2)
    return ids


@law
@given(data=st.data(), few=st.sampled_from([0, 2, 5000]), lacking=st.sampled_from([1, 20_000]))
def test_a_search_finds_what_a_scan_finds(
    new_address: NewAddress, data: st.DataObject, few: int, lacking: int
) -> None:
    # A small LACKING has the thread fill the index meanwhile.
    with Store.open(new_address()) as store, patch.multiple(search, FEW=few, LACKING=lacking, PAUSE=0):
        pairs = fill(store, data.draw(st.lists(st.tuples(texts, texts), min_size=1, max_size=8)), "ab")
        if data.draw(st.booleans()):
            store.index_texts()
        for number, _ in enumerate(pairs):
            if (target := data.draw(st.none() | texts)) is not None:
                store.edit(pairs[number].id, target, "dana", 0)
        pairs = list(store.pairs(1)) + fill(
            store, data.draw(st.lists(st.tuples(texts, texts), max_size=3)), "cd"
        )
        if data.draw(st.booleans()):
            store.index_texts()
        whole = [f"{pair.source}\n{pair.target}" for pair in pairs]
        cut = st.sampled_from(whole).flatmap(
            lambda text: st.tuples(st.integers(0, len(text)), st.integers(1, 9)).map(
                lambda place: text[place[0] : sum(place)]
            )
        )
        for text in filter(None, data.draw(st.lists(cut | texts, min_size=1, max_size=4))):
            for order in (Order.DOCUMENT, Order.PRICE):
                assert found(store, Filter(text=text, order=order)) == scanned(pairs, text)
            assert found(store, Filter(text=text, document=1)) == scanned(list(store.pairs(1)), text)


def extent(store: Store) -> tuple[int | None, int]:
    with store._reading() as connection:
        return search._extent(connection)


def test_a_search_in_many_new_texts_has_them_indexed_meanwhile(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        store.import_pairs(made(40, own=True), "1", "a.tmx")
        with patch.multiple(search, LACKING=20, STEP=7, PAUSE=0):
            assert extent(store) == (0, 40)
            assert found(store, Filter(text="sentence 7 ")) == [f"{7:016x}"]
            assert store._thread
            store._thread.join()
            assert extent(store) == (40, 0)
            assert found(store, Filter(text="sentence 7 ")) == [f"{7:016x}"]


def test_a_store_that_is_closed_stops_indexing(tmp_path: Path) -> None:
    address = str(tmp_path / "store.db")
    with Store.open(address) as store:
        store.import_pairs(made(40, own=True), "1", "a.tmx")
        with patch.multiple(search, LACKING=20, STEP=1, PAUSE=60):
            store.page(Filter(text="sentence"))
    assert store._thread
    assert not store._thread.is_alive()
    with Store.open(address) as store:
        assert extent(store) == (0, 40)


def test_where_sqlite_has_no_trigrams_all_texts_are_read(tmp_path: Path) -> None:
    with (
        patch.object(
            search_migration, "_SQLITE", ("CREATE VIRTUAL TABLE pairs_text USING nothing (searched)",)
        ),
        patch.object(search, "LACKING", 1),
        Store.open(str(tmp_path / "store.db")) as store,
    ):
        assert extent(store) == (None, 0)
        store.import_pairs(made(40, own=True), "1", "a.tmx")
        assert found(store, Filter(text="SENTENCE 7 ")) == [f"{7:016x}"]
        assert store._thread is None


def test_without_the_extension_of_a_server_all_texts_are_read(postgresql: Server) -> None:
    with (
        patch.object(search_migration, "_ITS_SCHEMA", "SELECT NULL"),
        Store.open(postgresql.new_address()) as store,
    ):
        assert extent(store) == (None, 0)
        store.import_pairs(made(40, own=True), "1", "a.tmx")
        assert found(store, Filter(text="SENTENCE 7 ")) == [f"{7:016x}"]


@pytest.mark.parametrize(
    ("wanted", "way"),
    [
        (Filter(Status.NEW, text="sentence 7 "), "INTEGER PRIMARY KEY"),
        (Filter(text="sentence 7 ", order=Order.PRICE), "INTEGER PRIMARY KEY"),
        (Filter(check="numbers", order=Order.CERTAINTY), "findings_by_check"),
        (Filter(text="sentence 7 ", check="any", document=1), "INTEGER PRIMARY KEY|sqlite_autoindex_pairs_1"),
        (Filter(text="sentence"), "USING INDEX pairs_shown"),
        (Filter(text="zz"), "INTEGER PRIMARY KEY"),
        (Filter(text="z", order=Order.PRICE), "INTEGER PRIMARY KEY"),
        (Filter(text="s", order=Order.PRICE), "USING INDEX pairs_by_price"),
    ],
)
def test_what_is_rare_is_looked_up_and_what_is_common_walked_to(
    tmp_path: Path, wanted: Filter, way: str
) -> None:
    with Store.open(str(tmp_path / "store.db")) as store, patch.object(search, "FEW", 3):
        store.import_pairs(made(40, own=True), "1", "a.tmx")
        finding = KeptFinding("numbers", Severity.NOTE, "7 is missing")
        store.keep_findings({f"{7:016x}": [finding]})
        store.index_texts()
        plan = "\n".join(plans(store, lambda: store.page(wanted)))
        assert re.search(way, plan)
        assert not re.search("SCAN pairs$", plan)
