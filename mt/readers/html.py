"""HTML by the standard library's parser: what the tags say becomes the kind of each block."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from mt.documents import Kind
from mt.marks import BULLETS, find_note, hebrew_numeral
from mt.readers.encodings import MARKS, decode, decode_as
from mt.readers.pieces import Piece

HEADINGS = {f"h{level}": level for level in range(1, 7)}
SKIPPED = frozenset(("script", "style", "template"))
# Everything else is inline: it does not end a paragraph.
BLOCKS = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|"
    "footer|form|h[1-6]|head|header|hr|html|legend|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|"
    "tfoot|th|thead|title|tr|ul"
)
VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr")
KINDS = {
    **dict.fromkeys(HEADINGS, Kind.HEADING),
    **dict.fromkeys(("li", "dd"), Kind.LIST_ITEM),
    **dict.fromkeys(("td", "th"), Kind.TABLE_CELL),
    **dict.fromkeys(("caption", "figcaption"), Kind.CAPTION),
    **dict.fromkeys(("nav", "footer", "title"), Kind.RUNNING_TITLE),
}
# Tags that end an open one of their own kind, since HTML lets authors leave the end tag out.
CLOSES = {
    "li": ("li",),
    "dt": ("dt", "dd"),
    "dd": ("dt", "dd"),
    "tr": ("tr", "td", "th"),
    "td": ("td", "th"),
    "th": ("td", "th"),
    **dict.fromkeys(("p", "ul", "ol", "table", *HEADINGS), tuple(HEADINGS)),
}
# Browsers nest no deeper either.
DEEPEST = 512
# A page may be about footnotes, and a link or a raised number points at one.
NOT_NOTES = frozenset(("html", "body", "a", "sup"))
CONTAINERS = frozenset(("ol", "ul", "dl", "table"))
# The charset is declared within the first 1024 bytes (HTML standard, 13.2.3.2).
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# Names that Word, LibreOffice, Pandoc, MediaWiki and DPUB-ARIA give to notes and to the marks in the text.
_NOTE = re.compile(
    r"(?:^|\s|:)(?:_?(?:fn|ftn|edn|sdfootnote|sdendnote)\d*|(?:doc-)?(?:foot|end)notes?|cite_note)(?:$|[\s\d_:-])",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"noteref|footnote-?ref|fnref|sdfootnoteanc|ftnref|cite_ref|#_?(?:fn|ftn|cite_note)", re.IGNORECASE
)
_BACK = re.compile(r"\s*[\u21a9\u2191^]\ufe0e?\s*$")
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def decode_html(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding: byte order mark, then declared charset, then the bytes."""
    if not data.startswith(tuple(mark for mark, _ in MARKS)):
        declared = _CHARSET.search(data[:1024])
        if declared and (text := decode_as(data, declared[1].decode("ascii", "replace"))):
            return text
    return decode(data)


