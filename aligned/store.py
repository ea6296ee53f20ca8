"""The database of documents, translations and pairs; alone may speak SQL."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from aligned import importing
from aligned.database import CHUNK, insert_missing, insert_rows
from aligned.errors import StoreError
from aligned.importing import Imported
from aligned.opened import DEFAULT_STORE
from aligned.queries import (
    chunks,
    count_of,
    head_of,
    intern,
    known,
    make_current,
    require_segments,
    select_pairs,
    show_reading,
    translations_of,
)
from aligned.records import DocumentRecord, Origin, Pair, Status, Translation
from aligned.references import ReferenceStore
from aligned.review import ReviewStore
from aligned.rows import (
    SEGMENT_COLUMNS,
    TRANSLATION_COLUMNS,
    pair_from,
    pair_row,
    segment_from,
    segment_row,
    translation_row,
)
from aligned.schema import current, documents, pairs, segments, signatures, translations
from aligned.scores import ScoreRun, add_run, runs

__all__ = ["DEFAULT_STORE", "Store", "StoredDocument", "require_store"]


def require_store(address: str) -> None:
    """Raise StoreError where no store is at the address; to open one would make it."""
    path = address.removeprefix("sqlite:///")
    if "://" not in path and not Path(path).is_file():
        raise StoreError(f"there is no store at '{path}'", "give --store, or translate or import first")


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


class Store(ReviewStore, ReferenceStore):
    """One open database; make it with `Store.open` and close it, or use it in a `with` statement.

    Every method raises `StoreError` where the database is locked, full, damaged or gone. What a method
    writes is in the database, whole, when it returns; until then nothing of it is.
    """

    def add_document(self, record: DocumentRecord) -> int:
        """Keep a document and its segments and return its number; known ones stay as they are."""
        with self._writing() as connection:
            reading = intern(connection, [record.reading])[record.reading]
            row = {"digest": record.digest, "reading_id": reading, "name": record.name}
            added = datetime.now(UTC).isoformat(timespec="seconds")
            is_new = insert_missing(connection, documents, [row | {"format": record.format, "added": added}])
            place = (documents.c.digest == record.digest) & (documents.c.reading_id == reading)
            number: int = connection.execute(select(documents.c.id).where(place)).scalar_one()
            if is_new and record.segments:
                rows = [segment_row(segment, number, segment.position) for segment in record.segments]
                insert_rows(connection, segments, SEGMENT_COLUMNS, rows)
        return number

    def documents(self) -> list[StoredDocument]:
        """Return what documents there are, in the order in which they came."""
        reading = signatures.c.text.label("reading")
        columns = [documents.c[name] for name in ("id", "digest", "name", "format", "added")]
        found = select(*columns, reading, count_of(segments), count_of(current))
        found = found.join(signatures, documents.c.reading_id == signatures.c.id).order_by(documents.c.id)
        with self._reading() as connection:
            return [StoredDocument(**row) for row in connection.execute(found).mappings()]

    def document(self, document_id: int) -> DocumentRecord:
        """Return a document as it was given to `add_document`."""
        query = select(segments).where(segments.c.document_id == document_id).order_by(segments.c.position)
        with self._reading() as connection:
            head = head_of(connection, document_id)
            kept = tuple(segment_from(row) for row in connection.execute(query).mappings())
        return DocumentRecord(head["digest"], head["reading"], head["name"], head["format"], kept)

    def translations(self, keys: Iterable[str]) -> dict[str, Translation]:
        """Return those of the translations that are kept already, by their keys."""
        with self._reading() as connection:
            return translations_of(connection, keys)

    def add_translations(self, items: Iterable[Translation]) -> None:
        """Keep translations, all of them or none; one whose key is known stays as it is."""
        # Made first, written after: the lock must not be held while a model is still translating.
        made = list(items)
        with self._writing() as connection:
            ids = intern(connection, (item.signature for item in made))
            for chunk in chunks(made, CHUNK):
                rows = [translation_row(item, item.key, ids[item.signature]) for item in chunk]
                insert_rows(connection, translations, TRANSLATION_COLUMNS, rows)

    def add_pairs(
        self,
        document_id: int,
        items: Iterable[tuple[int, str]],
        glossary: str,
        origin: Origin = Origin.TRANSLATION,
    ) -> None:
        """Pair segments, by position, with translations, by key; these become the pairs that are shown.

        A pair that is known keeps its status, and where a person has split, merged or moved pairs or given
        another source, theirs go on to be shown. `glossary` is the digest of the glossary of this run.

        Raises:
            StoreError: there is no such document, segment or translation.
        """
        made = list(items)
        with self._writing() as connection:
            head = head_of(connection, document_id)
            ids = {"glossary_id": intern(connection, [glossary])[glossary], "document_id": document_id}
            for chunk in chunks(made, CHUNK):
                require_segments(connection, document_id, {position for position, _ in chunk})
                found = translations_of(connection, (key for _, key in chunk))
                rows = [pair_row(head, position, known(found, key)) | ids for position, key in chunk]
                insert_missing(connection, pairs, [row | {"origin": origin.value} for row in rows])
                make_current(connection, document_id, rows)
            if made:
                show_reading(connection, document_id, head["digest"])

    def pairs(
        self, document_id: int | None = None, status: Status | None = None, history: bool = False
    ) -> Iterator[Pair]:
        """Yield pairs in document order: of each segment those that a person made, else the last run's.

        Without a document, each shows in the reading of its last run alone. With `history`, every pair that a
        segment ever had, oldest first, in every reading.
        """
        query = select_pairs(history)
        if document_id is not None:
            query = query.where(documents.c.id == document_id)
        elif not history:
            query = query.where(pairs.c.shown == 1)
        if status is not None:
            query = query.where(pairs.c.status == status.value)
        in_parts = query.execution_options(yield_per=CHUNK)
        # Closed here, also where the caller asks for no more.
        with self._reading() as connection, connection.execute(in_parts) as rows:
            yield from map(pair_from, rows.mappings())

    def import_pairs(self, items: Iterable[Pair], digest: str, name: str) -> Imported:
        """Add the pairs of a file, whole or not at all; a file that came before changes nothing.

        `digest` is the SHA-256 of the file's bytes. Pairs of ours are known by their ids: their status and
        target come back as changes by "import NAME".
        """
        with self._importing() as connection:
            return importing.import_pairs(connection, items, digest, name)

    def add_scores(self, run: ScoreRun) -> None:
        """Keep the scores of a model on a test set."""
        with self._writing() as connection:
            add_run(connection, run)

    def scores(self, model: str = "") -> list[ScoreRun]:
        """Return the scores that were kept, oldest first: those of a model, all versions, or all."""
        with self._reading() as connection:
            return list(runs(connection, model))
