"""The files of a score: one segment a line, all of the same length."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from glossary.hebrew import has_hebrew
from mt.errors import DocumentError
from mt.readers import read_bytes, read_text

# Neighbouring lines that must fit better, moved by one, before the files are thought to part there.
_WITNESSES = 2
# A character of UTF-8 beyond ASCII, and what stands for one that could not be read.
_UTF8, _UNREAD = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}"), "\ufffd"


def read_segments(path: Path) -> list[str]:
    """Return the lines of a file; raises DocumentError for one that cannot be read, or not all of it."""
    lines = read_text(path).removeprefix("\ufeff").removesuffix("\n").split("\n")
    data = read_bytes(path)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A text that is UTF-8 but for a few bytes was read as something else, and all of it wrongly.
        known = sum(map(len, _UTF8.findall(data)))
        if known > sum(byte > 127 for byte in data) / 2:
            _refuse_line(path, data.count(b"\n", 0, error.start))
        for number, line in enumerate(lines):
            if _UNREAD in line:
                _refuse_line(path, number)
    return lines


def _refuse_line(path: Path, number: int) -> NoReturn:
    raise DocumentError(f"{path.name} line {number + 1} is in another encoding", "save the file as UTF-8")


def require_parallel(files: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Raise DocumentError where files differ in length, with the place where the first two seem to part."""
    name, lines = files[0]
    for other_name, other in files[1:]:
        if len(lines) != len(other):
            place = parting(lines, other) + 1
            raise DocumentError(
                f"{name} has {len(lines)} lines and {other_name} {len(other)}; "
                f"they seem to part at line {place}",
                "give files with a line for each segment, or --unaligned",
            )


def require_references(references: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Raise DocumentError for a reference without text."""
    for name, lines in references:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                raise DocumentError(f"{name} line {number} is empty", "a reference says something everywhere")


def parting(one: Sequence[str], two: Sequence[str]) -> int:
    """Return the first line, from 0, from which on the longer file fits better when moved on by one."""
    short, long = sorted((one, two), key=len)
    shorter, longer = [_words(line) for line in short], [_words(line) for line in long]
    for at in range(len(short)):
        witnesses = range(at, min(at + _WITNESSES, len(short)))
        if all(_overlap(shorter[i], longer[i + 1]) > _overlap(shorter[i], longer[i]) for i in witnesses):
            return at
    return len(short)


def hebrew_lines(lines: Sequence[str]) -> list[int]:
    """Return the numbers, from 1, of the lines in which Hebrew was left."""
    return [number for number, line in enumerate(lines, 1) if has_hebrew(line)]


def _words(line: str) -> set[str]:
    return {word.strip(".,;:!?\"'()").lower() for word in line.split()}


def _overlap(one: set[str], two: set[str]) -> float:
    return len(one & two) / len(one | two) if one or two else 0.0
