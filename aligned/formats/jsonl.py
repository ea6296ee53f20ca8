"""Pairs as JSON Lines: one object a line, names as in `aligned.formats.columns`."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from aligned.errors import FormatError
from aligned.formats.columns import record
from aligned.formats.reading import Numbered, pair_at, text_lines
from aligned.records import Pair

# Unicode ends a line at these too, and so do many programs that read "one line each".
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def render_jsonl(pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield one line a pair; Hebrew stands as it is, receipts and findings are lists."""
    for pair in pairs:
        text = json.dumps(record(pair), ensure_ascii=False, allow_nan=False)
        yield text.translate(_LINE_ENDS) + "\n"


def read_jsonl(path: Path) -> Iterator[Numbered]:
    """Yield the pairs of a file with their lines; blank lines are passed over.

    Raises:
        FormatError: a line is no object with `source` and `target`, or a value is not what it should be.
    """
    position = 0
    for number, line in text_lines(path):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            raise FormatError(f"{path.name} line {number} is no JSON", "write one object a line") from None
        if not isinstance(found, dict) or not {"source", "target"} <= set(found):
            raise FormatError(f"{path.name} line {number} lacks source or target", "give both by name")
        yield number, pair_at(path, f"line {number}", found, position)
        position += 1
