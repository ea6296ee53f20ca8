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
_segment_values = attrgetter(*SEGMENT_FIELDS)


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


def segment_row(segment: Segment, document_id: int, position: int) -> dict[str, Any]:
    """Return the row of a segment at a place."""
    # Not `asdict`, which copies deeply and takes a third of the time of an import.
    row = dict(zip(SEGMENT_FIELDS, _segment_values(segment), strict=True))
    row["document_id"], row["position"] = document_id, position
    return row


def pair_row(head: RowMapping, position: int, translation: Translation) -> dict[str, Any]:
    """Return the row of a new pair, but for what is the same for all pairs of a run."""
    key = pair_id(head["digest"], head["reading"], position, translation)
    place = {"position": position, "translation_key": translation.key}
    unchanged = {"edited": None, "version": 0, "changed": "", "shown": 0}
    return {"id": key, "status": Status.NEW.value, **place, **unchanged, **queue_values(translation)}


def queue_values(made: Translation) -> dict[str, Any]:
    """Return the columns of a new pair that structure, queues and search go by."""
    forcing = 0.0 - max(receipt.price for receipt in made.receipts) if made.receipts else 0.0
    searched = searched_text(f"{made.source}\n{made.target}")
    sought = {"forcing": forcing, "score": made.score, "checks": "", "searched": searched}
    return {"span": 1, "part": 0, "covers": None, **sought}


def searched_text(text: str) -> str:
    """Return a text as searches without case go through it: source and target, one on each line."""
    # SQLite's LIKE ends at the first null character.
    return text.casefold().replace("\0", " ")


def translation_from(row: RowMapping) -> Translation:
    """Read a translation out of a row that has its signature as text."""
    texts = {name: row[name] for name in ("key", "source", "target", "score", "signature")}
    findings = tuple(json.loads(row["findings"]))
    return Translation(**texts, receipts=_receipts(row["receipts"]), findings=findings)


def translation_row(item: Translation, signature_id: int) -> dict[str, Any]:
    """Return the row of a translation; receipts and findings are JSON."""
    return {
        "key": item.key,
        "source": item.source,
        "target": item.target,
        "score": item.score,
        "signature_id": signature_id,
        "receipts": _json([asdict(receipt) for receipt in item.receipts]),
        "findings": _json(item.findings),
    }


def _json(items: Sequence[Any]) -> str:
    return json.dumps(items, ensure_ascii=False) if items else "[]"


def _receipts(text: str) -> tuple[Receipt, ...]:
    return tuple(Receipt(**item | {"method": Method(item["method"])}) for item in json.loads(text))
