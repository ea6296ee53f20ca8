"""The sixth migration: an index of texts, and one of findings; never edited once it is released."""

from collections.abc import Iterable

from sqlalchemy import Connection, column, insert, table
from sqlalchemy.exc import DBAPIError

_INDEX = table("text_index", column("indexed"))

# Trigrams of texts as searches go through them, by the numbers of pairs, and nothing else: what they find is
# looked up and compared. So the trigrams of an older text may stay, and nothing is ever taken out.
_SQLITE = (
    """CREATE VIRTUAL TABLE pairs_text USING fts5(
        searched, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1')""",
    """CREATE TRIGGER pairs_text_edited AFTER UPDATE OF searched ON pairs
        BEGIN INSERT INTO pairs_text (rowid, searched) VALUES (new.number, new.searched); END""",
)

# A server keeps the texts a second time: an index of those in `pairs` itself would be part of every import.
_EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
_ITS_SCHEMA = "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_trgm'"
_POSTGRESQL = (
    "CREATE TABLE pairs_text (number BIGINT PRIMARY KEY REFERENCES pairs (number), searched TEXT NOT NULL)",
    "CREATE INDEX pairs_text_by_trigrams ON pairs_text USING gin (searched {schema}.gin_trgm_ops)",
    """CREATE FUNCTION pairs_text_edited() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE pairs_text SET searched = new.searched WHERE number = new.number; RETURN NULL; END $$""",
    """CREATE TRIGGER pairs_text_edited AFTER UPDATE OF searched ON pairs
        FOR EACH ROW EXECUTE FUNCTION pairs_text_edited()""",
)


def make_index(connection: Connection) -> None:
    """Make the empty index of texts where the database has such a kind; `aligned.search` fills it."""
    indexed: int | None = 0
    try:
        with connection.begin_nested():
            for statement in _statements(connection):
                connection.exec_driver_sql(statement)
    # SQLite before 3.34, or built without FTS5; a user who may not make an extension, or a server without it.
    except DBAPIError:
        indexed = None
    connection.execute(insert(_INDEX).values(indexed=indexed))


def _statements(connection: Connection) -> Iterable[str]:
    if connection.dialect.name == "sqlite":
        return _SQLITE
    schema = connection.exec_driver_sql(_ITS_SCHEMA).scalar()
    if schema is None:
        connection.exec_driver_sql(_EXTENSION)
        schema = connection.exec_driver_sql(_ITS_SCHEMA).scalar()
    return [statement.format(schema=schema) for statement in _POSTGRESQL]


STATEMENTS = (
    'CREATE INDEX findings_by_check ON findings ("check", pair_id)',
    "CREATE TABLE text_index (indexed INTEGER)",
    make_index,
)
