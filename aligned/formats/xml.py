"""XML read with care, piece by piece, and written without loss.

No external file is read, no entity expanded, no document type loaded; a file that declares entities, nests
too deep or puts too much into one unit is refused in one line. What XML 1.0 cannot say at all (section 2.2:
most control characters, halves of characters) is written as an inline code of ours and read back.
"""

import json
import re
import sys
from collections.abc import Callable, Collection, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from aligned.errors import FormatError
from aligned.formats.reading import opened

PIECE = 1 << 16  # bytes that are read at once
# In bytes. Each may become twenty in memory. libxml2 itself refuses elements that nest 256 deep.
LARGEST_UNIT = 8_000_000

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
HEBREW, ENGLISH = ("he", "iw"), ("en",)

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A carriage return would come back as a line feed (section 2.11), white space in attributes as a space.
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = _TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
_JSON = "json:"


def text(value: str) -> str:
    """Return text as the content of an element; it holds nothing that XML forbids."""
    return value.translate(_TEXT)


def attribute(value: str) -> str:
    """Return text as an attribute with its quotation marks; what XML forbids becomes U+FFFD."""
    return '"' + FORBIDDEN.sub("\ufffd", value).translate(_ATTRIBUTE) + '"'


def inline(value: str, code: Callable[[str], str]) -> str:
    """Return text as `text` does; `code` makes an element of the number of what XML forbids."""
    if not FORBIDDEN.search(value):
        return text(value)
    plain = FORBIDDEN.split(value)
    codes = [code(f"{ord(found):04X}") for found in FORBIDDEN.findall(value)] + [""]
    return "".join(text(piece) + made for piece, made in zip(plain, codes, strict=True))


def content(element: Any, kept: Collection[str], character: Callable[[Any], str]) -> str:
    """Return the text of a segment: that of the `kept` elements in it, and none of what is markup.

    `character` returns the character that an element of ours stands for, nothing for any other.
    """
    found = element.text or ""
    for child in element:
        if not isinstance(child.tag, str):
            found += child.text or ""  # an entity that nothing declares
        elif name_of(child) in kept:
            found += content(child, kept, character)
        else:
            found += character(child)
        found += child.tail or ""
    return str(found)


def character_of(number: str | None) -> str:
    """Return the character of a number in hexadecimal; nothing where there is none such."""
    if not re.fullmatch("[0-9A-Fa-f]{1,6}", number or "") or int(number or "", 16) > sys.maxunicode:
        return ""
    return chr(int(number or "", 16))


def coded(value: object) -> str:
    """Return a value of the provenance as plain text, or as JSON where XML could not hold it."""
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if FORBIDDEN.search(plain) or plain.startswith(_JSON) or plain != plain.strip():
        return _JSON + json.dumps(plain)
    return plain


def decoded(path: Path, element: Any, what: str) -> str:
    """Undo `coded` in an element's text, but for the type of what is no text.

    Raises:
        FormatError: it is no JSON; `what` names it to the user.
    """
    value = element.text or ""
    try:
        return str(json.loads(value.removeprefix(_JSON))) if value.startswith(_JSON) else value
    except ValueError:
        message = f"{path.name} line {element.sourceline}: {what} of ours is damaged"
        raise FormatError(message, "export the file again") from None


def name_of(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return _local(element.tag)


@cache
def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


@lru_cache(maxsize=256)
def language_of(value: str | None) -> str:
    """Return `he`, `en` or the main part of another language tag, in lower case."""
    main = re.split("[-_]", (value or "").strip().lower())[0]
    return "he" if main in HEBREW else "en" if main in ENGLISH else main


def units(path: Path, root: str, ends: Collection[str], starts: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield ("end", element) for every whole unit and ("start", element) for what stands around them.

    Names are without namespaces. A unit is forgotten as soon as the next is asked for, so memory does not
    grow with the file.

    Raises:
        FormatError: it cannot be read, has another root, is no XML, declares entities, or is too deep.
    """
    with opened(path) as stream:
        yield from units_in(path, stream, root, ends, starts)


def units_in(
    path: Path, stream: BinaryIO, root: str, ends: Collection[str], starts: Collection[str]
) -> Iterator[tuple[str, Any]]:
    """Do as `units` for XML that is open; `path` is what messages call it."""
    try:
        _check_root(path, stream, root)
        yield from _walk(path, stream, ends, starts)
    except etree.XMLSyntaxError as error:
        reason = " ".join((error.msg or "it is damaged").split())
        what = f"{path.name} line {error.lineno}: not well-formed XML ({reason})"
        raise FormatError(what, "save it again from its program") from None


def _parser(names: Collection[str] | None = None) -> Any:
    tags = names and [f"{{*}}{name}" for name in names]
    return etree.XMLPullParser(
        ("start", "end"), tag=tags, resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _walk(
    path: Path, stream: BinaryIO, ends: Collection[str], starts: Collection[str]
) -> Iterator[tuple[str, Any]]:
    # Python hears of these elements alone: it would take twice as long to look at every one.
    parser = _parser([*ends, *starts])
    inside = waiting = 0
    while piece := stream.read(PIECE):
        waiting += len(piece)
        parser.feed(piece)
        for event, element in parser.read_events():
            name = name_of(element)
            if name in ends:
                inside += 1 if event == "start" else -1
                if not inside:
                    yield event, element
                    _forget(element)
                    waiting = 0
            elif event == "start":
                yield event, element
        if waiting > LARGEST_UNIT:
            what = f"{path.name} has too much in one unit, or between two of them"
            raise FormatError(what, "check where it is from")
    parser.close()


def _forget(element: Any) -> None:
    """Take out of the tree what a unit holds and all that ended before it."""
    element.clear(keep_tail=False)
    while (parent := element.getparent()) is not None:
        while element.getprevious() is not None:
            del parent[0]
        element = parent


def _check_root(path: Path, stream: BinaryIO, wanted: str) -> None:
    """Read as far as the root; leave the stream at its beginning."""
    parser = _parser()
    found: Any = None
    while found is None and (piece := stream.read(PIECE)):
        parser.feed(piece)
        found = next((element for _, element in parser.read_events()), None)
    if found is None:
        found = parser.close()  # which says what is wrong
    if name_of(found) != wanted:
        raise FormatError(
            f"{path.name} is no {wanted.upper()}, it begins with {name_of(found)!r}", "give another"
        )
    declared = found.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        what = f"{path.name} declares entities in its document type"
        raise FormatError(what, "such files are not read: write the characters themselves")
    stream.seek(0)
