"""What is written of a pair, under which names: the whole chain of its provenance."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from aligned.records import Pair

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
)


def record(pair: Pair) -> dict[str, Any]:
    """Return a pair as JSON can hold it, by column; `document` is its name, `digest` that of its bytes.

    A number that JSON has no word for (not a number, infinite) becomes null.
    """
    flat = asdict(pair)
    segment = flat.pop("segment")
    del segment["text"]  # the source, once more
    named = {"document": flat.pop("name"), "digest": flat.pop("document")}
    flat["receipts"] = [_finite(receipt) for receipt in flat["receipts"]]
    everything = _finite(flat) | segment | named
    return {column: everything[column] for column in COLUMNS}


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
