"""The store, on each kind of database: laws of keeping, and what kill -9 and a second writer do to it."""

import multiprocessing
import os
import shutil
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, MetaData, event, inspect, select

from aligned import schema
from aligned.errors import StaleError, StoreError
from aligned.pairs import make_pair, pair_id
from aligned.records import DocumentRecord, Origin, Pair, Segment, Status, Translation
from aligned.store import Store
from glossary.receipt import Method, Receipt
from tests.conftest import NewAddress

GOLDEN = Path(__file__).parent / "data" / "golden_store_1.db"

FORKLESS = multiprocessing.get_context("spawn")

# Texts that broke somebody's database: quotes and comments, marks of direction, letters beyond the BMP,
# a composed and a decomposed letter, white space that looks empty.
HARD_TEXTS = (
    "'); DROP TABLE pairs; --",
    '" OR 1=1 /* % ? :name {serial} */',
    "\u202bסעיף 4\u202c \u200f(ב)\u200e \u2067x\u2069",
    "\U0001d538 \U0001f4a7 \U00010900",
    "ש\u05b8\u05c1לו\u05b9ם \u05e9\u05c1 \ufb2a",
    "a\x00b\tc\r\nd\u2028e\u00a0",
    "",
)

RECEIPT = Receipt("כנסת", 2, 6, "ה", "Knesset", 4, 11, Method.FORCED, 0.25)
LOST = Receipt('מע"מ', 9, 13, "", "VAT", None, None, Method.FAILED, reason='no room for "VAT"')


def segment(position: int, text: str = "משפט") -> Segment:
    return Segment(position, text, position // 2, "paragraph", 0, len(text))


def document(size: int = 3, reading: str = "reader 1", page: int | None = None) -> DocumentRecord:
    kept = tuple(replace(segment(number), page=page) for number in range(size))
    return DocumentRecord("ab" * 32, reading, "brief.he.txt", "txt", kept)


def translation(key: str, target: str = "sentence", signature: str = "engine 1") -> Translation:
    return Translation(key, "משפט", target, -0.5, signature, (RECEIPT, LOST), ("number missing",))


@pytest.fixture
def address(new_address: NewAddress) -> str:
    return new_address()


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        yield opened


def everything(store: Store) -> dict[str, list[str]]:
    """All that the database holds: the rows of every table."""
    with store._reading() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table))))
            for name, table in schema.metadata.tables.items()
        }


texts = st.text(max_size=12) | st.sampled_from(HARD_TEXTS)
numbers = st.none() | st.integers(1, 2**40)
segments = st.builds(
    Segment,
    position=st.integers(0, 10**6),
    text=texts,
    block=st.integers(0, 99),
    kind=texts,
    start=st.integers(0, 99),
    end=st.integers(0, 99),
    page=numbers,
    first_line=numbers,
    last_line=numbers,
    damaged=st.none() | texts,
    repair=texts,
    level=st.integers(0, 9),
    marker=texts,
)
spans = st.none() | st.integers(0, 500)
receipts = st.builds(
    Receipt,
    texts,
    st.integers(0, 500),
    st.integers(0, 500),
    texts,
    texts,
    spans,
    spans,
    st.sampled_from(Method),
    st.floats(allow_nan=False),
    texts,
)
translations = st.builds(
    Translation,
    key=texts,
    source=texts,
    target=texts,
    score=st.floats(allow_nan=False),
    signature=texts,
    receipts=st.lists(receipts, max_size=2).map(tuple),
    findings=st.lists(texts, max_size=2).map(tuple),
)
law = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def runs(draw: st.DrawFn) -> tuple[DocumentRecord, list[Translation]]:
    """A document and a translation of each of its segments."""
    kept = draw(st.lists(segments, min_size=1, max_size=5, unique_by=lambda item: item.position))
    kept.sort(key=lambda item: item.position)
    record = DocumentRecord(draw(texts), draw(texts), draw(texts), draw(texts), tuple(kept))
    made = draw(st.lists(translations, min_size=5, max_size=5, unique_by=lambda item: item.key))
    return record, made


def keep(store: Store, record: DocumentRecord, made: list[Translation], glossary: str) -> list[Pair]:
    number = store.add_document(record)
    store.add_translations(made)
    chosen = list(zip(record.segments, made, strict=False))
    store.add_pairs(number, [(item.position, answer.key) for item, answer in chosen], glossary)
    known = store.translations(answer.key for _, answer in chosen)
    return [make_pair(record, item, known[answer.key], glossary) for item, answer in chosen]


