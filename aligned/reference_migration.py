"""The fifth migration: references of segments, pairs' scores by them; never edited once it is released."""

STATEMENTS = (
    """CREATE TABLE segment_references (
        document_id INTEGER NOT NULL REFERENCES documents (id), place INTEGER NOT NULL,
        position INTEGER NOT NULL, span INTEGER NOT NULL, text TEXT NOT NULL,
        signature_id INTEGER NOT NULL REFERENCES signatures (id),
        PRIMARY KEY (document_id, place, position))""",
    "ALTER TABLE pairs ADD COLUMN chrf DOUBLE PRECISION",
    # Most stores have no references: their pairs cost this index nothing.
    """CREATE INDEX pairs_by_chrf ON pairs
        (shown, chrf, document_id, position, part, status, origin, checks, forcing, score)
        WHERE chrf IS NOT NULL""",
)
