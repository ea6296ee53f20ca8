"""What checks found in pairs, kept so that pages can filter by it; for the store alone."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from aligned.database import CHUNK
from aligned.qa.issues import Severity
from aligned.queries import chunks
from aligned.records import KeptFinding
from aligned.schema import findings, pairs


def keep_findings(connection: Connection, found: Mapping[str, Sequence[KeptFinding]]) -> None:
    """Keep these findings of these pairs in the place of any others; unknown pairs are passed over."""
    for chunk in chunks(found, CHUNK):
        known = set(connection.scalars(select(pairs.c.id).where(pairs.c.id.in_(chunk))))
        connection.execute(delete(findings).where(findings.c.pair_id.in_(chunk)))
        kept = {key: found[key] for key in chunk if key in known}
        rows = [_row(key, place, item) for key, items in kept.items() for place, item in enumerate(items)]
        if rows:
            connection.execute(insert(findings), rows)
        if kept:
            mark = update(pairs).where(pairs.c.id == bindparam("key"), pairs.c.checks != bindparam("names"))
            names = [{"key": key, "names": _names(items)} for key, items in kept.items()]
            connection.execute(mark.values(checks=bindparam("names")), names)


def findings_of(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[KeptFinding, ...]]:
    """Return the kept findings of each of the pairs, in the order in which they were given."""
    found: dict[str, list[KeptFinding]] = {key: [] for key in ids}
    for chunk in chunks(found, CHUNK):
        query = select(findings).where(findings.c.pair_id.in_(chunk))
        for row in connection.execute(query.order_by(findings.c.pair_id, findings.c.place)).mappings():
            spans = (_spans(row[name]) for name in ("source_spans", "target_spans"))
            item = KeptFinding(row["check"], Severity(row["severity"]), row["message"], *spans)
            found[row["pair_id"]].append(item)
    return {key: tuple(items) for key, items in found.items()}


def _names(items: Sequence[KeptFinding]) -> str:
    names = sorted({item.check for item in items})
    return f" {' '.join(names)} " if names else ""


def _row(key: str, place: int, item: KeptFinding) -> dict[str, object]:
    return {
        "pair_id": key,
        "place": place,
        "check": item.check,
        "severity": item.severity.value,
        "message": item.message,
        "source_spans": json.dumps(item.source),
        "target_spans": json.dumps(item.target),
    }


def _spans(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in json.loads(text))
