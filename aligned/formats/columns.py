"""What is written of a pair, under which names: the whole chain of its provenance."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from enum import StrEnum
from typing import Any, TypeVar

from aligned.records import Origin, Pair, Segment, Status
from glossary.receipt import Method, Receipt

# New columns go to the end: people have written scripts against this order.
COLUMNS = (
    "id",
    "document",
    "page",
    "first_line",
    "last_line",
    "kind",
    "source",
    "target",
    "score",
    "status",
    "receipts",
    "findings",
    "origin",
    "position",
    "block",
    "start",
    "end",
    "level",
    "marker",
    "repair",
    "damaged",
    "signature",
    "glossary",
    "digest",
    "changed",
)


_OF_SEGMENT = {field.name for field in fields(Segment)} - {"text"}  # that is the source, once more
_PLAIN = tuple(name for name in COLUMNS if name not in ("document", "digest", "receipts"))
_NUMBERS = ("position", "block", "start", "end", "page", "first_line", "last_line", "level")
# What a pair is taken to be where its record does not say it.
_ASSUMED = {"block": 0, "start": 0, "level": 0, "kind": "paragraph", "repair": "intact", "score": 0.0}
_STATUSES = {status.value: status for status in Status}
_ORIGINS = {origin.value: origin for origin in Origin}


def record(pair: Pair) -> dict[str, Any]:
    """Return a pair as JSON can hold it, by column; `document` is its name, `digest` that of its bytes.

    A number that JSON has no word for (not a number, infinite) becomes null.
    """
    segment = pair.segment
    # Not `asdict`, which copies deeply and takes most of the time of an export.
    values = {name: getattr(segment if name in _OF_SEGMENT else pair, name) for name in _PLAIN}
    values |= {"document": pair.name, "digest": pair.document}
    values["status"], values["origin"] = pair.status.value, pair.origin.value
    values["receipts"] = [_finite(asdict(receipt)) for receipt in pair.receipts]
    if not math.isfinite(pair.score):
        values["score"] = None
    return {column: values[column] for column in COLUMNS}


def provenance(pair: Pair) -> Iterator[tuple[str, Any]]:
    """Yield what a record has besides the two texts, but for what `pair_from` would assume anyway."""
    for name, value in record(pair).items():
        is_assumed = value == (len(pair.source) if name == "end" else _ASSUMED.get(name))
        if name not in ("source", "target") and not is_assumed and value not in ("", [], ()):
            yield name, value


def cells(pair: Pair) -> list[str]:
    """Return a pair as text by column: nothing for what is unknown, JSON for receipts and findings."""
    return [_cell(value) for value in record(pair).values()]


def _finite(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def pair_from(values: Mapping[str, Any], position: int) -> Pair:
    """Return the pair of a record or of its cells; what is missing is unknown, as in other tools' files.

    `position` is where in its file the pair stands, for a pair that knows no place of its own. An unknown
    score is 0. Raises ValueError that says what is wrong with a value.
    """
    get = values.get
    source = str(get("source") or "")
    numbers = map(_number, map(get, _NUMBERS), _NUMBERS)
    place, block, start, end, page, first_line, last_line, level = numbers
    segment = Segment(
        position=position if place is None else place,
        text=source,
        block=block or 0,
        kind=str(get("kind") or "paragraph"),
        start=start or 0,
        end=len(source) if end is None else end,
        page=page,
        first_line=first_line,
        last_line=last_line,
        damaged=get("damaged") or None,
        repair=str(get("repair") or "intact"),
        level=level or 0,
        marker=str(get("marker") or ""),
    )
    receipts, findings = _list(values, "receipts"), _list(values, "findings")
    return Pair(
        id=str(get("id") or ""),
        source=source,
        target=str(get("target") or ""),
        origin=_word(_ORIGINS, get("origin"), "origin", Origin.IMPORT),
        status=_word(_STATUSES, get("status"), "status", Status.NEW),
        document=str(get("digest") or ""),
        name=str(get("document") or ""),
        segment=segment,
        signature=str(get("signature") or ""),
        glossary=str(get("glossary") or ""),
        score=_score(get("score")),
        receipts=tuple(map(_receipt, receipts)),
        findings=tuple(map(str, findings)),
        changed=str(get("changed") or ""),
    )


def _number(value: object, name: str) -> int | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str) and value.isdecimal():
            return int(value)
        # A spreadsheet makes 7 into 7.0.
        return value if isinstance(value, int) else int(str(value).removesuffix(".0"))
    except ValueError:
        raise ValueError(f"{name} is no whole number: {value!r}") from None


def _score(value: object) -> float:
    if value is None or value == "":
        return 0.0
    try:
        number = float(str(value))
    except ValueError:
        raise ValueError(f"score is no number: {value!r}") from None
    return number if math.isfinite(number) else 0.0


_W = TypeVar("_W", bound=StrEnum)


def _word(known: Mapping[str, _W], value: object, name: str, default: _W) -> _W:
    text = str(value or "")
    if found := known.get(text) or known.get(text.strip().lower()):
        return found
    if text.strip():
        raise ValueError(f"{name} is {text.strip().lower()!r}, not one of {', '.join(known)}")
    return default


def _list(values: Mapping[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    if not value or value == "[]":
        return []
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError(f"{name} is no JSON") from None
    if not isinstance(value, list):
        raise ValueError(f"{name} is no list")
    return value


def _receipt(item: Any) -> Receipt:
    try:
        # A price that is null was no number.
        return Receipt(**item | {"method": Method(item["method"]), "price": _score(item.get("price"))})
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValueError("receipts holds what is no receipt") from None
