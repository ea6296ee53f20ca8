"""Encodings told apart by rule, and the text that comes out."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt.errors import DocumentError
from mt.readers.encodings import decode, decode_as
from mt.readers.html import decode_html

BRIEF = "הוועדה סיימה את עבודתה ביום שלישי. חבריה פרסמו דוח ובו 12 המלצות לשיפור השירות.\nהדיון יימשך."
TYPESET = BRIEF + " “ציטוט” – סוף…"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (BRIEF.encode(), "utf-8"),
        (BRIEF.encode("utf-8-sig"), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + BRIEF.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + BRIEF.encode("utf-16-be"), "utf-16-be"),
        (BRIEF.encode("utf-16-le"), "utf-16-le"),
        (BRIEF.encode("utf-16-be"), "utf-16-be"),
        (BRIEF.encode("utf-32"), "utf-32"),
        (BRIEF.encode("windows-1255"), "windows-1255"),
        (BRIEF.encode("cp862"), "cp862"),
    ],
)
def test_text_and_encoding(data: bytes, encoding: str) -> None:
    assert decode(data) == (BRIEF, encoding)


def test_windows_punctuation_tells_it_from_iso() -> None:
    assert decode(TYPESET.encode("windows-1255")) == (TYPESET, "windows-1255")


def test_iso_8859_8_by_its_own_code() -> None:
    text = BRIEF + " \u2017"
    assert decode(text.encode("iso-8859-8")) == (text, "iso-8859-8")


def test_iso_without_a_code_of_its_own_reads_the_same() -> None:
    assert decode(BRIEF.encode("iso-8859-8"))[0] == BRIEF


def test_visual_order_is_read_as_it_stands() -> None:
    visual = BRIEF.split("\n")[0][::-1]
    assert decode(visual.encode("iso-8859-8"))[0] == visual


def test_niqqud_in_windows_1255() -> None:
    text = "ב\u05b0\u05bcר\u05b5אש\u05b4\u05c1ית היתה ועדה. " + BRIEF
    assert decode(text.encode("windows-1255"))[0] == text


def test_other_western_text_is_not_forced_into_hebrew() -> None:
    text = "Le café était fermé, paraît-il."
    assert decode(text.encode("cp1252")) == (text, "cp1252")


def test_one_broken_byte_does_not_make_utf8_another_encoding() -> None:
    text, encoding = decode((BRIEF * 3).encode() + b"\xd7")
    assert (encoding, text.count("\ufffd")) == ("utf-8", 1)
    assert text.startswith(BRIEF)


@pytest.mark.parametrize(
    "data", [bytes(range(32)) * 20, b"\x00\x01\x02\x03" * 100, b"\x7fELF" + b"\x00" * 60]
)
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match="not text"):
        decode(data)


@pytest.mark.parametrize("name", ["no-such-charset", "base64", "ascii"])
def test_a_declared_charset_that_does_not_fit_is_no_reading(name: str) -> None:
    assert decode_as(BRIEF.encode(), name) is None


@pytest.mark.parametrize(
    ("declared", "written", "encoding"),
    [
        ("windows-1255", "windows-1255", "cp1255"),
        ("iso-8859-8-i", "windows-1255", "windows-1255"),
        ("utf-8", "utf-8-sig", "utf-8-sig"),
        ("windows-1255", "utf-8-sig", "utf-8-sig"),
        ("utf-8", "windows-1255", "windows-1255"),
    ],
)
def test_html_honours_mark_then_declaration_then_bytes(declared: str, written: str, encoding: str) -> None:
    page = f'<html><meta charset="{declared}"><p>{BRIEF}</p>'
    assert decode_html(page.encode(written)) == (page, encoding)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_utf8_always_comes_back(text: str) -> None:
    marked = text.removeprefix("\ufeff")
    assert decode(marked.encode("utf-8-sig"))[0] == marked


@given(
    st.text("אבגדהוזחטיכלמנסעפצקרשתםןץףך .,-\n", min_size=12).filter(lambda text: any(c >= "א" for c in text))
)
def test_hebrew_in_any_encoding_comes_back(text: str) -> None:
    assert decode(text.encode())[0] == text
    assert decode(codecs.BOM_UTF16_LE + text.encode("utf-16-le"))[0] == text
