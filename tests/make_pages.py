"""Print the pages on which PDF reading is measured: `python -m tests.make_pages [FOLDER]`.

The text is the sample brief's, without notes and table, whose place in a text is a matter of taste. Chromium
prints it in one column and in two, LibreOffice from HTML; all three must read as `pages()` says.
"""

import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.make_sample import FOOTNOTE, SOURCE

FOLDER = Path(__file__).parent / "data"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--no-pdf-header-footer",
)  # fmt: skip
STYLES = {
    "column": "body { font: 12pt 'DejaVu Sans' } p { text-align: justify }",
    "columns": "body { font: 10pt 'DejaVu Sans'; columns: 2; column-gap: 1cm }",
}


def paragraphs() -> list[str]:
    """Return the brief's headings and paragraphs, marks of the source language taken off."""
    lines = [line for line in SOURCE.read_text("utf-8").splitlines() if line]
    kept = [line for line in lines if not line.startswith(("|", ": ")) and not FOOTNOTE.match(line)]
    return [re.sub(r"\[\^\d\]", "", re.sub(r"^(?:#+|>|-|\d\.) ", "", line)) for line in kept]


def page(style: str) -> str:
    """Return the text as a page of HTML."""
    body = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs())
    return (
        f"<!doctype html><html lang='he' dir='rtl'><meta charset='utf-8'><style>@page {{ margin: 2cm }} "
        f"{STYLES[style]}</style><body>{body}</body></html>"
    )


def print_pages(folder: Path) -> dict[str, Path]:
    """Print all pages for which there is a program, and return them by name."""
    made: dict[str, Path] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for style in STYLES:
            source = Path(scratch) / f"pages_{style}.html"
            source.write_text(page(style), "utf-8")
            if chromium := next(filter(None, map(shutil.which, CHROMIUM)), None):
                target = folder / f"pages_{style}.pdf"
                command = [chromium, *FLAGS, f"--user-data-dir={scratch}/profile", f"--print-to-pdf={target}"]
                subprocess.run([*command, source.as_uri()], check=True, capture_output=True, timeout=120)
                made[f"Chromium, {style}"] = target
        if soffice := shutil.which("soffice"):
            source = Path(scratch) / "pages_writer.html"
            source.write_text(page("column"), "utf-8")
            command = [soffice, f"-env:UserInstallation={Path(scratch).as_uri()}/office", "--headless"]
            command += ["--convert-to", "pdf:writer_web_pdf_Export", "--outdir", str(folder), str(source)]
            subprocess.run(command, check=True, capture_output=True, timeout=180)
            made["LibreOffice"] = folder / "pages_writer.pdf"
    return made


if __name__ == "__main__":
    print_pages(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
