"""Files → documents: every format that people keep briefs in, read through one door."""

import hashlib
import io
import re
import zipfile
from pathlib import Path

from glossary.hebrew import has_hebrew
from mt.documents import Block, Document
from mt.errors import DocumentError
from mt.readers.encodings import decode
from mt.readers.pieces import blocks_from
from mt.repair import Repairer, leave_alone

__all__ = [
    "ENDINGS",
    "LARGEST_FILE",
    "read_bytes",
    "read_document",
    "read_raw_lines",
    "read_text",
    "require_hebrew",
]

LARGEST_FILE = 100_000_000
ENDINGS = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".docx": "docx",
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
# The first bytes of old Word files and of encrypted docx files (MS-CFB 2.2), of RTF and of zip packages.
_OLE, _RTF, _ZIP, _PDF = b"\xd0\xcf\x11\xe0", b"{\\rtf", b"PK\x03\x04", b"%PDF-"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)


def read_document(path: Path, repair: Repairer = leave_alone) -> Document:
    """Read a file whole, its format told by content and ending; `repair` sees all its lines in one call.

    Raises DocumentError for a file that is missing, empty, too large, broken, encrypted, binary or of an
    unknown format, and for a PDF without text.
    """
    data = read_bytes(path)
    form = _format(path, data)
    blocks, encoding = _blocks(form, data, repair)
    if not blocks:
        raise DocumentError(f"{path.name} has no text in it", "give a document with text")
    return Document(path.name, form, hashlib.sha256(data).hexdigest(), blocks, encoding)


def read_text(path: Path) -> str:
    """Return the text of a plain file, its line ends as they are.

    Raises DocumentError for what `read_document` refuses, and for a document of another format.
    """
    return _plain_text(path, read_bytes(path))


def _plain_text(path: Path, data: bytes) -> str:
    if data.startswith((_OLE, _RTF, _ZIP, _PDF)):
        raise DocumentError(
            f"{path.name} is not plain text", "give a text file, or use a command that reads documents"
        )
    return _decoded(path, data)


def read_raw_lines(path: Path) -> list[str]:
    """Return the lines of a text file split at newlines, or those of a PDF, pages parted by a blank line.

    Raises DocumentError for what `read_document` refuses, and for a document of another format.
    """
    data = read_bytes(path)
    if _PDF not in data[:1024]:
        return _plain_text(path, data).split("\n")
    from mt.readers.pdf import pdf_pages

    lines: list[str] = []
    for _, page in pdf_pages(data):
        lines += [
            *([""] if lines else []),
            *(text for line in page for text in (*[""] * line.gap, line.text)),
        ]
    return [*lines, ""]


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file that is there, is a file, is not empty and is not too large."""
    try:
        if path.is_dir():
            raise DocumentError(f"{path} is a folder", "give a file in it")
        if not path.is_file():
            raise DocumentError(f"{path} is not there", "check the name and the folder")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            limit = LARGEST_FILE // 1_000_000
            raise DocumentError(
                f"{path.name} has {size // 1_000_000} MB", f"split it; the limit is {limit} MB"
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError(f"{path} cannot be read", reason) from None
    if not data.strip():
        raise DocumentError(f"{path.name} is empty", "give a document with text")
    return data


def require_hebrew(document: Document) -> None:
    """Raise DocumentError if no block of the document holds a Hebrew letter."""
    if not any(has_hebrew(block.text) for block in document.blocks):
        raise DocumentError(
            f"{document.name} has no Hebrew in it",
            "give a Hebrew document; if this is one, its encoding is unknown",
        )


def _format(path: Path, data: bytes) -> str:
    """Name the format: what the first bytes say comes before what the ending says."""
    ending = path.suffix.lower()
    if data.startswith(_OLE):
        what = "is encrypted" if _ENCRYPTED in data else "is an old Word file"
        raise DocumentError(f"{path.name} {what}", "save it as docx without a password")
    if data.startswith(_RTF):
        raise DocumentError(f"{path.name} is an RTF file", "save it as docx")
    if _PDF in data[:1024]:
        return "pdf"
    if data.startswith(_ZIP) and (ending == ".docx" or _is_word(data)):
        return "docx"
    form = ENDINGS.get(ending)
    if form is None:
        known = ", ".join(ENDINGS)
        raise DocumentError(f"{path.name} has an unknown ending", f"known are {known}")
    if form in ("pdf", "docx"):
        raise DocumentError(
            f"{path.name} is not a {form} file or is broken", "save it again from its program"
        )
    return form


def _is_word(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return "word/document.xml" in package.namelist()
    except zipfile.BadZipFile:
        return False


def _blocks(form: str, data: bytes, repair: Repairer) -> tuple[tuple[Block, ...], str]:
    # Each reader is imported when its format comes up: pypdfium2 and python-docx are slow to load.
    if form == "pdf":
        from mt.readers.pdf import read_pdf_blocks

        return read_pdf_blocks(data, repair), "utf-8"
    if form == "docx":
        from mt.readers.docx import docx_pieces

        return blocks_from(docx_pieces(data), repair), "utf-8"
    return _text_blocks(form, data, repair)


def _text_blocks(form: str, data: bytes, repair: Repairer) -> tuple[tuple[Block, ...], str]:
    from mt.readers.html import decode_html, html_pieces
    from mt.readers.markdown import markdown_pieces
    from mt.readers.text import read_text_blocks

    text, encoding = decode_html(data) if form == "html" else decode(data)
    if form == "html" or _HTML.match(text):
        return blocks_from(html_pieces(text), repair), encoding
    if form == "md":
        return blocks_from(markdown_pieces(text), repair), encoding
    return read_text_blocks(text, repair), encoding


def _decoded(path: Path, data: bytes) -> str:
    try:
        return decode(data)[0]
    except DocumentError as error:
        raise DocumentError(f"{path.name}: {error.what}", error.do) from None
