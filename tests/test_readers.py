"""Files of every format become documents; what cannot be read is refused in one clear line."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt.documents import Block, Document, Kind
from mt.errors import DocumentError
from mt.readers import LARGEST_FILE, read_document, read_text, require_hebrew
from mt.repair import LineRepair
from tests.word_files import paragraph, word_file

DATA = Path(__file__).parent / "data"
TEXT = "הוועדה סיימה את עבודתה והגישה את הדוח."


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, name: str, content: bytes | str) -> Document:
    return read_document(written(folder, name, content))


# Plain text and the common door


def test_a_document_knows_its_file(tmp_path: Path) -> None:
    document = read(tmp_path, "brief.txt", TEXT)
    assert (document.name, document.format, document.encoding) == ("brief.txt", "txt", "utf-8")
    assert document.digest == hashlib.sha256(TEXT.encode()).hexdigest()


def test_invisible_characters_go_and_the_raw_line_stays(tmp_path: Path) -> None:
    raw = "\u200fהו\u05b7ועדה\u00a0הגי\u00adשה\u202b דו\u202cח \ufb2aני.\u200e"
    (block,) = read(tmp_path, "a.txt", raw).blocks
    assert block.text == "הוועדה הגישה דוח שני."
    assert block.lines[0].raw == raw
    assert block.lines[0].text == block.text


def test_repair_sees_all_lines_once_and_its_word_is_kept(tmp_path: Path) -> None:
    calls: list[Sequence[str]] = []

    def backwards(lines: Sequence[str]) -> list[LineRepair]:
        calls.append(lines)
        return [LineRepair(line, line[::-1], "reordered", 0.9) for line in lines]

    path = written(tmp_path, "a.txt", "םולש\r\n\r\nתיב ")
    blocks = read_document(path, backwards).blocks
    assert calls == [["םולש", "תיב "]]
    lines = [line for block in blocks for line in block.lines]
    assert [(line.number, line.raw, line.text) for line in lines] == [(1, "םולש", "שלום"), (3, "תיב ", "בית")]
    assert {(line.verdict, line.confidence) for line in lines} == {("reordered", 0.9)}


@pytest.mark.parametrize(
    ("name", "content"), [("a.md", "# " + TEXT), ("a.html", f"<p>{TEXT}<p>"), ("a.docx", "")]
)
def test_repair_is_called_once_for_files_with_a_structure(tmp_path: Path, name: str, content: str) -> None:
    calls = []

    def watch(lines: Sequence[str]) -> list[LineRepair]:
        calls.append(list(lines))
        return [LineRepair(line, line) for line in lines]

    data = content.encode() or word_file(paragraph(TEXT))
    read_document(written(tmp_path, name, data), watch)
    assert calls == [[TEXT]]


def test_content_comes_before_the_ending(tmp_path: Path) -> None:
    assert read(tmp_path, "page.txt", f"<!DOCTYPE html><h1>{TEXT}</h1>").blocks[0].kind is Kind.HEADING
    assert read(tmp_path, "no-ending", word_file(paragraph(TEXT))).format == "docx"
    assert read(tmp_path, "brief.txt", (DATA / "reader_writer.pdf").read_bytes()).format == "pdf"


def test_read_text_keeps_line_ends_and_drops_the_mark(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", f"\ufeff{TEXT}\r\n")
    assert read_text(path) == f"{TEXT}\r\n"


# What is refused

REFUSED = [
    ("empty.txt", b"", "is empty"),
    ("blank.txt", b" \n\t\r\n", "is empty"),
    ("marks.txt", "\u200f\n\u200e".encode(), "no text in it"),
    ("binary.txt", bytes(range(256)) * 8, "not text"),
    ("old.doc", b"\xd0\xcf\x11\xe0" + bytes(600), "old Word file"),
    ("locked.docx", b"\xd0\xcf\x11\xe0" + bytes(60) + "EncryptedPackage".encode("utf-16-le"), "is encrypted"),
    ("brief.rtf", b"{\\rtf1 text}", "RTF"),
    ("brief.odt", b"PK\x03\x04" + bytes(40), r"unknown ending: known are \.txt, \.text, \.md"),
    ("brief.xyz", TEXT.encode(), "unknown ending"),
    ("brief", TEXT.encode(), "unknown ending"),
    ("text.pdf", TEXT.encode(), "not a pdf file"),
    ("text.docx", TEXT.encode(), "not a docx file"),
    ("broken.pdf", b"%PDF-1.7\n1 0 obj\n<<garbage", "PDF is broken"),
    ("broken.docx", b"PK\x03\x04" + bytes(40), "docx file is broken"),
    ("cut.docx", word_file(paragraph(TEXT))[:700], "docx file is broken"),
]


@pytest.mark.parametrize(("name", "content", "message"), REFUSED)
def test_bad_files_are_refused_in_one_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        read(tmp_path, name, content)
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="not there"):
        read_document(tmp_path / "none.txt")
    with pytest.raises(DocumentError, match="is a folder"):
        read_document(tmp_path)
    with pytest.raises(DocumentError, match=r"cannot be read|not there"):
        read_document(tmp_path / ("x" * 300 + ".txt"))


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.touch()
    os.truncate(path, LARGEST_FILE + 1)
    with pytest.raises(DocumentError, match="the limit is 100 MB"):
        read_document(path)


def test_a_document_without_hebrew(tmp_path: Path) -> None:
    english = read(tmp_path, "a.txt", "The committee has finished its work.")
    with pytest.raises(DocumentError, match="no Hebrew"):
        require_hebrew(english)
    require_hebrew(read(tmp_path, "b.txt", TEXT))


def test_read_text_refuses_documents() -> None:
    with pytest.raises(DocumentError, match="not plain text"):
        read_text(DATA / "reader_writer.pdf")


# PDF


@pytest.mark.parametrize("name", ["reader_chromium.pdf", "reader_writer.pdf"])
def test_pdf_pages_become_paragraphs(name: str) -> None:
    blocks = read_document(DATA / name).blocks
    kinds = [block.kind for block in blocks]
    headings = [(block.level, block.text) for block in blocks if block.kind is Kind.HEADING]
    assert headings == [
        (1, "ניהול מקורות המים המשותפים: לקראת הסדר חדש"),
        (2, "עמדות הצדדים"),
        (2, "המלצות הצוות"),
    ]
    body = [block for block in blocks if block.kind is Kind.PARAGRAPH and len(block.lines) > 1]
    assert len(body) == 5
    assert all(block.text.removesuffix("[1]").endswith(".") for block in body)
    assert kinds.count(Kind.RUNNING_TITLE) == 2
    assert {Kind.PAGE_NUMBER, Kind.MASTHEAD} <= set(kinds)


def test_a_pdf_sentence_goes_on_over_the_page() -> None:
    blocks = read_document(DATA / "reader_writer.pdf").blocks
    (across,) = [block for block in blocks if {line.page for line in block.lines} == {1, 2}]
    assert across.text.startswith("נציגי הרשויות")
    assert across.text.endswith("סבב השיחות הבא.")
    assert [b.marker for b in blocks if b.kind is Kind.LIST_ITEM] == ["1.", "2.", "3."]


def test_pdf_footnote_and_its_raised_mark() -> None:
    blocks = read_document(DATA / "reader_chromium.pdf").blocks
    notes = [(block.marker, block.text) for block in blocks if block.kind is Kind.FOOTNOTE]
    assert notes == [("1", "ראו דוח הוועדה לניהול משאבי הטבע, פרק שלישי.")]
    (noted,) = [block.text for block in blocks if "הסדר קבוע שאינו תלוי" in block.text]
    assert noted.endswith("מזג האוויר.[1]")


def test_an_encrypted_pdf() -> None:
    with pytest.raises(DocumentError, match="encrypted"):
        read_document(DATA / "reader_locked.pdf")


def test_a_scanned_pdf(tmp_path: Path) -> None:
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(200, 200).close()
    pdf.save(tmp_path / "scan.pdf")
    pdf.close()
    with pytest.raises(DocumentError, match=r"scan.*OCR"):
        read_document(tmp_path / "scan.pdf")


@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = written(tmp_path_factory.getbasetemp(), "any.txt", data)
    refusal = ""
    blocks: tuple[Block, ...] = ()
    try:
        blocks = read_document(path).blocks
    except DocumentError as error:
        refusal = str(error)
    assert bool(blocks) != bool(refusal)
    assert "\n" not in refusal


def test_importing_readers_loads_nothing_heavy() -> None:
    heavy = "{'docx', 'pypdfium2', 'lxml', 'markdown_it', 'torch'}"
    code = f"import sys, mt.readers; print(*{heavy} & {{*sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == ""
