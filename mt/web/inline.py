"""HTML cut into texts to translate and the markup inside them; everything else is kept as it is written."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape

from glossary.hebrew import clean_text, has_hebrew
from mt.readers.html import BLOCKS, VOID

# Elements whose content is no text of the page.
RAW = frozenset(("script", "style", "template", "textarea", "svg", "math"))
# Elements that, without a letter inside, are the marks of notes, which no model should see.
NOTES = frozenset(("sup", "sub"))
# Deeper markup is kept as single tags: what follows is recursive.
DEEPEST = 50
# No '<' stands in a tag outside quotation marks here, so that a page of nothing but '<' takes linear time.
_TAG = re.compile(
    r"</?(?P<tag>[a-zA-Z][^\s/<>]*+)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>|<[!?][^<>]*+>", re.DOTALL
)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_UNTRANSLATED = re.compile(
    r"\stranslate\s*=\s*[\"']?no\b|\sclass\s*=\s*(\"[^\"]*|'[^']*|)\bnotranslate\b", re.I
)


@dataclass(slots=True)
class Markup:
    """Markup inside a text: an element around text[start:end], or one thing that stands at `start`.

    `opening` and `closing` are its tags as they are written; what stands at a place is all in `opening`.
    `spaced` tells whether white space stands before such a thing, and after it.
    """

    start: int
    end: int
    opening: str
    closing: str = ""
    children: list["Markup"] = field(default_factory=list)
    spaced: tuple[bool, bool] = (False, False)

    @property
    def is_element(self) -> bool:
        return bool(self.closing)


@dataclass(slots=True)
class Text:
    """A text without its tags, in the normal form that models see, and the markup inside it."""

    text: str
    markup: list[Markup] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Token:
    """A stretch of a page: text where `tag` is None, "" for comments and declarations."""

    raw: str
    tag: str | None = None

    @property
    def is_end(self) -> bool:
        return self.raw.startswith("</")

    @property
    def is_empty(self) -> bool:
        return self.raw.endswith("/>") or self.tag == "" or VOID.fullmatch(self.tag or "x") is not None


def texts_of(page: str) -> list[str | Text]:
    """Cut a page: strings stay as they are, joined in order with what becomes of the texts."""
    reader = _Reader()
    tokens = list(_tokens(page))
    ends = _ends(tokens)
    at = 0
    while at < len(tokens):
        last = ends.get(at, at)
        if not _is_kept(tokens[at : last + 1]):
            last = at
        reader.read(tokens[at], "".join(token.raw for token in tokens[at : last + 1]))
        at = last + 1
    reader.flush()
    return reader.parts


def _tokens(page: str) -> Iterator[_Token]:
    done, at = 0, page.find("<")
    last_comment = page.rfind("-->")
    while at >= 0:
        match = _TAG.match(page, at)
        tag, end = (match["tag"] or "", match.end()) if match else ("", -1)
        if page.startswith("<!--", at):
            end = page.find("-->", at) + 3 if at < last_comment else -1
        if end > 0:
            if done < at:
                yield _Token(page[done:at])
            yield _Token(page[at:end], tag.lower())
            done = end
        at = page.find("<", max(end, at + 1))
    if done < len(page):
        yield _Token(page[done:])


def _ends(tokens: Sequence[_Token]) -> dict[int, int]:
    """Return for each start tag that has one the place of its end tag."""
    ends: dict[int, int] = {}
    begun: dict[str, list[int]] = {}
    for at, token in enumerate(tokens):
        if token.tag and token.is_end and begun.get(token.tag):
            ends[begun[token.tag].pop()] = at
        elif token.tag and not token.is_end and not token.is_empty:
            begun.setdefault(token.tag, []).append(at)
    return ends


def _is_kept(element: Sequence[_Token]) -> bool:
    """Tell whether an element is kept whole, with its content."""
    first = element[0]
    if len(element) == 1:
        return False
    if first.tag in NOTES:
        return not any(token.tag is None and any(map(str.isalpha, token.raw)) for token in element)
    return first.tag in RAW or _UNTRANSLATED.search(first.raw) is not None


class _Reader:
    """What was read of a page so far: finished parts, and the text that is being read."""

    def __init__(self) -> None:
        self.parts: list[str | Text] = []
        self._begin()

    def _begin(self) -> None:
        self._text = ""
        self._raw = ""
        self._roots: list[Markup] = []
        self._open: list[tuple[str, Markup]] = []
        self._last: Markup | None = None

    def read(self, token: _Token, raw: str) -> None:
        """Take a token; `raw` is the whole element where it is kept whole."""
        if token.tag is None:
            self._add_text(raw)
        elif token.tag in ("br", "hr") or BLOCKS.fullmatch(token.tag):
            self.flush()
            self.parts.append(raw)
            return
        elif token.is_end:
            self._close(token)
        elif raw != token.raw or token.is_empty or len(self._open) == DEEPEST:
            self._add_thing(raw)
        else:
            self._open.append((token.tag, Markup(len(self._text), -1, raw)))
        self._raw += raw

    def flush(self) -> None:
        """End the text that is being read; one without Hebrew stays as it is written."""
        while self._open:
            self._leave_open()
        is_text = has_hebrew(self._text)
        self.parts.append(Text(self._text, self._roots) if is_text else self._raw)
        self._begin()

    def _add_text(self, raw: str) -> None:
        text = _BLANKS.sub(" ", clean_text(unescape(raw)))
        if self._last:
            self._last.spaced = (self._last.spaced[0], text[:1] == " ")
            self._last = None
        if self._text[-1:] == " ":
            text = text.removeprefix(" ")
        self._text += text

    def _add_thing(self, raw: str) -> None:
        self._last = Markup(len(self._text), len(self._text), raw)
        self._last.spaced = (self._text[-1:] == " ", False)
        self._siblings().append(self._last)

    def _siblings(self) -> list[Markup]:
        return self._open[-1][1].children if self._open else self._roots

    def _close(self, token: _Token) -> None:
        if all(tag != token.tag for tag, _ in self._open):
            self._add_thing(token.raw)
            return
        while self._open[-1][0] != token.tag:
            self._leave_open()
        _, element = self._open.pop()
        element.end, element.closing = len(self._text), token.raw
        self._siblings().append(element)

    def _leave_open(self) -> None:
        """Make the innermost open element, which has no end, a thing that stands where it begins."""
        _, element = self._open.pop()
        self._siblings().extend((Markup(element.start, element.start, element.opening), *element.children))
