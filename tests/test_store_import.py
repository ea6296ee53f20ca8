"""Large imports: what is set aside for their time is there again, whatever becomes of them."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from aligned.errors import FormatError
from aligned.importing import BATCH, INDEXES_OF_PAGES, MANY
from aligned.paging import Filter
from aligned.records import Pair, Status
from aligned.store import Store
from tests.bench.exchange import made
from tests.conftest import NewAddress
from tests.postgres import Server

SIZE = MANY + 2 * BATCH


@pytest.fixture
def address(new_address: NewAddress) -> str:
    return new_address()


def indexes(store: Store) -> set[str]:
    """The names of the indexes of pairs, and what each table refers to."""
    seen = inspect(store._engine)
    rules = [f"{table} {rule}" for table in seen.get_table_names() for rule in seen.get_foreign_keys(table)]
    return {str(index["name"]) for index in seen.get_indexes("pairs")}.union(rules)


@pytest.mark.parametrize("own", [True, False])
def test_a_large_import_leaves_all_indexes_and_no_reference_without_its_row(address: str, own: bool) -> None:
    with Store.open(address) as store:
        before = indexes(store)
        assert set(INDEXES_OF_PAGES) <= before
        assert store.import_pairs(made(SIZE, own), "1", "a.tmx").added == SIZE
        assert store.import_pairs(made(SIZE + 1, own), "2", "b.tmx").added == (1 if own else SIZE + 1)
        assert indexes(store) == before
        assert store.count(Filter(Status.NEW)) == sum(
            pair.status == Status.NEW
            for size in ((SIZE + 1,) if own else (SIZE, SIZE + 1))
            for pair in made(size, own)
        )
        if store._engine.dialect.name == "sqlite":
            with store._reading() as connection:
                assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_a_first_import_while_somebody_reads_takes_no_index_from_them(postgresql: Server) -> None:
    with Store.open(postgresql.new_address()) as store:
        with store._reading() as reader:
            assert reader.execute(text("SELECT count(*) FROM pairs")).scalar_one() == 0
            assert store.import_pairs(made(SIZE, own=True), "1", "a.tmx").added == SIZE
            # What was there when they began to read.
            assert reader.execute(text("SELECT count(*) FROM segments")).scalar_one() == 0
        assert store.count() == SIZE


def broken() -> Iterator[Pair]:
    yield from made(SIZE, own=True)
    raise FormatError("line 9 is damaged", "mend it")


def test_an_import_that_fails_leaves_the_store_as_it_was(address: str) -> None:
    with Store.open(address) as store:
        before = indexes(store)
        with pytest.raises(FormatError):
            store.import_pairs(broken(), "1", "a.tmx")
        assert (indexes(store), store.count()) == (before, 0)
        assert store.import_pairs(made(3, own=True), "1", "a.tmx").added == 3


def killed() -> Iterator[Pair]:
    yield from made(SIZE, own=True)
    os.kill(os.getpid(), signal.SIGKILL)


def import_killed(address: str) -> None:
    with Store.open(address) as store:
        store.import_pairs(killed(), "1", "a.tmx")


def test_an_import_that_is_killed_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    address = str(tmp_path / "store.db")
    with Store.open(address) as store:
        before = indexes(store)
    process = multiprocessing.get_context("spawn").Process(target=import_killed, args=(address,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with Store.open(address) as store:
        assert (indexes(store), store.count()) == (before, 0)
        assert store.import_pairs(made(SIZE, own=True), "1", "a.tmx").added == SIZE
