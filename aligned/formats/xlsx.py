"""Pairs as a workbook of Excel: Hebrew right to left in its cells, the header fixed, filters on all columns.

Every cell is text or a number: what begins like a formula is marked as text and stays so when a person
edits it.
"""

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from aligned.errors import FormatError
from aligned.formats.columns import COLUMNS, record
from aligned.formats.reading import Numbered, opened
from aligned.formats.sheet import sheet_rows
from aligned.formats.tsv import read_table
from aligned.records import Pair

SHEET = "pairs"
# What a person works on comes first.
FIRST = ("source", "target", "status")
ORDER = (*FIRST, *(name for name in COLUMNS if name not in FIRST))
WIDTHS = {"source": 60, "target": 60, "status": 11, "document": 24, "findings": 30}
# Specifications and limits of Excel: characters in a cell, rows in a sheet.
LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576
LARGEST = 2_000_000_000  # bytes of a workbook when unpacked

# ECMA-376, ST_Xstring: what XML cannot say is written _xHHHH_, and an underscore that would look so too.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA = tuple("=+-@\t\r")


def render_xlsx(pairs: Iterable[Pair]) -> Iterator[bytes]:
    """Yield the bytes of a workbook, made beside memory in a file that vanishes.

    Raises:
        FormatError: a text is longer than a cell can be, or there are more pairs than rows.
    """
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    for number, name in enumerate(ORDER, 1):
        letter = openpyxl.utils.get_column_letter(number)
        sheet.column_dimensions[letter].width = WIDTHS.get(name, 12)
    try:
        rows = _fill(sheet, pairs)
    except BaseException:
        sheet.close()  # else what openpyxl has begun ends with a complaint of its own
        raise
    sheet.auto_filter.ref = f"A1:{openpyxl.utils.get_column_letter(len(ORDER))}{rows}"
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(1 << 20):
            yield piece


def _fill(sheet: Any, pairs: Iterable[Pair]) -> int:
    """Write the header and a row a pair; return the number of the last row."""
    make = _Cells(sheet)
    sheet.append([make.header(name) for name in ORDER])
    rows = 1
    for rows, pair in enumerate(pairs, 2):
        if rows > MOST_ROWS:
            raise FormatError(f"a sheet has no room for more than {MOST_ROWS} rows", "export to .tsv or .tmx")
        values = record(pair)
        sheet.append([make.cell(name, values[name], pair) for name in ORDER])
    return rows


class _Cells:
    """Cells of one sheet, in the styles that their columns have."""

    def __init__(self, sheet: Any) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font

        self._make, self._sheet = WriteOnlyCell, sheet
        self._bold = Font(bold=True)
        # Reading order 2 is right to left, 1 left to right (ECMA-376, 18.8.1).
        self._hebrew = Alignment(horizontal="right", vertical="top", wrap_text=True, readingOrder=2)
        self._english = Alignment(horizontal="left", vertical="top", wrap_text=True, readingOrder=1)

    def header(self, name: str) -> Any:
        cell = self._make(self._sheet, value=name)
        cell.font = self._bold
        return cell

    def cell(self, name: str, value: Any, pair: Pair) -> Any:
        if isinstance(value, int | float):
            # As digits, since openpyxl rounds to 16 of them and a number can have 17.
            return self._cell(repr(value), "n")
        if value is None:
            return None
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if value else ""
        if not text:
            return None
        if len(text) > LONGEST_CELL:
            what = f"the {name} of pair {pair.id} has {len(text)} characters, a cell holds {LONGEST_CELL}"
            raise FormatError(what, "export to .tsv or .tmx")
        cell = self._cell(_UNWRITABLE.sub(_escape, text), "s")
        if name in ("source", "damaged"):
            cell.alignment = self._hebrew
        elif name == "target":
            cell.alignment = self._english
        if text.startswith(_FORMULA):
            cell.quotePrefix = True
        return cell

    def _cell(self, text: str, kind: str) -> Any:
        """Return a cell without openpyxl's guesses at what a text may mean."""
        cell = self._make(self._sheet, value=None)
        cell._value, cell.data_type = text, kind
        return cell


def read_xlsx(path: Path) -> Iterator[Numbered]:
    """Yield the pairs of a workbook's first sheet, as `aligned.formats.tsv.read_table` finds them.

    Raises:
        FormatError: it is no workbook, is not safe to read, or a row lacks a column.
    """
    with opened(path) as stream:
        _check(path, stream)
        try:
            yield from read_table(path, sheet_rows(path, stream))
        except (KeyError, ValueError, IndexError, SyntaxError, TypeError) as error:
            detail = " ".join(str(error).split())[:80]
            raise FormatError(f"{path.name} is a damaged workbook ({detail})", "save it again") from error


def _check(path: Path, stream: Any) -> None:
    """Refuse a bomb and a document type before anything of the workbook is parsed."""
    with zipfile.ZipFile(stream) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > LARGEST:
            raise FormatError(f"{path.name} is too large when unpacked", "check where it is from")
        for part in parts:
            with archive.open(part) as content:
                head = content.read(65_536)
            # In UTF-16 a zero stands between the letters.
            if b"<!DOCTYPE" in head.replace(b"\0", b"") or b"<!ENTITY" in head.replace(b"\0", b""):
                raise FormatError(f"{path.name} has a document type", "such workbooks are not read")


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"
