"""Texts and findings that few pairs have, found first by their own indexes; for the store alone.

Pages otherwise walk along an index of pairs, which is soonest where many pass. The index of texts is filled
after the pairs have come, since it would add half to the time of an import: a search reads through the pairs
that it lacks, and where these are many, a thread fills it meanwhile.
"""

from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    func,
    select,
    update,
)

from aligned.column_types import GRAM, containing
from aligned.database import index_texts, indexed_texts, is_among
from aligned.errors import StoreError
from aligned.opened import OpenStore
from aligned.rows import searched_text
from aligned.schema import findings, pairs, text_index

# Of more pairs, a walk finds a page as soon: each has one of these in two hundred, if there are a million.
FEW = 5000
# So many pairs are read through in a few milliseconds.
LACKING = 20_000
# How many texts come into the index at once, and the seconds that others have for writing in between.
STEP, PAUSE = 5000, 0.05

# Every pair with a finding of any check.
ANY_CHECK = "any"


@dataclass(frozen=True, slots=True)
class Few:
    """What indexes say of the pairs that have a text and a finding.

    `condition` is true of all of them, and of few others; None where there are many or nobody knows.
    `is_common` is whether a walk soon comes upon some.
    """

    condition: ColumnElement[bool] | None = None
    is_common: bool = True


def few(connection: Connection, text: str, check: str) -> Few:
    """Look for the pairs that have a text and a finding; of both, "" is none to look for."""
    conditions, is_common = [], True
    if text:
        numbers, is_common = _numbers(connection, searched_text(text))
        conditions += [] if numbers is None else [is_among(connection, pairs.c.number, numbers)]
    if check:
        ids = select(findings.c.pair_id)
        ids = ids if check == ANY_CHECK else ids.where(findings.c.check == check)
        most = ids.limit(FEW + 1).subquery()
        if connection.execute(select(func.count()).select_from(most)).scalar_one() <= FEW:
            conditions.append(pairs.c.id.in_(ids))
    return Few(and_(*conditions) if conditions else None, is_common)


def holds(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Return the condition that a column has a text in it."""
    return column.like(containing(text), escape="\\")


def _numbers(connection: Connection, text: str) -> tuple[list[int] | None, bool]:
    """Return the numbers of few pairs that may have a text, None for many; and whether it is common."""
    indexed, lacking = _extent(connection)
    if indexed is None or lacking > LACKING:
        # Shorter texts are mostly in many pairs.
        return None, len(text) < GRAM
    found = indexed_texts(connection, text, FEW)
    late = select(pairs.c.number).where(pairs.c.number > indexed, holds(pairs.c.searched, text))
    if found is not None:
        found += connection.scalars(late.limit(FEW + 1))
    return (None, True) if found is None or len(found) > FEW else (found, True)


def _extent(connection: Connection) -> tuple[int | None, int]:
    """Return the last pair that the index of texts holds, None without one, and how many it lacks."""
    last = select(func.coalesce(func.max(pairs.c.number), 0)).scalar_subquery()
    indexed, number = connection.execute(select(text_index.c.indexed, last)).one()
    return indexed, 0 if indexed is None else number - indexed


class SearchStore(OpenStore):
    """A store whose index of texts is filled while others go on."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._thread: Thread | None = None
        self._lock, self._closing = Lock(), Event()

    def close(self) -> None:
        """Let go of the database."""
        self._closing.set()
        if self._thread:
            self._thread.join()
        super().close()

    def index_texts(self) -> None:
        """Put all texts into their index where there is one, with pauses in which others may write."""
        while not self._closing.wait(PAUSE):
            with self._writing() as connection:
                indexed, lacking = _extent(connection)
                if indexed is None or not lacking:
                    return
                until = indexed + min(lacking, STEP)
                index_texts(connection, indexed, until, is_last=until == indexed + lacking)
                connection.execute(update(text_index).values(indexed=until))

    def _index_where_lacking(self) -> None:
        """Begin to fill the index where it lacks so many texts that a search takes long."""
        with self._reading() as connection:
            _, lacking = _extent(connection)
        with self._lock:
            if lacking > LACKING and not (self._thread and self._thread.is_alive()):
                self._thread = Thread(target=self._try_to_index, name="index of texts", daemon=True)
                self._thread.start()

    def _try_to_index(self) -> None:
        # A store that cannot be written now is searched as before.
        with suppress(StoreError):
            self.index_texts()
