"""Records as rows of the database and back."""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from operator import attrgetter
from typing import Any

from sqlalchemy import RowMapping

from aligned.pairs import pair_id
from aligned.records import Origin, Pair, Segment, Status, Translation
from aligned.structure import joined
from glossary.receipt import Method, Receipt

SEGMENT_FIELDS = tuple(field.name for field in fields(Segment))
_segment_values = attrgetter(*SEGMENT_FIELDS[1:])  # but for the position

# What the rows below hold, in order.
SEGMENT_COLUMNS = ("document_id", *SEGMENT_FIELDS)
TRANSLATION_COLUMNS = ("key", "source", "target", "score", "signature_id", "receipts", "findings")
SOUGHT_COLUMNS = ("forcing", "score", "searched")


def segment_from(row: RowMapping, prefix: str = "") -> Segment:
    """Read a segment out of columns that may bear a prefix."""
    return Segment(**{name: row[prefix + name] for name in SEGMENT_FIELDS})


def segments_from(row: RowMapping) -> tuple[Segment, ...]:
    """Read the segments that a pair covers out of a row that joins all its tables."""
    if row["covers"] is None:
        return (segment_from(row, "segment_"),)
    return tuple(Segment(**item) for item in json.loads(row["covers"]))


def pair_from(row: RowMapping) -> Pair:
    """Read a pair out of a row that joins all its tables."""
    return Pair(
        id=row["id"],
        source=row["source"],
        target=row["target"] if row["edited"] is None else row["edited"],
        origin=Origin(row["origin"]),
        status=Status(row["status"]),
        document=row["digest"],
        name=row["name"],
        segment=joined(segments_from(row)),
        signature=row["signature"],
        glossary=row["glossary"],
        score=row["score"],
        receipts=_receipts(row["receipts"]),
        findings=tuple(json.loads(row["findings"])),
        changed=row["changed"],
    )


def segment_row(segment: Segment, document_id: int, position: int) -> tuple[Any, ...]:
    """Return the row of a segment at a place."""
    return document_id, position, *_segment_values(segment)


def pair_row(head: RowMapping, position: int, translation: Translation) -> dict[str, Any]:
    """Return the row of a new pair, but for what is the same for all pairs of a run."""
    key = pair_id(head["digest"], head["reading"], position, translation)
    place = {"position": position, "translation_key": translation.key}
    unchanged = {"edited": None, "version": 0, "changed": "", "shown": 0}
    return {"id": key, "status": Status.NEW.value, **place, **unchanged, **queue_values(translation)}


def queue_values(made: Translation) -> dict[str, Any]:
    """Return the columns of a new pair that structure, queues and search go by."""
    sought = dict(zip(SOUGHT_COLUMNS, sought_values(made), strict=True))
    return {"span": 1, "part": 0, "covers": None, "checks": "", **sought}


def sought_values(made: Translation | Pair) -> tuple[float, float, str]:
    """Return those of the columns above that differ between new pairs."""
    forcing = 0.0 - max(receipt.price for receipt in made.receipts) if made.receipts else 0.0
    # One after the other, since the English is mostly ASCII, which takes no time.
    return forcing, made.score, f"{searched_text(made.source)}\n{searched_text(made.target)}"


def searched_text(text: str) -> str:
    """Return a text as searches without case go through it: source and target, one on each line."""
    # SQLite's LIKE ends at the first null character.
    return text.casefold().replace("\0", " ")


def translation_from(row: RowMapping) -> Translation:
    """Read a translation out of a row that has its signature as text."""
    texts = {name: row[name] for name in ("key", "source", "target", "score", "signature")}
    findings = tuple(json.loads(row["findings"]))
    return Translation(**texts, receipts=_receipts(row["receipts"]), findings=findings)


def translation_row(item: Translation | Pair, key: str, signature_id: int) -> tuple[Any, ...]:
    """Return the row of a translation, or of that of a pair; receipts and findings are JSON."""
    receipts = _json([asdict(receipt) for receipt in item.receipts])
    return key, item.source, item.target, item.score, signature_id, receipts, _json(item.findings)


def _json(items: Sequence[Any]) -> str:
    return json.dumps(items, ensure_ascii=False) if items else "[]"


def _receipts(text: str) -> tuple[Receipt, ...]:
    return tuple(Receipt(**item | {"method": Method(item["method"])}) for item in json.loads(text))