@law
@given(run=runs(), glossary=texts)
def test_what_is_kept_comes_back_equal_and_twice_is_once(
    new_address: NewAddress, run: tuple[DocumentRecord, list[Translation]], glossary: str
) -> None:
    record, made = run
    with Store.open(new_address()) as store:
        expected = keep(store, record, made, glossary)
        assert store.document(1) == record
        assert store.translations(item.key for item in made) == {item.key: item for item in made}
        assert list(store.pairs()) == expected
        once = everything(store)
        assert keep(store, record, made, glossary) == expected
        assert list(store.pairs(history=True)) == expected
        assert everything(store) == once


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_hard_texts_stay_what_they_are(store: Store, text: str) -> None:
    record = replace(document(1), name=text, segments=(replace(segment(0), text=text, damaged=text),))
    made = replace(translation(text or "key"), source=text, target=text, findings=(text,))
    assert list(store.pairs()) == []
    assert keep(store, record, [made], text) == list(store.pairs())
    assert next(store.pairs()).target == text


def test_a_document_is_known_by_its_bytes_and_its_reading(store: Store) -> None:
    first = store.add_document(document())
    assert store.add_document(replace(document(), name="copy.txt", segments=())) == first
    second = store.add_document(document(size=2, reading="reader 2"))
    listed = store.documents()
    assert [(item.id, item.reading, item.segments, item.pairs) for item in listed] == [
        (first, "reader 1", 3, 0),
        (second, "reader 2", 2, 0),
    ]
    assert listed[0].name == "brief.he.txt"
    assert store.document(first) == document()


def test_a_known_translation_stays_as_it_is(store: Store) -> None:
    store.add_translations([translation("k", "first")])
    store.add_translations([translation("k", "second"), translation("l", "other")])
    assert {key: item.target for key, item in store.translations("kl").items()} == {
        "k": "first",
        "l": "other",
    }


def test_many_keys_at_once(store: Store) -> None:
    made = [translation(f"key {number}", signature=f"engine {number % 3}") for number in range(2500)]
    store.add_translations(made)
    found = store.translations([*(item.key for item in made), "unknown"])
    assert found == {item.key: item for item in made}


def test_the_last_run_is_shown_and_the_older_one_kept(store: Store) -> None:
    number = store.add_document(document(2))
    store.add_translations([translation("a", "old"), translation("b", "same"), translation("c", "new")])

    def shown(history: bool = False) -> list[tuple[int, str, str]]:
        found = store.pairs(number, history=history)
        return [(pair.segment.position, pair.target, pair.glossary) for pair in found]

    store.add_pairs(number, [(0, "a"), (1, "b")], "glossary 1")
    store.add_pairs(number, [(0, "c"), (1, "b")], "glossary 2")
    assert shown() == [(0, "new", "glossary 2"), (1, "same", "glossary 2")]
    assert shown(history=True) == [
        (0, "old", "glossary 1"),
        (0, "new", "glossary 2"),
        (1, "same", "glossary 1"),
    ]
    store.add_pairs(number, [(0, "a")], "glossary 1")
    assert shown() == [(0, "old", "glossary 1"), (1, "same", "glossary 2")]


def test_a_verdict_survives_another_run(store: Store) -> None:
    number = store.add_document(document(2))
    store.add_translations([translation("a"), translation("b")])
    store.add_pairs(number, [(0, "a"), (1, "b")], "glossary 1")
    _, second = store.pairs()
    store.set_status(second.id, Status.ACCEPTED, "dana")
    store.add_pairs(number, [(0, "a"), (1, "b")], "glossary 2")
    assert [pair.segment.position for pair in store.pairs(status=Status.ACCEPTED)] == [1]
    assert [pair.segment.position for pair in store.pairs(status=Status.NEW)] == [0]


def test_pairs_of_one_document_and_of_all(store: Store) -> None:
    store.add_translations([translation("a")])
    for reading in ("reader 2", "reader 1"):
        store.add_pairs(store.add_document(document(3, reading)), [(2, "a"), (0, "a")], "", Origin.ALIGNMENT)
    # Of all readings of one document, that of the last run.
    assert [pair.segment.position for pair in store.pairs()] == [0, 2]
    assert {pair.id for pair in store.pairs()} == {pair.id for pair in store.pairs(2)}
    assert [pair.segment.position for pair in store.pairs(1)] == [0, 2]
    assert {pair.origin for pair in store.pairs()} == {Origin.ALIGNMENT}
    assert len({pair.id for pair in store.pairs(history=True)}) == 4
    first = {pair.id for pair in store.pairs(1)}
    store.add_pairs(1, [(2, "a")], "", Origin.ALIGNMENT)
    assert {pair.id for pair in store.pairs()} == first


