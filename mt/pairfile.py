"""Files of Hebrew and English pairs, read as they stand, with the line of each pair."""

import io
from collections.abc import Iterator
from pathlib import Path

from aligned.formats import READERS, read_numbered
from aligned.formats.reading import Numbered
from aligned.formats.tsv import csv_rows, read_table
from mt.errors import DocumentError
from mt.readers import read_bytes, read_text

ENDINGS = tuple(READERS)
# Endings of documents that hold no pairs of ours; read as a table they would only seem to be damaged.
_NOT_READ = (".docx", ".html", ".json", ".pdf")

NumberedPair = tuple[int, str, str]


def read_pairs(path: Path) -> Iterator[NumberedPair]:
    """Yield line (row, in a workbook), Hebrew and English of every pair; a file of another ending is a TSV.

    Tables may be in any encoding that is read elsewhere; the rest is as `aligned.formats` has it.

    Raises:
        DocumentError: the file is not there, or is no file of pairs.
        FormatError: it cannot be read as its ending says; the message names the line.
    """
    ending = path.suffix.lower()
    if ending in _NOT_READ:
        raise DocumentError(f"{path.name} is not a format of pairs", f"give one of {', '.join(ENDINGS)}")
    return ((line, pair.source, pair.target) for line, pair in _numbered(path, ending))


def _numbered(path: Path, ending: str) -> Iterator[Numbered]:
    if ending in READERS and ending not in (".tsv", ".csv"):
        read_bytes(path)  # what is wrong with any file is said here
        return read_numbered(path)
    text = read_text(path).removeprefix("\ufeff")
    if ending == ".csv":
        return read_table(path, csv_rows(path, io.StringIO(text, newline="")))
    rows = ((number, line.split("\t")) for number, line in enumerate(text.splitlines(), 1))
    return read_table(path, rows, undo=True)
