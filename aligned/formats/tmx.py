"""Pairs as TMX 1.4b (LISA OSCAR, 2005), and the translation memories of other tools.

What a pair is besides its two texts stands in properties `x-targem-…`, named as in
`aligned.formats.columns`; other tools keep them or pass over them.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from aligned.formats.columns import COLUMNS, provenance
from aligned.formats.reading import Numbered, pair_at
from aligned.formats.states import CONFIRMATIONS
from aligned.formats.xml import (
    LANGUAGE,
    attribute,
    character_of,
    coded,
    content,
    decoded,
    inline,
    language_of,
    name_of,
    text,
    units,
)
from aligned.records import Pair, Status

PROPERTY = "x-targem-"
CONFIRMATION = "x-ConfirmationLevel"  # of Trados
_CHARACTER = "x-targem-char"
# Standard 1.4b: `hi` is text, all other elements in a segment hold codes of the tool's own format.
_KEPT = ("hi",)
_COLUMNS = {PROPERTY + name: name for name in COLUMNS}
_SIDES = {"he": "source", "en": "target"}
_DATE = "%Y%m%dT%H%M%SZ"
_DATES = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


def render_tmx(pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield a header and one unit a pair, source before target, without markup in the segments."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f'<header creationtool="targem" creationtoolversion={attribute(version("targem"))}'
        ' segtype="sentence" o-tmf="targem" adminlang="en" srclang="he" datatype="plaintext"/>\n<body>\n'
    )
    for pair in pairs:
        yield _unit(pair)
    yield "</body>\n</tmx>\n"


def read_tmx(path: Path) -> Iterator[Numbered]:
    """Yield the pairs of a memory: of each unit its first Hebrew and its first English, codes left out.

    Units without both languages are passed over. Memory does not grow with the file.

    Raises:
        FormatError: it is no TMX, or is not safe to read.
    """
    tool, position = "", 0
    for event, element in units(path, "tmx", ends=("tu",), starts=("header",)):
        if event == "start":
            tool = tool or " ".join(
                filter(None, (element.get("creationtool"), element.get("creationtoolversion")))
            )
            continue
        values = _values(path, element)
        if "source" in values and "target" in values:
            if "digest" not in values:
                values["signature"] = f"import {tool}".strip()
            line = element.sourceline
            yield line, pair_at(path, f"line {line}", values, position)
            position += 1


def _unit(pair: Pair) -> str:
    dates = f" changedate={attribute(date)}" if (date := _tmx_date(pair.changed)) else ""
    lines = [f"<tu tuid={attribute(pair.id)}{dates}>" if pair.id else f"<tu{dates}>"]
    lines += [
        f'<prop type="{PROPERTY}{name}">{text(coded(value))}</prop>' for name, value in provenance(pair)
    ]
    for language, value in (("he", pair.source), ("en", pair.target)):
        lines.append(f'<tuv xml:lang="{language}"><seg>{inline(value, _code)}</seg></tuv>')
    return "\n".join(lines) + "\n</tu>\n"


def _code(number: str) -> str:
    return f'<ph x="1" type="{_CHARACTER}">{number}</ph>'


def _values(path: Path, unit: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for child in unit:
        name = name_of(child)
        if name == "prop":
            kind = child.get("type")
            if column := _COLUMNS.get(kind):
                values[column] = decoded(path, child, "a property")
            elif kind == CONFIRMATION:
                values.setdefault("status", CONFIRMATIONS.get(child.text, Status.NEW).value)
        elif name == "tuv":
            side = _SIDES.get(language_of(child.get(LANGUAGE) or child.get("lang")))
            segment = next((part for part in child if name_of(part) == "seg"), None)
            if side and segment is not None:
                values.setdefault(side, content(segment, _KEPT, _character))
    if changed := _date_of(unit):
        values.setdefault("changed", changed)
    return values


def _character(element: Any) -> str:
    return character_of(element.text) if element.get("type") == _CHARACTER else ""


def _tmx_date(changed: str) -> str:
    try:
        return datetime.fromisoformat(changed).strftime(_DATE) if changed.endswith("+00:00") else ""
    except ValueError:
        return ""


def _date_of(unit: Any) -> str:
    """Return when a unit was last changed, else made, in ISO 8601; nothing where no date can be read."""
    date = unit.get("changedate") or unit.get("creationdate") or ""
    try:
        return datetime.fromisoformat(date).isoformat() if _DATES.fullmatch(date) else ""
    except ValueError:
        return ""
