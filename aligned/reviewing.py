"""Verdicts on pairs, their history, and taking them back; for `aligned.store` alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, select, update

from aligned.errors import MissingError, StaleError, StoreError
from aligned.queries import stands_at
from aligned.records import Change, ChangeKind, Status
from aligned.rows import searched_text
from aligned.schema import change_pairs, changes, current, pairs, translations

# The two sides of a change of structure: the pairs that gave way, and those that came for them.
BEFORE, AFTER = "before", "after"

OF_ONE_PAIR = (ChangeKind.VERDICT.value, ChangeKind.COMMENT.value)


@dataclass(frozen=True, slots=True)
class State:
    """How a pair stands now: what a change may alter, and the translation's own target."""

    status: Status
    target: str
    made: str
    version: int
    source: str
    document: int


def state_from(row: RowMapping) -> State:
    """Read a state out of a row of `states`."""
    edited = row["edited"]
    return State(
        status=Status(row["status"]),
        target=row["target"] if edited is None else edited,
        made=row["target"],
        version=row["version"],
        source=row["source"],
        document=row["document_id"],
    )


def states() -> Any:
    """Return the query of pairs with what a state is made of, and their sources."""
    columns = (pairs.c.id, pairs.c.status, pairs.c.edited, pairs.c.version, pairs.c.document_id)
    return select(*columns, translations.c.source, translations.c.target).join(translations)


def state_of(connection: Connection, pair_id: str) -> State:
    """Return how a pair stands; raises MissingError where there is none of that id."""
    row = connection.execute(states().where(pairs.c.id == pair_id)).mappings().first()
    if row is None:
        raise MissingError(f"the store has no pair {pair_id}", "give the id of a pair")
    return state_from(row)


def require_version(pair_id: str, state: State, expected: int | None, given: str) -> None:
    """Raise StaleError where the pair is not at the version that a person had seen."""
    if expected is not None and expected != state.version:
        raise StaleError(pair_id, state.target, given, state.version)


def require_current(connection: Connection, pair_id: str, state: State, given: str) -> None:
    """Raise StaleError, with what stands there now, where other pairs have come for this one."""
    stands = select(pairs.c.id).join(current, stands_at()).where(pairs.c.id == pair_id)
    if connection.execute(stands).first():
        return
    first, span = connection.execute(
        select(pairs.c.position, pairs.c.span).where(pairs.c.id == pair_id)
    ).one()
    there = (current.c.document_id == state.document) & (current.c.position < first + span)
    there &= current.c.position + pairs.c.span > first
    now = select(func.coalesce(pairs.c.edited, translations.c.target)).join(translations)
    now = now.join(current, stands_at()).where(there).order_by(pairs.c.position, pairs.c.part)
    raise StaleError(pair_id, " ".join(connection.scalars(now)), given, state.version)


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
    row = {"status_before": before.status.value, "status_after": status.value, "undoes": undoes}
    row |= {"target_before": before.target, "target_after": target, "pair_id": pair_id}
    _, at = append(connection, before.document, who, ChangeKind.VERDICT, row)
    values = {
        "status": status.value,
        "edited": None if target == before.made else target,
        "version": before.version + 1,
        "changed": at,
    }
    if target != before.target:
        values["searched"] = searched_text(f"{before.source}\n{target}")
    connection.execute(update(pairs).where(pairs.c.id == pair_id).values(**values))
    return before.version + 1


def append(
    connection: Connection, document_id: int, who: str, kind: ChangeKind, row: dict[str, Any]
) -> tuple[int, str]:
    """Append a change, and return its number and its time."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    full = {"undoes": None, "comment": ""} | row
    full |= {"document_id": document_id, "at": at, "who": who, "kind": kind.value}
    key = connection.execute(insert(changes).values(**full)).inserted_primary_key
    return int(key[0]) if key else 0, at


def comment(connection: Connection, pair_id: str, text: str, who: str) -> None:
    """Append what somebody says of a pair; nothing else changes."""
    state = state_of(connection, pair_id)
    status = state.status.value
    row = {"status_before": status, "status_after": status, "comment": text}
    row |= {"target_before": state.target, "target_after": state.target, "pair_id": pair_id}
    append(connection, state.document, who, ChangeKind.COMMENT, row)


def undo(connection: Connection, pair_id: str, who: str) -> int:
    """Take back the last change that stands, append that, and return the new version.

    Raises:
        StoreError: there is no such pair, or nothing to undo.
    """
    state = state_of(connection, pair_id)
    own = (changes.c.pair_id == pair_id) & (changes.c.kind == ChangeKind.VERDICT.value)
    standing = _standing(changes_where(connection, own))
    if not standing:
        raise StoreError(f"pair {pair_id} has no change to undo", "choose another")
    last = standing[-1]
    require_current(connection, pair_id, state, last.target_before)
    return change(connection, pair_id, state, last.status_before, last.target_before, who, last.number)


def _standing(made: Sequence[Change]) -> list[Change]:
    """Return those changes, none of them an undo or redo, that nothing has taken back for good."""
    taken: set[int] = set()
    for item in reversed(made):
        if item.undoes is not None and item.number not in taken:
            taken.add(item.undoes)
    return [item for item in made if item.undoes is None and item.number not in taken]


def history(connection: Connection, pair_id: str) -> list[Change]:
    """Return the changes of a pair and of those that it was made of, comments too, oldest first."""
    ids: set[str] = set()
    found = {pair_id}
    while found:
        ids |= found
        found = set(connection.scalars(_gave_way_to(found))) - ids
    shared = select(change_pairs.c.change_number).where(change_pairs.c.pair_id.in_(ids))
    own = changes.c.pair_id.in_(ids) & changes.c.kind.in_(OF_ONE_PAIR)
    return changes_where(connection, own | changes.c.number.in_(shared))


def _gave_way_to(ids: Collection[str]) -> Select[Any]:
    made = select(change_pairs.c.change_number).join(changes).where(changes.c.undoes.is_(None))
    made = made.where(change_pairs.c.side == AFTER, change_pairs.c.pair_id.in_(ids))
    query = select(change_pairs.c.pair_id).where(change_pairs.c.side == BEFORE)
    return query.where(change_pairs.c.change_number.in_(made))


def changes_where(connection: Connection, condition: ColumnElement[bool]) -> list[Change]:
    """Return the changes that meet a condition, oldest first."""
    rows = connection.execute(select(changes).where(condition).order_by(changes.c.number)).mappings().all()
    numbers = [row["number"] for row in rows if row["kind"] not in OF_ONE_PAIR]
    sides: dict[tuple[int, str], list[str]] = {}
    query = select(change_pairs).where(change_pairs.c.change_number.in_(numbers))
    for row in connection.execute(query.order_by(change_pairs.c.place)).mappings() if numbers else ():
        sides.setdefault((row["change_number"], row["side"]), []).append(row["pair_id"])
    return [_change_from(row, sides) for row in rows]


def _change_from(row: RowMapping, sides: Mapping[tuple[int, str], Sequence[str]]) -> Change:
    names = ("number", "pair_id", "at", "who", "undoes", "target_before", "target_after", "comment")
    return Change(
        **{name: row[name] for name in names},
        status_before=Status(row["status_before"]),
        status_after=Status(row["status_after"]),
        kind=ChangeKind(row["kind"]),
        before=tuple(sides.get((row["number"], BEFORE), ())),
        after=tuple(sides.get((row["number"], AFTER), ())),
    )
