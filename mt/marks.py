"""Marks at the edges of a line that tell what it is: list marks, note marks, captions, sentence ends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from glossary.hebrew import HYPHENS

# Bullets of word processors; the last two are the private codes of the Symbol and Wingdings fonts.
BULLETS = "•◦▪▫●○■□‣⁃·➢➤✓✔\uf0b7\uf0a7"
DASHES = "-–—*+"
# Marks that end a sentence or, as a colon does, a paragraph; closing quotes and brackets may follow.
SENTENCE_ENDS = ".?!…:"
CLOSERS = "\"'”’״׳)]}»\u00a0 "
# Words that never end a title or a paragraph: prepositions and conjunctions that need what follows.
FUNCTION_WORDS = re.compile(
    r"(?:^|\s)(?:של|את|על|עם|בין|אל|מן|או|כי|אם|גם|כל|לא|הוא|היא|ללא|לקראת|בפני|בתוך|תוך|נגד)$"
)
HONORIFICS = ('ד"ר', "ד״ר", "פרופ", "מאת", "עו", "תא", "אלוף")
CAPTION_WORDS = "איור|תרשים|לוח|טבלה|תמונה|מפה|גרף|שרטוט|נספח|Figure|Table"

_UNITS = "אבגדהוזחט"
_TENS = "יכלמנסעפצ"
_BULLET = re.compile(rf"(?P<mark>[{BULLETS}])\s*(?=\S)|(?P<dash>[{re.escape(DASHES)}])\s+(?=\S)")
_ORDINAL = re.compile(
    r"(?P<mark>(?P<open>\(?)(?P<number>\d{1,3}(?:\.\d{1,2})*|[א-ת]{1,2}|[a-zA-Z])(?P<close>[.)]))\s+(?=\S)"
)
# The same where damage put the full stop or the brackets on the wrong side: ".1", ")1(".
_MOVED = re.compile(r"(?:\.(?P<dotted>\d{1,3}|[א-ת])|\)(?P<bracketed>\d{1,3}|[א-ת]{1,2})\()\s+(?=\S)")
_CAPTION = re.compile(rf"(?:{CAPTION_WORDS})\s+(?:מס'\s*|מספר\s+)?(?:\.\d+\s|\d+[א-ת]?\s*(?:[.:|–-]|$))")
_NOTE = re.compile(r"(?P<mark>\[\d{1,3}\]|\d{1,3}|[¹²³⁰⁴-⁹]{1,3})\s*(?=[^\W\d]|[\"'“”])")
_PRIVATE = str.maketrans("\uf0b7\uf0a7", "•▪")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_CUT = re.compile(rf"[^\W_][{HYPHENS}]$")
_BROKEN_WORD = re.compile("[a-z]-$")


@dataclass(frozen=True, slots=True)
class Mark:
    """A list mark: its shape ("#." for numbers with a dot), its value (0 for bullets), the text after it."""

    marker: str
    shape: str
    ordinal: int
    rest: str


def hebrew_numeral(number: int) -> str:
    """Return the Hebrew letters for a number from 1 to 99; 15 and 16 are טו and טז by custom."""
    if number in (15, 16):
        return "ט" + _UNITS[number - 10]
    tens, units = divmod(number, 10)
    return (_TENS[tens - 1] if tens else "") + (_UNITS[units - 1] if units else "")


_HEBREW_VALUES = {hebrew_numeral(number): number for number in range(1, 100)}


def find_mark(text: str) -> Mark | None:
    """Return the bullet or ordinal that the text starts with, or None."""
    if bullet := _BULLET.match(text):
        marker = (bullet["mark"] or bullet["dash"]).translate(_PRIVATE)
        return Mark(marker, marker, 0, text[bullet.end() :])
    if moved := _MOVED.match(text):
        right = f"{moved['dotted']}. " if moved["dotted"] else f"({moved['bracketed']}) "
        return find_mark(right + text[moved.end() :])
    ordinal = _ORDINAL.match(text)
    if ordinal is None:
        return None
    value, shape = _value(ordinal["number"])
    if value == 0 or (ordinal["open"] and ordinal["close"] == "."):
        return None
    shape = f"{ordinal['open']}{shape}{ordinal['close']}"
    rest = text[ordinal.end() :]
    # Two marks in a row are somebody's initials (א. ב. יהושע).
    if shape == "א." and (again := _ORDINAL.match(rest)) and _value(again["number"])[1] == "א":
        return None
    return Mark(ordinal["mark"], shape, value, rest)


def _value(number: str) -> tuple[int, str]:
    if number[0].isdigit():
        return int(number.rpartition(".")[2]), ".".join("#" * (number.count(".") + 1))
    if number.isascii():
        return ord(number.lower()) - ord("a") + 1, "a" if number.islower() else "A"
    return _HEBREW_VALUES.get(number, 0), "א"


@dataclass(slots=True)
class ListTracker:
    """Follow the lists of a document: an ordinal counts only as the first of its list or as the next one."""

    last: dict[str, int] = field(default_factory=dict)
    depths: list[str] = field(default_factory=list)

    def level(self, mark: Mark, *, mid_sentence: bool) -> int:
        """Return the depth of the item from 1, or 0 where the mark is no list mark.

        `mid_sentence` says that the line before runs on, so that a dash or a "1." may belong to its sentence.
        """
        if mark.ordinal == 0:
            if mid_sentence and mark.marker in DASHES and mark.shape not in self.depths:
                return 0
        elif mark.ordinal != self.last.get(mark.shape, 0) + 1 and (mark.ordinal != 1 or mid_sentence):
            return 0
        self.last[mark.shape] = mark.ordinal
        if mark.shape in self.depths:
            del self.depths[self.depths.index(mark.shape) + 1 :]
        else:
            self.depths.append(mark.shape)
        return len(self.depths)

    def close(self) -> None:
        """Forget the depths: the list was left. Its numbers may go on after a paragraph."""
        self.depths.clear()


def find_note(text: str) -> tuple[str, int, str] | None:
    """Return the (marker, number, text after it) of a line that may start a footnote, or None."""
    note = _NOTE.match(text)
    if note is None:
        return None
    number = int(note["mark"].strip("[]").translate(_SUPERSCRIPTS))
    return note["mark"], number, text[note.end() :]


def is_caption(text: str) -> bool:
    """Tell whether the text names a figure or a table and stops there or goes on after a colon or a dot."""
    return _CAPTION.match(text) is not None


def is_finished(text: str) -> bool:
    """Tell whether the text ends as a sentence does."""
    return text.rstrip(CLOSERS)[-1:] in tuple(SENTENCE_ENDS)


def runs_on(text: str) -> bool:
    """Tell whether the text cannot be the end of a title: it ends in a comma, a hyphen or a function word."""
    return text.endswith((",", ";", "-", "–")) or FUNCTION_WORDS.search(text) is not None


def ends_in_hyphen(text: str) -> bool:
    """Tell whether the line was cut at the hyphen of a compound (נגורנו- / קרבאך)."""
    return _CUT.search(text) is not None


def join_lines(texts: Sequence[str]) -> str:
    """Return the lines as one text: a space at each joint, none after the hyphen of a compound.

    A Latin word that was hyphenated at the end of its line loses the hyphen; Hebrew is not hyphenated.
    """
    parts: list[str] = []
    for text in texts:
        last = parts[-1] if parts else ""
        if _BROKEN_WORD.search(last) and text[:1].isascii() and text[:1].islower():
            parts[-1] = last[:-1]
        elif parts and not ends_in_hyphen(last):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)
