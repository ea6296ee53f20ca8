"""Bytes → text: the encodings that Hebrew files come in, told apart by rule."""

import codecs
import re

from mt.errors import DocumentError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Hebrew (05xx) and ASCII (00xx): the high bytes of UTF-16 in a Hebrew file.
UTF16_HIGH_BYTES = b"\x00\x05"
# Codes that windows-1255 has and ISO-8859-8 lacks: punctuation (80-9F), points (C0-D3), Yiddish (D4-D8).
ONLY_WINDOWS = re.compile(rb"[\x80-\x9f\xa4\xc0-\xd8]")
# The one code that ISO-8859-8 alone uses: the double low line.
ONLY_ISO = b"\xdf"
# One byte a character; cp862 is the Hebrew of DOS.
SINGLE_BYTE = ("windows-1255", "iso-8859-8", "cp862", "cp1252")
# A letter in these at the edge of a word is as it should be (the start: text in visual order).
FINALS = "ךםןףץ"
FREQUENT = frozenset("יוהלאתרמבש")
# UTF-8 with fewer broken bytes than this share of the text is still UTF-8.
BROKEN_SHARE = 0.01
# More control characters than this share, and the file is no text.
CONTROL_SHARE = 0.01

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_WORD = re.compile(r"[א-ת]{2,}")
_HEBREW = re.compile(r"[א-ת]{2}")
_NOT_TEXT = "it is not text"
_DO = "save the document as UTF-8 text, or give its docx, pdf or html"


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of the bytes and the name of their encoding, without a byte order mark.

    Order of evidence: byte order mark, zero bytes of UTF-16, valid UTF-8, letter statistics.
    Raises DocumentError for bytes that are no text. A file without any code that tells windows-1255 from
    ISO-8859-8 reads the same in both and is called windows-1255.
    """
    text, name = _marked(data) or _utf16(data) or _utf8(data) or _single_byte(data)
    if len(_CONTROLS.findall(text)) > CONTROL_SHARE * len(text):
        raise DocumentError(_NOT_TEXT, _DO)
    return text, name


def decode_as(data: bytes, name: str) -> tuple[str, str] | None:
    """Return the text in the named encoding, or None if there is no such encoding or it does not fit."""
    try:
        encoding = codecs.lookup(name.strip()).name
        text = data.decode(encoding)
    except (LookupError, UnicodeError, ValueError):
        return None
    return text, encoding


def _marked(data: bytes) -> tuple[str, str] | None:
    for mark, name in MARKS:
        if data.startswith(mark):
            body = data if name == "utf-32" else data[len(mark) :]
            return body.decode(name.removesuffix("-sig"), errors="replace"), name
    return None


def _utf16(data: bytes) -> tuple[str, str] | None:
    """Read UTF-16 without a mark: one byte of each two nearly always says Hebrew or ASCII."""
    pairs = len(data) // 2
    if pairs < 2 or len(data) % 2:
        return None
    shares = [sum(map(data[side::2].count, UTF16_HIGH_BYTES)) / pairs for side in (0, 1)]
    for high, name in ((0, "utf-16-be"), (1, "utf-16-le")):
        if shares[high] > 0.7 and shares[1 - high] < 0.3:
            return data.decode(name, errors="replace"), name
    return None


def _utf8(data: bytes) -> tuple[str, str] | None:
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if broken == 0 or (broken <= BROKEN_SHARE * len(text) and _HEBREW.search(text)):
        return text, "utf-8"
    return None


def _single_byte(data: bytes) -> tuple[str, str]:
    readings = [(reading, name) for name in SINGLE_BYTE if (reading := _read(data, name)) is not None]
    if not readings:
        raise DocumentError(_NOT_TEXT, _DO)
    # max() takes the first of equals, so windows-1255 wins where nothing tells it from ISO-8859-8.
    return max(readings, key=lambda reading: _plausibility(*reading))


def _read(data: bytes, name: str) -> str | None:
    if name == "iso-8859-8" and (ONLY_WINDOWS.search(data) or ONLY_ISO not in data):
        return None
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _plausibility(text: str, name: str) -> float:
    """Return how Hebrew a reading looks: its share of letters in words, frequent ones and finals in place."""
    if name == "cp1252":
        return 0.1
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    if not letters:
        return 0.0
    others = sum(1 for char in text if ord(char) > 127) - letters
    frequent = sum(char in FREQUENT for word in words for char in word) / letters
    misplaced = sum(char in FINALS for word in words for char in word[1:-1]) / letters
    return letters / (letters + max(others, 0)) * frequent - 5 * misplaced
