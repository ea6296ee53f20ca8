"""PDF: the lines of each page as PDFium reads them."""

from collections.abc import Iterator
from typing import Any

from mt.documents import Block
from mt.errors import DocumentError
from mt.layout import Row, blocks_of
from mt.readers.pieces import one_line, read_lines
from mt.repair import Repairer

# PDFium writes these for a hyphen at the end of a line (U+FFFE in its text, U+0002 in older versions).
_HYPHENS = str.maketrans({"\ufffe": "-", "\x02": "-"})
# PDFium error code 4, FPDF_ERR_PASSWORD in fpdfview.h.
_PASSWORD_ERROR = 4


def read_pdf_blocks(data: bytes, repair: Repairer) -> tuple[Block, ...]:
    """Return the blocks of a PDF; lines count from 1 on their page, pages from 1.

    Raises DocumentError for a broken or encrypted file and for one without text.
    """
    found = [(number, page, raw) for page, lines in _pages(data) for number, raw in lines]
    if not found:
        raise DocumentError(
            "the PDF holds no text, only pictures (a scan)", "run it through OCR first, then give the result"
        )
    lines = read_lines([(number, page) for number, page, _ in found], [raw for *_, raw in found], repair)
    return blocks_of([Row(line, (line.page or 1) - 1) for line in lines])


def _pages(data: bytes) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    document = _opened(data)
    try:
        for index in range(len(document)):
            page = document[index]
            text = page.get_textpage().get_text_range().translate(_HYPHENS)
            lines = enumerate(text.replace("\r\n", "\n").split("\n"), start=1)
            yield index + 1, [(number, raw) for number, raw in lines if one_line(raw)]
            page.close()
    finally:
        document.close()


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
