"""Workbooks: how Excel is to show them, formulas that stay text, and workbooks that mean harm."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from aligned.errors import FormatError
from aligned.formats import read_pairs, write_pairs
from tests.translated_sample import translated

openpyxl = pytest.importorskip("openpyxl", reason="needs openpyxl")

SAMPLE = translated().pairs
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
