"""Files of Hebrew and English pairs, read as they stand: TSV, CSV, JSON Lines and TMX."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from aligned.formats.tsv import unescape
from mt.errors import DocumentError
from mt.readers import read_bytes, read_text

ENDINGS = (".tsv", ".csv", ".jsonl", ".tmx")
# Endings of bilingual files that are no table; read as one they would only seem to be damaged.
_NOT_READ = (".xlf", ".xliff", ".xlsx", ".docx", ".json")
_COLUMNS = ("source", "target")

NumberedPair = tuple[int, str, str]


def read_pairs(path: Path) -> Iterator[NumberedPair]:
    """Yield line number, Hebrew and English of every pair; a file of another ending is read as TSV.

    A table has them in its last two columns, or under a header with `source` and `target`. Blank lines are
    passed over. Raises DocumentError (TrainingError for JSON Lines and TMX) that names the line for what
    cannot be read.
    """
    ending = path.suffix.lower()
    if ending in _NOT_READ:
        raise DocumentError(f"{path.name} is not a format of pairs", f"give one of {', '.join(ENDINGS)}")
    if ending in (".jsonl", ".tmx"):
        from mt.train.corpora import READERS

        read_bytes(path)  # what is wrong with any file is said here
        return ((pair.line, pair.source, pair.target) for pair in READERS[ending](path))
    rows = _csv_rows(path) if ending == ".csv" else _tsv_rows(path)
    return _table(path, rows, undo=ending != ".csv")


def _table(path: Path, rows: Iterator[tuple[int, list[str]]], undo: bool) -> Iterator[NumberedPair]:
    columns, is_escaped = (-2, -1), False
    for place, (number, cells) in enumerate(rows):
        if place == 0 and set(_COLUMNS) <= set(cells):
            columns, is_escaped = (cells.index("source"), cells.index("target")), undo
        elif len(cells) > 1 and max(columns) < len(cells):
            source, target = (cells[column] for column in columns)
            yield (number, unescape(source), unescape(target)) if is_escaped else (number, source, target)
        elif any(cell.strip() for cell in cells):
            missing = "no tab" if len(cells) == 1 else f"{len(cells)} columns"
            raise DocumentError(
                f"{path.name} line {number} has {missing}", "give Hebrew and English, tab-separated"
            )


def _tsv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(read_text(path).splitlines(), 1):
        yield number, line.split("\t")


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(read_text(path).removeprefix("\ufeff"), newline=""), strict=True)
    first = 1
    try:
        for cells in reader:
            yield first, cells
            first = reader.line_num + 1
    except csv.Error as error:
        raise DocumentError(f"{path.name} line {first} is not CSV ({error})", "mend the line") from None
