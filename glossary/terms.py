"""Terms and glossaries; TSV and CSV in and out, all faults of a file at once."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from pathlib import Path

from glossary.errors import GlossaryError
from glossary.hebrew import clean_text, has_hebrew, is_prefix, word_keys

COLUMNS = ("source", "target", "note", "variants", "kind")
HEADERLESS = ("source", "target")
BETWEEN = "|"

_LINE_BREAK = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Term:
    """A Hebrew term and the English owed to it; the first target is the preferred one.

    `variants` are further Hebrew spellings; `kind` is a free label such as person, place or body.
    """

    source: str
    targets: tuple[str, ...]
    variants: tuple[str, ...] = ()
    note: str = ""
    kind: str = ""

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Return every Hebrew spelling, the source first."""
        return (self.source, *self.variants)


@dataclass(frozen=True)
class Glossary:
    """Terms in their order; the name says where they came from and is no part of the content."""

    terms: tuple[Term, ...]
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", tuple(self.terms))

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Glossary) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(self.terms)

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the terms in hexadecimal; their order and the name do not count."""
        lines = sorted(
            json.dumps([term.source, term.targets, term.variants, term.note, term.kind], ensure_ascii=False)
            for term in self.terms
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Row:
    """One entry of a file: the line it ends on, counted from 1, and its cells."""

    line: int
    cells: tuple[str, ...]


def surface_key(surface: str) -> str:
    """Return the key under which two spellings of a source are one: its folded words."""
    return " ".join(word_keys(surface))


def merge(*glossaries: Glossary) -> Glossary:
    """Join glossaries; an entry takes the place of an earlier one that has its source as source.

    A spelling that a later glossary claims is taken from the variants of earlier entries, and an earlier
    entry whose source it is goes.
    """
    merged: dict[str, Term] = {}
    for glossary in glossaries:
        claimed = {surface_key(surface) for term in glossary for surface in term.surfaces}
        kept = {key: _without(term, claimed) for key, term in merged.items() if key not in claimed}
        merged = kept | {surface_key(term.source): term for term in glossary}
    return Glossary(
        tuple(merged.values()), "+".join(glossary.name for glossary in glossaries if glossary.name)
    )


def _without(term: Term, claimed: set[str]) -> Term:
    variants = tuple(variant for variant in term.variants if surface_key(variant) not in claimed)
    return term if variants == term.variants else replace(term, variants=variants)


def read_glossary(path: Path | str) -> Glossary:
    """Read a glossary: CSV where the name ends in .csv, else TSV.

    Raises GlossaryError with every fault of the file and its line number.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GlossaryError(f"{path}: {error.strerror}", "give the path of a TSV or CSV glossary") from error
    return _parse(data, path.name)


def shipped() -> Glossary:
    """Return the term lists that come with the package, merged."""
    return _shipped()


@cache
def _shipped() -> Glossary:
    lists = sorted(resources.files("glossary").joinpath("data").iterdir(), key=lambda entry: entry.name)
    return merge(*(_parse(entry.read_bytes(), entry.name) for entry in lists if entry.name.endswith(".tsv")))


def write_glossary(glossary: Glossary, path: Path | str) -> None:
    """Write a glossary, whole or not at all: CSV where the name ends in .csv, else TSV.

    Raises GlossaryError where the file would not read back as the same glossary.
    """
    path = Path(path)
    data = _render(glossary, path.name).encode()
    if _parse(data, path.name) != glossary:
        raise GlossaryError(
            f"{path}: a term holds a tab, a line break or '{BETWEEN}'", "take it out of the term"
        )
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise GlossaryError(f"{path}: {error.strerror}", "choose another place") from error
    finally:
        part.unlink(missing_ok=True)


def _render(glossary: Glossary, name: str) -> str:
    rows = [COLUMNS]
    for term in glossary:
        targets, variants = BETWEEN.join(term.targets), BETWEEN.join(term.variants)
        rows.append((term.source, targets, term.note, variants, term.kind))
    if not _is_csv(name):
        return "".join("\t".join(row) + "\n" for row in rows)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _is_csv(name: str) -> bool:
    return name.lower().endswith(".csv")


def _parse(data: bytes, name: str) -> Glossary:
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
    yield from (f"'{surface}' is only a prefix" for surface in term.surfaces if is_prefix(surface))


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
