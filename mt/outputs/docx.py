"""Word documents: the English text with its headings, lists and tables, or both languages in two columns."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from aligned.records import Pair
from mt.documents import Kind
from mt.outputs.layout import Table, TranslatedBlock, TranslatedDocument, flow, one_line, without_margins
from mt.outputs.markers import BULLET, english_marker, footnote_marker

# What XML 1.0 has no way to write (section 2.2).
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# A title of Dublin Core as Word takes it; python-docx refuses longer ones.
TITLE_LENGTH = 255

# Word's own styles go three deep.
LIST_DEPTH = 3

ENGLISH = "en-US"
HEBREW = "he-IL"


def render_docx(translated: TranslatedDocument, bilingual: bool = False) -> bytes:
    """Return the bytes of a Word document; with `bilingual`, of a table with one row a pair.

    Running titles and page numbers are left out: they would break into the text.
    """
    import docx

    document = docx.Document()
    _describe(document, translated.title)
    blocks = without_margins(translated.blocks)
    if bilingual:
        _add_pairs(document, [(block, pair) for block in blocks for pair in block.pairs])
    else:
        numbering = _Numbering(document)
        for item in flow(blocks):
            _add(document, item, numbering)
    content = BytesIO()
    document.save(content)
    return content.getvalue()


@dataclass(slots=True)
class _Numbering:
    """Word's numbered lists, begun anew wherever the numbers of the file do not go on."""

    document: Any
    last: dict[int, tuple[int, int]] = field(default_factory=dict)

    def continue_or_restart(self, style: str, depth: int, number: int) -> int:
        """Return the list that gives the next paragraph of this depth its number."""
        list_id, previous = self.last.get(depth, (0, 0))
        if not list_id or number != previous + 1:
            list_id = self._begin(style, number)
        self.last[depth] = (list_id, number)
        return list_id

    def _begin(self, style: str, number: int) -> int:
        numbering = self.document.part.numbering_part.element
        styled = self.document.styles[style].element.pPr.numPr.numId.val
        begun = numbering.add_num(numbering.num_having_numId(styled).abstractNumId.val)
        begun.add_lvlOverride(ilvl=0).add_startOverride(number)
        return int(begun.numId)


def _describe(document: Any, title: str) -> None:
    about = document.core_properties
    about.title = _xml_text(title)[:TITLE_LENGTH]
    about.language = ENGLISH
    about.author, about.comments = "", ""
    about.created = about.modified = datetime.now(UTC).replace(tzinfo=None)
    language = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang")[0]
    _set(language, val=ENGLISH, bidi=HEBREW)


def _add(document: Any, item: TranslatedBlock | Table, numbering: _Numbering) -> None:
    if isinstance(item, Table):
        _add_table(document, item)
        return
    text = _xml_text(item.target)
    if not text:
        return
    kind = item.block.kind
    mark = _xml_text((footnote_marker if kind == Kind.FOOTNOTE else english_marker)(item.block.marker))
    if kind == Kind.LIST_ITEM:
        _add_item(document, min(max(item.block.level, 1), LIST_DEPTH), mark or BULLET, text, numbering)
    elif kind == Kind.HEADING:
        document.add_heading(f"{mark} {text}".lstrip(), level=min(max(item.block.level, 1), 9))
    else:
        style = "Caption" if kind == Kind.CAPTION else None
        document.add_paragraph(f"{mark} {text}".lstrip(), style=style)


def _add_item(document: Any, depth: int, mark: str, text: str, numbering: _Numbering) -> None:
    deeper = "" if depth == 1 else f" {depth}"
    if mark == BULLET:
        document.add_paragraph(text, style=f"List Bullet{deeper}")
    elif re.fullmatch(r"\d{1,9}\.", mark):
        style = f"List Number{deeper}"
        paragraph = document.add_paragraph(text, style=style)
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = numbering.continue_or_restart(style, depth, int(mark[:-1]))
    else:
        # Word would number by itself, in a way of its own; "a." and "1.1" stay what the file has.
        document.add_paragraph(f"{mark}\t{text}", style=f"List{deeper}")


def _add_table(document: Any, table: Table) -> None:
    grid = document.add_table(len(table.rows), table.width, style="Table Grid")
    # python-docx looks a cell up by walking the whole table, so each row's cells are asked for once.
    for row, shown in zip(table.rows, grid.rows, strict=True):
        for cell, place in zip(row, shown.cells, strict=True):
            place.text = _xml_text(" ".join(item.target for item in cell))
    document.add_paragraph()


def _add_pairs(document: Any, rows: list[tuple[TranslatedBlock, Pair]]) -> None:
    grid = document.add_table(len(rows) + 1, 2, style="Table Grid")
    head, *body = grid.rows
    _fill(head.cells, "עברית", "English", bold=True)
    head._tr.get_or_add_trPr().append(_element("tblHeader"))
    for (block, pair), row in zip(rows, body, strict=True):
        _fill(row.cells, pair.source, pair.target, bold=block.block.kind == Kind.HEADING)


def _fill(cells: Any, source: str, target: str, bold: bool) -> None:
    hebrew, english = cells[0].paragraphs[0], cells[1].paragraphs[0]
    hebrew._p.get_or_add_pPr().append(_element("bidi"))
    run = hebrew.add_run(_xml_text(source))
    run.bold, run.font.cs_bold = bold or None, bold or None
    # Both, in this order (ECMA-376, 17.3.2): right to left, and what the spelling checker should speak.
    run._r.get_or_add_rPr().append(_element("rtl"))
    run._r.rPr.append(_set(_element("lang"), bidi=HEBREW))
    english.add_run(_xml_text(target)).bold = bold or None


def _element(name: str) -> Any:
    from docx.oxml import OxmlElement

    return OxmlElement(f"w:{name}")


def _set(element: Any, **values: str) -> Any:
    from docx.oxml.ns import qn

    for name, value in values.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _xml_text(text: str) -> str:
    return _NOT_XML.sub("", one_line(text))
