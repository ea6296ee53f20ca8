"""Addresses, connections, transactions and the database's own errors, for `aligned.store` alone."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from aligned.errors import StoreError
from aligned.migrations import migrate, schema_version

# How long a command waits for another one that is writing, in seconds.
WAIT_SECONDS = 30.0

# SQLite takes 32,766 variables in one statement and older releases 999; this keeps clear of both.
CHUNK = 500

# The memory that SQLite may keep pages of the database in, in KiB; its own choice is 2000.
CACHE = 128_000

# What SQLite calls a fault, what that means to the user, and what to do. The first prefix that fits counts.
_FAULTS = (
    ("SQLITE_BUSY", "is locked by another program", "wait until that one is done"),
    ("SQLITE_LOCKED", "is locked by another program", "wait until that one is done"),
    ("SQLITE_READONLY", "cannot be written", "make the file and its folder writable or give another store"),
    ("SQLITE_CANTOPEN", "cannot be opened", "check that its folder exists and can be written"),
    ("SQLITE_FULL", "cannot grow, the disk is full", "free some space and run the command again"),
    ("SQLITE_IOERR", "cannot be read or written", "check the disk"),
    ("SQLITE_CORRUPT", "is damaged", "go back to a copy or rescue what is left with `sqlite3 FILE .recover`"),
    ("SQLITE_NOTADB", "is not a database", "give another store"),
)

# The seam for what SQL itself leaves out: both spell it ON CONFLICT DO NOTHING.
_INSERT: dict[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def connect(address: str, wait: float = WAIT_SECONDS) -> Engine:
    """Open the database at a file path or a `sqlite:///` address, made and migrated where needed.

    Raises:
        StoreError: it cannot be opened, is not ours, or is newer than this program.
    """
    url = _url(address)
    engine = create_engine(url, connect_args={"timeout": wait, "isolation_level": None})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    shown = shown_address(engine)
    try:
        with faults(shown):
            _prepare(engine, shown, time.monotonic() + wait)
    except BaseException:
        engine.dispose()
        raise
    return engine


def shown_address(engine: Engine) -> str:
    """Return the address as messages may show it: a file's path, or a URL without its password."""
    return engine.url.database or engine.url.render_as_string()


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose keys are new, leave the others as they are, and return how many were new."""
    if not rows:
        return 0
    statement = _INSERT[connection.dialect.name](table).on_conflict_do_nothing()
    # Compiled here, since SQLAlchemy would look at every value again, a quarter of the time of an import.
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    order = compiled.positiontup if isinstance(compiled, SQLCompiler) else None
    values: Any = [tuple(row[name] for name in order) for row in rows] if order else list(rows)
    return connection.exec_driver_sql(str(compiled), values).rowcount


@contextmanager
def faults(address: str) -> Iterator[None]:
    """Turn what the database raises into one line that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise _explain(address, error.orig) from error
    except sqlite3.Error as error:
        raise _explain(address, error) from error
    except UnicodeEncodeError as error:
        raise StoreError("a text holds half a character", "save its file as UTF-8 again") from error


def _explain(address: str, error: BaseException | None) -> StoreError:
    name = getattr(error, "sqlite_errorname", "")
    for prefix, what, do in _FAULTS:
        if name.startswith(prefix):
            return StoreError(f"the store {address} {what}", do)
    detail = " ".join(str(error).split())
    return StoreError(
        f"the store {address} cannot be used ({detail})", "go back to a copy or give another store"
    )


def _url(address: str) -> URL:
    if not address:
        raise StoreError("the address of the store is empty", "give a file path or a sqlite:/// address")
    # A single letter before a colon would be a drive of Windows.
    if not re.match(r"[A-Za-z][A-Za-z0-9+]+://", address):
        return URL.create("sqlite", database=address)
    try:
        url = make_url(address)
        if url.get_backend_name() == "sqlite":
            url.get_dialect()().create_connect_args(url)
            return url
    except (ArgumentError, ValueError) as error:
        # Without the address itself: a password may stand in it, and it cannot be told where.
        raise StoreError(
            "the address of the store is no URL", "give a file path or a sqlite:/// address"
        ) from error
    what = f"{url.render_as_string()} is a kind of database that is not known"
    raise StoreError(what, "give a file path or a sqlite:/// address")


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    # With a write-ahead log, a killed process loses nothing that it committed: the pages are with the
    # operating system already. NORMAL leaves out one fsync a commit; a power cut may then undo the last
    # commits, whole ones, and never damages the file (sqlite.org/wal.html).
    connection.execute("PRAGMA synchronous = NORMAL")
    # In KiB. The keys of pairs come in no order, so an import touches all of their index.
    connection.execute(f"PRAGMA cache_size = -{CACHE}")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for another writer (SQLite refuses at
    # once, to avoid a deadlock), so writers take the lock at their beginning.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare(engine: Engine, address: str, deadline: float) -> None:
    """Check whose database it is before anything in it changes, then bring it up to date."""
    with engine.begin() as connection:
        schema_version(connection, address)
    _use_log(engine, deadline)
    migrate(engine.execution_options(writes=True), address)


def _use_log(engine: Engine, deadline: float) -> None:
    """Switch to the write-ahead log; where the file system has no shared memory, SQLite stays without."""
    connection = engine.raw_connection()
    try:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
                return
            # The switch does not wait for other connections by itself, however long the timeout.
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
    finally:
        connection.close()
