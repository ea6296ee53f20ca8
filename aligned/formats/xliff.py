"""Pairs as XLIFF 1.2 (OASIS 2008) and 2.1 (ISO 21720), and the files of other tools.

A status is a state: see `STATES_1` and `STATES_2`. The rest of a pair's provenance stands where each version
has a place for what is a tool's own: context groups in 1.2, the metadata module in 2.1.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from aligned.errors import FormatError
from aligned.formats.columns import provenance
from aligned.formats.reading import Numbered, pair_at
from aligned.formats.states import status_of_segment, status_of_unit, write_state_1, write_state_2
from aligned.formats.xml import (
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
from aligned.pairs import ID_LENGTH
from aligned.records import Pair, Status

OURS = "targem"
PROPERTY = "x-targem-"
_CHARACTER = "x-targem-char"
# Text in a segment may be marked (1.2: g, mrk; 2.1: pc, mrk); all other elements hold codes or nothing.
_KEPT = ("g", "mrk", "pc")
_PLAIN_NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
_NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
_METADATA = "urn:oasis:names:tc:xliff:metadata:2.0"


def render_xliff_1(pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield XLIFF 1.2, one `file` for each run of pairs of one document."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="{_PLAIN_NAMESPACE}">\n'
    count = 0
    for name, run in groupby(pairs, key=lambda pair: pair.name):
        count += 1
        yield _file_1(name)
        yield from map(_unit_1, run)
        yield "</body></file>\n"
    # The standard asks for one file at least.
    yield ("" if count else _file_1("") + "</body></file>\n") + "</xliff>\n"


def render_xliff_2(pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield XLIFF 2.1, one `file` for each run of pairs of one document, one segment a unit."""
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="2.1" xmlns="{_NAMESPACE}"'
        f' xmlns:mda="{_METADATA}" srcLang="he" trgLang="en">\n'
    )
    number = 0
    for count, (name, run) in enumerate(groupby(pairs, key=lambda pair: pair.name), 1):
        yield f'<file id="f{count}" original={attribute(name)}>\n'
        for pair in run:
            number += 1
            yield _unit_2(pair, number)
        yield "</file>\n"
    yield "</xliff>\n"


def _file_1(name: str) -> str:
    languages = 'source-language="he" target-language="en" datatype="plaintext"'
    return f"<file original={attribute(name)} {languages}><body>\n"


def _provenance(pair: Pair) -> Iterator[tuple[str, str]]:
    for name, value in provenance(pair):
        if name != "status":  # that is the state
            yield name, text(coded(value))


def _unit_1(pair: Pair) -> str:
    approved, state = write_state_1(pair.status)
    contexts = "".join(
        f'<context context-type="{PROPERTY}{name}">{value}</context>\n' for name, value in _provenance(pair)
    )
    return (
        f'<trans-unit id={attribute(pair.id or str(pair.segment.position))} approved="{approved}"'
        f' xml:space="preserve">\n<source>{inline(pair.source, _code_1)}</source>\n'
        f'<target state="{state}">{inline(pair.target, _code_1)}</target>\n'
        f'<context-group name="{OURS}" purpose="information">\n{contexts}</context-group>\n</trans-unit>\n'
    )


def _code_1(number: str) -> str:
    return f'<ph id="{number}" ctype="{_CHARACTER}">{number}</ph>'


def _unit_2(pair: Pair, number: int) -> str:
    state, detail = write_state_2(pair.status)
    metadata = "".join(f'<mda:meta type="{name}">{value}</mda:meta>\n' for name, value in _provenance(pair))
    return (
        f'<unit id={attribute(pair.id or f"u{number}")} xml:space="preserve">\n'
        f'<mda:metadata><mda:metaGroup category="{OURS}">\n{metadata}</mda:metaGroup></mda:metadata>\n'
        f'<segment state="{state}" subState="{detail}">\n<source>{inline(pair.source, _code_2)}</source>\n'
        f"<target>{inline(pair.target, _code_2)}</target>\n</segment>\n</unit>\n"
    )


def _code_2(number: str) -> str:
    return f'<cp hex="{number}"/>'


