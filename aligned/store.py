"""The database of documents, translations and pairs; alone may speak SQL."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    RowMapping,
    Select,
    delete,
    func,
    insert,
    select,
)

from aligned.database import CHUNK, WAIT_SECONDS, connect, faults, insert_missing, shown_address
from aligned.errors import StoreError
from aligned.records import DocumentRecord, Origin, Pair, Status, Translation
from aligned.rows import SEGMENT_FIELDS, pair_from, pair_row, segment_from, translation_from, translation_row
from aligned.schema import current, documents, pairs, segments, signatures, translations

DEFAULT_STORE = "targem.db"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document in the store; `added` is the UTC time in ISO 8601, the last two are counts."""

    id: int
    digest: str
    reading: str
    name: str
    format: str
    added: str
    segments: int
    pairs: int


class Store:
    """One open database; make it with `Store.open` and close it, or use it in a `with` statement.

    Every method raises `StoreError` where the database is locked, full, damaged or gone. What a method
    writes is in the database, whole, when it returns; until then nothing of it is.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._address = shown_address(engine)

    @classmethod
    def open(cls, address: str = DEFAULT_STORE, wait: float = WAIT_SECONDS) -> Self:
        """Open or make the store at a file path or a `sqlite:///` address.

        `wait` is how many seconds to wait for another process that is writing.

        Raises:
            StoreError: it cannot be opened, is another program's, or is newer than this program.
        """
        return cls(connect(address, wait))

    def close(self) -> None:
        """Let go of the database."""
        with faults(self._address):
            self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add_document(self, record: DocumentRecord) -> int:
        """Keep a document and its segments and return its number; known ones stay as they are."""
        with self._writing() as connection:
            reading = _intern(connection, [record.reading])[record.reading]
            row = {"digest": record.digest, "reading_id": reading, "name": record.name}
            added = datetime.now(UTC).isoformat(timespec="seconds")
            is_new = insert_missing(connection, documents, [row | {"format": record.format, "added": added}])
            place = (documents.c.digest == record.digest) & (documents.c.reading_id == reading)
            number: int = connection.execute(select(documents.c.id).where(place)).scalar_one()
            if is_new and record.segments:
                rows = [asdict(segment) | {"document_id": number} for segment in record.segments]
                connection.execute(insert(segments), rows)
        return number

    def documents(self) -> list[StoredDocument]:
        """Return what documents there are, in the order in which they came."""
        reading = signatures.c.text.label("reading")
        columns = [documents.c[name] for name in ("id", "digest", "name", "format", "added")]
        found = select(*columns, reading, _count(segments), _count(current))
        found = found.join(signatures, documents.c.reading_id == signatures.c.id).order_by(documents.c.id)
        with self._reading() as connection:
            return [StoredDocument(**row) for row in connection.execute(found).mappings()]

    def document(self, document_id: int) -> DocumentRecord:
        """Return a document as it was given to `add_document`."""
        query = select(segments).where(segments.c.document_id == document_id).order_by(segments.c.position)
        with self._reading() as connection:
            head = _head(connection, document_id)
            kept = tuple(segment_from(row) for row in connection.execute(query).mappings())
        return DocumentRecord(head["digest"], head["reading"], head["name"], head["format"], kept)

    def translations(self, keys: Iterable[str]) -> dict[str, Translation]:
        """Return those of the translations that are kept already, by their keys."""
        with self._reading() as connection:
            return _translations(connection, keys)

    def add_translations(self, items: Iterable[Translation]) -> None:
        """Keep translations, all of them or none; one whose key is known stays as it is."""
        # Made first, written after: the lock must not be held while a model is still translating.
        made = list(items)
        with self._writing() as connection:
            ids = _intern(connection, (item.signature for item in made))
            for chunk in _chunks(made, CHUNK):
                rows = [translation_row(item, ids[item.signature]) for item in chunk]
                insert_missing(connection, translations, rows)

    def add_pairs(
        self,
        document_id: int,
        items: Iterable[tuple[int, str]],
        glossary: str,
        origin: Origin = Origin.TRANSLATION,
    ) -> None:
        """Pair segments, by position, with translations, by key; these become the pairs that are shown.

        A pair that is known keeps its status. `glossary` is the digest of the glossary of this run.

        Raises:
            StoreError: there is no such document, segment or translation.
        """
        made = list(items)
        with self._writing() as connection:
            head = _head(connection, document_id)
            ids = {"glossary_id": _intern(connection, [glossary])[glossary], "document_id": document_id}
            for chunk in _chunks(made, CHUNK):
                _require_segments(connection, document_id, {position for position, _ in chunk})
                found = _translations(connection, (key for _, key in chunk))
                rows = [pair_row(head, position, _known(found, key)) | ids for position, key in chunk]
                insert_missing(connection, pairs, [row | {"origin": origin.value} for row in rows])
                _make_current(connection, document_id, rows)

    def pairs(
        self, document_id: int | None = None, status: Status | None = None, history: bool = False
    ) -> Iterator[Pair]:
        """Yield pairs in document order: of each segment the one that the last run gave it.

        With `history`, every pair that a segment ever had, oldest first.
        """
        query = _select_pairs(history)
        if document_id is not None:
            query = query.where(documents.c.id == document_id)
        if status is not None:
            query = query.where(pairs.c.status == status.value)
        with self._reading() as connection:
            rows = connection.execution_options(yield_per=CHUNK).execute(query)
            yield from map(pair_from, rows.mappings())

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with faults(self._address), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with faults(self._address), self._writer.begin() as connection:
            yield connection


def _chunks(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _intern(connection: Connection, texts: Iterable[str]) -> dict[str, int]:
    """Give every text a number in the table of signatures, known or new."""
    ids: dict[str, int] = {}
    for chunk in _chunks(dict.fromkeys(texts), CHUNK):
        insert_missing(connection, signatures, [{"text": text} for text in chunk])
        query = select(signatures.c.text, signatures.c.id).where(signatures.c.text.in_(chunk))
        ids.update((row.text, row.id) for row in connection.execute(query))
    return ids


def _count(table: FromClause) -> Any:
    query = select(func.count()).select_from(table).where(table.c.document_id == documents.c.id)
    return query.scalar_subquery().label("segments" if table is segments else "pairs")


def _head(connection: Connection, document_id: int) -> RowMapping:
    query = select(documents, signatures.c.text.label("reading"))
    query = query.join(signatures, documents.c.reading_id == signatures.c.id)
    row = connection.execute(query.where(documents.c.id == document_id)).mappings().first()
    if row is None:
        raise StoreError(f"the store has no document {document_id}", "add the document first")
    return row


def _require_segments(connection: Connection, document_id: int, positions: set[int]) -> None:
    query = select(segments.c.position).where(segments.c.document_id == document_id)
    found = set(connection.scalars(query.where(segments.c.position.in_(positions))))
    if missing := positions - found:
        what = f"document {document_id} has no segment {min(missing)}"
        raise StoreError(what, "give positions of its own segments")


def _translations(connection: Connection, keys: Iterable[str]) -> dict[str, Translation]:
    query = select(translations, signatures.c.text.label("signature"))
    query = query.join(signatures, translations.c.signature_id == signatures.c.id)
    found: dict[str, Translation] = {}
    for chunk in _chunks(dict.fromkeys(keys), CHUNK):
        rows = connection.execute(query.where(translations.c.key.in_(chunk))).mappings()
        found.update((row["key"], translation_from(row)) for row in rows)
    return found


def _known(found: dict[str, Translation], key: str) -> Translation:
    if key not in found:
        raise StoreError(f"the store has no translation {key}", "add the translation first")
    return found[key]


def _make_current(connection: Connection, document_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Point the segments at these pairs; of two for one segment, at the last."""
    places = {row["position"]: row for row in rows}
    here = current.c.document_id == document_id
    connection.execute(delete(current).where(here, current.c.position.in_(places)))
    kept = [
        {
            "document_id": document_id,
            "position": place,
            "pair_id": row["id"],
            "glossary_id": row["glossary_id"],
        }
        for place, row in places.items()
    ]
    connection.execute(insert(current), kept)


def _select_pairs(history: bool) -> Select[Any]:
    signature, glossary = signatures.alias(), signatures.alias()
    columns: list[ColumnElement[Any]] = [segments.c[name].label(f"segment_{name}") for name in SEGMENT_FIELDS]
    columns += [pairs.c.id, pairs.c.origin, pairs.c.status, documents.c.digest, documents.c.name]
    columns += [translations.c[name] for name in ("source", "target", "score", "receipts", "findings")]
    query = select(*columns, signature.c.text.label("signature"), glossary.c.text.label("glossary"))
    query = query.select_from(pairs).join(segments).join(documents).join(translations)
    query = query.join(signature, translations.c.signature_id == signature.c.id)
    # The same pair may come out of runs under several glossaries: it shows the last of them.
    where = pairs.c.glossary_id
    if not history:
        query = query.join(current, current.c.pair_id == pairs.c.id)
        where = current.c.glossary_id
    query = query.join(glossary, where == glossary.c.id)
    return query.order_by(pairs.c.document_id, pairs.c.position, pairs.c.number)
