"""The sixth migration: an index of texts, and one of findings; never edited once it is released."""

from sqlalchemy import Connection, column, insert, table
from sqlalchemy.exc import OperationalError

_INDEX = table("text_index", column("indexed"))

# Trigrams of texts as searches go through them, by the numbers of pairs, and nothing else: what they find is
# looked up and compared. So the trigrams of an older text may stay, and nothing is ever taken out.
_TEXTS = """CREATE VIRTUAL TABLE pairs_text USING fts5(
    searched, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1')"""
_EDITED = """CREATE TRIGGER pairs_text_edited AFTER UPDATE OF searched ON pairs
    BEGIN INSERT INTO pairs_text (rowid, searched) VALUES (new.number, new.searched); END"""


def make_index(connection: Connection) -> None:
    """Make the empty index of texts where the database has such a kind; `aligned.search` fills it."""
    has_index = connection.dialect.name == "sqlite"
    if has_index:
        try:
            connection.exec_driver_sql(_TEXTS)
            connection.exec_driver_sql(_EDITED)
        except OperationalError:  # SQLite before 3.34, or built without FTS5
            has_index = False
    connection.execute(insert(_INDEX).values(indexed=0 if has_index else None))


STATEMENTS = (
    'CREATE INDEX findings_by_check ON findings ("check", pair_id)',
    "CREATE TABLE text_index (indexed INTEGER)",
    make_index,
)
