"""Pages of pairs, found by walking along an index from where the last page ended; for the store alone."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from aligned.queries import select_pairs
from aligned.records import Origin, Pair, Status
from aligned.rows import pair_from
from aligned.schema import pairs

PAGE_SIZE = 50
LARGEST_PAGE = 500

# The number of a document and a position in it: where a page ended.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pairs to show; None lets all pass. `document` is its number in the store."""

    status: Status | None = None
    document: int | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class StoredPair:
    """A pair and what a page must know to change it: its version, and the number of its document."""

    pair: Pair
    version: int
    document: int


@dataclass(frozen=True, slots=True)
class Page:
    """Pairs in document order; `after` asks for the next page, None where this was the last."""

    items: tuple[StoredPair, ...]
    after: Place | None


def page(connection: Connection, wanted: Filter, after: Place | None, size: int) -> Page:
    """Return up to `size` shown pairs that come after a place."""
    columns = (pairs.c.id, pairs.c.document_id, pairs.c.position)
    query = _narrowed(select(*columns), wanted)
    if wanted.document is None:
        query = query.order_by(pairs.c.document_id, pairs.c.position)
        if after is not None:
            query = query.where(tuple_(pairs.c.document_id, pairs.c.position) > tuple_(*after))
    else:
        # SQLite walks on along the index only where the order does not name what the filter fixes.
        query = query.order_by(pairs.c.position)
        if after is not None:
            query = query.where(pairs.c.position > after[1])
    size = max(1, min(size, LARGEST_PAGE))
    # One more than asked for says whether there is a next page.
    found = connection.execute(query.limit(size + 1)).all()
    is_last, found = len(found) <= size, found[:size]
    full = select_pairs(history=False).where(pairs.c.id.in_([row.id for row in found]))
    rows = {row["id"]: row for row in connection.execute(full).mappings()}
    items = tuple(
        StoredPair(pair_from(rows[row.id]), rows[row.id]["version"], row.document_id) for row in found
    )
    return Page(items, None if is_last else (found[-1].document_id, found[-1].position))


def count(connection: Connection, wanted: Filter) -> int:
    """Return how many shown pairs pass the filter."""
    found: int = connection.execute(_narrowed(select(func.count()).select_from(pairs), wanted)).scalar_one()
    return found


def _narrowed(query: Select[Any], wanted: Filter) -> Select[Any]:
    query = query.where(pairs.c.shown == 1)
    if wanted.status is not None:
        query = query.where(pairs.c.status == wanted.status.value)
    if wanted.document is not None:
        query = query.where(pairs.c.document_id == wanted.document)
    if wanted.origin is not None:
        query = query.where(pairs.c.origin == wanted.origin.value)
    return query
