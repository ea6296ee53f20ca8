"""Rows of a corpus, read one after another or from the middle, and written again with their translations.

JSON Lines, TSV and Parquet. The source is the field or column called `source` (or `he`, `hebrew`, …); a table
without such a header has it in its first column, and Parquet in its first column of text.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from aligned.formats.tsv import SOURCE_NAMES, escape, unescape
from mt.errors import DocumentError, SettingError

# Bytes of a text file that a worker takes at a time; more where there would be too many pieces to count.
PIECE_BYTES, MOST_PIECES = 1 << 20, 20_000
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `at` is the byte at which its line begins, or its number in a Parquet file, from 0."""

    at: int
    source: str
    fields: Mapping[str, Any]


class Corpus(Protocol):
    """A file of rows; a piece is a range of bytes, or of row groups in Parquet."""

    @property
    def path(self) -> Path:
        """Return where it lies."""

    def size(self) -> int:
        """Return what `Row.at` grows to."""

    def pieces(self, least: int = 1) -> list[tuple[int, int]]:
        """Return pieces that hold every row once, in order: at least so many where the file can be cut."""

    def rows(self, piece: tuple[int, int] | None = None) -> Iterator[Row]:
        """Yield the rows of a piece, of all without one; raises DocumentError for what cannot be read."""

    def write(self, rows: Iterable[Row], added: Iterable[Mapping[str, Any]], file: BinaryIO) -> None:
        """Write rows, each with the fields that were added to it."""

    def join(self, parts: Sequence[Path], file: BinaryIO) -> None:
        """Write what `write` wrote to several files to one."""


