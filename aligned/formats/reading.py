"""What the readers of all formats share: lines of UTF-8, and faults with their place in the file."""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from aligned.errors import FormatError
from aligned.formats.columns import pair_from
from aligned.records import Pair

# The number of a line, or of a row, and the pair that begins there.
Numbered = tuple[int, Pair]


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading.

    Raises:
        FormatError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            yield stream
    except (OSError, zipfile.BadZipFile) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise FormatError(f"{path} cannot be read ({what})", "check its name and its permissions") from error


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of every line that a line feed ends, without a byte order mark.

    Raises:
        FormatError: the file cannot be read, or is not UTF-8.
    """
    with opened(path) as stream:
        for number, line in enumerate(stream, 1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise FormatError(f"{path.name} line {number} is not UTF-8", "save it as UTF-8") from None
            yield number, text.removesuffix("\n").removesuffix("\r")


def pair_at(path: Path, place: str, values: Mapping[str, Any], position: int) -> Pair:
    """Return the pair of a record; `place` is where the file has it, as messages say it.

    Raises:
        FormatError: a value is not what its column holds.
    """
    try:
        return pair_from(values, position)
    except ValueError as error:
        raise FormatError(f"{path.name} {place}: {error}", "mend it or leave it out") from None
