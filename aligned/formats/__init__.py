"""Files of pairs: one module a format, found by the ending of the file's name.

TSV and CSV are tables with the columns of `aligned.formats.columns`; JSON Lines has one object a line under
the same names; TMX, XLIFF and workbooks have the same again in their own ways. All lose nothing: what is
read of a file written here equals what was written, but for the text of a segment, which is its source.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from aligned.errors import FormatError
from aligned.formats import jsonl, tmx, tsv, xliff, xlsx
from aligned.formats.atomic import atomic_file
from aligned.formats.reading import Numbered
from aligned.records import Pair

# Each writer yields the file's text or bytes piece by piece, so that a large store need not fit into memory.
WRITERS: dict[str, Callable[[Iterable[Pair]], Iterator[str] | Iterator[bytes]]] = {
    ".tsv": tsv.render_tsv,
    ".csv": tsv.render_csv,
    ".jsonl": jsonl.render_jsonl,
    ".tmx": tmx.render_tmx,
    ".xlf": xliff.render_xliff_1,
    ".xliff": xliff.render_xliff_2,
    ".xlsx": xlsx.render_xlsx,
}

# Each reader yields pair after pair, with the line or row of each; a pair that is not one of ours has no id.
READERS: dict[str, Callable[[Path], Iterator[Numbered]]] = {
    ".tsv": tsv.read_tsv,
    ".csv": tsv.read_csv,
    ".jsonl": jsonl.read_jsonl,
    ".tmx": tmx.read_tmx,
    ".xlf": xliff.read_xliff,
    ".xliff": xliff.read_xliff,
    ".sdlxliff": xliff.read_xliff,
    ".xlsx": xlsx.read_xlsx,
}


def write_pairs(pairs: Iterable[Pair], path: Path) -> None:
    """Write pairs in the format that the ending of `path` names, whole or not at all.

    Raises:
        FormatError: the ending is unknown, or the file cannot be written.
    """
    render = WRITERS.get(path.suffix.lower())
    if render is None:
        raise FormatError(f"no format for pairs ends in {path.suffix!r}", f"use one of {' '.join(WRITERS)}")
    with atomic_file(path) as file:
        for piece in render(pairs):
            try:
                file.write(piece.encode() if isinstance(piece, str) else piece)
            except UnicodeEncodeError:
                what = f"{path.name} cannot hold half a character"
                raise FormatError(what, "export to .jsonl or .xlf") from None


def read_pairs(path: Path) -> Iterator[Pair]:
    """Yield the pairs of a file as `read_numbered` finds them."""
    return (pair for _, pair in read_numbered(path))


def read_numbered(path: Path) -> Iterator[Numbered]:
    """Yield the pairs of a file in the format that its ending names, each with its line or row.

    Raises:
        FormatError: the ending is unknown, or the file cannot be read; the message names the line.
    """
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise FormatError(f"no format for pairs ends in {path.suffix!r}", f"use one of {' '.join(READERS)}")
    return read(path)
