"""PostgreSQL as a store: its transactions, its rows and its faults; for `aligned.database` alone.

Every driver that waits for its answers will do: psycopg (LGPL) and pg8000 (BSD) are tested.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    ARRAY,
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Table,
    any_,
    create_engine,
    event,
    literal,
)
from sqlalchemy.exc import DBAPIError

from aligned.column_types import GRAM, containing, without_zero

# Whoever writes holds this lock of the database: any number that other programs are unlikely to choose.
WRITE_LOCK = int.from_bytes(b"targem")

# The tables that an import fills.
_OF_PAIRS = ("signatures", "documents", "segments", "translations", "pairs", "current_pairs")

# The beginning of an SQLSTATE (PostgreSQL, appendix A), what it means to the user, and what to do.
_FAULTS = (
    ("28", "refuses this user or password", "check both in the address"),
    ("3D000", "does not exist", "make it with `createdb` or check its name"),
    ("3F000", "does not exist", "check the schema in the address"),
    ("22003", "cannot keep a number of that size", "mend it where it comes from"),
    ("25006", "cannot be written, it is read-only", "give another store"),
    ("42501", "may not be changed by this user", "give that user the right or give another store"),
    ("53100", "cannot grow, the disk of its server is full", "free some space and run the command again"),
    ("53300", "has no room for another connection", "close some or run the command again later"),
    ("55P03", "is locked by another program", "wait until that one is done"),
    ("57P", "is stopping or starting", "run the command again in a moment"),
    ("08", "cannot be reached", "check that the server runs, and its host and port in the address"),
    ("XX00", "is damaged", "go back to a copy"),
)
# What the drivers say where the server gave no SQLSTATE, or they do not pass it on: while connecting.
_WHILE_CONNECTING = (
    ("authentication failed|no password supplied|role .* does not exist|no pg_hba.conf entry", "28"),
    ("database .* does not exist", "3D000"),
    ("too many (clients|connections)|connection slots", "53300"),
    ("is (starting up|shutting down)", "57P"),
    ("connect|timeout|timed out|network error", "08"),
)


def make_engine(url: URL, wait: float) -> Engine:
    """Return an engine whose writers wait for each other, up to `wait` seconds; nothing is opened yet."""
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    # libpq takes whole seconds, and no less than two. In pg8000 the limit would be that of every statement.
    limits = {"connect_timeout": max(2, math.ceil(wait))} if url.get_driver_name() == "psycopg" else {}
    engine = create_engine(url, connect_args=limits, pool_pre_ping=True)
    event.listen(engine, "begin", partial(_begin, wait))
    return engine


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Insert the rows whose keys are new and return how many were; there is one at least."""
    # As one text: twice as fast as psycopg's batches, and twenty times pg8000's, which goes row by row.
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quote, columns))
    statement = (
        f"INSERT INTO {quote(table.name)} ({names}) SELECT {names} "  # noqa: S608
        f"FROM json_populate_recordset(NULL::{quote(table.name)}, %s) ON CONFLICT DO NOTHING"
    )
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    return connection.exec_driver_sql(statement, (_as_json(named),)).rowcount


def indexed_texts(connection: Connection, text: str, most: int) -> list[int] | None:
    """Return the numbers of the pairs whose texts have this one in them; None for more than `most`."""
    if len(text) < GRAM:  # no index has so short a text
        return None
    statement = "SELECT number FROM pairs_text WHERE searched LIKE %s LIMIT %s"
    wanted = containing(without_zero(text)), most + 1
    found = connection.exec_driver_sql(statement, wanted).scalars().all()
    return list(found) if len(found) <= most else None


def is_among(column: ColumnElement[int], numbers: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a column has one of some numbers."""
    # Of an array, the planner sees how many there are.
    return column == any_(literal(list(numbers), ARRAY(BigInteger)))


def index_texts(connection: Connection, after: int, until: int, is_last: bool) -> None:
    """Put the texts of pairs into the index, by their numbers."""
    statement = "INSERT INTO pairs_text (number, searched) SELECT number, searched FROM pairs "
    connection.exec_driver_sql(f"{statement} WHERE number > %s AND number <= %s", (after, until))
    if is_last:
        # What came last waits in a list that every search would read through.
        connection.exec_driver_sql("SELECT gin_clean_pending_list('pairs_text_by_trigrams')")
        connection.exec_driver_sql("ANALYZE pairs_text")


def set_indexes_aside(connection: Connection, names: Sequence[str], is_first: bool) -> list[str]:
    """Drop these indexes and all references between pairs, for a first import that nobody's reading holds up.

    Return the statements that make them again. Later, readers would have to wait for the import's end.
    """
    if not is_first or not _locked(connection):
        return []
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
    indexes = [row for row in connection.exec_driver_sql(query).all() if row.indexname in names]
    # To compare whole tables takes a small part of the time of looking up what each row refers to.
    query = """SELECT conrelid::regclass AS place, quote_ident(conname) AS name,
        pg_get_constraintdef(oid) AS rule
        FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])"""
    references = connection.exec_driver_sql(query, (list(_OF_PAIRS),)).all()
    for row in indexes:
        connection.exec_driver_sql(f"DROP INDEX {row.indexname}")
    for row in references:
        connection.exec_driver_sql(f"ALTER TABLE {row.place} DROP CONSTRAINT {row.name}")
    return [row.indexdef for row in indexes] + [
        f"ALTER TABLE {row.place} ADD CONSTRAINT {row.name} {row.rule}" for row in references
    ]


def _locked(connection: Connection) -> bool:
    """Try to keep readers off the tables of pairs until the transaction's end."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"LOCK TABLE {', '.join(_OF_PAIRS)} IN ACCESS EXCLUSIVE MODE NOWAIT")
    except DBAPIError:
        return False
    return True


def count_values(connection: Connection) -> None:
    """Let the server see what the tables of pairs hold; by itself it looks a minute later, or never."""
    connection.exec_driver_sql(f"ANALYZE {', '.join(_OF_PAIRS)}")


def explain(error: BaseException) -> tuple[str, str]:
    """Return what a fault means and what to do."""
    # pg8000 gives the fields of the server's message by their letters, psycopg has them as attributes.
    fields = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    text = fields.get("M") or str(error)
    state = fields.get("C") or getattr(error, "sqlstate", None)
    if not state:
        state = next((state for words, state in _WHILE_CONNECTING if re.search(words, text, re.I)), "")
    unknown = f"cannot be used ({text})", "check the address and the log of the server"
    return next((fault[1:] for fault in _FAULTS if state.startswith(fault[0])), unknown)


def _begin(wait: float, connection: Connection) -> None:
    if not connection.get_execution_options().get("writes"):
        # All statements of one transaction see the same state, as in SQLite.
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return
    # One writer at a time, as in SQLite: what a writer reads stays true until it has written. READ COMMITTED,
    # since the other levels would go on seeing the state from before they waited.
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, round(wait * 1000))}")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")


def _as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    try:
        text = json.dumps(rows, ensure_ascii=False, allow_nan=False)
    except ValueError:  # a number that JSON has no word for, and PostgreSQL has
        return _as_json([{name: _spelled(value) for name, value in row.items()} for row in rows])
    if "\\u0000" in text or "\uffff" in text:
        coded = [
            {name: without_zero(value) if isinstance(value, str) else value for name, value in row.items()}
            for row in rows
        ]
        return json.dumps(coded, ensure_ascii=False)
    return text


def _spelled(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
