"""Pairs out of files into the store: known ones are brought up to date, new ones added; for the store alone.

A pair is known by its id, which its content makes. A new pair goes to the segment that it came from, where
its document is known by its bytes; else into a document that stands for the file.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from aligned.database import insert_missing
from aligned.pairs import pair_id
from aligned.queries import chunks, intern, make_current
from aligned.records import DocumentRecord, Pair, Status, Translation
from aligned.reviewing import change, state_from, states
from aligned.rows import queue_values, segment_row, translation_row
from aligned.schema import current, documents, imports, pairs, segments, translations

# Rows in one statement; `SELECT … IN` of so many is what SQLite takes at once in every release.
BATCH = 900
READING = "import:1"


@dataclass(slots=True)
class Imported:
    """What an import did, in pairs. `empty` ones lacked a side; `is_known` says the file came before."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    empty: int = 0
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
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
    for batch in chunks(items, BATCH):
        task.add(batch)
    connection.execute(insert(imports).values(digest=digest, name=name, at=_now()))
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
        made = [(pair, _translation(pair)) for pair in whole]
        rest = self._update({pair.id: pair for pair in whole if pair.id})
        ours = [item for item in made if item[0].id in rest]
        foreign = [item for item in made if not item[0].id]
        places = self._own_places([pair for pair, _ in ours])
        foreign += [item for item in ours if item[0].id not in places]
        ours = [item for item in ours if item[0].id in places]
        self._insert([(pair, made, places[pair.id]) for pair, made in ours])
        self._insert(self._foreign(foreign))

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

    def _foreign(self, items: Sequence[tuple[Pair, Translation]]) -> list[tuple[Pair, Translation, _Place]]:
        """Give pairs without a known place one in the document of their file."""
        found = []
        for pair, made in items:
            name = pair.name or self._name
            reading = f"{READING}|{name}"
            number, _ = self._document(self._digest, reading, name)
            key = pair_id(self._digest, reading, self._count, made)
            found.append((pair, made, _Place(number, self._count, True, key)))
            self._count += 1
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
                position = pair.segment.position
                # Several new pairs at one place are the parts of it, in the order of the file, where they
                # follow one another.
                place = (number, position)
                part = parts.get(place, self._parts.get(place, 0))
                is_new = may_grow and (position not in texts or part > 0)
                if is_new or texts.get(position) == pair.segment.text:
                    texts[position] = pair.segment.text
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

    def _insert(self, items: Sequence[tuple[Pair, Translation, _Place]]) -> None:
        if not items:
            return
        connection = self._connection
        fresh = [(pair, place) for pair, _, place in items if place.is_new]
        rows = [segment_row(pair.segment, place.document, place.position) for pair, place in fresh]
        insert_missing(connection, segments, rows)
        rows = [translation_row(made, self._signatures[made.signature]) for _, made, _ in items]
        insert_missing(connection, translations, rows)
        added = [self._pair_row(*item) for item in items]
        self._done.added += insert_missing(connection, pairs, added)
        insert_missing(connection, current, [_current_row(row) for row in added if row["shown"]])
        others: dict[int, list[dict[str, Any]]] = {}
        for row in added:
            if not row["shown"]:
                others.setdefault(row["document_id"], []).append(row)
        for number, group in others.items():
            make_current(connection, number, group)

    def _pair_row(self, pair: Pair, made: Translation, place: _Place) -> dict[str, Any]:
        return {
            "id": place.id,
            "document_id": place.document,
            "position": place.position,
            "translation_key": made.key,
            "glossary_id": self._signatures[pair.glossary],
            "origin": pair.origin.value,
            "status": pair.status.value,
            "edited": None,
            "version": 0,
            "changed": pair.changed,
            **queue_values(made),
            "part": place.part,
            # A segment that is new has no other pair; one that is known gets its current pair by itself.
            "shown": int(place.is_new),
        }


def _add_document(connection: Connection, record: DocumentRecord) -> int:
    reading = intern(connection, [record.reading])[record.reading]
    row = {"digest": record.digest, "reading_id": reading, "name": record.name, "format": record.format}
    insert_missing(connection, documents, [row | {"added": _now()}])
    place = (documents.c.digest == record.digest) & (documents.c.reading_id == reading)
    number: int = connection.execute(select(documents.c.id).where(place)).scalar_one()
    return number


def _translation(pair: Pair) -> Translation:
    receipts = [asdict(receipt) for receipt in pair.receipts]
    content = [pair.source, pair.target, pair.signature, pair.score, receipts, pair.findings]
    key = hashlib.sha256(json.dumps(["import", *content]).encode()).hexdigest()
    return Translation(
        key, pair.source, pair.target, pair.score, pair.signature, pair.receipts, pair.findings
    )


def _current_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "document_id": row["document_id"],
        "position": row["position"],
        "part": row["part"],
        "pair_id": row["id"],
        "glossary_id": row["glossary_id"],
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