def read_xliff(path: Path) -> Iterator[Numbered]:
    """Yield the pairs of a file of version 1.0 to 2.1, either direction, codes left out.

    Segments without a target are passed over. Where SDL's files have several segments in one unit, each is
    a pair. Memory does not grow with the file.

    Raises:
        FormatError: it is no XLIFF, has other languages, or is not safe to read.
    """
    file: dict[str, str] = {}
    languages: tuple[str, str] = ("", "")
    position = 0
    for event, element in units(path, "xliff", ends=("trans-unit", "unit"), starts=("xliff", "file")):
        if event == "start":
            file = dict(element.attrib)
            if element.getparent() is None or name_of(element.getparent()) == "xliff":
                languages = _languages(path, element, languages)
            continue
        find = _units_1 if name_of(element) == "trans-unit" else _segments_2
        for values in find(path, element):
            if languages == ("en", "he"):
                values["source"], values["target"] = values["target"], values["source"]
            if "digest" not in values:
                values["document"] = file.get("original", "")
                values["signature"] = f"import {file.get('tool-id', '')}".strip()
            line = element.sourceline
            yield line, pair_at(path, f"line {line}", values, position)
            position += 1


def _languages(path: Path, element: Any, known: tuple[str, str]) -> tuple[str, str]:
    source = element.get("source-language") or element.get("srcLang")
    target = element.get("target-language") or element.get("trgLang")
    found = language_of(source) or known[0], language_of(target) or known[1]
    is_other = {*found} - {"he", "en", ""} or (found[0] and found[0] == found[1])
    if is_other:
        what = f"{path.name} is from {source} to {target}"
        raise FormatError(what, "give Hebrew and English")
    return found


def _part(element: Any, name: str) -> Any:
    return next((child for child in element if name_of(child) == name), None)


def _units_1(path: Path, unit: Any) -> Iterator[dict[str, str]]:
    source, target, cut = (_part(unit, name) for name in ("source", "target", "seg-source"))
    if source is None or target is None:
        return
    values: dict[str, str] = {}
    for group in unit:
        if name_of(group) == "context-group" and group.get("name") == OURS:
            for child in group:
                name = child.get("context-type", "").removeprefix(PROPERTY)
                values[name] = decoded(path, child, "provenance")
    sources, targets = _marked(cut), _marked(target)
    for number in (key for key in sources if key in targets):
        status = status_of_unit(unit, target, number)
        yield values | _texts(sources[number], targets[number], status)
    if not (sources and targets):
        yield _identity(unit) | values | _texts(source, target, status_of_unit(unit, target))


def _identity(unit: Any) -> dict[str, str]:
    """Return the pair that a unit of ours is even after a tool has dropped its provenance."""
    found = unit.get("id", "")
    return {"id": found} if re.fullmatch(f"[0-9a-f]{{{ID_LENGTH}}}", found) else {}


def _marked(element: Any) -> dict[str, Any]:
    """Return the marked segments within a source or target by their numbers."""
    if element is None:
        return {}
    marks = (mark for mark in element.iter("{*}mrk", "mrk") if mark.get("mtype") == "seg")
    return {mark.get("mid", ""): mark for mark in marks}


def _segments_2(path: Path, unit: Any) -> Iterator[dict[str, str]]:
    values: dict[str, str] = {}
    groups = unit.iter(f"{{{_METADATA}}}metaGroup")
    for group in (group for group in groups if group.get("category") == OURS):
        values |= {child.get("type", ""): decoded(path, child, "provenance") for child in group}
    values = _identity(unit) | values
    for segment in (child for child in unit if name_of(child) == "segment"):
        source, target = _part(segment, "source"), _part(segment, "target")
        if source is not None and target is not None:
            yield values | _texts(source, target, status_of_segment(segment))


def _texts(source: Any, target: Any, status: Status) -> dict[str, str]:
    sides: Mapping[str, Any] = {"source": source, "target": target}
    found = {side: content(element, _KEPT, _character) for side, element in sides.items()}
    return found | {"status": status.value}


def _character(element: Any) -> str:
    if name_of(element) == "cp":
        return character_of(element.get("hex"))
    return character_of(element.text) if element.get("ctype") == _CHARACTER else ""