@dataclass(frozen=True)
class _Lines:
    """What JSON Lines and TSV share."""

    path: Path

    def size(self) -> int:
        return self.path.stat().st_size

    def pieces(self, least: int = 1) -> list[tuple[int, int]]:
        size = self.size()
        step = max(1, min(PIECE_BYTES, size // least), size // MOST_PIECES)
        return [(start, min(start + step, size)) for start in range(0, size, step)]

    def rows(self, piece: tuple[int, int] | None = None) -> Iterator[Row]:
        for at, line in self._lines(piece or (0, self.size())):
            try:
                text = line.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                raise self._fault(at, "is not UTF-8", "convert it first") from None
            if text.strip():
                yield self._row(at, text)

    def join(self, parts: Sequence[Path], file: BinaryIO) -> None:
        for part in parts:
            file.write(part.read_bytes())

    def _lines(self, piece: tuple[int, int]) -> Iterator[tuple[int, bytes]]:
        """Yield the lines that begin in the piece, each with the byte at which it does."""
        with self.path.open("rb") as file:
            if piece[0]:  # a line that begins right at the start of the piece belongs to it
                file.seek(piece[0] - 1)
                file.readline()
            at = file.tell()
            while at < piece[1] and (line := file.readline()):
                yield at, line.removeprefix(_MARK) if at == 0 else line
                at += len(line)

    def _row(self, at: int, text: str) -> Row:
        raise NotImplementedError

    def _fault(self, at: int, what: str, do: str) -> DocumentError:
        with self.path.open("rb") as file:
            before = sum(file.read(min(1 << 20, at - done)).count(b"\n") for done in range(0, at, 1 << 20))
        return DocumentError(f"{self.path.name} line {before + 1} {what}", do)


class JsonLines(_Lines):
    """One object a line."""

    def write(self, rows: Iterable[Row], added: Iterable[Mapping[str, Any]], file: BinaryIO) -> None:
        for row, more in zip(rows, added, strict=True):
            given = {name: value for name, value in more.items() if name != "read" or value != row.source}
            text = json.dumps({**row.fields, **given}, ensure_ascii=False) + "\n"
            file.write(text.encode("utf-8", "surrogatepass"))

    def _row(self, at: int, text: str) -> Row:
        try:
            fields = json.loads(text)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise self._fault(at, "is not a JSON object", "mend the line")
        name = _source_name(fields)
        if name is None or not isinstance(fields[name], str | None):
            raise self._fault(at, "has no source", "give every line a text called source")
        return Row(at, fields[name] or "", fields)


class Table(_Lines):
    """Cells between tabs; under a header they are escaped as in our own files of pairs."""

    @cached_property
    def names(self) -> list[str] | None:
        """Return the header, where the first line is one."""
        first = next(self._lines((0, 1)), (0, b""))[1].decode("utf-8", "replace").rstrip("\r\n").split("\t")
        return first if _source_name(first) else None

    def write(self, rows: Iterable[Row], added: Iterable[Mapping[str, Any]], file: BinaryIO) -> None:
        for row, more in zip(rows, added, strict=True):
            cells = {**row.fields, "target": escape(str(more["target"])), "score": str(more["score"])}
            file.write(("\t".join(cells.values()) + "\n").encode())

    def join(self, parts: Sequence[Path], file: BinaryIO) -> None:
        if self.names:
            header = dict.fromkeys([*self.names, "target", "score"])
            file.write(("\t".join(header) + "\n").encode())
        super().join(parts, file)

    def rows(self, piece: tuple[int, int] | None = None) -> Iterator[Row]:
        found = super().rows(piece)
        return (row for row in found if row.at or not self.names)

    def _row(self, at: int, text: str) -> Row:
        cells = text.split("\t")
        if not self.names:
            return Row(at, cells[0], {f"column {number}": cell for number, cell in enumerate(cells, 1)})
        if len(cells) != len(self.names):
            raise self._fault(at, f"has {len(cells)} cells under {len(self.names)} names", "mend the line")
        fields = dict(zip(self.names, cells, strict=True))
        return Row(at, unescape(fields[_source_name(self.names) or ""]), fields)


@dataclass(frozen=True)
class Parquet:
    """A Parquet file, read a row group at a time; needs pyarrow."""

    path: Path

    def size(self) -> int:
        return int(self._file().metadata.num_rows)

    def pieces(self, least: int = 1) -> list[tuple[int, int]]:  # noqa: ARG002 a file is written with its groups
        return [(group, group + 1) for group in range(self._file().num_row_groups)]

    def rows(self, piece: tuple[int, int] | None = None) -> Iterator[Row]:
        file = self._file()
        groups = range(*piece) if piece else range(file.num_row_groups)
        at = sum(file.metadata.row_group(group).num_rows for group in range(groups.start))
        name = self._source(file.schema_arrow)
        for batch in file.iter_batches(batch_size=1024, row_groups=list(groups)):
            for fields in batch.to_pylist():
                yield Row(at, fields[name] or "", fields)
                at += 1

    def write(self, rows: Iterable[Row], added: Iterable[Mapping[str, Any]], file: BinaryIO) -> None:
        arrow, parquet = _arrow()
        kinds = {"target": arrow.string(), "score": arrow.float64(), "read": arrow.string()}
        kinds |= {"receipts": arrow.string(), "findings": arrow.list_(arrow.string())}
        own = self._file().schema_arrow
        fields = [field for field in own if field.name not in kinds]
        schema = arrow.schema([*fields, *kinds.items()], metadata=own.metadata)
        records = [{**row.fields, **_flat(more)} for row, more in zip(rows, added, strict=True)]
        parquet.write_table(arrow.Table.from_pylist(records, schema), file)

    def join(self, parts: Sequence[Path], file: BinaryIO) -> None:
        _, parquet = _arrow()
        with parquet.ParquetWriter(file, parquet.read_schema(parts[0])) as writer:
            for part in parts:
                writer.write_table(parquet.read_table(part))

    def _source(self, schema: Any) -> str:
        texts = [field.name for field in schema if str(field.type) in ("string", "large_string")]
        if not texts:
            raise DocumentError(f"{self.path.name} has no column of text", "name a column of text source")
        return _source_name(texts) or texts[0]

    def _file(self) -> Any:
        arrow, parquet = _arrow()
        try:
            return parquet.ParquetFile(self.path)
        except (arrow.ArrowException, OSError) as error:
            raise DocumentError(f"{self.path.name} is not a Parquet file", "write it again") from error


FORMATS: dict[str, type[JsonLines] | type[Table] | type[Parquet]] = {
    ".jsonl": JsonLines, ".tsv": Table, ".parquet": Parquet,
}  # fmt: skip


def open_corpus(path: Path) -> Corpus:
    """Return the corpus in a file; raises DocumentError when it is not there or empty."""
    if not path.is_file():
        raise DocumentError(f"{path} is not there", "check the name and the folder")
    if not os.access(path, os.R_OK):
        raise DocumentError(f"{path} cannot be read", "check its permissions")
    found = FORMATS[path.suffix.lower()](path)
    if next(chain(found.rows(), [None])) is None:
        raise DocumentError(f"{path.name} is empty", "give a corpus with rows")
    return found


def _source_name(names: Iterable[str]) -> str | None:
    """Return which of the names is that of the source."""
    lowered = {name.strip().lower(): name for name in names}
    return next((lowered[name] for name in SOURCE_NAMES if name in lowered), None)


def _flat(added: Mapping[str, Any]) -> dict[str, Any]:
    return {**added, "receipts": json.dumps(added["receipts"], ensure_ascii=False)}


def _arrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise SettingError(
            "Parquet needs pyarrow, which is not installed", "pip install 'targem[parquet]'"
        ) from error
