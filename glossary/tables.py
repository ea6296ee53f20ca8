"""TSV and CSV glossaries in and out, all faults of a file at once."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from glossary.errors import GlossaryError
from glossary.hebrew import clean_text, has_hebrew, is_prefix
from glossary.terms import ALLOWANCES, Glossary, Term, surface_key

COLUMNS = ("source", "target", "note", "variants", "kind", "forbidden", "allow")
HEADERLESS = ("source", "target")
BETWEEN = "|"

_LINE_BREAK = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class _Row:
    """One entry of a file: the line it ends on, counted from 1, and its cells."""

    line: int
    cells: tuple[str, ...]


def render(glossary: Glossary, name: str) -> str:
    rows = [COLUMNS]
    for term in glossary:
        targets, variants, forbidden, allow = map(
            BETWEEN.join, (term.targets, term.variants, term.forbidden, term.allow)
        )
        rows.append((term.source, targets, term.note, variants, term.kind, forbidden, allow))
    if not _is_csv(name):
        return "".join("\t".join(row) + "\n" for row in rows)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _is_csv(name: str) -> bool:
    return name.lower().endswith(".csv")


def parse(data: bytes, name: str) -> Glossary:
    """Return the glossary in the bytes of a file; the name picks the format and begins the message."""
    faults: list[str] = []
    rows = _rows(data, _is_csv(name), faults)
    columns = _columns(rows, faults) if rows else ()
    entries = [
        (row.line, term)
        for row in (rows if columns == HEADERLESS and not _is_header(rows[0]) else rows[1:])
        if (term := _term(row, columns, faults)) is not None
    ]
    _check_distinct(entries, faults)
    if not entries and not faults:
        faults.append("no entries")
    if faults:
        raise _refusal(name, faults)
    return Glossary(tuple(term for _, term in entries), Path(name).stem)


def _refusal(name: str, faults: list[str]) -> GlossaryError:
    ordered = sorted(faults, key=_line_of)
    more = f" (and {len(ordered) - 1} more)" if len(ordered) > 1 else ""
    return GlossaryError(
        f"{name}: {ordered[0]}{more}",
        "mend the file; it needs the columns source and target, in UTF-8",
        tuple(ordered),
    )


def _line_of(fault: str) -> int:
    found = re.match(r"line (\d+)", fault)
    return int(found[1]) if found else 0


def _rows(data: bytes, is_csv: bool, faults: list[str]) -> list[_Row]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.append(f"line {line}: not UTF-8")
        return []
    split = (
        _csv_rows(text, faults) if is_csv else enumerate(line.split("\t") for line in _LINE_BREAK.split(text))
    )
    rows = (
        _Row(line + 1, tuple(" ".join(clean_text(cell).split()) for cell in cells)) for line, cells in split
    )
    return [row for row in rows if any(row.cells) and not row.cells[0].startswith("#")]


def _csv_rows(text: str, faults: list[str]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num - 1, cells
    except csv.Error as error:
        faults.append(f"line {reader.line_num}: not CSV ({error})")


def _is_header(row: _Row) -> bool:
    return {"source", "target"} <= {cell.lower() for cell in row.cells}


def _columns(rows: Sequence[_Row], faults: list[str]) -> tuple[str, ...]:
    """Return the names of the columns, () where they cannot be known."""
    first = rows[0]
    names = tuple(cell.lower() for cell in first.cells)
    if not _is_header(first):
        if len(names) == len(HEADERLESS) and has_hebrew(first.cells[0]):
            return HEADERLESS
        faults.append(f"line {first.line}: no header with the columns source and target")
        return ()
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        faults.append(f"line {first.line}: unknown column '{unknown[0]}' (known: {', '.join(COLUMNS)})")
    elif len(set(names)) < len(names):
        faults.append(f"line {first.line}: a column named twice")
    return names


def _term(row: _Row, columns: tuple[str, ...], faults: list[str]) -> Term | None:
    """Return the entry of a row; None, with its faults noted, where it is not one."""
    if not columns:
        return None
    if len(row.cells) != len(columns):
        faults.append(f"line {row.line}: {len(row.cells)} columns instead of {len(columns)}")
        return None
    cells = dict(zip(columns, row.cells, strict=True))
    term = Term(
        cells["source"],
        _alternatives(cells["target"]),
        _alternatives(cells.get("variants", "")),
        cells.get("note", ""),
        cells.get("kind", ""),
        _alternatives(cells.get("forbidden", "")),
        _alternatives(cells.get("allow", "")),
    )
    found = list(_term_faults(term))
    faults.extend(f"line {row.line}: {fault}" for fault in found)
    return None if found else term


def _alternatives(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(BETWEEN) if part.strip())


def _term_faults(term: Term) -> Iterator[str]:
    if not term.targets:
        yield "empty target"
    if any(has_hebrew(target) for target in term.targets):
        yield "Hebrew in the English column"
    if not has_hebrew(term.source):
        yield "no Hebrew in the source column"
    if not all(has_hebrew(variant) for variant in term.variants):
        yield "no Hebrew in a variant"
    yield from _allow_faults(term.allow)
    yield from (
        f"'{form}' is forbidden and a target"
        for form in dict.fromkeys(term.forbidden)
        if form in term.targets
    )
    yield from (f"'{surface}' is only a prefix" for surface in term.surfaces if is_prefix(surface))


def _allow_faults(allow: tuple[str, ...]) -> Iterator[str]:
    unknown = [value for value in allow if value not in ALLOWANCES]
    if unknown:
        yield f"unknown value '{unknown[0]}' of allow (known: {', '.join(ALLOWANCES)})"
    elif "exact" in allow and len(allow) > 1:
        yield "'exact' allows nothing else beside it"


def _check_distinct(entries: Sequence[tuple[int, Term]], faults: list[str]) -> None:
    """Note every entry that claims a spelling of an earlier one: a duplicate, or a contradiction."""
    claimed: dict[str, tuple[int, Term]] = {}
    for line, term in entries:
        for surface in term.surfaces:
            first, other = claimed.setdefault(surface_key(surface), (line, term))
            if other is term:
                continue
            if other.targets == term.targets:
                faults.append(f"line {line}: '{surface}' duplicates line {first}")
            else:
                faults.append(f"line {line}: '{surface}' contradicts line {first} ({other.targets[0]})")
            break