def test_writing_while_reading(store: Store) -> None:
    number = store.add_document(document(3))
    store.add_translations([translation("a")])
    store.add_pairs(number, [(place, "a") for place in range(3)], "")
    for pair in store.pairs():
        store.add_translations([translation(f"of {pair.id}")])
    assert len(store.translations(f"of {pair.id}" for pair in store.pairs())) == 3


def test_the_key_of_a_pair_must_not_change() -> None:
    assert pair_id("ab" * 32, "reader 1", 7, translation("key")) == "ee24facee4d1ac0c"


@pytest.mark.parametrize(
    ("number", "place", "key", "message"),
    [
        (9, 0, "a", "the store has no document 9"),
        (1, 7, "a", "document 1 has no segment 7"),
        (1, 0, "x", "the store has no translation x"),
    ],
)
def test_pairs_of_unknown_things_are_refused_whole(
    store: Store, number: int, place: int, key: str, message: str
) -> None:
    store.add_document(document(1))
    store.add_translations([translation("a")])
    with pytest.raises(StoreError, match=message):
        store.add_pairs(number, [(0, "a"), (place, key)], "")
    assert list(store.pairs()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO segments VALUES (9, 0, 't', 0, 'k', 0, 0, 1, 1, 1, NULL, 'r', 0, '')",
        "INSERT INTO translations VALUES ('k', 's', 't', 0.0, 99, '[]', '[]')",
        "INSERT INTO pairs (id, document_id, position, translation_key, glossary_id, origin, status)"
        " VALUES ('i', 1, 0, 'k', 1, 'translation', 'new')",
        "DELETE FROM signatures",
    ],
)
def test_foreign_keys_are_enforced(store: Store, statement: str) -> None:
    store.add_document(document(1))
    with pytest.raises(StoreError, match=r"(?i)foreign key"), store._writing() as connection:
        connection.exec_driver_sql(statement)


def test_half_a_character_is_a_store_error(store: Store) -> None:
    with pytest.raises(StoreError, match="half a character"):
        store.add_translations([translation("a"), translation("b", "\ud800")])
    assert store.translations("ab") == {}


def column(item: Column[object]) -> tuple[str, bool, bool]:
    # SQLite calls the number of a row nullable, though it never is.
    return item.name, bool(item.nullable) and not item.primary_key, item.primary_key


def test_a_migrated_database_is_what_the_tables_say(store: Store) -> None:
    found = MetaData()
    found.reflect(store._engine)
    # The index of texts is one table of SQLite's and several that it makes for that.
    tables = {name for name in found.tables if not name.startswith("pairs_text")}
    assert tables == set(schema.metadata.tables)
    for name, table in schema.metadata.tables.items():
        assert list(map(column, found.tables[name].columns)) == list(map(column, table.columns))
        links = {(key.parent.name, key.target_fullname) for key in table.foreign_keys}
        assert {(key.parent.name, key.target_fullname) for key in found.tables[name].foreign_keys} == links
    assert inspect(store._engine).get_unique_constraints("pairs")[0]["column_names"] == ["id"]


def test_a_database_of_schema_1_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    shutil.copyfile(GOLDEN, path)
    with Store.open(str(path)) as store:
        found = list(store.pairs())
        assert [pair.id for pair in found] == ["8e507a441500aea0", "694ac1e5bb19492d"]
        assert found[0].receipts == (RECEIPT, LOST)
        assert found[1].segment == golden_record().segments[1]
        assert [pair.target for pair in store.pairs(history=True)] == [
            "Water.",
            "The price.",
            "The price of water.",
        ]
        assert store.document(1) == golden_record()


def golden_record() -> DocumentRecord:
    """What the golden database holds; it was made by `write_golden` when schema 1 was the newest."""
    first = Segment(0, "מים.", 0, "heading", 0, 4, 1, 1, 1, None, "intact", 1, "1.")
    second = Segment(1, "מחיר המים.", 1, "paragraph", 0, 10, 2, 3, 4, ".םימה ריחמ", "reversed")
    return DocumentRecord("cd" * 32, "pdf 1, segment 1", "מים.pdf", "pdf", (first, second))


