"""PDF: the lines of each page, put in reading order from where PDFium finds its glyphs."""

import ctypes
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mt.documents import Block
from mt.errors import DocumentError
from mt.layout import Row, blocks_of
from mt.readers.geometry import Glyph, PageLine, is_glyph, is_mark, page_lines
from mt.readers.pieces import one_line, read_lines
from mt.repair import Repairer

# PDFium writes these for a hyphen at the end of a line (U+FFFE in its text, U+0002 in older versions).
_HYPHENS = {"\ufffe": "-", "\x02": "-"}
# PDFium error code 4, FPDF_ERR_PASSWORD in fpdfview.h.
_PASSWORD_ERROR = 4


def read_pdf_blocks(data: bytes, repair: Repairer) -> tuple[Block, ...]:
    """Return the blocks of a PDF; lines count from 1 on their page, pages from 1.

    Raises DocumentError for a broken or encrypted file and for one without text.
    """
    found = [
        (number, page, line)
        for page, lines in pdf_pages(data)
        for number, line in enumerate(lines, start=1)
        if one_line(line.text)
    ]
    if not found:
        raise DocumentError(
            "the PDF holds no text, only pictures (a scan)", "run it through OCR first, then give the result"
        )
    places = [(number, page) for number, page, _ in found]
    lines = read_lines(places, [line.text for *_, line in found], repair)
    return blocks_of(
        [Row(line, (line.page or 1) - 1, seen.gap) for line, (*_, seen) in zip(lines, found, strict=True)]
    )


def pdf_pages(data: bytes) -> Iterator[tuple[int, list[PageLine]]]:
    """Yield each page's number from 1 and its lines in reading order; raises DocumentError."""
    document = _opened(data)
    try:
        for index in range(len(document)):
            page = document[index]
            yield index + 1, page_lines(_glyphs(page.get_textpage()))
            page.close()
    finally:
        document.close()


def _glyphs(page: Any) -> Iterator[Glyph]:
    """Yield the glyphs of a page; points stand with the letter before them, blanks are left to their gaps."""
    import pypdfium2.raw as pdfium

    held: Glyph | None = None
    for index in range(page.count_chars()):
        text = chr(pdfium.FPDFText_GetUnicode(page.raw, index))
        text = _HYPHENS.get(text, text)
        if not is_glyph(text):
            continue
        if held is not None and is_mark(text):
            held = replace(held, text=held.text + text)
            continue
        if held is not None:
            yield held
        held = _glyph(pdfium, page, index, text)
    if held is not None:
        yield held


def _glyph(pdfium: Any, page: Any, index: int, text: str) -> Glyph:
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetLooseCharBox(page.raw, index, box)
    pdfium.FPDFText_GetCharOrigin(page.raw, index, x, y)
    scale = (matrix.c**2 + matrix.d**2) ** 0.5 if pdfium.FPDFText_GetMatrix(page.raw, index, matrix) else 1.0
    size = pdfium.FPDFText_GetFontSize(page.raw, index) * (scale or 1.0)
    return Glyph(text, box.left, box.right, y.value, size)


def _opened(data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _PASSWORD_ERROR:
            raise DocumentError(
                "the PDF is encrypted", "open it with its password and save it without one"
            ) from None
        raise DocumentError("the PDF is broken", "export it again from its source") from None
