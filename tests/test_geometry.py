"""PDF pages in reading order: real pages of two programs, and glyphs set by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance.Levenshtein import distance

from mt.readers.geometry import Glyph, page_lines
from mt.readers.pdf import pdf_pages
from tests.make_pages import FOLDER, paragraphs

SIZE = 10.0


def typeset(text: str, right: float = 300.0, baseline: float = 100.0, size: float = SIZE) -> list[Glyph]:
    """Set characters from right to left as they are given, half as wide as high; a blank leaves a gap."""
    glyphs = []
    for char in text:
        if char != " ":
            glyphs.append(Glyph(char, right - size / 2, right, baseline, size))
        right -= size / 2
    return glyphs


def read(*lines: list[Glyph]) -> list[str]:
    return [line.text for line in page_lines([glyph for line in lines for glyph in line])]


@pytest.mark.parametrize("name", ["pages_column", "pages_columns", "pages_writer"])
def test_printed_pages_read_as_they_were_written(name: str) -> None:
    pages = list(pdf_pages((FOLDER / f"{name}.pdf").read_bytes()))
    found = " ".join(" ".join(line.text for _, lines in pages for line in lines).split())
    expected = " ".join(" ".join(paragraphs()).split())
    assert 100 * distance(found, expected) / len(expected) <= 0.5


@pytest.mark.parametrize(
    ("placed", "text"),
    [
        ("שלום עולם", "שלום עולם"),
        # Numbers, Latin words and dates stand from left to right, so they are set in reverse here.
        ("ב-62 בנובמבר", "ב-26 בנובמבר"),
        ("ארגון )ECSO( הוקם", "ארגון (OSCE) הוקם"),
        ("ב-2202.11.62, ואז", "ב-26.11.2022, ואז"),
        ("מטוס 61-F בשמיים", "מטוס F-16 בשמיים"),
    ],
)
def test_a_line_is_read_from_right_to_left_and_numbers_are_not(placed: str, text: str) -> None:
    assert read(typeset(placed)) == [text]


def test_order_in_the_file_does_not_matter() -> None:
    lines = [*typeset("שורה ראשונה", baseline=100), *typeset("שורה שנייה", baseline=86)]
    assert read(lines[::-1]) == read(lines) == ["שורה ראשונה", "שורה שנייה"]


def test_a_raised_number_marks_a_note_where_it_stands() -> None:
    text, note = typeset("האוויר."), typeset("7", right=265, baseline=104, size=6)
    assert read(text, note, typeset("המשך", baseline=86)) == ["האוויר.[7]", "המשך"]


def test_a_square_metre_is_no_note() -> None:
    assert read(typeset('כ ק"מ'), typeset("2", right=275, baseline=104, size=6)) == ['כ ק"מ\u00b2']


def test_points_stay_with_their_letter() -> None:
    assert read([Glyph("ש\u05c1\u05b8", 295, 300, 100, SIZE), *typeset("לום", right=295)]) == [
        "ש\u05c1\u05b8לום"
    ]


def test_the_right_column_comes_first() -> None:
    rows = []
    for at in range(6):
        rows.append(typeset(f"טור ימני ראשון ארוך {at}", right=500, baseline=200 - 14 * at))
        rows.append(typeset(f"טור שמאלי שני וארוך {at}", right=250, baseline=200 - 14 * at))
    found = read(typeset("כותרת", right=300, baseline=230), *rows)
    assert found[0] == "כותרת"
    assert [line.startswith("טור ימני") for line in found[1:]] == [True] * 6 + [False] * 6


def test_the_cells_of_a_table_stay_in_their_row() -> None:
    rows = [
        typeset(cell, right=right, baseline=200 - 14 * at)
        for at in range(5)
        for cell, right in (("מסלול", 500), ("2,090"[::-1], 330), ("9"[::-1], 200))
    ]
    assert read(*rows) == ["מסלול 2,090 9"] * 5


def test_a_new_paragraph_is_known_by_its_distance_and_by_room_that_was_left() -> None:
    wide = "מילה ארוכה ועוד מילה אחת"
    lines = [*typeset(wide, baseline=100), *typeset("קצר.", baseline=86), *typeset(wide, baseline=72)]
    assert [line.gap for line in page_lines(lines)] == [0, 0, 1]
    spaced = [*typeset(wide, baseline=100), *typeset(wide, baseline=86), *typeset(wide, baseline=60)]
    assert [line.gap for line in page_lines(spaced)] == [0, 0, 1]


def test_a_latin_line_with_a_hebrew_word_is_read_from_the_left() -> None:
    assert read(typeset("ecaep si שלום drow eht")) == ["the word שלום is peace"]


@given(
    st.lists(st.tuples(st.sampled_from("אבגaB12.()"), st.integers(0, 500), st.integers(0, 40)), max_size=40)
)
def test_every_glyph_is_read_once(placed: list[tuple[str, int, int]]) -> None:
    glyphs = [Glyph(char, x, x + 5, 14 * y, SIZE) for char, x, y in placed]
    seen = "".join(line.text for line in page_lines(glyphs)).replace(" ", "")
    brackets = str.maketrans(")", "(")
    assert sorted(seen.translate(brackets)) == sorted("".join(c for c, *_ in placed).translate(brackets))


def test_no_glyphs_are_no_lines() -> None:
    assert page_lines([]) == []


def test_pages_are_numbered_from_one() -> None:
    data = Path(FOLDER / "reader_writer.pdf").read_bytes()
    assert [number for number, _ in pdf_pages(data)] == [1, 2]
