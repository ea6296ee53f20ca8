"""The files of a score: one segment a line, all of the same length."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from aligned.align import align_sentences
from glossary.hebrew import has_hebrew
from mt.errors import DocumentError
from mt.readers import read_bytes, read_text

# Beads in a row that join no lines of one number where files are thought to part; lines aligned at once.
_RUN, _BLOCK = 5, 100
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


def require_parallel(
    files: Sequence[tuple[str, Sequence[str]]],
    do: str = "give files with a line for each segment, or --unaligned",
) -> None:
    """Raise DocumentError where files differ in length, with the place where the first two seem to part."""
    name, lines = files[0]
    for other_name, other in files[1:]:
        if len(lines) != len(other):
            place = parting(lines, other) + 1
            raise DocumentError(
                f"{name} has {len(lines)} lines and {other_name} {len(other)}; "
                f"they seem to part at line {place}",
                do,
            )


def require_references(references: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Raise DocumentError for a reference without text."""
    for name, lines in references:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                raise DocumentError(f"{name} line {number} is empty", "a reference says something everywhere")


def parting(one: Sequence[str], two: Sequence[str]) -> int:
    """Return the first line, from 0, from which on lines of one number do not go together, by the aligner.

    Either side may be the Hebrew. Where all go together it is the first line that one side lacks.
    """
    # Once parted they do not meet again, so that of many blocks few are looked at.
    blocks = range(0, min(len(one), len(two)), _BLOCK)
    at = bisect_left(blocks, True, key=lambda first: _parting_in(one, two, first) is not None)
    found = _parting_in(one, two, blocks[at]) if at < len(blocks) else None
    return min(len(one), len(two)) if found is None else found


def _parting_in(one: Sequence[str], two: Sequence[str], first: int) -> int | None:
    """Return where, in the block from `first` on, a long run of beads begins that join no two of one number.

    At the end of a file any run will do.
    """
    last = first + _BLOCK + _RUN
    is_end = last >= min(len(one), len(two))
    last += is_end * _BLOCK
    source, target = sorted((one[first:last], two[first:last]), key=_is_hebrew, reverse=True)
    rendering = None if _is_hebrew(source) and not _is_hebrew(target) else source
    start, run = None, 0
    for bead in align_sentences(source, target, rendering):
        if len(bead.source) == 1 and bead.source == bead.target:
            start, run = None, 0
            continue
        start = first + min(bead.source + bead.target) if start is None else start
        run += 1
        if run == _RUN:
            return start
    return start if is_end else None


def _is_hebrew(lines: Sequence[str]) -> bool:
    return len(hebrew_lines(lines)) > len(lines) / 2


def hebrew_lines(lines: Sequence[str]) -> list[int]:
    """Return the numbers, from 1, of the lines in which Hebrew was left."""
    return [number for number, line in enumerate(lines, 1) if has_hebrew(line)]
