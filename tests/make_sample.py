"""Make the sample brief's three files from `tests/data/sample.he.md`: `python -m tests.make_sample`.

The text and Word files come from the one Markdown source and so stay in step; LibreOffice (`soffice` on
PATH) prints the PDF from the Word file. Run it again after any change of the source.
"""

import re
import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

SOURCE = Path(__file__).parent / "data" / "sample.he.md"
FOLDER = Path(__file__).parents[1] / "mt" / "sample"
WRAP = 90
PRINTED = datetime(2024, 12, 8)
RUNNING_TITLE = 'קווי אורך | גיליון 47 | ד"ר נעמה ורדימון'
HEBREW_FONT, LATIN_FONT = "David", "Times New Roman"

# Longest mark first, since "## " also starts with "#".
MARKS = {
    "## ": "heading",
    "# ": "title",
    "> ": "small",
    "- ": "bullet",
    ": ": "caption",
    "| ": "row",
}
NUMBERED = re.compile(r"(\d)\. ")
FOOTNOTE = re.compile(r"\[\^(\d)\]: ")
REFERENCE = re.compile(r"\[\^(\d)\]")
# A run of Latin letters is not marked right-to-left; footnote references become runs of their own.
RUNS = re.compile(r"(\[\^\d\]|[A-Za-z][A-Za-z0-9]*)")

