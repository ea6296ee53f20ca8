"""Pairs as JSON Lines: one object a line, names as in `aligned.formats.columns`."""

import json
from collections.abc import Iterable, Iterator

from aligned.formats.columns import record
from aligned.records import Pair

# Unicode ends a line at these too, and so do many programs that read "one line each".
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def render_jsonl(pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield one line a pair; Hebrew stands as it is, receipts and findings are lists."""
    for pair in pairs:
        text = json.dumps(record(pair), ensure_ascii=False, allow_nan=False)
        yield text.translate(_LINE_ENDS) + "\n"
