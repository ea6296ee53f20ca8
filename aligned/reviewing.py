"""Verdicts on pairs, their history, and taking them back; for `aligned.store` alone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from aligned.errors import StaleError, StoreError
from aligned.records import Change, Status
from aligned.schema import changes, pairs, translations


@dataclass(frozen=True, slots=True)
class State:
    """How a pair stands now: what a change may alter, and the translation's own target."""

    status: Status
    target: str
    made: str
    version: int


def state_from(row: RowMapping) -> State:
    """Read a state out of a row of `states`."""
    edited = row["edited"]
    return State(
        Status(row["status"]), row["target"] if edited is None else edited, row["target"], row["version"]
    )


def states() -> Any:
    """Return the query of pairs with what a state is made of, and their sources."""
    columns = (pairs.c.id, pairs.c.status, pairs.c.edited, pairs.c.version)
    return select(*columns, translations.c.source, translations.c.target).join(translations)


def state_of(connection: Connection, pair_id: str) -> State:
    """Return how a pair stands; raises StoreError where there is none of that id."""
    row = connection.execute(states().where(pairs.c.id == pair_id)).mappings().first()
    if row is None:
        raise StoreError(f"the store has no pair {pair_id}", "give the id of a pair")
    return state_from(row)


def require_version(pair_id: str, state: State, expected: int | None, given: str) -> None:
    """Raise StaleError where the pair is not at the version that a person had seen."""
    if expected is not None and expected != state.version:
        raise StaleError(pair_id, state.target, given, state.version)


def change(
    connection: Connection,
    pair_id: str,
    before: State,
    status: Status,
    target: str,
    who: str,
    undoes: int | None = None,
) -> int:
    """Write a new status and target, append the change, and return the new version; nothing for no change."""
    if (status, target) == (before.status, before.target) and undoes is None:
        return before.version
    at = datetime.now(UTC).isoformat(timespec="seconds")
    values = {
        "status": status.value,
        "edited": None if target == before.made else target,
        "version": before.version + 1,
        "changed": at,
    }
    connection.execute(update(pairs).where(pairs.c.id == pair_id).values(**values))
    row = {"pair_id": pair_id, "at": at, "who": who, "undoes": undoes}
    row |= {"status_before": before.status.value, "status_after": status.value}
    row |= {"target_before": before.target, "target_after": target}
    connection.execute(insert(changes).values(**row))
    return before.version + 1


def undo(connection: Connection, pair_id: str, who: str) -> int:
    """Take back the last change that stands, append that, and return the new version.

    Raises:
        StoreError: there is no such pair, or nothing to undo.
    """
    state = state_of(connection, pair_id)
    made = history(connection, pair_id)
    undone = {item.undoes for item in made}
    standing = [item for item in made if item.undoes is None and item.number not in undone]
    if not standing:
        raise StoreError(f"pair {pair_id} has no change to undo", "choose another")
    last = standing[-1]
    return change(connection, pair_id, state, last.status_before, last.target_before, who, last.number)


def history(connection: Connection, pair_id: str) -> list[Change]:
    """Return the changes of a pair, oldest first."""
    query = select(changes).where(changes.c.pair_id == pair_id).order_by(changes.c.number)
    rows = connection.execute(query).mappings()
    return [
        Change(
            **{name: row[name] for name in ("number", "pair_id", "at", "who", "undoes")},
            status_before=Status(row["status_before"]),
            status_after=Status(row["status_after"]),
            target_before=row["target_before"],
            target_after=row["target_after"],
        )
        for row in rows
    ]
