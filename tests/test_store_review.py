"""Verdicts, edits, their history and undo; pages of pairs; what an older schema's database becomes."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from aligned.errors import StaleError, StoreError
from aligned.paging import Filter, Place
from aligned.records import Origin, Status
from aligned.store import Store
from tests.conftest import NewAddress
from tests.test_store import GOLDEN, document, translation


@pytest.fixture
def store(new_address: NewAddress) -> Iterator[Store]:
    """A store with two documents of three pairs each, all new."""
    with Store.open(new_address()) as opened:
        fill(opened)
        yield opened


def fill(store: Store) -> None:
    store.add_translations([translation("a", "made")])
    for digest, origin in (("ab" * 32, Origin.TRANSLATION), ("cd" * 32, Origin.ALIGNMENT)):
        record = document(3)
        number = store.add_document(type(record)(digest, "r", "n", "txt", record.segments))
        store.add_pairs(number, [(place, "a") for place in range(3)], "g", origin)


def ids(store: Store) -> list[str]:
    return [pair.id for pair in store.pairs()]


def test_a_verdict_is_kept_with_who_and_when(store: Store) -> None:
    first = ids(store)[0]
    assert store.history(first) == []
    assert store.set_status(first, Status.ACCEPTED, "dana") == 1
    (change,) = store.history(first)
    assert (change.who, change.status_before, change.status_after) == ("dana", "new", "accepted")
    assert (change.target_before, change.target_after) == ("made", "made")
    assert change.at.endswith("+00:00")
    assert next(store.pairs()).changed == change.at
    assert [pair.id for pair in store.pairs(status=Status.ACCEPTED)] == [first]


def test_the_same_verdict_again_is_no_change(store: Store) -> None:
    first = ids(store)[0]
    store.set_status(first, Status.UNSURE, "dana")
    assert store.set_status(first, Status.UNSURE, "avi") == 1
    assert len(store.history(first)) == 1


def test_an_edit_is_shown_and_the_translation_stays(store: Store) -> None:
    first = ids(store)[0]
    assert store.edit(first, "better", "dana", 0) == 1
    pair = next(store.pairs())
    assert (pair.id, pair.target, pair.status) == (first, "better", Status.EDITED)
    assert store.translations(["a"])["a"].target == "made"
    # Another run of the same brief takes nothing back.
    store.add_pairs(1, [(0, "a")], "g")
    assert next(store.pairs()).target == "better"


def test_a_stale_write_is_refused_with_both_texts(store: Store) -> None:
    first = ids(store)[0]
    store.edit(first, "hers", "dana", 0)
    with pytest.raises(StaleError, match="it reads 'hers', yours 'his'") as raised:
        store.edit(first, "his", "avi", 0)
    assert (raised.value.stored, raised.value.given, raised.value.version) == ("hers", "his", 1)
    with pytest.raises(StaleError):
        store.set_status(first, Status.REJECTED, "avi", expected_version=0)
    assert store.edit(first, "his", "avi", 1) == 2
    assert len(store.history(first)) == 2


def test_undo_goes_back_change_by_change_and_forgets_nothing(store: Store) -> None:
    first = ids(store)[0]
    store.set_status(first, Status.ACCEPTED, "dana")
    store.edit(first, "one", "dana", 1)
    store.edit(first, "two", "dana", 2)
    states = []
    for _ in range(3):
        store.undo(first, "avi")
        pair = next(store.pairs())
        states.append((pair.target, pair.status.value))
    assert states == [("one", "edited"), ("made", "accepted"), ("made", "new")]
    with pytest.raises(StoreError, match="has no change to undo"):
        store.undo(first, "avi")
    made = store.history(first)
    assert [change.undoes for change in made] == [None, None, None, 3, 2, 1]
    # A change after an undo is undone first.
    store.set_status(first, Status.REJECTED, "dana")
    store.undo(first, "dana")
    assert next(store.pairs()).status == Status.NEW


actions = st.one_of(
    st.tuples(st.just("status"), st.sampled_from(Status)),
    st.tuples(st.just("edit"), st.text(max_size=3)),
    st.tuples(st.just("undo"), st.none()),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(actions, max_size=8))
def test_the_history_leads_from_the_first_state_to_the_last(
    new_address: NewAddress, done: list[tuple[str, object]]
) -> None:
    with Store.open(new_address()) as store:
        fill(store)
        first = ids(store)[0]
        stack = [("made", Status.NEW)]
        for name, value in done:
            version = store.page(size=1).items[0].version
            if name == "status":
                store.set_status(first, Status(str(value)), "dana")
            elif name == "edit":
                store.edit(first, str(value), "dana", version)
            elif len(stack) > 1:
                store.undo(first, "dana")
                stack.pop()
                continue
            pair = next(store.pairs())
            if (pair.target, pair.status) != stack[-1]:
                stack.append((pair.target, pair.status))
        pair = next(store.pairs())
        assert (pair.target, pair.status) == stack[-1]
        at = ("made", Status.NEW)
        for change in store.history(first):
            assert (change.target_before, change.status_before) == at
            at = (change.target_after, change.status_after)
        assert at == stack[-1]


def test_a_pair_that_is_not_there(store: Store) -> None:
    for act in (
        lambda: store.set_status("x", Status.NEW, "dana"),
        lambda: store.edit("x", "t", "dana", 0),
        lambda: store.undo("x", "dana"),
        lambda: store.history("x"),
    ):
        with pytest.raises(StoreError, match="the store has no pair x"):
            act()


def walked(store: Store, wanted: Filter, size: int) -> list[str]:
    found: list[str] = []
    after: Place | None = None
    while True:
        page = store.page(wanted, after, size)
        assert len(page.items) <= size
        found += [item.pair.id for item in page.items]
        if page.after is None:
            return found
        after = page.after


@pytest.mark.parametrize("size", [1, 2, 3, 6, 50])
def test_pages_hold_every_pair_once_in_order(store: Store, size: int) -> None:
    everything = ids(store)
    store.set_status(everything[1], Status.ACCEPTED, "dana")
    store.set_status(everything[4], Status.ACCEPTED, "dana")
    assert walked(store, Filter(), size) == everything
    assert walked(store, Filter(status=Status.ACCEPTED), size) == [everything[1], everything[4]]
    assert walked(store, Filter(document=2), size) == everything[3:]
    assert walked(store, Filter(origin=Origin.ALIGNMENT), size) == everything[3:]
    both = Filter(Status.ACCEPTED, 2, Origin.ALIGNMENT)
    assert walked(store, both, size) == [everything[4]]
    assert walked(store, Filter(origin=Origin.IMPORT), size) == []
    assert (store.count(), store.count(both)) == (6, 1)


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(Status.NEW),
        Filter(origin=Origin.IMPORT),
        Filter(Status.NEW, origin=Origin.IMPORT),
        Filter(document=1),
        Filter(Status.NEW, 1, Origin.IMPORT),
    ],
)
def test_a_page_walks_along_an_index_and_sorts_nothing(store: Store, wanted: Filter) -> None:
    plan = "\n".join(plans(store, lambda: store.page(wanted, (1, 0), 10)))
    assert re.search("USING (COVERING )?INDEX pairs_|Index (Only )?Scan using pairs_", plan)
    assert not re.search("Sort|Seq Scan on pairs|TEMP B-TREE|SCAN pairs$", plan)


def plans(store: Store, act: Callable[[], object]) -> list[str]:
    """How the database finds the pairs of a page."""
    found: list[str] = []

    def explain(connection: Any, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT pairs.number, "):
            cursor = connection.connection.cursor()
            if connection.dialect.name == "postgresql":
                # With six pairs in the table, a scan is the quickest that there is.
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_bitmapscan = off")
                cursor.execute("EXPLAIN " + statement, values)
            else:
                cursor.execute("EXPLAIN QUERY PLAN " + statement, values)
            found.extend(str(row[-1]) for row in cursor.fetchall())

    event.listen(store._engine, "after_cursor_execute", explain)
    act()
    assert found
    return found


def write_golden(path: Path) -> None:
    """Make the golden database of schema 2; it must never be made anew."""
    with Store.open(str(path)) as store:
        fill(store)
        first, second, *_ = ids(store)
        store.set_status(first, Status.ACCEPTED, "dana")
        store.edit(second, "better", "dana", 0)
        store.edit(second, "best", "avi", 1)
        store.undo(second, "dana")
    with sqlite3.connect(path) as connection:
        for pragma in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 512", "VACUUM"):
            connection.execute(pragma)
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def test_a_database_of_schema_2_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    shutil.copyfile(GOLDEN.with_name("golden_store_2.db"), path)
    with Store.open(str(path)) as store:
        first, second, third = [item.pair for item in store.page(Filter(document=1)).items]
        assert (first.status, second.status, third.status) == (Status.ACCEPTED, Status.EDITED, Status.NEW)
        assert second.target == "better"
        assert [change.who for change in store.history(second.id)] == ["dana", "avi", "dana"]
        store.undo(second.id, "dana")
        assert store.page(Filter(document=1)).items[1].pair.target == "made"


def test_a_database_of_schema_1_has_one_shown_pair_a_segment(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    shutil.copyfile(GOLDEN, path)
    with Store.open(str(path)) as store:
        assert [item.pair.target for item in store.page().items] == ["Water.", "The price of water."]
        first = store.page().items[0]
        store.edit(first.pair.id, "The water.", "dana", first.version)
        assert [pair.target for pair in store.pairs()] == ["The water.", "The price of water."]
        with store._reading() as connection:
            assert connection.scalar(text("SELECT COUNT(*) FROM pairs WHERE shown = 1")) == 2
