"""Corpora → pairs, one at a time: TSV, JSON Lines and TMX, plain or packed with xz."""

import json
import lzma
import xml.parsers.expat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, cast

from aligned.formats.tsv import unescape
from mt.errors import TrainingError
from mt.train.cleaning import TextPair
from mt.train.normal import normal_form

# A TSV whose first line names these columns has one pair a line under them, fields escaped.
SOURCE, TARGET = "source", "target"
_SOURCE_KEYS, _TARGET_KEYS = (SOURCE, "he"), (TARGET, "en")
# What a file may tell of a pair beside its texts, in the order of TextPair's fields.
_MORE = ("document", "status")
_CHUNK = 1 << 16
# Prose written and translated for this project, which comes with the program; see its README.
PROSE = Path(__file__).resolve().parent / "prose"
_READ = "give TSV, JSON Lines or TMX in UTF-8"


def find_corpus(folder: Path, name: str) -> Path:
    """Return the path of a corpus, a file or folder; `prose`, where it is not there, comes along."""
    path = folder / name
    return PROSE if name == PROSE.name and not path.exists() else path


def files_of(path: Path) -> list[Path]:
    """Return the files of a corpus in the order in which they are read: itself, or a folder's by name."""
    return sorted(file for file in path.iterdir() if _ending(file) in READERS) if path.is_dir() else [path]


def read_pairs(path: Path) -> Iterator[TextPair]:
    """Yield the pairs of a corpus in normal form, format told by the ending (before `.xz`).

    TSV has source and target in its last two columns, or under a header that names them. Blank lines are
    passed over. Of a folder, all such files are read. Raises TrainingError that names the line for what
    cannot be read.
    """
    for file in files_of(path):
        reader = READERS.get(_ending(file))
        if reader is None:
            known = f"known are {', '.join(READERS)}, also .xz"
            raise TrainingError(f"{file.name} has an unknown ending", known)
        for pair in reader(file):
            yield replace(pair, source=normal_form(pair.source), target=normal_form(pair.target))


def read_sentences(path: Path) -> Iterator[str]:
    """Yield every sentence of a corpus, both sides; a file of another ending has one sentence a line."""
    if _ending(path) in READERS:
        for pair in read_pairs(path):
            yield from (pair.source, pair.target)
    else:
        for _, line in _lines(path):
            yield normal_form(line)


def _ending(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".xz")).suffix


def _tsv(path: Path) -> Iterator[TextPair]:
    columns, undo = (-2, -1), str
    more: list[int | None] = []
    for number, line in _lines(path):
        cells = line.split("\t")
        if number == 1 and SOURCE in cells and TARGET in cells:
            columns, undo = (cells.index(SOURCE), cells.index(TARGET)), unescape  # type: ignore[assignment]
            more = [cells.index(name) if name in cells else None for name in _MORE]
        elif len(cells) < 2 or max(columns) >= len(cells):
            raise TrainingError(
                f"{path.name} line {number} has no tab", "give source and target, tab-separated"
            )
        else:
            facts = ("" if at is None else "".join(cells[at : at + 1]) for at in more)
            yield TextPair(undo(cells[columns[0]]), undo(cells[columns[1]]), number, *facts)


def _jsonl(path: Path) -> Iterator[TextPair]:
    for number, line in _lines(path):
        try:
            record = json.loads(line)
            texts = [next(record[k] for k in keys if k in record) for keys in (_SOURCE_KEYS, _TARGET_KEYS)]
        except (ValueError, TypeError, StopIteration):
            texts = []
        if len(texts) != 2 or not all(isinstance(text, str) for text in texts):
            raise TrainingError(
                f"{path.name} line {number} has no pair",
                'give objects with "source" and "target", or "he" and "en"',
            )
        yield TextPair(texts[0], texts[1], number, *(str(record.get(name) or "") for name in _MORE))


class _Units:
    """Collect the translation units of a TMX 1.4b document from expat's events; other tags are text's."""

    def __init__(self, parser: Any) -> None:
        self.ready: list[TextPair] = []
        self._parser = parser
        self._texts: dict[str, str] = {}
        self._language = ""
        self._inside = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._refuse

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "tu":
            self._texts = {}
        elif name == "tuv":
            self._language = (attributes.get("xml:lang") or attributes.get("lang") or "").lower()[:2]
        elif name == "seg":
            self._inside = True
            self._texts[self._language] = ""

    def _end(self, name: str) -> None:
        if name == "seg":
            self._inside = False
        elif name == "tu" and {"he", "en"} <= self._texts.keys():
            line = self._parser.CurrentLineNumber
            self.ready.append(TextPair(self._texts["he"], self._texts["en"], line))

    def _text(self, data: str) -> None:
        if self._inside:
            self._texts[self._language] += data

    def _refuse(self, *_: object) -> None:
        # Entities of a document's own can grow without bound, and TMX has no use for them.
        raise ValueError("it declares entities")


def _tmx(path: Path) -> Iterator[TextPair]:
    parser = xml.parsers.expat.ParserCreate()
    units = _Units(parser)
    with _opened(path) as file:
        while True:
            chunk = _guarded(path, lambda: file.read(_CHUNK))
            try:
                parser.Parse(chunk, not chunk)
            except (ValueError, xml.parsers.expat.ExpatError) as error:
                where = f"{path.name} line {parser.CurrentLineNumber}"
                raise TrainingError(f"{where} is not TMX ({error})", _READ) from None
            yield from units.ready
            units.ready.clear()
            if not chunk:
                return


READERS: dict[str, Callable[[Path], Iterator[TextPair]]] = {
    ".tsv": _tsv,
    ".jsonl": _jsonl,
    ".tmx": _tmx,
}


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number, from 1, and text of each line that is not blank."""
    with _opened(path) as file:
        number = 0
        while data := _guarded(path, file.readline):
            number += 1
            try:
                line = data.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                raise TrainingError(f"{path.name} line {number} is not UTF-8", "convert the file") from None
            if line.strip():
                yield number, line


def _opened(path: Path) -> IO[bytes]:
    try:
        return cast("IO[bytes]", lzma.open(path)) if path.suffix.lower() == ".xz" else path.open("rb")
    except OSError as error:
        raise TrainingError(
            f"{path} cannot be read ({error.strerror})", "check the recipe and --data"
        ) from None


def _guarded(path: Path, read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise TrainingError(f"{path.name} cannot be read ({error})", "fetch the file again") from None
