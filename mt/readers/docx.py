"""Word files by python-docx: styles, lists, tables, notes, headers and footers, in document order."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from mt.documents import Kind
from mt.errors import DocumentError
from mt.marks import BULLETS, is_finished
from mt.readers.numbering import Numbering, W, numbering_of
from mt.readers.pieces import Piece

# A docx file may unpack to this many bytes; what a small file hides beyond it is an attack.
LARGEST_UNPACKED = 400_000_000
# A paragraph in bold no longer than this is a heading in all but style.
LONGEST_BOLD_HEADING = 100

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BROKEN = "the docx file is broken"
_DO = "open it in a word processor and save it again"
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
# Deleted and moved-away text, drawings of it for old programs, and field codes are not what a reader sees.
_HIDDEN = frozenset(
    (f"{W}del", f"{W}moveFrom", f"{_MC}Fallback", f"{W}txbxContent", f"{W}pPr", f"{W}instrText")
)
_CHARACTERS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_NOTE_MARKS = (f"{W}footnoteReference", f"{W}endnoteReference")
_NOTE_TYPES = ("footnote", "endnote")


def docx_pieces(data: bytes) -> list[Piece]:
    """Return the pieces of a Word file: headers, body, notes in the order of their marks, footers.

    Raises DocumentError for a broken file, and for one that unpacks to more than LARGEST_UNPACKED bytes.
    """
    _check_size(data)
    import docx

    try:
        document = docx.Document(io.BytesIO(data))
        return _Reader(document).pieces()
    except DocumentError:
        raise
    # python-docx lets whatever it meets in a damaged package escape: KeyError, ValueError, lxml's own errors.
    except Exception as error:
        raise DocumentError(f"{_BROKEN} ({type(error).__name__})", _DO) from error


def _check_size(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            unpacked = sum(item.file_size for item in package.infolist())
    except zipfile.BadZipFile:
        raise DocumentError(_BROKEN, _DO) from None
    if unpacked > LARGEST_UNPACKED:
        size = unpacked // 1_000_000
        raise DocumentError(f"the docx file unpacks to {size} MB", "remove its pictures, or split it")


@dataclass(slots=True)
class _Reader:
    document: Any
    numbering: Numbering = field(default_factory=lambda: Numbering({}))
    notes: list[tuple[str, str]] = field(default_factory=list)
    tables: int = 0

    def pieces(self) -> list[Piece]:
        roots = list(self._parts())
        self.numbering = numbering_of(next((root for name, root in roots if name == "numbering"), None))
        body = list(self._blocks(self.document.element.body))
        headers = self._furniture(roots, "header")
        notes = self._notes({name: root for name, root in roots if name.endswith("notes")})
        return [*headers, *body, *notes, *self._furniture(roots, "footer")]

    def _parts(self) -> Iterator[tuple[str, Any]]:
        """Yield the short name ("footnotes") and the parsed XML of each part beside the main one."""
        from docx.oxml import parse_xml

        for relation in self.document.part.rels.values():
            name = relation.reltype.rsplit("/", 1)[-1]
            if not relation.is_external and name in (
                "numbering",
                "footnotes",
                "endnotes",
                "header",
                "footer",
            ):
                # python-docx's parser resolves no entities.
                yield name, parse_xml(relation.target_part.blob)

    def _furniture(self, roots: list[tuple[str, Any]], name: str) -> list[Piece]:
        pieces = [piece for kind, root in roots if kind == name for piece in self._blocks(root)]
        distinct = {piece.lines: replace(piece, kind=Kind.RUNNING_TITLE, cell=None) for piece in pieces}
        return list(distinct.values())

    def _notes(self, roots: dict[str, Any]) -> Iterator[Piece]:
        """Yield the notes as the text refers to them, then those that nothing refers to."""
        found: dict[tuple[str, str], Any] = {}
        for kind in _NOTE_TYPES:
            for note in roots[f"{kind}s"].iter(f"{W}{kind}") if f"{kind}s" in roots else ():
                # Typed notes are Word's separator lines.
                if note.get(f"{W}type") in (None, "normal"):
                    found[kind, note.get(f"{W}id")] = note
        order = [key for key in dict.fromkeys(self.notes) if key in found]
        for number, key in enumerate([*order, *(key for key in found if key not in order)], start=1):
            for place, piece in enumerate(self._blocks(found[key])):
                marker = str(number) if place == 0 else ""
                yield replace(piece, kind=Kind.FOOTNOTE, marker=marker, level=0)

    def _blocks(self, element: Any, cell: tuple[int, int, int] | None = None) -> Iterator[Piece]:
        for child in element:
            if child.tag == f"{W}p":
                yield from self._paragraph(child, cell)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo"):
                yield from self._blocks(child, cell)

    def _table(self, table: Any) -> Iterator[Piece]:
        number = self.tables
        self.tables += 1
        for row, item in enumerate(_own(table, "tr")):
            for column, cell in enumerate(_own(item, "tc")):
                yield from self._blocks(cell, (number, row, column))

    def _paragraph(self, paragraph: Any, cell: tuple[int, int, int] | None) -> Iterator[Piece]:
        text = "".join(self._text(paragraph))
        if text.strip():
            yield self._piece(paragraph, tuple(text.split("\n")), cell)
        for box in paragraph.iter(f"{W}txbxContent"):
            if (
                not any(above.tag == f"{_MC}Fallback" for above in box.iterancestors())
                and _host(box) is paragraph
            ):
                yield from self._blocks(box, cell)

    def _text(self, element: Any) -> Iterator[str]:
        for child in element:
            if child.tag in _HIDDEN:
                continue
            if child.tag == f"{W}t":
                yield child.text or ""
            elif child.tag in _CHARACTERS:
                yield _CHARACTERS[child.tag]
            elif child.tag in _NOTE_MARKS:
                kind = child.tag.removeprefix(W).removesuffix("Reference")
                self.notes.append((kind, child.get(f"{W}id")))
            else:
                yield from self._text(child)

    def _piece(self, paragraph: Any, lines: tuple[str, ...], cell: tuple[int, int, int] | None) -> Piece:
        styles = list(self._styles(paragraph))
        number = _numbered(paragraph, styles)
        marker = self.numbering.marker(*number) if number else ""
        if cell is not None:
            return Piece(Kind.TABLE_CELL, lines, marker=marker, cell=cell)
        names = [style.name or "" for style in styles]
        if level := _heading_level(paragraph, styles, names):
            return Piece(Kind.HEADING, lines, level, marker)
        if "caption" in (name.lower() for name in names):
            return Piece(Kind.CAPTION, lines)
        if number or any(name.startswith(("List Bullet", "List Number")) for name in names):
            return Piece(Kind.LIST_ITEM, lines, number[1] + 1 if number else 1, marker or BULLETS[0])
        if _is_bold_heading(paragraph, lines):
            return Piece(Kind.HEADING, lines, 2)
        return Piece(Kind.PARAGRAPH, lines)

    def _styles(self, paragraph: Any) -> Iterator[Any]:
        """Yield the paragraph's style and the styles that it is based on."""
        from docx.enum.style import WD_STYLE_TYPE

        style = self.document.styles.get_by_id(paragraph.style, WD_STYLE_TYPE.PARAGRAPH)
        seen: set[str] = set()
        while style is not None and style.style_id not in seen:
            seen.add(style.style_id)
            yield style
            style = style.base_style


