"""Workbooks: how Excel is to show them, formulas that stay text, and workbooks that mean harm."""

import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from aligned.errors import FormatError
from aligned.formats import read_pairs, write_pairs
from tests.translated_sample import translated

SAMPLE = translated().pairs
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")')


def test_a_sheet_as_excel_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_pairs(SAMPLE, path)
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[1]][:3] == ["source", "target", "status"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:Y{len(SAMPLE) + 1}"
    hebrew, english = sheet["A2"].alignment, sheet["B2"].alignment
    assert (hebrew.readingOrder, hebrew.horizontal) == (2, "right")
    assert (english.readingOrder, english.horizontal) == (1, "left")
    assert sheet["A2"].value == SAMPLE[0].source


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_looks_like_a_formula_is_text(tmp_path: Path, formula: str) -> None:
    path = tmp_path / "x.xlsx"
    write_pairs([replace(SAMPLE[0], target=formula)], path)
    cell = openpyxl.load_workbook(path).active["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (formula, "s", True)


def test_a_sheet_that_a_person_made(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = openpyxl.Workbook()
    for row in (
        ("Note", "Hebrew", "English", "Status"),
        (1, "מים", "water", "accepted"),
        (None,) * 4,
        (2, 7, 7.5),
    ):
        book.active.append(row)
    book.save(path)
    found = [(pair.source, pair.target, pair.status) for pair in read_pairs(path)]
    assert found == [("מים", "water", "accepted"), ("7", "7.5", "new")]


def test_cells_of_every_kind(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = openpyxl.Workbook()
    rich = CellRichText("מחיר ", TextBlock(InlineFont(b=True), "המים"))
    for row in (("he", "en"), (rich, datetime(2024, 12, 8)), ("_x0041_", True), (0.1, 1234567)):
        book.active.append(row)
    book.save(path)
    assert sides(path) == [
        ("מחיר המים", "2024-12-08 00:00:00"),
        ("A", "True"),
        ("0.1", "1234567"),
    ]


def test_rows_and_cells_without_their_places_stand_one_after_the_other(tmp_path: Path) -> None:
    path, bare = tmp_path / "x.xlsx", tmp_path / "bare.xlsx"
    write_pairs(SAMPLE, path)
    cells = ("he", "en"), ("מים</t><phoneticPr/><rPh sb='0' eb='1'><t>mayim</t></rPh><t>", "water")
    made = ["".join(f"<c t='inlineStr'><is><t>{cell}</t></is></c>" for cell in row) for row in cells]
    rows = "".join(f"<row>{row}</row>" for row in made)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part.endswith("sheet1.xml"):
                content = f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'.encode()
            target.writestr(part, content)
    assert sides(bare) == [("מים", "water")]


def test_a_cell_at_the_end_of_the_world_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = openpyxl.Workbook()
    for place, text in (("A1", "מים"), ("B1", "water"), ("XFC1048576", "ים"), ("XFD1048576", "sea")):
        book.active[place] = text
    book.save(path)
    assert sides(path) == [("מים", "water"), ("ים", "sea")]


def sides(path: Path) -> list[tuple[str, str]]:
    return [(pair.source, pair.target) for pair in read_pairs(path)]


def test_a_text_too_long_for_a_cell(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="has 40000 characters, a cell holds 32767"):
        write_pairs([replace(SAMPLE[0], target="x" * 40_000)], tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_document_type_in_a_workbook(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    write_pairs(SAMPLE, good)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content
            target.writestr(part, content)
    with pytest.raises(FormatError, match="has a document type"):
        list(read_pairs(bad))


def test_what_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK no archive")
    with pytest.raises(FormatError, match="cannot be read"):
        list(read_pairs(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(FormatError, match="damaged workbook"):
        list(read_pairs(path))