def write_golden(path: Path) -> None:
    with Store.open(str(path)) as store:
        number = store.add_document(golden_record())
        first = replace(translation("k1", "Water."), source="מים.")
        second = replace(translation("k2", "The price."), source="מחיר המים.")
        third = replace(second, key="k3", target="The price of water.", receipts=(), signature="engine 2")
        store.add_translations([first, second, third])
        store.add_pairs(number, [(0, "k1"), (1, "k2")], "glossary 1")
        store.add_pairs(number, [(0, "k1"), (1, "k3")], "glossary 2")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA page_size = 512")
        connection.execute("VACUUM")
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def write_many(address: str, name: str) -> None:
    """Another process: half of what it writes is its own, half is what all write."""
    for batch in range(20):
        with Store.open(address) as store:
            number = store.add_document(document(2))
            store.add_translations([translation(f"{name} {batch}"), translation(f"shared {batch}")])
            store.add_pairs(number, [(0, f"{name} {batch}"), (1, f"shared {batch}")], name)


def test_processes_that_write_at_once(address: str) -> None:
    writers = [FORKLESS.Process(target=write_many, args=(address, name)) for name in ("one", "two")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    with Store.open(address) as store:
        keys = [f"{name} {batch}" for name in ("one", "two", "shared") for batch in range(20)]
        assert set(store.translations(keys)) == set(keys)
        assert len(store.documents()) == 1
        assert [pair.segment.position for pair in store.pairs()] == [0, 1]
        assert len(list(store.pairs(history=True))) == 60


def die_while_writing(address: str) -> None:
    """Commit one batch, then die by SIGKILL after the rows of the next are written, before its commit."""
    with Store.open(address) as store:
        store.add_translations([translation(f"first {number}") for number in range(100)])

        def kill(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("INSERT INTO translations"):
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "after_cursor_execute", kill)
        store.add_translations([translation(f"second {number}") for number in range(100)])


def test_a_killed_writer_loses_its_running_transaction_only(address: str) -> None:
    writer = FORKLESS.Process(target=die_while_writing, args=(address,))
    writer.start()
    writer.join(60)
    assert writer.exitcode == -signal.SIGKILL
    with Store.open(address) as store:
        assert len(store.translations(f"first {number}" for number in range(100))) == 100
        assert store.translations(f"second {number}" for number in range(100)) == {}
        store.add_translations([translation("second 0")])
        assert set(store.translations(["second 0"])) == {"second 0"}


def both(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """What two threads return or raise that begin at the same moment."""
    start = threading.Barrier(2)

    def run(act: Callable[[], object]) -> object:
        start.wait(30)
        try:
            return act()
        except StoreError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, (first, second)))


def test_of_two_edits_at_once_one_is_refused(address: str) -> None:
    with Store.open(address) as one, Store.open(address) as two:
        number = one.add_document(document(20))
        one.add_translations([translation("a", "made")])
        one.add_pairs(number, [(place, "a") for place in range(20)], "")
        for pair in list(one.pairs()):
            done = both(
                partial(one.edit, pair.id, "hers", "dana", 0), partial(two.edit, pair.id, "his", "avi", 0)
            )
            (refused,) = (item for item in done if isinstance(item, StaleError))
            assert sorted(done, key=str)[0] == 1
            (change,) = one.history(pair.id)
            assert {change.target_after, refused.given} == {"hers", "his"}
            assert refused.stored == change.target_after


def test_two_writers_at_once_share_their_signatures(address: str) -> None:
    def write(store: Store, name: str) -> None:
        for batch in range(10):
            made = [translation(f"{name} {batch} {at}", signature=f"engine {batch} {at}") for at in range(20)]
            store.add_translations(made)

    with Store.open(address) as one, Store.open(address) as two:
        assert both(partial(write, one, "one"), partial(write, two, "two")) == [None, None]
        keys = [f"{name} {batch} {at}" for name in ("one", "two") for batch in range(10) for at in range(20)]
        assert set(one.translations(keys)) == set(keys)
        with one._reading() as connection:
            assert len(connection.execute(select(schema.signatures)).all()) == 200


def test_a_reader_sees_one_state_whatever_is_written(address: str) -> None:
    with Store.open(address) as one, Store.open(address) as two:
        number = one.add_document(document(1200))
        one.add_translations([translation("a", "old"), translation("b", "new")])
        one.add_pairs(number, [(place, "a") for place in range(1200)], "")
        reading = one.pairs()
        assert next(reading).target == "old"
        two.add_pairs(number, [(place, "b") for place in range(1200)], "")
        assert {pair.target for pair in reading} == {"old"}
        assert {pair.target for pair in one.pairs()} == {"new"}
