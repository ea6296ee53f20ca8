"""TSV and CSV glossaries in and out, as people write them and as Excel saves them."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glossary.entries import Entry, glossary_of, refusal
from glossary.hebrew import clean_text, has_hebrew
from glossary.terms import Glossary, Term

COLUMNS = ("source", "target", "note", "variants", "kind", "forbidden", "allow")
HEADERLESS = ("source", "target")
BETWEEN = "|"
SEPARATORS = ("\t", ",", ";")
# Without this mark Excel takes a CSV for one in the code page of its country, and Hebrew is lost.
BYTE_ORDER_MARK = "\ufeff"
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Hebrew letters in Windows-1255 and ISO 8859-8, which agree in them.
SINGLE_BYTE_HEBREW = re.compile(rb"[\xe0-\xfa]")
MEND = "mend the file; it needs the columns source and target, in UTF-8"
SAVE_AS = "save it as UTF-8 (in Excel: CSV UTF-8)"

_LINE_BREAK = re.compile("\r\n|\r|\n")
# Excel quotes a cell of tab-separated text that holds a quotation mark or a comma, and doubles the marks.
_QUOTED = re.compile('"(?=.*(?:""|,).*")((?:[^"]|"")*)"')


@dataclass(frozen=True, slots=True)
class _Row:
    """One entry of a file: the line it ends on, counted from 1, and its cells."""

    line: int
    cells: tuple[str, ...]


def render_table(glossary: Glossary, ending: str) -> bytes:
    """Return the glossary as CSV where the ending is .csv, else as TSV."""
    rows = [COLUMNS]
    for term in glossary:
        targets, variants, forbidden, allow = map(
            BETWEEN.join, (term.targets, term.variants, term.forbidden, term.allow)
        )
        rows.append((term.source, targets, term.note, variants, term.kind, forbidden, allow))
    if ending != ".csv":
        return "".join("\t".join(map(_quote, row)) + "\n" for row in rows).encode()
    out = io.StringIO(BYTE_ORDER_MARK)
    out.seek(0, io.SEEK_END)
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def parse_table(data: bytes, name: str) -> Glossary:
    """Return the glossary in the bytes of a TSV or CSV file, whose name begins the message.

    The separator is the one that parts the header; the ending decides only where several would do.
    Raises GlossaryError with every fault and its line number.
    """
    faults: list[str] = []
    rows = _rows(_decoded(data, name), name.lower().endswith(".csv"), faults)
    columns = _columns(rows, faults) if rows else ()
    body = rows if columns == HEADERLESS and not _is_header(rows[0].cells) else rows[1:]
    entries = [entry for row in body if (entry := _entry(row, columns, faults)) is not None]
    return glossary_of(entries, faults, name, MEND)


def _decoded(data: bytes, name: str) -> str:
    encoding = "utf-16" if data.startswith(UTF16_MARKS) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise refusal(name, ["broken UTF-16"], SAVE_AS) from None
        line = data.count(b"\n", 0, error.start) + 1
        if data.startswith(b"PK\x03\x04"):
            raise refusal(name, ["a workbook, no table of text"], SAVE_AS) from None
        hebrew = len(SINGLE_BYTE_HEBREW.findall(data)) * 2 > sum(byte > 127 for byte in data)
        guess = " but Windows-1255, it seems" if hebrew else ""
        raise refusal(name, [f"line {line}: not UTF-8{guess}"], SAVE_AS) from None


def _rows(text: str, is_csv: bool, faults: list[str]) -> list[_Row]:
    lines = _LINE_BREAK.split(text)
    separator = _separator(lines, "," if is_csv else "\t")
    if is_csv or separator != "\t":
        split: Iterator[tuple[int, list[str]]] = _csv_rows(text, separator, faults)
    else:
        split = ((number, list(map(_unquote, line.split("\t")))) for number, line in enumerate(lines, 1))
    rows = (_Row(line, tuple(" ".join(clean_text(cell).split()) for cell in cells)) for line, cells in split)
    return [row for row in rows if any(row.cells) and not row.cells[0].startswith("#")]


def _separator(lines: Sequence[str], usual: str) -> str:
    """Return what parts the cells of the first line that is neither blank nor a comment."""
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    candidates = sorted(SEPARATORS, key=lambda separator: separator != usual)
    split = {
        separator: [cell.strip(' "\t') for cell in clean_text(first).split(separator)]
        for separator in candidates
    }
    for separator in candidates:
        if _is_header(split[separator]):
            return separator
    for separator in candidates:
        if _is_bare(split[separator]):
            return separator
    return usual


def _csv_rows(text: str, separator: str, faults: list[str]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        faults.append(f"line {reader.line_num}: not CSV ({error})")


def _quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.fullmatch(cell) else cell


def _unquote(cell: str) -> str:
    quoted = _QUOTED.fullmatch(cell)
    return quoted[1].replace('""', '"') if quoted else cell


def _is_header(cells: Sequence[str]) -> bool:
    return set(HEADERLESS) <= {cell.lower() for cell in cells}


def _is_bare(cells: Sequence[str]) -> bool:
    """Tell whether this first row is an entry of a list without header."""
    return len(cells) == len(HEADERLESS) and has_hebrew(cells[0])


def _columns(rows: Sequence[_Row], faults: list[str]) -> tuple[str, ...]:
    """Return the names of the columns, () where they cannot be known."""
    first = rows[0]
    names = tuple(cell.lower() for cell in _trimmed(first.cells, len(HEADERLESS)))
    if not _is_header(names):
        if _is_bare(_trimmed(first.cells, len(HEADERLESS))):
            return HEADERLESS
        faults.append(f"line {first.line}: no header with the columns source and target")
        return ()
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        faults.append(f"line {first.line}: unknown column '{unknown[0]}' (known: {', '.join(COLUMNS)})")
    elif len(set(names)) < len(names):
        faults.append(f"line {first.line}: a column named twice")
    return names


def _trimmed(cells: tuple[str, ...], columns: int) -> tuple[str, ...]:
    """Return the cells without the empty ones that a spreadsheet adds after the last column."""
    while len(cells) > columns and not cells[-1]:
        cells = cells[:-1]
    return cells


def _entry(row: _Row, columns: tuple[str, ...], faults: list[str]) -> Entry | None:
    """Return the entry of a row; None, with its fault noted, where the row has none."""
    if not columns:
        return None
    values = _trimmed(row.cells, len(columns))
    if len(values) != len(columns):
        faults.append(f"line {row.line}: {len(values)} columns instead of {len(columns)}")
        return None
    cells = dict(zip(columns, values, strict=True))
    term = Term(
        cells["source"],
        _alternatives(cells["target"]),
        _alternatives(cells.get("variants", "")),
        cells.get("note", ""),
        cells.get("kind", ""),
        _alternatives(cells.get("forbidden", "")),
        _alternatives(cells.get("allow", "")),
    )
    return Entry(row.line, term)


def _alternatives(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(BETWEEN) if part.strip())
