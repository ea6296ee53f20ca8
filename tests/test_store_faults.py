"""Addresses of stores, and what a database refuses: each fault in one line, and no password in it."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event

from aligned import migrations
from aligned.errors import StoreError
from aligned.postgresql import WRITE_LOCK
from aligned.store import Store
from tests.conftest import NewAddress
from tests.postgres import DRIVERS, Server
from tests.test_store import HARD_TEXTS, document, translation

postgresql_drivers = pytest.mark.parametrize("driver", DRIVERS)


def fault(address: str, wait: float = 0.1) -> str:
    """The one line that opening raises."""
    with pytest.raises(StoreError) as raised:
        Store.open(address, wait)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_addresses_that_cannot_be_opened(tmp_path: Path) -> None:
    assert "cannot be opened" in fault(str(tmp_path / "no such folder" / "x.db"))
    assert "cannot be opened" in fault(str(tmp_path))
    assert "is empty" in fault("")
    for address in (
        "oracle://me:secret@host/x",
        "postgresql+asyncpg://me:secret@host/x",
        "mongodb://me:secret@h",
    ):
        assert "is a kind of database that is not known" in fault(address)
        assert "secret" not in fault(address)
    assert "is no URL" in fault("postgresql://somebody:secret@host:port/x")
    assert "is no URL" in fault("no-such://me:secret@h")
    assert "is no URL" in fault("sqlite://host/relative.db")


def test_addresses_that_can(tmp_path: Path) -> None:
    strange = tmp_path / "מסד ?x=1%20#.db"
    Store.open(str(strange)).close()
    assert strange.stat().st_size > 0
    Store.open(f"sqlite:///{tmp_path}/url.db").close()
    assert (tmp_path / "url.db").stat().st_size > 0


def test_a_file_that_is_no_database_stays_untouched(tmp_path: Path) -> None:
    text = tmp_path / "brief.txt"
    text.write_text("not a database " * 100)
    assert "is not a database" in fault(str(text))
    assert text.read_text().startswith("not a database")


def change(address: str, *statements: str) -> None:
    """Do to a database what a store does not do."""
    engine = create_engine(address if "://" in address else f"sqlite:///{address}")
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_the_database_of_another_program_stays_untouched(new_address: NewAddress) -> None:
    address = new_address()
    change(address, "CREATE TABLE songs (name TEXT)")
    assert "is the database of another program" in fault(address)
    change(address, "DROP TABLE songs")
    Store.open(address).close()


def test_a_newer_schema_is_refused(new_address: NewAddress) -> None:
    address = new_address()
    Store.open(address).close()
    change(address, "INSERT INTO targem_migrations VALUES (99, 'later', '2040-01-01')")
    assert f"written by a newer targem (schema 99, this one knows {migrations.NEWEST})" in fault(address)


def test_a_number_that_no_column_holds_is_one_line(new_address: NewAddress) -> None:
    with (
        Store.open(new_address()) as store,
        pytest.raises(StoreError, match="cannot keep a number of that size"),
    ):
        store.add_document(document(1, page=2**70))


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    with Store.open(str(path)) as store:
        store.add_translations([translation(f"{number:04}") for number in range(500)])
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xee" * (len(content) - 8192))
    with pytest.raises(StoreError, match="is damaged"), Store.open(str(path)) as store:
        store.translations(f"{number:04}" for number in range(500))


def test_a_full_disk_is_one_line_and_keeps_what_was_there(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "full.db")) as store:
        store.add_translations([translation("a")])
        event.listen(store._engine, "checkout", lambda raw, *_: raw.execute("PRAGMA max_page_count = 30"))
        with pytest.raises(StoreError, match="the disk is full"):
            store.add_translations([translation(str(number), "long" * 500) for number in range(100)])
        assert set(store.translations(["a", "0"])) == {"a"}


def test_a_store_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "read-only.db"
    with Store.open(str(path)) as store:
        event.listen(store._engine, "checkout", lambda raw, *_: raw.execute("PRAGMA query_only = 1"))
        with pytest.raises(StoreError, match="cannot be written"):
            store.add_document(document())
    Store.open(f"sqlite:///file:{path}?mode=ro&uri=true").close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "cannot be opened" in fault(str(tmp_path / "x.db"))
    tmp_path.chmod(0o700)


def refused_while_locked(address: str, lock: Callable[[], Callable[[], None]]) -> None:
    Store.open(address).close()
    free = lock()
    # Opened, and read, although another program writes.
    with Store.open(address, wait=0.1) as store:
        with pytest.raises(StoreError, match="locked by another program"):
            store.add_document(document())
        assert store.documents() == []
        free()
        assert store.add_document(document()) == 1


def test_a_lock_that_stays_is_one_line(tmp_path: Path) -> None:
    blocker = sqlite3.connect(tmp_path / "locked.db", isolation_level=None)

    def lock() -> Callable[[], None]:
        blocker.execute("BEGIN IMMEDIATE")
        return blocker.rollback

    refused_while_locked(str(tmp_path / "locked.db"), lock)
    blocker.close()
    blocker = sqlite3.connect(tmp_path / "new.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    assert "locked by another program" in fault(str(tmp_path / "new.db"))
    blocker.close()


@postgresql_drivers
def test_a_lock_of_postgresql_that_stays_is_one_line(postgresql: Server, driver: str) -> None:
    def lock() -> Callable[[], None]:
        postgresql.execute(f"SELECT pg_advisory_lock({WRITE_LOCK})")
        return lambda: postgresql.execute(f"SELECT pg_advisory_unlock({WRITE_LOCK})")

    refused_while_locked(postgresql.new_address(driver), lock)


@postgresql_drivers
def test_a_server_that_lets_nobody_in_is_one_line(postgresql: Server, driver: str) -> None:
    wrong = postgresql.address(driver).replace("p%40ss", "secret")
    assert "refuses this user or password: check both" in fault(wrong)
    assert "secret" not in fault(wrong)
    assert "refuses this user or password" in fault(postgresql.address(driver, user="nobody"))
    missing = fault(postgresql.address(driver, database="none"))
    assert "does not exist: make it with `createdb`" in missing
    assert f"{driver}://targem:***@127.0.0.1:{postgresql.port}/none" in missing
    nowhere = fault(postgresql.address(driver).replace(f":{postgresql.port}/", ":1/"))
    assert "cannot be reached: check that the server runs" in nowhere
    for message in (wrong, missing, nowhere):
        assert postgresql.password not in fault(message)


@postgresql_drivers
@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("53100", "cannot grow, the disk of its server is full: free some space"),
        ("53300", "has no room for another connection"),
        ("42501", "may not be changed by this user"),
        ("57P01", "is stopping or starting"),
        ("XX001", "is damaged"),
        ("0A000", r"cannot be used \(.*no reason.*\)"),
    ],
)
def test_faults_of_postgresql(postgresql: Server, driver: str, state: str, message: str) -> None:
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'no reason' USING ERRCODE = '{state}'; END $$"
    with Store.open(postgresql.new_address(driver)) as store:
        with pytest.raises(StoreError, match=message), store._writing() as connection:
            connection.exec_driver_sql(statement)
        assert store.documents() == []


@postgresql_drivers
def test_a_read_only_database_is_read_and_not_written(postgresql: Server, driver: str) -> None:
    address = postgresql.new_address(driver)
    with Store.open(address) as store:
        store.add_document(document())
    change(address, "REVOKE INSERT ON documents FROM CURRENT_USER")
    with Store.open(address) as store:
        assert len(store.documents()) == 1
        with pytest.raises(StoreError, match="may not be changed by this user"):
            store.add_document(document(reading="another"))


@postgresql_drivers
def test_a_connection_that_was_cut_is_made_anew(postgresql: Server, driver: str) -> None:
    with Store.open(postgresql.new_address(driver)) as store:
        store.add_document(document())
        with pytest.raises(StoreError, match=r"is stopping or starting|cannot be reached"):
            cut_while_reading(store, postgresql)
        assert len(store.documents()) == 1


def cut_while_reading(store: Store, server: Server) -> None:
    with store._reading() as connection:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        connection.exec_driver_sql("SELECT 1")


def test_two_drivers_of_one_store(postgresql: Server) -> None:
    address = postgresql.new_address()
    with Store.open(address) as one, Store.open(address.replace(*DRIVERS)) as two:
        made = [replace(translation(text), target=text, score=-inf, findings=(text,)) for text in HARD_TEXTS]
        one.add_translations(made[::2])
        two.add_translations(made)
        assert (
            one.translations(HARD_TEXTS) == two.translations(HARD_TEXTS) == {item.key: item for item in made}
        )


@pytest.mark.parametrize(
    ("driver", "what_to_do"),
    [("psycopg", "pip install 'targem[postgres]'"), ("pg8000", "pip install pg8000")],
)
def test_a_driver_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, driver: str, what_to_do: str
) -> None:
    monkeypatch.setitem(sys.modules, driver, None)
    message = fault(f"postgresql+{driver}://me:secret@127.0.0.1:1/x")
    assert message.startswith(f"the driver {driver} for postgresql+{driver}:// cannot be loaded")
    assert message.endswith(what_to_do)


def test_sqlite_asks_for_no_driver_of_postgresql() -> None:
    code = (
        "import sys; sys.modules.update(psycopg=None, pg8000=None)\n"
        "from aligned.store import Store; Store.open(':memory:')"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
