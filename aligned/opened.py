"""A store's open database, and the transactions on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from aligned.database import WAIT_SECONDS, connect, faults, shown_address

DEFAULT_STORE = "targem.db"


class OpenStore:
    """One open database; make it with `Store.open` and close it, or use it in a `with` statement.

    Every method raises `StoreError` where the database is locked, full, damaged or gone. What a method
    writes is in the database, whole, when it returns; until then nothing of it is.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._importer = self._writer.execution_options(checks_references=False)
        self._address = shown_address(engine)

    @classmethod
    def open(cls, address: str = DEFAULT_STORE, wait: float = WAIT_SECONDS) -> Self:
        """Open or make the store at a file path or a `sqlite:///` address.

        `wait` is how many seconds to wait for another process that is writing.

        Raises:
            StoreError: it cannot be opened, is another program's, or is newer than this program.
        """
        return cls(connect(address, wait))

    def close(self) -> None:
        """Let go of the database."""
        with faults(self._address):
            self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with faults(self._address), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with faults(self._address), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def _importing(self) -> Iterator[Connection]:
        # An import makes what it refers to itself, and a tenth of its time would go into looking that up.
        with faults(self._address), self._importer.begin() as connection:
            yield connection
