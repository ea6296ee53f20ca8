"""Pairs as tables: TSV with backslash escapes, CSV as spreadsheets read it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from aligned.errors import FormatError
from aligned.formats.columns import COLUMNS, cells
from aligned.formats.reading import Numbered, opened, pair_at, text_lines
from aligned.records import Pair

# What other programs call the two columns that a table of pairs must have.
SOURCE_NAMES = ("source", "he", "hebrew", "he-il", "iw", "עברית")
TARGET_NAMES = ("target", "en", "english", "en-us", "en-gb", "אנגלית")

# Longer than any sentence, short enough that a lost quotation mark does not read a whole file as one cell.
LONGEST_CELL = 10_000_000

# The escapes of PostgreSQL's COPY and of most tools for TSV: a field never holds a tab or an end of line.
ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_ESCAPED = str.maketrans(ESCAPES)
_ESCAPE = re.compile(r"\\[\\tnr]")
_PLAIN = {escaped: plain for plain, escaped in ESCAPES.items()}

# Without this mark Excel takes the file for one in the code page of its country, and Hebrew is lost.
BYTE_ORDER_MARK = "\ufeff"


def escape(text: str) -> str:
    r"""Return a field of TSV: backslash, tab, line feed and carriage return become \\, \t, \n and \r."""
    return text.translate(_ESCAPED)


def unescape(field: str) -> str:
    """Undo `escape`; a backslash before anything else stays what it is."""
    return _ESCAPE.sub(lambda match: _PLAIN[match[0]], field)


def render_tsv(pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield a header and one line a pair, fields escaped, lines ended by a line feed."""
    yield "\t".join(COLUMNS) + "\n"
    for pair in pairs:
        yield "\t".join(map(escape, cells(pair))) + "\n"


def render_csv(pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield a header and one record a pair as RFC 4180 has it, after a byte order mark.

    No text is altered. A sentence that begins with an equals sign stands as it is, although a spreadsheet
    may take it for a formula: what was translated must come back as it was.
    """
    yield BYTE_ORDER_MARK + _csv_line(COLUMNS)
    for pair in pairs:
        yield _csv_line(cells(pair))


def read_tsv(path: Path) -> Iterator[Numbered]:
    """Yield the pairs of a table with or without a header; without, Hebrew and English come last.

    Under a header with `source` and `target` the escapes of `escape` are undone. Blank lines are passed
    over.

    Raises:
        FormatError: the file is not UTF-8, or a line lacks a column; it is named.
    """
    rows = ((number, line.split("\t")) for number, line in text_lines(path))
    return read_table(path, rows, undo=True)


def read_csv(path: Path) -> Iterator[Numbered]:
    """Yield the pairs of a table as RFC 4180 has it; semicolons or tabs where the first line has those.

    Raises:
        FormatError: the file is not UTF-8, is no CSV, or a line lacks a column; it is named.
    """
    with opened(path) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        yield from read_table(path, csv_rows(path, text))


def read_table(path: Path, rows: Iterator[tuple[int, list[str]]], undo: bool = False) -> Iterator[Numbered]:
    """Yield the pairs of numbered rows; with `undo`, escapes are undone under a header of ours."""
    names: Sequence[str] = ()
    position = 0
    for place, (number, row) in enumerate(rows):
        if place == 0 and (names := _header(row)):
            continue
        text = "".join(row)
        if not text or text.isspace():
            continue
        if len(row) < 2 or (names and len(row) <= max(names.index("source"), names.index("target"))):
            what = f"{path.name} line {number} has {len(row)} column{'s'[: len(row) != 1]}"
            raise FormatError(what, "give Hebrew and English in columns of their own")
        if names:
            found = map(unescape, row) if undo and "\\" in text else row
            values = dict(zip(names, found, strict=False))
        else:
            values = {"source": row[-2], "target": row[-1]}
        yield number, pair_at(path, f"line {number}", values, position)
        position += 1


def _header(row: Sequence[str]) -> list[str]:
    """Return the names of the columns, those of the two languages as we call them; none for no header."""
    names = [cell.strip().lower() for cell in row]
    source = next((name for name in SOURCE_NAMES if name in names), None)
    target = next((name for name in TARGET_NAMES if name in names), None)
    if source is None or target is None:
        return []
    return ["source" if name == source else "target" if name == target else name for name in names]


def csv_rows(path: Path, text: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of its first line and the cells of every row; `path` is what messages call the text.

    Raises:
        FormatError: the text is not UTF-8, or is no CSV.
    """
    csv.field_size_limit(LONGEST_CELL)
    number = 1
    try:
        delimiter = max(",;\t", key=text.readline().count)
        text.seek(0)
        reader = csv.reader(text, strict=True, delimiter=delimiter)
        for row in reader:
            yield number, row
            number = reader.line_num + 1
    except csv.Error as error:
        raise FormatError(f"{path.name} line {number} is not CSV ({error})", "mend the line") from None
    except UnicodeDecodeError:
        what = f"{path.name} is not UTF-8 after line {number - 1}"
        raise FormatError(what, "save it as UTF-8") from None


def _csv_line(fields: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(fields)
    return line.getvalue()
