"""SQLite as a store: its settings, its transactions and its faults; for `aligned.database` alone."""

import json
import sqlite3
import sys
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    func,
    literal_column,
    select,
)

from aligned.column_types import GRAM

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


def make_engine(url: URL, wait: float) -> Engine:
    """Return an engine whose writers wait for each other, up to `wait` seconds; nothing is opened yet."""
    engine = create_engine(url, connect_args={"timeout": wait, "isolation_level": None})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def use_log(engine: Engine, deadline: float) -> None:
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


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Insert the rows whose keys are new and return how many were; there is one at least."""
    # Written here, since SQLAlchemy would look at every value again, a quarter of the time of an import.
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quote, columns))
    places = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608
    return connection.exec_driver_sql(statement, list(rows)).rowcount


def indexed_texts(connection: Connection, text: str, most: int) -> list[int] | None:
    """Return the numbers of the pairs that have a text's trigrams; None for more than `most`."""
    statement, wanted = _beginning(text) if len(text) < GRAM else _having(text)
    found = connection.exec_driver_sql(f"{statement} LIMIT ?", (*wanted, most + 1)).scalars().all()
    return list(found) if len(found) <= most else None


def _having(text: str) -> tuple[str, tuple[str, ...]]:
    # Trigrams side by side and the last one: those between would add time and hardly find less.
    last = len(text) - GRAM
    parts = [text[at : at + GRAM].replace('"', '""') for at in (*range(0, last, GRAM), last)]
    query = " ".join(f'"{part}"' for part in parts)
    return "SELECT rowid FROM pairs_text WHERE pairs_text MATCH ?", (query,)


def _beginning(text: str) -> tuple[str, tuple[str, ...]]:
    # Each character of a text begins a trigram, for two line ends are added to it. In trigrams, no characters
    # are put as the one for what is none.
    first = text.translate({0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD})
    last = first + chr(sys.maxunicode) * (GRAM - len(text))
    return "SELECT DISTINCT doc FROM pairs_text_instances WHERE term BETWEEN ? AND ?", (first, last)


def is_among(column: ColumnElement[int], numbers: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a column has one of some numbers."""
    # As one value, since SQLite takes no more than so many.
    each = func.json_each(json.dumps(list(numbers)))
    return column.in_(select(literal_column("value")).select_from(each))


def index_texts(connection: Connection, after: int, until: int, is_last: bool) -> None:  # noqa: ARG001
    """Put the texts of pairs into the index, by their numbers."""
    statement = "INSERT INTO pairs_text (rowid, searched) SELECT number, searched || char(10, 10) FROM pairs "
    connection.exec_driver_sql(f"{statement} WHERE number > ? AND number <= ?", (after, until))


def set_indexes_aside(connection: Connection, names: Sequence[str], is_first: bool) -> list[str]:  # noqa: ARG001
    """Drop those of the indexes that there are; return the statements that make them again."""
    # Sorting a million rows into an index takes a third of the time of putting in row after row. Readers go
    # on with the state from before, and a transaction that does not end well leaves the indexes as they were.
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
    found = [row for row in connection.exec_driver_sql(query).all() if row.name in names]
    for row in found:
        connection.exec_driver_sql(f"DROP INDEX {row.name}")
    return [row.sql for row in found]


def count_values(connection: Connection) -> None:
    """Do nothing: queries are written so that SQLite finds the right index without knowing the values."""


def explain(error: BaseException) -> tuple[str, str]:
    """Return what a fault means and what to do."""
    name = getattr(error, "sqlite_errorname", "")
    unknown = f"cannot be used ({error})", "go back to a copy or give another store"
    return next((fault[1:] for fault in _FAULTS if name.startswith(fault[0])), unknown)


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    # With a write-ahead log, a killed process loses nothing that it committed: the pages are with the
    # operating system already. NORMAL leaves out one fsync a commit; a power cut may then undo the last
    # commits, whole ones, and never damages the file (sqlite.org/wal.html).
    connection.execute("PRAGMA synchronous = NORMAL")
    # In KiB. The keys of pairs come in no order, so an import touches all of their index.
    connection.execute(f"PRAGMA cache_size = -{CACHE}")
    # What is sorted for an index that is made anew stays in memory.
    connection.execute("PRAGMA temp_store = MEMORY")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for another writer (SQLite refuses at
    # once, to avoid a deadlock), so writers take the lock at their beginning.
    options = connection.get_execution_options()
    if not options.get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite heeds this between two transactions alone, so each says it anew.
    is_checked = options.get("checks_references", True)
    connection.exec_driver_sql(f"PRAGMA foreign_keys = {'ON' if is_checked else 'OFF'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
