"""Pairs out of files into the store: known ones are brought up to date, new ones added; for the store alone.

A pair is known by its id, which its content makes. A new pair goes to the segment that it came from, where
its document is known by its bytes; else into a document that stands for the file.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select

from aligned.database import count_values, insert_missing, insert_rows, set_indexes_aside
from aligned.pairs import content_id, quoted
from aligned.queries import chunks, intern, make_current
from aligned.records import DocumentRecord, Pair, Status
from aligned.reviewing import change, state_from, states
from aligned.rows import (
    SEGMENT_COLUMNS,
    SOUGHT_COLUMNS,
    TRANSLATION_COLUMNS,
    segment_row,
    sought_values,
    translation_row,
)
from aligned.schema import current, documents, imports, pairs, segments, translations

# Rows in one statement; `SELECT … IN` of so many is what SQLite takes at once in every release.
BATCH = 900
READING = "import:1"
# From so many new pairs on, a database may have to find other ways to them.
MANY = 2000

# What only pages go by: an import finds nothing by these.
INDEXES_OF_PAGES = ("pairs_by_status", "pairs_by_origin", "pairs_by_both", "pairs_by_price", "pairs_by_score")

# All other columns of a new pair are as the table says.
PAIR_COLUMNS = (
    "id", "document_id", "position", "part", "translation_key", "glossary_id", "origin", "status", "changed",
    "shown", *SOUGHT_COLUMNS,
)  # fmt: skip
CURRENT_COLUMNS = ("document_id", "position", "part", "pair_id", "glossary_id")


@dataclass(slots=True)
class Imported:
    """What an import did, in pairs. `empty` ones lacked a side; `is_known` says the file came before."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    empty: int = 0
    is_known: bool = False


class _Place(NamedTuple):
    document: int
    position: int
    is_new: bool
    id: str
    part: int = 0


def import_pairs(connection: Connection, items: Iterable[Pair], digest: str, name: str) -> Imported:
    """Add the pairs of a file, known by the SHA-256 of its bytes; one given before changes nothing."""
    done = Imported()
    done.is_known = bool(connection.scalar(select(imports.c.digest).where(imports.c.digest == digest)))
    if done.is_known:
        return done
    task = _Import(connection, digest, name, done)
    most = MANY
    held = connection.scalar(select(func.max(pairs.c.number))) or 0
    aside: list[str] = []
    for batch in chunks(items, BATCH):
        task.add(batch)
        # To make indexes anew takes time for all pairs, so a file must have brought as many as there were.
        if not aside and done.added >= max(MANY, held):
            aside = set_indexes_aside(connection, INDEXES_OF_PAGES, not held)
        if done.added >= most:
            # What a server has planned for small tables would read all of the large ones, for every batch.
            count_values(connection)
            most = 4 * done.added
    for statement in aside:
        connection.exec_driver_sql(statement)
    connection.execute(insert(imports).values(digest=digest, name=name, at=_now()))
    if done.added >= MANY:
        count_values(connection)
    return done