def html_pieces(text: str) -> list[Piece]:
    """Return the pieces of a page in order; scripts and styles are no text."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    parser.flush()
    return parser.pieces


@dataclass(slots=True)
class _Open:
    """An open tag: `count` numbers the items of a list or the rows of a table, `cell` the cells of a row."""

    tag: str
    names: str = ""
    style: str = ""
    count: int = 0
    cells: int = 0
    table: int = 0
    marker: str = ""
    note: bool = False


@dataclass(slots=True)
class _Text:
    """The text of the paragraph being read: one string a forced line."""

    lines: list[str] = field(default_factory=lambda: [""])

    def add(self, data: str) -> None:
        self.lines[-1] += data


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Piece] = []
        self.open: list[_Open] = []
        self.text = _Text()
        self.tables = 0
        self.muted: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in SKIPPED:
            self.muted = tag
        elif tag == "br":
            self._break()
        elif tag == "hr":
            self.flush()
        elif not VOID.fullmatch(tag):
            if BLOCKS.fullmatch(tag):
                self.flush()
                self._close_implied(tag)
            self._push(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == self.muted:
            self.muted = None
        if BLOCKS.fullmatch(tag):
            self.flush()
        places = [place for place, item in enumerate(self.open) if item.tag == tag]
        if places:
            del self.open[places[-1] :]

    def handle_data(self, data: str) -> None:
        if self.muted is None and not self._in_reference():
            lines = data.splitlines() if self._inside("pre") else [_BLANKS.sub(" ", data)]
            for place, line in enumerate(lines):
                if place:
                    self._break()
                self.text.add(line)

    def flush(self) -> None:
        """End the open paragraph and keep it as a piece if there is text in it."""
        lines = tuple(line.strip(" \n\t") for line in self.text.lines)
        self.text = _Text()
        if any(lines):
            self.pieces.append(self._piece(lines))

    def _break(self) -> None:
        # Two breaks in a row part paragraphs.
        if self.text.lines[-1].strip() or len(self.text.lines) == 1:
            self.text.lines.append("")
        else:
            self.flush()

    def _close_implied(self, tag: str) -> None:
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place].tag in CONTAINERS:
                return
            if self.open[place].tag in CLOSES.get(tag, ()):
                del self.open[place:]
                return

    def _push(self, tag: str, values: dict[str, str]) -> None:
        names = " ".join(values.get(name, "") for name in ("id", "class", "role", "epub:type", "href"))
        item = _Open(tag, names, values.get("style", "") + values.get("type", ""))
        item.note = tag not in NOT_NOTES and _NOTE.search(names) is not None
        if tag == "ol":
            item.count = _number(values.get("start", "1")) - 1
        elif tag == "li":
            item.marker = self._item_marker(values)
        elif tag == "table":
            item.table, item.count = self.tables, -1
            self.tables += 1
        elif tag == "tr" and (table := self._last("table")):
            table.count += 1
            table.cells = -1
        elif tag in ("td", "th") and (table := self._last("table")):
            table.cells += 1
        if len(self.open) < DEEPEST:
            self.open.append(item)

    def _item_marker(self, values: dict[str, str]) -> str:
        above = self._last("ol", "ul")
        if above is None or above.tag == "ul":
            return BULLETS[0]
        above.count = _number(values["value"]) if "value" in values else above.count + 1
        if "hebrew" in above.style and above.count > 0:
            return hebrew_numeral(above.count) + "."
        return f"{above.count}."

    def _last(self, *tags: str) -> _Open | None:
        return next((item for item in reversed(self.open) if item.tag in tags), None)

    def _inside(self, *tags: str) -> bool:
        return self._last(*tags) is not None

    def _in_reference(self) -> bool:
        """Tell whether the parser is inside the raised number that points at a note."""
        raised = self._last("sup")
        link = self._last("a")
        names = " ".join(item.names for item in (raised, link) if item)
        noted = any(item.note for item in self.open)
        return bool(_REFERENCE.search(names)) and raised is not None and not noted

    def _piece(self, lines: tuple[str, ...]) -> Piece:
        if any(item.note for item in self.open):
            return self._note(lines)
        item = next((item for item in reversed(self.open) if item.tag in KINDS), None)
        if item is None:
            return Piece(Kind.PARAGRAPH, lines)
        kind = KINDS[item.tag]
        level, marker, cell = 0, "", None
        if kind is Kind.HEADING:
            level = HEADINGS[item.tag]
        elif kind is Kind.LIST_ITEM:
            level = sum(above.tag in ("ol", "ul", "dl") for above in self.open)
            # A second paragraph of the item bears no mark.
            marker, item.marker = item.marker, ""
        elif kind is Kind.TABLE_CELL and (table := self._last("table")):
            cell = (table.table, max(table.count, 0), table.cells)
        return Piece(kind, lines, level, marker, cell)

    def _note(self, lines: tuple[str, ...]) -> Piece:
        item = self._last("li")
        marker = item.marker.rstrip(".") if item else ""
        text = _BACK.sub("", lines[0])
        if not marker and (note := find_note(text)):
            marker, _, text = note
        return Piece(Kind.FOOTNOTE, (text, *(_BACK.sub("", line) for line in lines[1:])), marker=marker)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,6}", text.strip()) else 1
