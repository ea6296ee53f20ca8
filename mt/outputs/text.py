"""Plain text and Markdown: paragraphs with a blank line between, lists and tables line by line."""

import re
from collections.abc import Callable, Iterator

from mt.documents import Kind
from mt.outputs.layout import Table, TranslatedBlock, TranslatedDocument, flow, one_line, without_margins
from mt.outputs.markers import BULLET, english_marker, footnote_marker

# Four columns bring an item below the text of the one above, whatever that one's mark, and are never
# enough to make it a code block there (CommonMark 0.31, list items).
INDENT = "    "

# What Markdown takes for a mark wherever it stands: emphasis, code, links, markup, entities, cells, and the
# end of a heading.
_INLINE = re.compile(r"[\\`*\[\]<~|]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)|(?<=_)_|#(?=#*$)")

# And what it takes for one at the beginning of a line: headings, lists, quotations, rules, underlines.
_OPENING = re.compile(r"^(?:[#+\->=]|\d{1,9}(?=[.)]))")


def render_text(translated: TranslatedDocument) -> str:
    """Return the English text that `targem translate` prints, ended by a line feed, empty for nothing.

    Items of one list and rows of one table stand on lines of their own without blank lines between.
    Running titles and page numbers are left out.
    """
    return _join(translated, _text_lines)


def render_markdown(translated: TranslatedDocument) -> str:
    """Return the English text as CommonMark with tables as GitHub has them."""
    return _join(translated, _markdown_lines)


def escape_markdown(text: str) -> str:
    """Return one line of text so that Markdown shows it as it is."""
    escaped = _INLINE.sub(r"\\\g<0>", text)
    return _OPENING.sub(_escape_opening, escaped)


def _escape_opening(found: re.Match[str]) -> str:
    # After a number it is the full stop that makes a list, and digits cannot be escaped.
    return found[0] + "\\" if found[0][0].isdigit() else "\\" + found[0]


Lines = Callable[[TranslatedBlock | Table, int], list[str]]


def _join(translated: TranslatedDocument, lines_of: Lines) -> str:
    text = ""
    depth = 0
    for item in flow(without_margins(translated.blocks)):
        was_list = depth > 0
        depth = _depth(item, depth)
        if lines := lines_of(item, depth):
            between = "\n" if was_list and depth else "\n\n"
            text += (between if text else "") + "\n".join(lines)
    return text + "\n" if text else ""


def _depth(item: TranslatedBlock | Table, above: int) -> int:
    """Return how deep an item of a list stands, 0 for anything else; never two deeper than the last."""
    if isinstance(item, Table) or item.block.kind != Kind.LIST_ITEM:
        return 0
    return min(max(item.block.level, 1), above + 1)


def _text_lines(item: TranslatedBlock | Table, depth: int) -> list[str]:
    if isinstance(item, Table):
        return [" | ".join(row) for row in _rows(item)]
    target = one_line(item.target)
    return [INDENT * (depth - 1) + f"{_mark(item)} {target}".lstrip()] if target else []


def _mark(item: TranslatedBlock) -> str:
    if item.block.kind == Kind.FOOTNOTE:
        return footnote_marker(item.block.marker)
    mark = english_marker(item.block.marker)
    return mark or (BULLET if item.block.kind == Kind.LIST_ITEM else "")


def _rows(table: Table) -> Iterator[list[str]]:
    for row in table.rows:
        yield [one_line(" ".join(item.target for item in cell)) for cell in row]


def _markdown_lines(item: TranslatedBlock | Table, depth: int) -> list[str]:
    if isinstance(item, Table):
        return _markdown_table(item)
    text = one_line(item.target)
    if not text:
        return []
    mark = _mark(item)
    if depth:
        return [INDENT * (depth - 1) + _markdown_item(mark, text)]
    line = escape_markdown(f"{mark} {text}".lstrip())
    if item.block.kind == Kind.HEADING:
        return ["#" * min(max(item.block.level, 1), 6) + " " + line]
    # A footnote stays a paragraph: Markdown drops definitions of notes that no text refers to.
    return [line]


def _markdown_item(mark: str, text: str) -> str:
    if mark == BULLET:
        return f"- {escape_markdown(text)}"
    if re.fullmatch(r"\d{1,9}[.)]", mark):
        return f"{mark} {escape_markdown(text)}"
    # Markdown knows no lists by letters or by "1.1", so their mark stands in the text of an item.
    return f"- {escape_markdown(f'{mark} {text}')}"


def _markdown_table(table: Table) -> list[str]:
    rows = ["| " + " | ".join(map(escape_markdown, row)) + " |" for row in _rows(table)]
    return [rows[0], "|" + " --- |" * table.width, *rows[1:]]
