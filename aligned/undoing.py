"""Undo and redo of a person's changes in a document, without end; for the store alone.

A change is taken back by a change of its own, and that one by another, which is how redo works. So the last
standing change of somebody is found by reading the document's changes from the newest on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from aligned.errors import StaleError
from aligned.records import Change, ChangeKind
from aligned.restructuring import link, replace_run
from aligned.reviewing import append, change, changes_where, require_current, state_of
from aligned.schema import changes

# Changes read at a time.
_BATCH = 64


@dataclass(frozen=True, slots=True)
class _Step:
    number: int
    who: str
    is_undo: bool
    is_redo: bool


def undo_last(connection: Connection, document_id: int, who: str) -> list[str]:
    """Take back the last change of a person's that stands; return the pairs that stand now, none for none.

    Raises:
        StaleError: somebody else has changed a pair of it since.
    """
    steps = _standing(connection, document_id)
    last = next((step for step in steps if step.who == who and not (step.is_undo or step.is_redo)), None)
    return _take_back(connection, last.number, who) if last else []


def redo_last(connection: Connection, document_id: int, who: str) -> list[str]:
    """Do again what a person took back last, unless another change of theirs has followed.

    Raises:
        StaleError: somebody else has changed a pair of it since.
    """
    steps = _standing(connection, document_id)
    last = next((step for step in steps if step.who == who and not step.is_redo), None)
    return _take_back(connection, last.number, who) if last and last.is_undo else []


def _standing(connection: Connection, document_id: int) -> Iterator[_Step]:
    """Yield the changes that nothing has taken back, the newest first."""
    undone = changes.alias()
    query = select(changes.c.number, changes.c.who, changes.c.undoes, undone.c.undoes.label("of_undo"))
    query = query.join(undone, undone.c.number == changes.c.undoes, isouter=True)
    query = query.where(changes.c.document_id == document_id, changes.c.kind != ChangeKind.COMMENT.value)
    query = query.order_by(changes.c.number.desc()).limit(_BATCH)
    taken: set[int] = set()
    rows = connection.execute(query).all()
    while rows:
        for row in rows:
            if row.number in taken:
                continue
            if row.undoes is not None:
                taken.add(row.undoes)
            is_redo = row.of_undo is not None
            yield _Step(row.number, row.who, row.undoes is not None and not is_redo, is_redo)
        rows = connection.execute(query.where(changes.c.number < rows[-1].number)).all()


def _take_back(connection: Connection, number: int, who: str) -> list[str]:
    """Append a change that puts back what was before this one; return the pairs that it puts back."""
    (item,) = changes_where(connection, changes.c.number == number)
    if item.kind == ChangeKind.VERDICT:
        state = state_of(connection, item.pair_id)
        require_current(connection, item.pair_id, state, item.target_before)
        if (state.status, state.target) != (item.status_after, item.target_after):
            raise StaleError(item.pair_id, state.target, item.target_before, state.version)
        change(connection, item.pair_id, state, item.status_before, item.target_before, who, number)
        return [item.pair_id]
    for key in item.after:
        _require_unchanged(connection, key, item)
    document_id = state_of(connection, item.pair_id).document
    replace_run(connection, document_id, item.after, item.before)
    row = {"pair_id": item.after[0], "undoes": number}
    row |= {"status_before": item.status_after.value, "status_after": item.status_before.value}
    row |= {"target_before": item.target_after, "target_after": item.target_before}
    made, _ = append(connection, document_id, who, item.kind, row)
    link(connection, made, item.after, item.before)
    return list(item.before)


def _require_unchanged(connection: Connection, pair_id: str, since: Change) -> None:
    """Raise StaleError where a pair does not stand as it did when a change brought it."""
    state = state_of(connection, pair_id)
    require_current(connection, pair_id, state, since.target_before)
    later = (changes.c.pair_id == pair_id) & (changes.c.number > since.number)
    verdicts = changes_where(connection, later & (changes.c.kind == ChangeKind.VERDICT.value))
    if verdicts and (state.status, state.target) != (verdicts[0].status_before, verdicts[0].target_before):
        raise StaleError(pair_id, state.target, since.target_before, state.version)
