"""Files of pairs: one module a format, found by the ending of the file's name.

TSV and CSV are tables with the columns of `aligned.formats.columns`; JSON Lines has one object a line
under the same names. All are UTF-8 and lose nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from aligned.errors import FormatError
from aligned.formats import jsonl, tsv
from aligned.formats.atomic import atomic_file
from aligned.records import Pair

# Each writer yields the file's text piece by piece, so that a large store need not fit into memory.
WRITERS: dict[str, Callable[[Iterable[Pair]], Iterator[str]]] = {
    ".tsv": tsv.render_tsv,
    ".csv": tsv.render_csv,
    ".jsonl": jsonl.render_jsonl,
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
            file.write(piece.encode())
