"""XML read with care, piece by piece, and written without loss.

No external file is read, no entity expanded, no document type loaded; a file that declares entities, nests
too deep or puts too much into one unit is refused in one line. What XML 1.0 cannot say at all (section 2.2:
most control characters, halves of characters) is written as an inline code of ours and read back.
"""

import json
import re
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from aligned.errors import FormatError
from aligned.formats.reading import opened

DEEPEST = 100
LARGEST_UNIT = 20_000  # elements

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
    return str(element.tag).rpartition("}")[2]


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
        events = etree.iterparse(
            stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
            huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            yield from _walk(path, events, root, ends, starts)
        except etree.XMLSyntaxError as error:
            reason = " ".join((error.msg or "it is damaged").split())
            what = f"{path.name} line {error.lineno}: not well-formed XML ({reason})"
            raise FormatError(what, "save it again from its program") from None


def _walk(
    path: Path, events: Any, root: str, ends: Collection[str], starts: Collection[str]
) -> Iterator[tuple[str, Any]]:
    depth = inside = 0
    seen = 0
    for event, element in events:
        name = name_of(element)
        if event == "start":
            if depth == 0:
                _check_root(path, element, root)
            depth += 1
            seen = seen + 1 if inside else 0
            if depth > DEEPEST or seen > LARGEST_UNIT:
                what = "nests too deep" if depth > DEEPEST else "has too much in one unit"
                raise FormatError(f"{path.name} line {element.sourceline} {what}", "check where it is from")
            inside += name in ends
            if name in starts:
                yield event, element
            continue
        depth -= 1
        if name in ends:
            inside -= 1
            if not inside:
                yield event, element
        if not inside:
            _forget(element)


def _forget(element: Any) -> None:
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _check_root(path: Path, root: Any, wanted: str) -> None:
    if name_of(root) != wanted:
        raise FormatError(
            f"{path.name} is no {wanted.upper()}, it begins with {name_of(root)!r}", "give another"
        )
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        what = f"{path.name} declares entities in its document type"
        raise FormatError(what, "such files are not read: write the characters themselves")
