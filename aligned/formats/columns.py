"""What is written of a pair, under which names: the whole chain of its provenance."""

import json
import math
from collections.abc import Mapping
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
    place, end = _number(values, "position"), _number(values, "end")
    segment = Segment(
        position=position if place is None else place,
        text=source,
        block=_number(values, "block") or 0,
        kind=str(get("kind") or "paragraph"),
        start=_number(values, "start") or 0,
        end=len(source) if end is None else end,
        page=_number(values, "page"),
        first_line=_number(values, "first_line"),
        last_line=_number(values, "last_line"),
        damaged=get("damaged") or None,
        repair=str(get("repair") or "intact"),
        level=_number(values, "level") or 0,
        marker=str(get("marker") or ""),
    )
    receipts, findings = _list(values, "receipts"), _list(values, "findings")
    return Pair(
        id=str(get("id") or ""),
        source=source,
        target=str(get("target") or ""),
        origin=_word(Origin, values, "origin", Origin.IMPORT),
        status=_word(Status, values, "status", Status.NEW),
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


def _number(values: Mapping[str, Any], name: str) -> int | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    try:
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


def _word(words: type[_W], values: Mapping[str, Any], name: str, default: _W) -> _W:
    value = str(values.get(name) or "").strip().lower()
    try:
        return words(value) if value else default
    except ValueError:
        raise ValueError(f"{name} is {value!r}, not one of {', '.join(words)}") from None


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
