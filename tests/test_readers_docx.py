"""Word files: styles, lists, tables, notes, revisions, and files made to do harm."""

import io
import zipfile
from pathlib import Path

import pytest

from mt.documents import Block, Kind
from mt.errors import DocumentError
from mt.readers import docx, read_document
from mt.readers.numbering import formatted
from tests.word_files import paragraph, run, table, word_file

TEXT = "הוועדה סיימה את עבודתה והגישה את הדוח."
Row = tuple[Kind, str, int, str]


def rows(blocks: tuple[Block, ...]) -> list[Row]:
    return [(block.kind, block.text, block.level, block.marker) for block in blocks]


def read(folder: Path, data: bytes) -> tuple[Block, ...]:
    path = folder / "brief.docx"
    path.write_bytes(data)
    return read_document(path).blocks


def test_word_styles_lists_and_tables(tmp_path: Path) -> None:
    bold = "<w:r><w:rPr><w:bCs/></w:rPr><w:t>כותרת מודגשת</w:t></w:r>"
    body = (
        paragraph("כותרת הדוח", "t")
        + paragraph("פרק ראשון", "1")
        + paragraph("תת פרק", "mine")
        + paragraph("סגנון עצמי", "o")
        + paragraph(bold)
        + paragraph(TEXT)
        + paragraph("ראשון", number=(5, 0))
        + paragraph("בתוכו", number=(5, 1))
        + paragraph("שני", number=(5, 0))
        + paragraph("תבליט", number=(6, 0))
        + paragraph("א. הוקלד ביד")
        + table((paragraph("שנה"), paragraph("סכום")), (paragraph("2024"), paragraph("מאה")))
        + paragraph("טבלה 1: הסכומים", "cap")
    )
    blocks = read(tmp_path, word_file(body))
    assert rows(blocks) == [
        (Kind.HEADING, "כותרת הדוח", 1, ""),
        (Kind.HEADING, "פרק ראשון", 1, ""),
        (Kind.HEADING, "תת פרק", 2, ""),
        (Kind.HEADING, "סגנון עצמי", 3, ""),
        (Kind.HEADING, "כותרת מודגשת", 2, ""),
        (Kind.PARAGRAPH, TEXT, 0, ""),
        (Kind.LIST_ITEM, "ראשון", 1, "1."),
        (Kind.LIST_ITEM, "בתוכו", 2, "1.א)"),
        (Kind.LIST_ITEM, "שני", 1, "2."),
        (Kind.LIST_ITEM, "תבליט", 1, "•"),
        (Kind.LIST_ITEM, "הוקלד ביד", 1, "א."),
        (Kind.TABLE_CELL, "שנה", 0, ""),
        (Kind.TABLE_CELL, "סכום", 0, ""),
        (Kind.TABLE_CELL, "2024", 0, ""),
        (Kind.TABLE_CELL, "מאה", 0, ""),
        (Kind.CAPTION, "טבלה 1: הסכומים", 0, ""),
    ]
    assert [b.cell for b in blocks if b.cell] == [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)]


def test_word_notes_headers_and_footers(tmp_path: Path) -> None:
    notes = (
        f'<w:footnote w:type="separator" w:id="-1">{paragraph("קו")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph("הערה שלא הופנו אליה.")}</w:footnote>'
        f'<w:footnote w:id="1">{paragraph("ראו בנספח.")}</w:footnote>'
    )
    body = paragraph(run("כך נקבע") + '<w:r><w:footnoteReference w:id="1"/></w:r>' + run(" בדוח."))
    data = word_file(body, footnotes=notes, header=paragraph("עיונים בתחבורה"), footer=paragraph("3"))
    assert rows(read(tmp_path, data)) == [
        (Kind.RUNNING_TITLE, "עיונים בתחבורה", 0, ""),
        (Kind.PARAGRAPH, "כך נקבע בדוח.", 0, ""),
        (Kind.FOOTNOTE, "ראו בנספח.", 0, "1"),
        (Kind.FOOTNOTE, "הערה שלא הופנו אליה.", 0, "2"),
        (Kind.PAGE_NUMBER, "3", 0, ""),
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            run("לפני")
            + f"<w:ins>{run(' נוסף')}</w:ins><w:del><w:r><w:delText> נמחק</w:delText></w:r></w:del>",
            "לפני נוסף",
        ),
        (f"<w:moveFrom>{run('משם')}</w:moveFrom><w:moveTo>{run('לכאן')}</w:moveTo>", "לכאן"),
        (f"<w:hyperlink>{run('קישור')}</w:hyperlink>", "קישור"),
        (f"<w:sdt><w:sdtContent>{run('פקד')}</w:sdtContent></w:sdt>", "פקד"),
        ("<w:r><w:t>נגורנו</w:t><w:noBreakHyphen/><w:t>קרבאך</w:t></w:r>", "נגורנו-קרבאך"),
        ("<w:r><w:t>שורה</w:t><w:br/><w:t>ושורה</w:t></w:r>", "שורה ושורה"),
        ("<w:r><w:instrText>PAGE</w:instrText><w:t>שדה</w:t></w:r>", "שדה"),
    ],
)
def test_what_a_reader_of_the_word_file_sees(tmp_path: Path, content: str, text: str) -> None:
    assert [block.text for block in read(tmp_path, word_file(paragraph(content)))] == [text]


def test_text_boxes_and_content_controls_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('בתיבה')}</w:txbxContent>"
    shape = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    control = f"<w:sdt><w:sdtContent>{paragraph('בפקד')}</w:sdtContent></w:sdt>"
    body = paragraph(f"<w:r><mc:AlternateContent>{shape}</mc:AlternateContent></w:r>{run('בחוץ')}") + control
    blocks = read(tmp_path, word_file(body))
    assert [block.text for block in blocks] == ["בחוץ", "בתיבה", "בפקד"]


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (3, "hebrew1", "ג"),
        (15, "hebrew1", "טו"),
        (12, "hebrew2", "ל"),
        (4, "lowerRoman", "iv"),
        (9, "upperRoman", "IX"),
        (2, "upperLetter", "B"),
        (7, "decimal", "7"),
        (7, "ordinal", "7"),
    ],
)
def test_word_number_formats(number: int, style: str, text: str) -> None:
    assert formatted(number, style) == text


def test_a_docx_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx, "LARGEST_UNPACKED", 100_000)
    buffer = io.BytesIO(word_file(paragraph(TEXT)))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/bomb.bin", bytes(200_000))
    with pytest.raises(DocumentError, match="unpacks to"):
        read(tmp_path, buffer.getvalue())


def test_a_docx_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    data = word_file(paragraph(TEXT * 3000))
    directory = data.rindex(b"PK\x01\x02", 0, data.rindex(b"word/document.xml"))
    lying = data[: directory + 24] + (10).to_bytes(4, "little") + data[directory + 28 :]
    with pytest.raises(DocumentError, match="docx file is broken"):
        read(tmp_path, lying)


def test_a_docx_without_its_document_is_broken(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("readme.txt", "x")
    with pytest.raises(DocumentError, match="docx file is broken"):
        read(tmp_path, buffer.getvalue())


def test_entities_in_a_docx_do_not_unfold(tmp_path: Path) -> None:
    data = word_file(paragraph(TEXT))
    bomb = "<!DOCTYPE x [" + '<!ENTITY a "' + "א" * 99 + '">'
    bomb += (
        "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in zip("abcdef", "bcdefg", strict=True)) + "]>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == "word/document.xml":
                content = bomb + content.replace(TEXT, "&g;")
            target.writestr(name, content)
    with pytest.raises(DocumentError):
        read(tmp_path, buffer.getvalue())
