"""Markdown by markdown-it-py (CommonMark and tables); footnotes and front matter are found here."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mt.documents import Kind
from mt.marks import BULLETS
from mt.readers.html import html_pieces
from mt.readers.pieces import Piece

if TYPE_CHECKING:
    from markdown_it.token import Token

# Below this depth the parser drops what it finds; its own limit is 20.
DEEPEST = 200

# The parser would read "[^1]: word" as the address of a link and drop it.
_DEFINITION = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:[ \t]*", re.MULTILINE)
_NOTE = re.compile(r"\[\^([^\]\s]+)\]:\s*")
_REFERENCE = re.compile(r"\[\^[^\]\s]+\]")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)


def markdown_pieces(text: str) -> list[Piece]:
    """Return the pieces of a Markdown text, its marks of emphasis and its link addresses left out."""
    from markdown_it import MarkdownIt

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT_MATTER.match(text)
    pieces = [Piece(Kind.MASTHEAD, (line,)) for line in front[1].split("\n")] if front else []
    body = _DEFINITION.sub(r"\n\\[^\1\\]: ", text[front.end() :] if front else text)
    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table")
    return [*pieces, *_Walk().pieces(parser.parse(body))]


class _Walk:
    """Turn the tokens into pieces: what is open tells the kind of each inline text."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.markers: list[str] = []
        self.tables = self.row = self.column = -1
        self.level = 0

    def pieces(self, tokens: "Sequence[Token]") -> list[Piece]:
        pieces: list[Piece] = []
        for token in tokens:
            if token.nesting == 1:
                self._enter(token)
            elif token.nesting == -1:
                self.open.pop()
                if token.type == "list_item_close":
                    self.markers.pop()
            elif token.type == "inline":
                pieces.append(self._piece(_plain(token.children or [])))
            elif token.type == "html_block":
                pieces.extend(html_pieces(token.content))
            elif token.content:
                pieces.extend(Piece(Kind.PARAGRAPH, (line,)) for line in token.content.split("\n"))
        return pieces

    def _enter(self, token: "Token") -> None:
        kind = token.type.removesuffix("_open")
        self.open.append(kind)
        if kind == "heading":
            self.level = int(token.tag[1:])
        elif kind == "list_item":
            self.markers.append(f"{token.info}{token.markup}" if token.info else BULLETS[0])
        elif kind == "table":
            self.tables, self.row = self.tables + 1, -1
        elif kind == "tr":
            self.row, self.column = self.row + 1, -1
        elif kind in ("td", "th"):
            self.column += 1

    def _piece(self, lines: tuple[str, ...]) -> Piece:
        if note := _NOTE.match(lines[0]):
            return Piece(
                Kind.FOOTNOTE, _without_references((lines[0][note.end() :], *lines[1:])), marker=note[1]
            )
        lines = _without_references(lines)
        if "heading" in self.open:
            return Piece(Kind.HEADING, lines, self.level)
        if "table" in self.open:
            return Piece(Kind.TABLE_CELL, lines, cell=(self.tables, self.row, self.column))
        if self.markers:
            # A second paragraph of the item bears no mark.
            marker, self.markers[-1] = self.markers[-1], ""
            return Piece(Kind.LIST_ITEM, lines, len(self.markers), marker)
        return Piece(Kind.PARAGRAPH, lines)


def _without_references(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_REFERENCE.sub("", line) for line in lines)


def _plain(tokens: "Sequence[Token]") -> tuple[str, ...]:
    """Return the text of an inline token: one string a line."""
    text = ""
    for token in tokens:
        if token.type in ("softbreak", "hardbreak") or (
            token.type == "html_inline" and _TAG.match(token.content)
        ):
            text += "\n"
        elif token.type != "html_inline":
            text += token.content
    return tuple(text.split("\n"))