class _Import:
    """One import; remembers the numbers of what it has met."""

    def __init__(self, connection: Connection, digest: str, name: str, done: Imported) -> None:
        self._connection, self._digest, self._name, self._done = connection, digest, name, done
        self._documents: dict[tuple[str, str], tuple[int, bool]] = {}
        self._signatures: dict[str, int] = {}
        self._parts: dict[tuple[int, int], int] = {}
        self._count = 0

    def add(self, batch: Sequence[Pair]) -> None:
        full = [pair for pair in batch if pair.id or (pair.source.strip() and pair.target.strip())]
        self._done.empty += len(batch) - len(full)
        whole = self._once(full)
        self._meet_signatures(whole)
        rest = self._update({pair.id: pair for pair in whole if pair.id})
        ours = [pair for pair in whole if pair.id in rest]
        places = self._own_places(ours)
        self._insert([(pair, _key(pair), places[pair.id]) for pair in ours if pair.id in places])
        foreign = [pair for pair in whole if not pair.id]
        self._insert(self._foreign(foreign + [pair for pair in ours if pair.id not in places]))

    def _once(self, batch: Sequence[Pair]) -> list[Pair]:
        """Take an id once; over another text, it is no id of ours."""
        met: dict[str, Pair] = {}
        whole = []
        for pair in batch:
            first = met.setdefault(pair.id, pair) if pair.id else pair
            if first is pair:
                whole.append(pair)
            elif first.source == pair.source:
                self._done.unchanged += 1
            else:
                whole.append(replace(pair, id=""))
        return whole

    def _update(self, known: dict[str, Pair]) -> set[str]:
        """Bring pairs that the store has up to date; return the ids of the others."""
        rows = self._connection.execute(states().where(pairs.c.id.in_(list(known)))).mappings().all()
        rest = set(known)
        for row in rows:
            pair, state = known[row["id"]], state_from(row)
            if row["source"] != pair.source:
                continue  # an id that is ours over a text that is not: another pair
            rest.discard(pair.id)
            # A file that says "new" and brings no text of its own does not take a verdict back.
            is_news = pair.status != Status.NEW or pair.target not in (state.target, state.made)
            status = Status.EDITED if pair.status == Status.NEW else pair.status
            if is_news and (status, pair.target) != (state.status, state.target):
                change(self._connection, pair.id, state, status, pair.target, f"import {self._name}")
                self._done.changed += 1
            else:
                self._done.unchanged += 1
        return rest

    def _foreign(self, items: Sequence[Pair]) -> list[tuple[Pair, str, _Place]]:
        """Give pairs without a known place one in the document of their file."""
        found = []
        for position, pair in enumerate(items, self._count):
            name = pair.name or self._name
            reading = f"{READING}|{name}"
            number, _ = self._document(self._digest, reading, name)
            key = _key(pair)
            place = _Place(number, position, True, content_id(self._digest, reading, position, pair, key))
            found.append((pair, key, place))
        self._count += len(items)
        return found

    def _own_places(self, items: Sequence[Pair]) -> dict[str, _Place]:
        """Find the segments that pairs with a document of their own came from; by the ids of the pairs."""
        places: dict[str, _Place] = {}
        wanted: dict[tuple[str, str], list[Pair]] = {}
        for pair in items:
            if pair.document:
                wanted.setdefault((pair.document, pair.name), []).append(pair)
        parts: dict[tuple[int, int], int] = {}
        for (digest, name), group in wanted.items():
            number, may_grow = self._document(digest, READING, name)
            texts = self._texts(number, [pair.segment.position for pair in group])
            for pair in group:
                segment = pair.segment
                position, text = segment.position, segment.text
                # Several new pairs at one place are the parts of it, in the order of the file, where they
                # follow one another.
                place = (number, position)
                part = parts.get(place, self._parts.get(place, 0))
                is_new = may_grow and (position not in texts or part > 0)
                if is_new or texts.get(position) == text:
                    texts[position] = text
                    parts[place] = part + is_new
                    places[pair.id] = _Place(number, position, is_new, pair.id, part)
        self._parts = parts
        return places

    def _texts(self, document: int, positions: Sequence[int]) -> dict[int, str]:
        """Return the texts of those of the segments that the store has, by position, and maybe some more."""
        query = select(segments.c.position, segments.c.text).where(segments.c.document_id == document)
        first, last = min(positions), max(positions)
        # Pairs mostly come in the order of their document, and a range takes a third of the time of a list.
        is_run = last - first < 2 * len(positions)
        place = segments.c.position
        query = query.where(place.between(first, last) if is_run else place.in_(positions))
        return {row.position: row.text for row in self._connection.execute(query)}

    def _document(self, digest: str, reading: str, name: str) -> tuple[int, bool]:
        """Return the number of a document and whether an import made it, so that it may still grow."""
        key = (digest, reading)
        if key not in self._documents:
            wanted = documents.c.digest == digest
            if reading != READING:
                wanted &= documents.c.reading_id == self._signature(reading)
            query = select(documents.c.id, documents.c.reading_id).where(wanted)
            row = self._connection.execute(query.order_by(documents.c.id.desc())).first()
            ours = self._signature(READING)
            if row is None:
                number = _add_document(self._connection, DocumentRecord(digest, reading, name, "import", ()))
                self._documents[key] = number, True
            else:
                self._documents[key] = row.id, reading != READING or row.reading_id == ours
        return self._documents[key]

    def _signature(self, text: str) -> int:
        if text not in self._signatures:
            self._signatures |= intern(self._connection, [text])
        return self._signatures[text]

    def _meet_signatures(self, items: Iterable[Pair]) -> None:
        texts = {text for pair in items for text in (pair.signature, pair.glossary)}
        if new := texts - self._signatures.keys():
            self._signatures |= intern(self._connection, new)

    def _insert(self, items: Sequence[tuple[Pair, str, _Place]]) -> None:
        """Insert pairs with the keys of their translations, and what they refer to."""
        connection, ids = self._connection, self._signatures
        # A segment that is new has no other pair; one that is known gets its current pair by itself.
        fresh = [(pair, place) for pair, _, place in items if place.is_new]
        rows = [segment_row(pair.segment, place.document, place.position) for pair, place in fresh]
        insert_rows(connection, segments, SEGMENT_COLUMNS, rows)
        rows = [translation_row(pair, key, ids[pair.signature]) for pair, key, _ in items]
        insert_rows(connection, translations, TRANSLATION_COLUMNS, rows)
        rows = [_pair_row(pair, key, place, ids[pair.glossary]) for pair, key, place in items]
        self._done.added += insert_rows(connection, pairs, PAIR_COLUMNS, rows)
        rows = [
            (place.document, place.position, place.part, place.id, ids[pair.glossary])
            for pair, place in fresh
        ]
        insert_rows(connection, current, CURRENT_COLUMNS, rows)
        others: dict[int, list[dict[str, Any]]] = {}
        for pair, _, place in items:
            if not place.is_new:
                row = {"id": place.id, "position": place.position, "part": place.part}
                row["glossary_id"] = ids[pair.glossary]
                others.setdefault(place.document, []).append(row)
        for number, group in others.items():
            make_current(connection, number, group)


def _add_document(connection: Connection, record: DocumentRecord) -> int:
    reading = intern(connection, [record.reading])[record.reading]
    row = {"digest": record.digest, "reading_id": reading, "name": record.name, "format": record.format}
    insert_missing(connection, documents, [row | {"added": _now()}])
    place = (documents.c.digest == record.digest) & (documents.c.reading_id == reading)
    number: int = connection.execute(select(documents.c.id).where(place)).scalar_one()
    return number


def _key(pair: Pair) -> str:
    """Return the key of the translation that a pair holds."""
    # As `json.dumps` of it all would have it.
    texts = ", ".join(map(quoted, (pair.source, pair.target, pair.signature)))
    receipts = json.dumps([asdict(receipt) for receipt in pair.receipts]) if pair.receipts else "[]"
    findings = json.dumps(pair.findings) if pair.findings else "[]"
    content = f'["import", {texts}, {pair.score!r}, {receipts}, {findings}]'
    return hashlib.sha256(content.encode()).hexdigest()


def _pair_row(pair: Pair, key: str, place: _Place, glossary: int) -> tuple[Any, ...]:
    # In the order of PAIR_COLUMNS.
    what = key, glossary, str(pair.origin), str(pair.status), pair.changed, int(place.is_new)
    return place.id, place.document, place.position, place.part, *what, *sought_values(pair)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
