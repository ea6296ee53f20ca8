"""Text out of Hebrew PDFs: ours, by geometry, beside other extractors on the same freshly printed pages.

Character error rate against the text that was printed, white space collapsed. Needs Chromium or LibreOffice;
extractors that are not installed are left out.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from rapidfuzz.distance.Levenshtein import distance

from mt.readers.pdf import pdf_pages
from tests.make_pages import paragraphs, print_pages


def main(_: list[str]) -> None:
    """Print one row an extractor, one column a page."""
    with tempfile.TemporaryDirectory() as folder:
        pages = print_pages(Path(folder))
        if not pages:
            raise SystemExit("no page to read: install Chromium or LibreOffice")
        expected = " ".join(" ".join(paragraphs()).split())
        print(f"{'':20} " + " ".join(f"{name:>18}" for name in pages))
        for name, extract in EXTRACTORS.items():
            try:
                found = [" ".join(extract(path).split()) for path in pages.values()]
            except (ImportError, FileNotFoundError):
                continue
            rates = [100 * distance(text, expected) / len(expected) for text in found]
            print(f"{name:20} " + " ".join(f"{rate:17.2f}%" for rate in rates))


def ours(path: Path) -> str:
    """Read by geometry."""
    return "\n".join(line.text for _, lines in pdf_pages(path.read_bytes()) for line in lines)


def pdfium(path: Path) -> str:
    """Read PDFium's own text."""
    document = import_module("pypdfium2").PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def pypdf(path: Path) -> str:
    """Read pypdf's plain text."""
    return "\n".join(page.extract_text() for page in import_module("pypdf").PdfReader(path).pages)


def pdfminer(path: Path) -> str:
    """Read pdfminer.six's text."""
    text: Any = import_module("pdfminer.high_level").extract_text(str(path))
    return str(text)


def pdftotext(path: Path) -> str:
    """Read Poppler's text."""
    if shutil.which("pdftotext") is None:
        raise FileNotFoundError("pdftotext")
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, timeout=60)
    return done.stdout.decode("utf-8")


def pymupdf(path: Path) -> str:
    """Read PyMuPDF's text."""
    return "\n".join(page.get_text() for page in import_module("pymupdf").open(path))


EXTRACTORS: dict[str, Callable[[Path], str]] = {
    "targem": ours,
    "pypdfium2": pdfium,
    "pypdf": pypdf,
    "pdfminer.six": pdfminer,
    "pdftotext": pdftotext,
    "PyMuPDF": pymupdf,
}
