"""Pairs that give way to others over the same segments, as a person splits, merges or moves them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from aligned.database import insert_missing, insert_rows
from aligned.errors import StoreError
from aligned.paging import stored_pairs
from aligned.pairs import ID_LENGTH
from aligned.queries import head_of, intern
from aligned.records import ChangeKind, Segment, Status, StoredPair, Translation
from aligned.reviewing import AFTER, BEFORE, append, require_current, require_version, state_of
from aligned.rows import TRANSLATION_COLUMNS, queue_values, searched_text, translation_row
from aligned.schema import change_pairs, current, pairs, translations
from aligned.structure import Piece, solid, translation_of

# What signs the text of a piece that came without a translation.
SIGNATURE = "person"


def restructure(
    connection: Connection,
    before: Sequence[tuple[str, int]],
    after: Sequence[Piece],
    who: str,
    kind: ChangeKind,
) -> list[str]:
    """Put new pairs in the place of neighbours, append the change, and return the new ids.

    Raises:
        StaleError: one of them has another version, or other pairs stand there now.
        StoreError: the pieces do not cover the same segments in order, or hold another source though the
            kind of the change is not `source`.
    """
    given = " ".join(piece.target for piece in after)
    for key, version in before:
        state = state_of(connection, key)
        require_version(key, state, version, given)
        require_current(connection, key, state, given)
    old = stored_pairs(connection, [key for key, _ in before])
    _require_same(old, after, kind)
    ids, document_id = [item.pair.id for item in old], old[0].document
    number = _append(connection, old, given, who, kind)
    new = _insert(connection, old, _before_next(connection, old[-1], after), number)
    replace_run(connection, document_id, ids, new)
    link(connection, number, ids, new)
    return new


def _before_next(connection: Connection, last: StoredPair, after: Sequence[Piece]) -> list[Piece]:
    """Let no piece begin with a later segment than the pair that follows, which would then come before it.

    Pairs can cover more than they hold: pieces of a source that is not the segments' own cover them all.
    """
    place = current.c.position, current.c.part
    later = select(current.c.position).where(current.c.document_id == last.document)
    later = later.where(tuple_(*place) > tuple_(*last.place[1:])).order_by(*place)
    latest = connection.scalar(later.limit(1))
    return [piece if latest is None else replace(piece, first=min(piece.first, latest)) for piece in after]


def replace_run(connection: Connection, document_id: int, old: Sequence[str], new: Sequence[str]) -> None:
    """Let pairs stand in the place of neighbours, and number the parts of their segments anew.

    Raises:
        StoreError: the neighbours do not stand one after the other.
    """
    query = select(pairs.c.id, pairs.c.position, pairs.c.glossary_id, pairs.c.shown)
    met = {row.id: row for row in connection.execute(query.where(pairs.c.id.in_([*old, *new])))}
    places = [row.position for row in met.values()]
    here = (current.c.document_id == document_id) & current.c.position.between(min(places), max(places))
    columns = current.c.pair_id, current.c.position, current.c.glossary_id
    found = connection.execute(select(*columns).where(here).order_by(current.c.position, current.c.part))
    run = [tuple(row) for row in found]
    at = next((at for at, row in enumerate(run) if row[0] == old[0]), 0)
    if [key for key, *_ in run[at : at + len(old)]] != list(old):
        raise StoreError("the pairs do not stand one after the other", "choose neighbours")
    run[at : at + len(old)] = [(key, met[key].position, met[key].glossary_id) for key in new]
    connection.execute(delete(current).where(here))
    connection.execute(update(pairs).where(pairs.c.id.in_(old)).values(shown=0))
    connection.execute(update(pairs).where(pairs.c.id.in_(new)).values(shown=met[old[0]].shown))
    parts: dict[int, int] = {}
    rows = []
    for key, position, glossary in run:
        part = parts[position] = parts.get(position, -1) + 1
        place = {"document_id": document_id, "position": position, "part": part}
        rows.append(place | {"pair_id": key, "glossary_id": glossary})
    connection.execute(insert(current), rows)
    number = update(pairs).where(pairs.c.id == bindparam("key")).values(part=bindparam("at"))
    connection.execute(number, [{"key": row["pair_id"], "at": row["part"]} for row in rows])


def link(connection: Connection, number: int, before: Sequence[str], after: Sequence[str]) -> None:
    """Write down which pairs gave way in a change and which came for them."""
    rows = [
        {"change_number": number, "side": side, "place": place, "pair_id": key}
        for side, ids in ((BEFORE, before), (AFTER, after))
        for place, key in enumerate(ids)
    ]
    connection.execute(insert(change_pairs), rows)


def _require_same(old: Sequence[StoredPair], after: Sequence[Piece], kind: ChangeKind) -> None:
    """Raise StoreError where the pieces are not the same part of the same document in another shape."""
    if kind in (ChangeKind.VERDICT, ChangeKind.COMMENT):
        raise StoreError(f"a {kind} makes no new pairs", "split, merge, move, or give another source")
    if not old or not after or len({item.document for item in old}) > 1:
        raise StoreError("there are no neighbours of one document", "choose some")
    if any(not piece.source.strip() for piece in after):
        raise StoreError("a piece would have no source", "give each one")
    if any(piece.translation and piece.translation.source != piece.source for piece in after):
        raise StoreError("a translation is of another source than its piece", "give both the same")
    covered = {segment.position for item in old for segment in item.segments}
    pieces = [(piece.first, piece.last) for piece in after]
    in_order = all(
        a <= c and b <= d and not covered & set(range(b + 1, c)) for (a, b), (c, d) in pairwise(pieces)
    )
    is_whole = (pieces[0][0], pieces[-1][1]) == (min(covered), max(covered))
    if not in_order or not is_whole or any(a > b or not {a, b} <= covered for a, b in pieces):
        raise StoreError("the pieces do not cover the segments of the pairs", "cover them in order")
    texts = "".join(item.pair.source for item in old), "".join(piece.source for piece in after)
    if kind != ChangeKind.SOURCE and solid(texts[0]) != solid(texts[1]):
        raise StoreError("the pieces hold another source", "keep every letter")


def _append(connection: Connection, old: Sequence[StoredPair], given: str, who: str, kind: ChangeKind) -> int:
    row = {
        "pair_id": old[0].pair.id,
        "status_before": old[0].pair.status.value,
        "status_after": Status.NEW.value,
        "target_before": " ".join(item.pair.target for item in old),
        "target_after": given,
    }
    return append(connection, old[0].document, who, kind, row)[0]


def _insert(
    connection: Connection, old: Sequence[StoredPair], after: Sequence[Piece], number: int
) -> list[str]:
    """Insert the new pairs, not yet shown, and return their ids."""
    head = head_of(connection, old[0].document)
    covered = {segment.position: segment for item in old for segment in item.segments}
    score = min(item.pair.score for item in old)
    made = [
        piece.translation or translation_of(piece.source, piece.target, SIGNATURE, score) for piece in after
    ]
    ids = intern(connection, [item.signature for item in made] + [old[0].pair.glossary])
    kept = [translation_row(item, item.key, ids[item.signature]) for item in made]
    insert_rows(connection, translations, TRANSLATION_COLUMNS, kept)
    same = {"document_id": old[0].document, "origin": old[0].pair.origin.value}
    same |= {"glossary_id": ids[old[0].pair.glossary]}
    rows = []
    for place, (piece, translation) in enumerate(zip(after, made, strict=True)):
        segments = [covered[at] for at in sorted(covered) if piece.first <= at <= piece.last]
        content = [head["digest"], head["reading"], number, place, piece.source, piece.target]
        key = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:ID_LENGTH]
        rows.append(same | {"id": key} | _pair_values(piece, translation, segments))
    insert_missing(connection, pairs, rows)
    return [row["id"] for row in rows]


def _pair_values(piece: Piece, made: Translation, covered: Sequence[Segment]) -> dict[str, Any]:
    is_edited = piece.target != made.target
    return {
        "position": piece.first,
        "translation_key": made.key,
        "status": Status.NEW.value,
        "edited": piece.target if is_edited else None,
        "version": 0,
        "changed": "",
        "shown": 0,
        **queue_values(made),
        "searched": searched_text(f"{piece.source}\n{piece.target}"),
        "span": piece.last - piece.first + 1,
        "covers": json.dumps([asdict(segment) for segment in covered], ensure_ascii=False),
    }
