"""Queries that several parts of the store share; for `aligned.store` and its parts alone."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    Select,
    delete,
    func,
    insert,
    select,
    update,
)

from aligned.database import CHUNK, insert_missing
from aligned.errors import MissingError, StoreError
from aligned.records import StoredPair, Translation
from aligned.rows import SEGMENT_FIELDS, pair_from, segments_from, translation_from
from aligned.schema import current, documents, pairs, segments, signatures, translations

_T = TypeVar("_T")


def chunks(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield the items in lists of `size`, the last one shorter."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def intern(connection: Connection, texts: Iterable[str]) -> dict[str, int]:
    """Give every text a number in the table of signatures, known or new."""
    ids: dict[str, int] = {}
    for chunk in chunks(dict.fromkeys(texts), CHUNK):
        insert_missing(connection, signatures, [{"text": text} for text in chunk])
        query = select(signatures.c.text, signatures.c.id).where(signatures.c.text.in_(chunk))
        ids.update((row.text, row.id) for row in connection.execute(query))
    return ids


def count_of(table: FromClause) -> Any:
    """Return how many rows of the table a document has, as a column."""
    query = select(func.count()).select_from(table).where(table.c.document_id == documents.c.id)
    return query.scalar_subquery().label("segments" if table is segments else "pairs")


def head_of(connection: Connection, document_id: int) -> RowMapping:
    """Return the row of a document with its reading; raises MissingError where there is none."""
    query = select(documents, signatures.c.text.label("reading"))
    query = query.join(signatures, documents.c.reading_id == signatures.c.id)
    row = connection.execute(query.where(documents.c.id == document_id)).mappings().first()
    if row is None:
        raise MissingError(f"the store has no document {document_id}", "add the document first")
    return row


def require_segments(connection: Connection, document_id: int, positions: set[int]) -> None:
    """Raise StoreError where the document lacks a segment."""
    query = select(segments.c.position).where(segments.c.document_id == document_id)
    found = set(connection.scalars(query.where(segments.c.position.in_(positions))))
    if missing := positions - found:
        what = f"document {document_id} has no segment {min(missing)}"
        raise StoreError(what, "give positions of its own segments")


def translations_of(connection: Connection, keys: Iterable[str]) -> dict[str, Translation]:
    """Return those of the translations that are kept, by their keys."""
    query = select(translations, signatures.c.text.label("signature"))
    query = query.join(signatures, translations.c.signature_id == signatures.c.id)
    found: dict[str, Translation] = {}
    for chunk in chunks(dict.fromkeys(keys), CHUNK):
        rows = connection.execute(query.where(translations.c.key.in_(chunk))).mappings()
        found.update((row["key"], translation_from(row)) for row in rows)
    return found


def known(found: dict[str, Translation], key: str) -> Translation:
    """Return a translation that was found; raises StoreError where it was not."""
    if key not in found:
        raise StoreError(f"the store has no translation {key}", "add the translation first")
    return found[key]


def make_current(connection: Connection, document_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Point the segments at these pairs and show them; of two for one segment and part, the last.

    Where a person has split or merged, that stays.
    """
    taken = _restructured(connection, document_id)
    places = {(row["position"], row["part"]): row for row in rows if row["position"] not in taken}
    if not places:
        return
    positions = {position for position, _ in places}
    here = (current.c.document_id == document_id) & current.c.position.in_(positions)
    there = (pairs.c.document_id == document_id) & pairs.c.position.in_(positions)
    connection.execute(delete(current).where(here))
    connection.execute(update(pairs).where(there, pairs.c.shown == 1).values(shown=0))
    ids = [row["id"] for row in places.values()]
    connection.execute(update(pairs).where(pairs.c.id.in_(ids)).values(shown=1))
    kept = [
        {
            "document_id": document_id,
            "position": position,
            "part": part,
            "pair_id": row["id"],
            "glossary_id": row["glossary_id"],
        }
        for (position, part), row in places.items()
    ]
    connection.execute(insert(current), kept)


def _restructured(connection: Connection, document_id: int) -> set[int]:
    """Return the positions whose current pairs a person made."""
    query = select(pairs.c.position, pairs.c.span).join(current, stands_at())
    query = query.where(pairs.c.document_id == document_id, pairs.c.covers.is_not(None))
    return {at for row in connection.execute(query) for at in range(row.position, row.position + row.span)}


def stands_at() -> ColumnElement[bool]:
    """Return the condition that joins pairs with the places where they stand now."""
    # By place as well, which is the key: without it, each pair would be looked for in the whole table.
    here = (current.c.document_id == pairs.c.document_id) & (current.c.position == pairs.c.position)
    return here & (current.c.part == pairs.c.part) & (current.c.pair_id == pairs.c.id)


def show_reading(connection: Connection, document_id: int, digest: str) -> None:
    """Show the pairs of this reading of a document, and those of no other."""
    others = select(documents.c.id).where(documents.c.digest == digest, documents.c.id != document_id)
    hide = update(pairs).where(pairs.c.shown == 1, pairs.c.document_id.in_(others)).values(shown=0)
    if connection.execute(hide).rowcount:
        ours = select(current.c.pair_id).where(current.c.document_id == document_id)
        connection.execute(update(pairs).where(pairs.c.id.in_(ours)).values(shown=1))


@cache
def select_pairs(history: bool) -> Select[Any]:
    """Return the query of all that a pair is, in document order; with `history` of former pairs too."""
    signature, glossary = signatures.alias(), signatures.alias()
    columns: list[ColumnElement[Any]] = [segments.c[name].label(f"segment_{name}") for name in SEGMENT_FIELDS]
    columns += [pairs.c.id, pairs.c.origin, pairs.c.status, documents.c.digest, documents.c.name]
    columns += [pairs.c.edited, pairs.c.version, pairs.c.changed]
    columns += [pairs.c.number, pairs.c.document_id, pairs.c.part, pairs.c.covers, pairs.c.chrf]
    columns += [translations.c[name] for name in ("source", "target", "score", "receipts", "findings")]
    query = select(*columns, signature.c.text.label("signature"), glossary.c.text.label("glossary"))
    query = query.select_from(pairs).join(segments).join(documents).join(translations)
    query = query.join(signature, translations.c.signature_id == signature.c.id)
    # The same pair may come out of runs under several glossaries: it shows the last of them.
    where = pairs.c.glossary_id
    if not history:
        query = query.join(current, stands_at())
        where = current.c.glossary_id
    query = query.join(glossary, where == glossary.c.id)
    place = pairs.c.document_id, pairs.c.position
    return query.order_by(*place, pairs.c.number if history else pairs.c.part)


def stored_from(row: RowMapping) -> StoredPair:
    """Read a pair, and what must be known to change it, out of a row of `select_pairs`."""
    return StoredPair(
        pair_from(row), row["version"], row["document_id"], segments_from(row), row["part"], row["chrf"]
    )
