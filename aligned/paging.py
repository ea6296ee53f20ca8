"""Pages of pairs, found by walking along an index from where the last page ended; for the store alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal_column, select, tuple_

from aligned.column_types import Unindexed
from aligned.errors import MissingError
from aligned.queries import select_pairs, stored_from
from aligned.records import Origin, Status, StoredPair
from aligned.rows import searched_text
from aligned.schema import current, pairs
from aligned.search import ANY_CHECK, Few, few, holds

__all__ = ["Filter", "Order", "Page", "Place", "StoredPair"]

PAGE_SIZE = 50
LARGEST_PAGE = 500

# Where a page ended: the document's number, the position in it and the part of that position; in a queue,
# what the queue goes by stands before them.
Place = tuple[float, ...]


class Order(StrEnum):
    """As pairs stand in their document, or first the dearest terms, the least certain, the worst by chrF2.

    The last shows only pairs that have a reference.
    """

    DOCUMENT = "document"
    PRICE = "price"
    CERTAINTY = "certainty"
    REFERENCE = "reference"


# What a queue goes by; each has an index.
_GONE_BY = {Order.PRICE: pairs.c.forcing, Order.CERTAINTY: pairs.c.score, Order.REFERENCE: pairs.c.chrf}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pairs to show, and in which order; None and "" let all pass.

    `document` is its number in the store. `text` is looked for in source and target, whatever its case;
    `check` is the name of a check that found something, or "any". `price` is the least highest price of a
    receipt and `score` the highest score, both in nats; `chrf` the highest chrF2 against a reference.
    """

    status: Status | None = None
    document: int | None = None
    origin: Origin | None = None
    text: str = ""
    check: str = ""
    order: Order = Order.DOCUMENT
    price: float | None = None
    score: float | None = None
    chrf: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Pairs in the order of the filter; `after` asks for the next page, None where this was the last."""

    items: tuple[StoredPair, ...]
    after: Place | None


def page(connection: Connection, wanted: Filter, after: Place | None, size: int) -> Page:
    """Return up to `size` shown pairs that come after a place."""
    known = few(connection, wanted.text, wanted.check)
    keys: list[ColumnElement[Any]] = [pairs.c.document_id, pairs.c.position, pairs.c.part]
    if wanted.order != Order.DOCUMENT:
        first = _GONE_BY[wanted.order]
        # Of one document, the pairs are found by that and sorted: the queue may be far longer.
        keys.insert(0, first if wanted.document is None else Unindexed(first))
    # The number and the keys are in the index; all else is read for the pairs of the page alone.
    query = _narrowed(select(pairs.c.number, *keys), wanted, known)
    order, place = keys, after
    if wanted.document is not None:
        # SQLite walks on along the index only where the order does not name what the filter fixes.
        order = [key for key in keys if key is not pairs.c.document_id]
        fixed = keys.index(pairs.c.document_id)
        place = after and (*after[:fixed], *after[fixed + 1 :])
    if place:
        query = query.where(tuple_(*order[: len(place)]) > tuple_(*place))
    size = max(1, min(size, LARGEST_PAGE))
    # One more than asked for says whether there is a next page.
    found = connection.execute(query.order_by(*order).limit(size + 1)).all()
    is_last, found = len(found) <= size, found[:size]
    full = select_pairs(history=False).where(pairs.c.number.in_([row.number for row in found]))
    rows = {row["number"]: row for row in connection.execute(full).mappings()}
    items = tuple(stored_from(rows[row.number]) for row in found)
    return Page(items, None if is_last else tuple(found[-1][1:]))


def stored_pairs(connection: Connection, ids: Sequence[str], history: bool = False) -> list[StoredPair]:
    """Return those of the pairs that stand, in the order of the ids; with `history` the others too."""
    query = select_pairs(history).where(pairs.c.id.in_(ids))
    rows = {row["id"]: row for row in connection.execute(query).mappings()}
    return [stored_from(rows[key]) for key in ids if key in rows]


def one(connection: Connection, pair_id: str) -> StoredPair:
    """Return a pair, whether it is shown or not; raises MissingError where there is none of that id."""
    for history in (False, True):
        if found := stored_pairs(connection, [pair_id], history):
            return found[0]
    raise MissingError(f"the store has no pair {pair_id}", "give the id of a pair")


def around(connection: Connection, pair_id: str, before: int, after: int) -> list[StoredPair]:
    """Return a pair with those that stand before and after it in its document."""
    here = one(connection, pair_id)
    columns = current.c.position, current.c.part
    ours = select(current.c.pair_id).where(current.c.document_id == here.document)
    place = tuple_(*here.place[1:])
    earlier = ours.where(tuple_(*columns) < place).order_by(*(column.desc() for column in columns))
    later = ours.where(tuple_(*columns) > place).order_by(*columns)
    ids = [*reversed(connection.scalars(earlier.limit(before)).all()), pair_id]
    found = stored_pairs(connection, [*ids, *connection.scalars(later.limit(after))])
    return found if any(item.pair.id == pair_id for item in found) else [here]


def count(connection: Connection, wanted: Filter, most: int | None = None) -> int:
    """Return how many shown pairs pass the filter; with `most`, no more than that and one are counted."""
    known = few(connection, wanted.text, wanted.check)
    if most is None:
        # To count what is common too, all texts are read.
        known = replace(known, is_common=not wanted.text)
    query = _narrowed(select(literal_column("1")).select_from(pairs), wanted, known)
    if most is not None:
        query = query.limit(most + 1)
    return int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def progress(connection: Connection, document: int | None) -> dict[Status, int]:
    """Return how many shown pairs have each status."""
    query = select(pairs.c.status, func.count()).group_by(pairs.c.status)
    rows = connection.execute(_narrowed(query, Filter(document=document), Few()))
    found = {row[0]: row[1] for row in rows}
    return {status: found.get(status.value, 0) for status in Status}


def progress_by_document(connection: Connection) -> dict[int, dict[Status, int]]:
    """Return how many shown pairs of each document have each status; documents without one are left out."""
    query = select(pairs.c.document_id, pairs.c.status, func.count()).where(pairs.c.shown == 1)
    found: dict[int, dict[Status, int]] = {}
    for document, status, count in connection.execute(query.group_by(pairs.c.document_id, pairs.c.status)):
        found.setdefault(document, {})[Status(status)] = count
    return found


def _narrowed(query: Select[Any], wanted: Filter, known: Few) -> Select[Any]:
    """Add what the filter asks for, in the form that has the right index used."""
    # Few pairs are looked up by their own indexes; all texts of a store are read fastest as they lie there.
    walks = known.condition is None and (known.is_common or wanted.document is not None)
    query = query.where((pairs.c.shown if walks else Unindexed(pairs.c.shown)) == 1)
    if known.condition is not None:
        query = query.where(known.condition)
    # A queue walks along its own index, which has the status and the origin too.
    is_queue = wanted.order != Order.DOCUMENT
    for column, value in ((pairs.c.status, wanted.status), (pairs.c.origin, wanted.origin)):
        if value is not None:
            query = query.where((Unindexed(column) if is_queue else column) == value.value)
    if wanted.document is not None:
        query = query.where(pairs.c.document_id == wanted.document)
    if wanted.check:
        is_any = wanted.check == ANY_CHECK
        query = query.where(pairs.c.checks != "" if is_any else holds(pairs.c.checks, f" {wanted.check} "))
    forcing = None if wanted.price is None else -wanted.price
    for column, most in (
        (pairs.c.forcing, forcing),
        (pairs.c.score, wanted.score),
        (pairs.c.chrf, wanted.chrf),
    ):
        if most is not None:
            query = query.where(column <= most)
    if wanted.order == Order.REFERENCE:
        query = query.where(pairs.c.chrf.is_not(None))
    if wanted.text:  # the last, being the dearest
        query = query.where(holds(pairs.c.searched, searched_text(wanted.text)))
    return query