def _own(element: Any, name: str) -> Iterator[Any]:
    """Yield the rows of a table or the cells of a row, content controls looked through."""
    for child in element:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml"):
            yield from _own(child, name)


def _host(box: Any) -> Any:
    return next((above for above in box.iterancestors() if above.tag == f"{W}p"), None)


def _value(element: Any, path: str) -> str | None:
    found = element.find("/".join(W + step for step in path.split("/"))) if element is not None else None
    return None if found is None else found.get(f"{W}val")


def _numbered(paragraph: Any, styles: list[Any]) -> tuple[str, int] | None:
    """Return the list and the depth from 0 of a paragraph, by itself or by its style; list 0 means none."""
    for element in (paragraph, *(style.element for style in styles)):
        number = _value(element, "pPr/numPr/numId")
        if number is not None:
            depth = _value(element, "pPr/numPr/ilvl") or "0"
            return None if number == "0" else (number, int(depth))
    return None


def _heading_level(paragraph: Any, styles: list[Any], names: list[str]) -> int:
    for name in names:
        if found := _HEADING.fullmatch(name):
            return int(found[1])
        if name in ("Title", "Subtitle"):
            return 1 if name == "Title" else 2
    for element in (paragraph, *(style.element for style in styles)):
        outline = _value(element, "pPr/outlineLvl")
        # Level 9 is body text.
        if outline is not None and outline.isdecimal():
            return int(outline) + 1 if int(outline) < 9 else 0
    return 0


def _is_bold_heading(paragraph: Any, lines: tuple[str, ...]) -> bool:
    runs = [
        run for run in paragraph.iter(f"{W}r") if "".join(t.text or "" for t in run.iter(f"{W}t")).strip()
    ]
    text = " ".join(lines).strip()
    return (
        bool(runs)
        and len(text) <= LONGEST_BOLD_HEADING
        and not is_finished(text)
        and all(map(_is_bold, runs))
    )


def _is_bold(run: Any) -> bool:
    """Tell whether a run is bold; w:bCs is the bold of right-to-left scripts."""
    for name in ("b", "bCs"):
        found = run.find(f"{W}rPr/{W}{name}")
        if found is not None and found.get(f"{W}val", "1") not in ("0", "false", "off"):
            return True
    return False
