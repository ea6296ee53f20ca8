"""The database at an address, and its faults in one line each; for `aligned.store` and its parts alone."""

import re
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import URL, ColumnElement, Connection, Engine, Table, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from aligned import postgresql, sqlite
from aligned.errors import StoreError
from aligned.migrations import NEWEST, migrate, schema_version

# How long a command waits for another one that is writing, in seconds.
WAIT_SECONDS = 30.0

# SQLite takes 32,766 variables in one statement and older releases 999; this keeps clear of both.
CHUNK = 500

_ADDRESSES = "give a file path, a sqlite:/// or a postgresql+psycopg:// address"

# What to install for a driver that has another name there.
_PACKAGES = {"psycopg": "'targem[postgres]'"}


class _Kind(Protocol):
    """What a kind of database does in its own way; its module says how."""

    def make_engine(self, url: URL, wait: float) -> Engine: ...

    def insert_rows(
        self, connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> int: ...

    def indexed_texts(self, connection: Connection, text: str, most: int) -> list[int] | None: ...

    def is_among(self, column: ColumnElement[int], numbers: Sequence[int]) -> ColumnElement[bool]: ...

    def index_texts(self, connection: Connection, after: int, until: int, is_last: bool) -> None: ...

    def set_indexes_aside(
        self, connection: Connection, names: Sequence[str], is_first: bool
    ) -> list[str]: ...

    def count_values(self, connection: Connection) -> None: ...

    def explain(self, error: BaseException) -> tuple[str, str]: ...


_KINDS: dict[str, _Kind] = {"sqlite": sqlite, "postgresql": postgresql}


def connect(address: str, wait: float = WAIT_SECONDS) -> Engine:
    """Open the database at a file path, a `sqlite:///` or a `postgresql://` address, migrated where needed.

    Raises:
        StoreError: it cannot be opened, is not ours, or is newer than this program.
    """
    url = _url(address)
    try:
        engine = _KINDS[url.get_backend_name()].make_engine(url, wait)
    except ImportError as error:
        driver = url.get_driver_name()
        what = f"the driver {driver} for {url.drivername}:// cannot be loaded ({error})"
        raise StoreError(what, f"pip install {_PACKAGES.get(driver, driver)}") from error
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
    return _shown(engine.url) if engine.dialect.name != "sqlite" else engine.url.database or ""


def _shown(url: URL) -> str:
    return url.difference_update_query(["password"]).render_as_string()


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose keys are new, leave the others as they are, and return how many were new.

    All rows name the same columns in the same order.
    """
    columns = tuple(rows[0]) if rows else ()
    return insert_rows(connection, table, columns, [tuple(row.values()) for row in rows])


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Do the same for rows of values alone; the columns that are not named get what the table says."""
    return _KINDS[connection.dialect.name].insert_rows(connection, table, columns, rows) if rows else 0


def indexed_texts(connection: Connection, text: str, most: int) -> list[int] | None:
    """Return the numbers of all pairs in the index of texts that have this one, and maybe of some others.

    None stands for more than `most`, or that the index cannot tell, for texts that are short.
    """
    return _KINDS[connection.dialect.name].indexed_texts(connection, text, most)


def is_among(
    connection: Connection, column: ColumnElement[int], numbers: Sequence[int]
) -> ColumnElement[bool]:
    """Return the condition that a column has one of some numbers, however many."""
    return _KINDS[connection.dialect.name].is_among(column, numbers)


def index_texts(connection: Connection, after: int, until: int, is_last: bool) -> None:
    """Put the texts of the pairs between two numbers, the second included, into the index of texts.

    With the last of them, the database sees what is there now.
    """
    _KINDS[connection.dialect.name].index_texts(connection, after, until, is_last)


def set_indexes_aside(connection: Connection, names: Sequence[str], is_first: bool) -> list[str]:
    """Drop indexes where that saves time and nobody waits; return the statements that make them again.

    `is_first` says that the store held no pair before this transaction.
    """
    return _KINDS[connection.dialect.name].set_indexes_aside(connection, names, is_first)


def count_values(connection: Connection) -> None:
    """Let the database see what its tables hold now, where it chooses by that how to find something."""
    _KINDS[connection.dialect.name].count_values(connection)


@contextmanager
def faults(address: str) -> Iterator[None]:
    """Turn what the database raises into one line that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise _explained(address, error.orig or error) from error
    except sqlite3.Error as error:
        raise _explained(address, error) from error
    except UnicodeEncodeError as error:
        raise StoreError("a text holds half a character", "save its file as UTF-8 again") from error
    except OverflowError as error:
        what = f"the store {address} cannot keep a number of that size"
        raise StoreError(what, "mend it where it comes from") from error


def _explained(address: str, error: BaseException) -> StoreError:
    what, do = _KINDS["sqlite" if isinstance(error, sqlite3.Error) else "postgresql"].explain(error)
    return StoreError(f"the store {address} {' '.join(what.split())}", do)


def _url(address: str) -> URL:
    if not address:
        raise StoreError("the address of the store is empty", _ADDRESSES)
    # A single letter before a colon would be a drive of Windows.
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", address):
        return URL.create("sqlite", database=address)
    try:
        url = make_url(address)
        if url.get_backend_name() in _KINDS and not url.get_dialect().is_async:
            if url.get_backend_name() == "sqlite":
                url.get_dialect()().create_connect_args(url)
            return url
    except NoSuchModuleError:
        pass
    except (ArgumentError, ValueError) as error:
        # Without the address itself: a password may stand in it, and it cannot be told where.
        raise StoreError("the address of the store is no URL", _ADDRESSES) from error
    raise StoreError(f"{_shown(url)} is a kind of database that is not known", _ADDRESSES)


def _prepare(engine: Engine, address: str, deadline: float) -> None:
    """Check whose database it is before anything in it changes, then bring it up to date."""
    with engine.begin() as connection:
        version = schema_version(connection, address)
    if engine.dialect.name == "sqlite":
        sqlite.use_log(engine, deadline)
    # A database that is up to date can be opened while another program writes.
    if version < NEWEST:
        migrate(engine.execution_options(writes=True), address)