STYLE_OF = {
    "title": "Title",
    "heading": "Heading 1",
    "small": "Masthead",
    "bullet": "List Bullet",
    "number": "List Number",
    "caption": "Caption",
    "paragraph": "Normal",
}
# Point size, bold, space before and after in points.
LOOK = {
    "Normal": (11.5, False, 0, 5),
    "Title": (16, True, 0, 6),
    "Masthead": (10.5, False, 0, 8),
    "Heading 1": (13, True, 7, 3),
    "List Bullet": (11.5, False, 0, 3),
    "List Number": (11.5, False, 0, 3),
    "Caption": (10.5, True, 4, 3),
    "Header": (9, False, 0, 0),
    "Footer": (9, False, 0, 0),
    "footnote text": (9.5, False, 0, 0),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of the Markdown source: what it is, its text without the mark, its number if it has one."""

    kind: str
    text: str
    number: str = ""


def parse(markdown: str) -> tuple[Piece, ...]:
    """Read the source: one paragraph, heading, item, row or footnote a line."""
    return tuple(_piece(line) for line in markdown.splitlines() if line)


def plain_text(pieces: Sequence[Piece]) -> str:
    """Lay the brief out as text wrapped at 90 columns, a row of the table on one line."""
    parts: list[str] = []
    before = ""
    for piece in pieces:
        joined = piece.kind == before and piece.kind in {"bullet", "number", "row", "footnote"}
        parts.append("\n" if joined else "\n\n")
        parts.append(_plain(piece))
        before = piece.kind
    return "".join(parts).lstrip("\n") + "\n"


def build_docx(pieces: Sequence[Piece], path: Path) -> None:
    """Write the brief as a right-to-left Word file with real styles, lists, a table and footnotes."""
    document = docx.Document()
    _set_page(document)
    for name, look in LOOK.items():
        _set_style(document, name, *look)
    _free_lists(document)
    before = ""
    for piece in pieces:
        if piece.kind in STYLE_OF:
            paragraph = document.add_paragraph(style=STYLE_OF[piece.kind])
            paragraph.paragraph_format.space_before = Pt(7) if before == "row" else None
            _fill(paragraph, piece.text)
        elif piece.kind == "row":
            _add_row(document, piece)
        before = piece.kind
    _add_footnotes(document, [piece for piece in pieces if piece.kind == "footnote"])
    _set_properties(document, pieces)
    document.save(path)


def print_pdf(source: Path, folder: Path) -> None:
    """Print a Word file to PDF into `folder` with LibreOffice, under a profile of its own."""
    soffice = shutil.which("soffice")
    if soffice is None:
        raise SystemExit("soffice is not on PATH: install LibreOffice to print the PDF")
    with tempfile.TemporaryDirectory() as profile:
        command = [soffice, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless"]
        command += ["--convert-to", "pdf", "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)


def main() -> None:
    """Write all three files into `mt/sample`."""
    pieces = parse(SOURCE.read_text(encoding="utf-8"))
    (FOLDER / "brief.he.txt").write_text(plain_text(pieces), encoding="utf-8")
    build_docx(pieces, FOLDER / "brief.he.docx")
    print_pdf(FOLDER / "brief.he.docx", FOLDER)


def _piece(line: str) -> Piece:
    for kind, pattern in (("number", NUMBERED), ("footnote", FOOTNOTE)):
        if match := pattern.match(line):
            return Piece(kind, line[match.end() :], match[1])
    for mark, kind in MARKS.items():
        if line.startswith(mark):
            return Piece(kind, line.removeprefix(mark).removesuffix(" |"))
    return Piece("paragraph", line)


def _plain(piece: Piece) -> str:
    text = REFERENCE.sub(r"[\1]", piece.text)
    marks = {"bullet": "• ", "number": f"{piece.number}. ", "footnote": f"[{piece.number}] "}
    text = marks.get(piece.kind, "") + text
    # Hyphens stay within their line: a prefix and its number are one word.
    return textwrap.fill(text, WRAP, break_long_words=False, break_on_hyphens=False)


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2)
    section.header_distance = section.footer_distance = Cm(1)
    section._sectPr.find(qn("w:docGrid")).addprevious(OxmlElement("w:bidi"))
    _fill(section.header.paragraphs[0], RUNNING_TITLE)
    footer = section.footer.paragraphs[0]
    footer._p.append(
        parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _set_style(document: Any, name: str, size: float, bold: bool, before: float, after: float) -> None:
    names = {style.name for style in document.styles}
    style = (
        document.styles[name] if name in names else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.font.cs_bold, style.font.cs_italic = bold, False
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.08
    if name.startswith("List"):
        style.paragraph_format.left_indent, style.paragraph_format.first_line_indent = Cm(0.9), Cm(-0.6)
    properties = style.element.get_or_add_rPr()
    for spacing in properties.findall(qn("w:spacing")):
        properties.remove(spacing)
    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), HEBREW_FONT if script == "cs" else LATIN_FONT)
    # Hebrew takes its size from szCs, not sz.
    complex_size = OxmlElement("w:szCs")
    complex_size.set(qn("w:val"), str(round(size * 2)))
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    properties.find(qn("w:sz")).addnext(complex_size)


def _free_lists(document: Any) -> None:
    # The template's own tab stops would hold the first line short of our indent.
    for tabs in document.part.numbering_part.element.xpath(".//w:lvl/w:pPr/w:tabs"):
        tabs.getparent().remove(tabs)


def _fill(paragraph: Any, text: str) -> None:
    _turn(paragraph)
    for part in filter(None, RUNS.split(text)):
        if reference := REFERENCE.fullmatch(part):
            paragraph._p.append(_reference_run(f'<w:footnoteReference w:id="{reference[1]}"/>'))
            continue
        run = paragraph.add_run(part)
        run.font.rtl = None if RUNS.fullmatch(part) else True


def _turn(paragraph: Any) -> None:
    properties = paragraph._p.get_or_add_pPr()
    # The schema wants bidi before spacing, indentation and alignment, right after numbering and borders.
    properties.insert_element_before(
        OxmlElement("w:bidi"), "w:adjustRightInd", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def _reference_run(content: str) -> Any:
    style = '<w:rPr><w:vertAlign w:val="superscript"/><w:rtl/></w:rPr>'
    return parse_xml(f"<w:r {nsdecls('w')}>{style}{content}</w:r>")


def _add_row(document: Any, piece: Piece) -> None:
    cells = piece.text.split(" | ")
    first = not document.tables
    table = document.add_table(0, len(cells), style="Table Grid") if first else document.tables[0]
    if first:
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table._tbl.tblPr.insert_element_before(OxmlElement("w:bidiVisual"), "w:tblW", "w:jc")
    for cell, text in zip(table.add_row().cells, cells, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(1)
        _fill(paragraph, text)
        for run in paragraph.runs:
            run.font.bold = run.font.cs_bold = first


def _add_footnotes(document: Any, notes: Sequence[Piece]) -> None:
    xml = "".join(_footnote_xml(document, notes))
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    blob = f"{start}<w:footnotes {nsdecls('w')}>{xml}</w:footnotes>"
    where = PackURI("/word/footnotes.xml")
    part = Part(where, CONTENT_TYPE.WML_FOOTNOTES, blob.encode("utf-8"), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _footnote_xml(document: Any, notes: Sequence[Piece]) -> Iterator[str]:
    # Word demands the two separators, numbered below the first note.
    for number, name in ((-1, "separator"), (0, "continuationSeparator")):
        yield f'<w:footnote w:type="{name}" w:id="{number}"><w:p><w:r><w:{name}/></w:r></w:p></w:footnote>'
    style = document.styles["footnote text"].style_id
    for note in notes:
        mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/><w:rtl/></w:rPr><w:footnoteRef/></w:r>'
        text = f'<w:r><w:rPr><w:rtl/></w:rPr><w:t xml:space="preserve"> {note.text}</w:t></w:r>'
        start = f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:bidi/></w:pPr>'
        yield f'<w:footnote w:id="{note.number}">{start}{mark}{text}</w:p></w:footnote>'


def _set_properties(document: Any, pieces: Sequence[Piece]) -> None:
    properties = document.core_properties
    properties.title = pieces[0].text
    properties.author = properties.last_modified_by = "Targem"
    properties.comments = properties.keywords = ""
    properties.language = "he-IL"
    properties.created = properties.modified = PRINTED


if __name__ == "__main__":
    main()
