"""References of a document's segments, and the pairs against them; for `aligned.store` alone, but its nouns.

A reference belongs to segments and not to pairs: it outlives another translation, a split and a merge.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from aligned.opened import OpenStore
from aligned.queries import head_of, intern
from aligned.schema import pairs, segment_references, signatures, translations

# A pair or a reference over more segments than this is none that anybody made.
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Reference:
    """How somebody else put `span` segments from a position on; `place` counts a segment's references from 0.

    `signature` says in one line which file it is from, how it was brought here, and what scores by it.
    """

    position: int
    span: int
    text: str
    signature: str
    place: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs, by id and in order, whose targets together stand against references; there may be none of these.

    `chrf` is each pair's score as it is kept.
    """

    pairs: tuple[str, ...]
    target: str
    references: tuple[str, ...]
    signature: str
    chrf: tuple[float | None, ...]


class ReferenceStore(OpenStore):
    """The references in a store."""

    def keep_references(self, document_id: int, items: Iterable[Reference]) -> None:
        """Keep a document's references in the place of those that it had; raises MissingError without one."""
        rows = [(item, _columns(item)) for item in items]
        with self._writing() as connection:
            head_of(connection, document_id)
            ids = intern(connection, (item.signature for item, _ in rows))
            ours = segment_references.c.document_id == document_id
            connection.execute(delete(segment_references).where(ours))
            full = [
                row | {"document_id": document_id, "signature_id": ids[item.signature]} for item, row in rows
            ]
            if full:
                connection.execute(insert(segment_references), full)

    def compared(self, document_id: int, pair_id: str | None = None) -> list[Compared]:
        """Return a document's pairs against its references, or one with those that hang together with it.

        The list is empty where the document, or this pair of it, has no reference and no score either.
        """
        with self._reading() as connection:
            return list(_compared(connection, document_id, pair_id))

    def keep_chrf(self, scores: Mapping[str, float | None]) -> None:
        """Keep scores of pairs against their references, by id; None takes one away."""
        if scores:
            mark = update(pairs).where(pairs.c.id == bindparam("key")).values(chrf=bindparam("found"))
            with self._writing() as connection:
                connection.execute(mark, [{"key": key, "found": score} for key, score in scores.items()])


def _columns(item: Reference) -> dict[str, object]:
    return {"position": item.position, "span": item.span, "text": item.text, "place": item.place}


def _compared(connection: Connection, document_id: int, pair_id: str | None) -> Iterator[Compared]:
    ours, theirs = pairs.c.document_id == document_id, segment_references.c.document_id == document_id
    ours &= pairs.c.shown == 1
    if pair_id is not None:
        columns = pairs.c.position, pairs.c.span, pairs.c.chrf
        pair = connection.execute(select(*columns).where(pairs.c.id == pair_id)).one()
        # Most documents have no reference, and every edit asks.
        known = connection.execute(select(segment_references.c.position).where(theirs).limit(1)).first()
        if known is None and pair.chrf is None:
            return
        first, last = _stretch(connection, document_id, pair.position, pair.position + pair.span - 1)
        ours &= _touches(pairs.c.position, pairs.c.span, first, last)
        theirs &= _touches(segment_references.c.position, segment_references.c.span, first, last)
    target = func.coalesce(pairs.c.edited, translations.c.target).label("target")
    said = select(pairs.c.id, pairs.c.position, pairs.c.span, pairs.c.chrf, target).join(translations)
    given = select(segment_references, signatures.c.text.label("signature")).join(signatures)
    order = segment_references.c.position, segment_references.c.place
    references = connection.execute(given.where(theirs).order_by(*order)).all()
    standing = connection.execute(said.where(ours).order_by(pairs.c.position, pairs.c.part)).all()
    if not references and all(row.chrf is None for row in standing):
        return
    for ours_here, theirs_here in _groups(standing, references):
        if pair_id is not None and all(row.id != pair_id for row in ours_here):
            continue
        places = sorted({row.place for row in theirs_here})
        texts = (" ".join(row.text for row in theirs_here if row.place == place) for place in places)
        yield Compared(
            tuple(row.id for row in ours_here),
            " ".join(row.target for row in ours_here),
            tuple(texts),
            theirs_here[0].signature if theirs_here else "",
            tuple(row.chrf for row in ours_here),
        )


def _touches(
    position: ColumnElement[int], span: ColumnElement[int], first: int, last: int
) -> ColumnElement[bool]:
    # Bounded on both sides, for the index has the position alone.
    return position.between(first - _LONGEST, last) & (position + span > first)


def _stretch(connection: Connection, document_id: int, first: int, last: int) -> tuple[int, int]:
    """Return the first and last segment of all that hangs together with some, by pairs and references."""
    while True:
        found = [(first, last)]
        for table in (pairs, segment_references):
            where = table.c.document_id == document_id
            where &= _touches(table.c.position, table.c.span, first, last)
            if table is pairs:
                where &= pairs.c.shown == 1
            ends = func.min(table.c.position), func.max(table.c.position + table.c.span - 1)
            low, high = connection.execute(select(*ends).where(where)).one()
            found += [] if low is None else [(low, high)]
        wider = min(low for low, _ in found), max(high for _, high in found)
        if wider == (first, last):
            return wider
        first, last = wider


def _groups(standing: Sequence[Any], references: Sequence[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
    """Yield the rows of pairs and references whose segments overlap, directly or through each other.

    References alone are passed over.
    """
    sides: tuple[list[Any], list[Any]] = ([], [])
    end = -1
    rows = [(row.position, 0, row) for row in standing] + [(row.position, 1, row) for row in references]
    for position, side, row in sorted(rows, key=lambda item: item[:2]):
        if position > end:
            if sides[0]:
                yield sides
            sides = ([], [])
        sides[side].append(row)
        end = max(end, position + row.span - 1)
    if sides[0]:
        yield sides
