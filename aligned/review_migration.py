"""The third migration: queues, structure, comments and findings; never edited once it is released."""

import json
from typing import Any

from sqlalchemy import Connection, text

_BATCH = 2000

COLUMNS = (
    "ALTER TABLE pairs ADD COLUMN span INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE pairs ADD COLUMN part INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE pairs ADD COLUMN covers TEXT",
    "ALTER TABLE pairs ADD COLUMN forcing DOUBLE PRECISION NOT NULL DEFAULT 0",
    "ALTER TABLE pairs ADD COLUMN score DOUBLE PRECISION NOT NULL DEFAULT 0",
    "ALTER TABLE pairs ADD COLUMN checks TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE pairs ADD COLUMN searched TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE changes ADD COLUMN document_id INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE changes ADD COLUMN kind TEXT NOT NULL DEFAULT 'verdict'",
    "ALTER TABLE changes ADD COLUMN comment TEXT NOT NULL DEFAULT ''",
    "UPDATE changes SET document_id = (SELECT document_id FROM pairs WHERE pairs.id = changes.pair_id)",
    "CREATE INDEX changes_by_document ON changes (document_id, number)",
    """CREATE TABLE change_pairs (
        change_number INTEGER NOT NULL REFERENCES changes (number), side TEXT NOT NULL,
        place INTEGER NOT NULL, pair_id TEXT NOT NULL REFERENCES pairs (id),
        PRIMARY KEY (change_number, side, place))""",
    "CREATE INDEX change_pairs_by_pair ON change_pairs (pair_id, change_number)",
    """CREATE TABLE findings (
        pair_id TEXT NOT NULL REFERENCES pairs (id), place INTEGER NOT NULL, "check" TEXT NOT NULL,
        severity TEXT NOT NULL, message TEXT NOT NULL, source_spans TEXT NOT NULL,
        target_spans TEXT NOT NULL, PRIMARY KEY (pair_id, place))""",
    # SQLite cannot change a table's key.
    """CREATE TABLE current_pairs_3 (
        document_id INTEGER NOT NULL, position INTEGER NOT NULL, part INTEGER NOT NULL,
        pair_id TEXT NOT NULL REFERENCES pairs (id),
        glossary_id INTEGER NOT NULL REFERENCES signatures (id),
        PRIMARY KEY (document_id, position, part),
        FOREIGN KEY (document_id, position) REFERENCES segments (document_id, position))""",
    """INSERT INTO current_pairs_3 (document_id, position, part, pair_id, glossary_id)
        SELECT document_id, position, 0, pair_id, glossary_id FROM current_pairs""",
    "DROP TABLE current_pairs",
    "ALTER TABLE current_pairs_3 RENAME TO current_pairs",
)

# Each has all that pages filter by, so that a walk along it never leaves it for a pair that does not pass.
INDEXES = (
    "CREATE INDEX pairs_made_by_hand ON pairs (document_id) WHERE covers IS NOT NULL",
    *(f"DROP INDEX pairs_{name}" for name in ("by_place", "shown", "by_status", "by_origin", "by_both")),
    """CREATE INDEX pairs_shown ON pairs
        (shown, document_id, position, part, status, origin, checks, forcing, score)""",
    "CREATE INDEX pairs_by_status ON pairs (shown, status, document_id, position, part, checks)",
    "CREATE INDEX pairs_by_origin ON pairs (shown, origin, document_id, position, part, checks)",
    "CREATE INDEX pairs_by_both ON pairs (shown, origin, status, document_id, position, part, checks)",
    """CREATE INDEX pairs_by_price ON pairs
        (shown, forcing, document_id, position, part, status, origin, checks, score)""",
    """CREATE INDEX pairs_by_score ON pairs
        (shown, score, document_id, position, part, status, origin, checks, forcing)""",
)


def fill(connection: Connection) -> None:
    """Give the pairs of an older database what queues and search go by."""
    query = text(
        """SELECT p.number, p.edited, t.source, t.target, t.score, t.receipts
        FROM pairs p JOIN translations t ON t.key = p.translation_key
        WHERE p.number > :last ORDER BY p.number LIMIT :size"""
    )
    update = text(
        "UPDATE pairs SET forcing = :forcing, score = :score, searched = :searched WHERE number = :number"
    )
    last = -1
    while rows := connection.execute(query, {"last": last, "size": _BATCH}).mappings().all():
        connection.execute(update, [_values(row) for row in rows])
        last = rows[-1]["number"]


def _values(row: Any) -> dict[str, Any]:
    target = row["target"] if row["edited"] is None else row["edited"]
    prices = [receipt["price"] for receipt in json.loads(row["receipts"])]
    return {
        "number": row["number"],
        "forcing": 0.0 - max(prices, default=0.0),
        "score": row["score"],
        "searched": f"{row['source']}\n{target}".casefold().replace("\0", " "),
    }
