"""The seventh migration: one and two letters in SQLite's index of texts; never edited once it is released."""

from sqlalchemy import Connection

# Two characters behind every text, so that each of its own begins a trigram. What begins with a short text is
# found in the table of instances, which reads no further than it is asked for.
_SQLITE = (
    "DROP TRIGGER pairs_text_edited",
    "DROP TABLE pairs_text",
    """CREATE VIRTUAL TABLE pairs_text USING fts5(
        searched, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1')""",
    """CREATE TRIGGER pairs_text_edited AFTER UPDATE OF searched ON pairs BEGIN
        INSERT INTO pairs_text (rowid, searched) VALUES (new.number, new.searched || char(10, 10)); END""",
    "CREATE VIRTUAL TABLE pairs_text_instances USING fts5vocab(pairs_text, instance)",
    "UPDATE text_index SET indexed = 0",
)


def make_index_anew(connection: Connection) -> None:
    """Make the index of texts anew, empty, where it is SQLite's."""
    has_index = "SELECT indexed FROM text_index"
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql(has_index).scalar() is not None:
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)


STATEMENTS = (make_index_anew,)
