"""Find the English forms of a glossary's terms in English text."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from glossary.terms import Glossary, Term

APOSTROPHES = "'\u2019\u2018\u02bc\u02bb`"
HYPHENS = "\u2010\u2011\u2013-"
# Letters that Unicode does not decompose into a plain one and a mark.
UNDECOMPOSED = str.maketrans(
    {"ı": "i", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss"}
)
ARTICLE = "the"

_TOKEN = re.compile(
    r"(?P<word>(?:[^\W_]|[\u0300-\u036f])+)"
    rf"|(?P<skip>(?<=\w)[{HYPHENS}](?=\n?\w)|[^\S\n]+|\n(?![^\S\n]*\n))"
    r"|(?P<break>\n[^\S\n]*\n)"
    r"|(?P<mark>\W|_)"
)


@dataclass(frozen=True, slots=True)
class TargetMatch:
    """An English form in a text, as the glossary writes it, and the terms that have it."""

    start: int
    end: int
    target: str
    terms: tuple[Term, ...]


class _Token(NamedTuple):
    start: int
    end: int
    key: str


@dataclass(slots=True)
class _Node:
    """A place in a trie of word keys; `forms` holds the English forms that end here and their terms."""

    next: dict[str, "_Node"] = field(default_factory=dict)
    forms: dict[str, list[Term]] = field(default_factory=dict)


class TargetMatcher:
    """Finds English forms at word boundaries: never overlapping, the leftmost first, the longest there.

    A letter that the glossary writes upper case must be so; a lower-case letter may be either where a
    word begins; a diacritic may be missing; hyphen, en dash and space between words are one; a leading
    "the" is free.
    """

    def __init__(self, glossary: Glossary) -> None:
        self._root = _Node()
        for term in glossary:
            for target in term.targets:
                self._add(target, term)

    def _add(self, target: str, term: Term) -> None:
        nodes = [self._root]
        for key in target_keys(target):
            written = dict.fromkeys((key, plain(key)))
            nodes = [node.next.setdefault(form, _Node()) for node in nodes for form in written]
        for node in nodes:
            terms = node.forms.setdefault(target, [])
            if term not in terms:
                terms.append(term)

    def find(self, text: str) -> list[TargetMatch]:
        """Return the English forms in the text, in its order; offsets count characters."""
        tokens = _tokens(text)
        matches: list[TargetMatch] = []
        free = 0
        for index in range(len(tokens)):
            if index < free or _continues(tokens, index):
                continue
            ends = list(self._ends(tokens, index))
            if ends:
                last = max(end for end, _ in ends)
                matches.append(
                    _match(text, tokens, index, last, free, [node for end, node in ends if end == last])
                )
                free = last + 1
        return matches

    def _ends(self, tokens: Sequence[_Token], index: int) -> Iterator[tuple[int, _Node]]:
        """Yield the last token and the node of every form that begins with this token."""
        nodes = [self._root]
        while nodes and index < len(tokens):
            key = tokens[index].key
            nodes = [
                child
                for node in nodes
                for form in dict.fromkeys((key, key[0].lower() + key[1:]))
                if (child := node.next.get(form)) is not None
            ]
            for node in nodes:
                if node.forms and not _continues(tokens, index + 1):
                    yield index, node
            index += 1


def plain(word: str) -> str:
    """Return the word without diacritics (Erdoğan is Erdogan)."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word.translate(UNDECOMPOSED))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def target_keys(target: str) -> list[str]:
    """Return the words and marks of an English form, without a leading "the"."""
    keys = [token.key for token in _tokens(target)]
    return keys[1:] if len(keys) > 1 and keys[0].lower() == ARTICLE else keys


def _tokens(text: str) -> list[_Token]:
    """Return words and marks; white space, and a hyphen inside a compound, only part them."""
    return [
        _Token(*found.span(), _key(found[0])) for found in _TOKEN.finditer(text) if found.lastgroup != "skip"
    ]


def _key(token: str) -> str:
    if token.isascii():
        return token
    return "'" if token in APOSTROPHES else unicodedata.normalize("NFC", token)


def _continues(tokens: Sequence[_Token], index: int) -> bool:
    """Tell whether an apostrophe ties this token to the one before, as in Ka'bah but not in Iran's."""
    if not 0 < index < len(tokens):
        return False
    before, here = tokens[index - 1], tokens[index]
    if before.end != here.start:
        return False
    if here.key == "'":
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        return after is not None and after.start == here.end and after.key.isalpha() and after.key not in "sS"
    return before.key == "'" and index > 1 and tokens[index - 2].end == before.start and here.key.isalpha()


def _match(
    text: str, tokens: Sequence[_Token], index: int, last: int, free: int, nodes: Sequence[_Node]
) -> TargetMatch:
    forms: dict[str, list[Term]] = {}
    for node in nodes:
        for form, terms in node.forms.items():
            forms.setdefault(form, []).extend(terms)
    start, end = tokens[index].start, tokens[last].end
    written = text[start:end]
    target = written if written in forms else next(iter(forms))
    if index > free and tokens[index - 1].key.lower() == ARTICLE == target.split(maxsplit=1)[0].lower():
        start = tokens[index - 1].start
    return TargetMatch(
        start, end, target, tuple(dict.fromkeys(term for terms in forms.values() for term in terms))
    )
