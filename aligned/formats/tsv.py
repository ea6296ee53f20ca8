"""Pairs as tables: TSV with backslash escapes, CSV as spreadsheets read it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from aligned.formats.columns import COLUMNS, cells
from aligned.records import Pair

# The escapes of PostgreSQL's COPY and of most tools for TSV: a field never holds a tab or an end of line.
ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_ESCAPED = str.maketrans(ESCAPES)
_PLAIN = {escaped: plain for plain, escaped in ESCAPES.items()}

# Without this mark Excel takes the file for one in the code page of its country, and Hebrew is lost.
BYTE_ORDER_MARK = "\ufeff"


def escape(text: str) -> str:
    r"""Return a field of TSV: backslash, tab, line feed and carriage return become \\, \t, \n and \r."""
    return text.translate(_ESCAPED)


def unescape(field: str) -> str:
    """Undo `escape`; a backslash before anything else stays what it is."""
    return re.sub(r"\\[\\tnr]", lambda match: _PLAIN[match[0]], field)


def render_tsv(pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield a header and one line a pair, fields escaped, lines ended by a line feed."""
    yield "\t".join(COLUMNS) + "\n"
    for pair in pairs:
        yield "\t".join(map(escape, cells(pair))) + "\n"


def render_csv(pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield a header and one record a pair as RFC 4180 has it, after a byte order mark.

    No text is altered. A sentence that begins with an equals sign stands as it is, although a spreadsheet
    may take it for a formula: what was translated must come back as it was.
    """
    yield BYTE_ORDER_MARK + _csv_line(COLUMNS)
    for pair in pairs:
        yield _csv_line(cells(pair))


def _csv_line(fields: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(fields)
    return line.getvalue()
