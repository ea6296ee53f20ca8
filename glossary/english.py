"""Find the English forms of a glossary's terms in English text."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from glossary.nouns import plural, plurals
from glossary.terms import Glossary, Term

__all__ = ["TargetMatch", "TargetMatcher", "plain", "plural", "target_keys"]

APOSTROPHES = "'\u2019\u2018\u02bc\u02bb`"
HYPHENS = "\u2010\u2011\u2013-"
# Letters that Unicode does not decompose into a plain one and a mark.
UNDECOMPOSED = str.maketrans(
    {"ı": "i", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss"}
)
ARTICLE = "the"
# Words of grammar: they render a prefix, or nothing, and tell little of what a text is about.
# fmt: off
FUNCTION_WORDS = frozenset((
    "a", "about", "after", "also", "an", "and", "are", "as", "at", "be", "been", "before", "between", "but",
    "by", "for", "from", "had", "has", "have", "he", "her", "his", "in", "into", "is", "it", "its", "not",
    "of", "on", "or", "over", "she", "than", "that", "the", "their", "these", "they", "this", "through", "to",
    "under", "was", "were", "when", "where", "which", "who", "whose", "with",
))
# fmt: on
# What may stand between the end of a sentence and the first letter of the next.
OPENING = " \t\"'([\u2018\u201c\u00ab"
CLOSING = "\"')]\u2019\u201d\u00bb"
SENTENCE_END = (".", "!", "?", ":", "\u2026", "\n\n")

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


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a term: the words of the form, and the target that the glossary lists."""

    keys: tuple[str, ...]
    target: str
    term: Term


@dataclass(slots=True)
class _Node:
    """A place in a trie of words without case and diacritics; `forms` holds what ends here."""

    next: dict[str, "_Node"] = field(default_factory=dict)
    forms: list[_Form] = field(default_factory=list)


class TargetMatcher:
    """Finds English forms at word boundaries: never overlapping, the leftmost first, the longest there.

    A diacritic may be missing; hyphen, en dash and space between words are one. What else may differ, the
    term says: by default the plural of a form that is no name, an upper-case letter for a lower-case one
    where a word begins, a leading "the". The first letter of a sentence may always be upper case, and "the"
    may always stand before a form that is listed without it: it is the sentence's, not the term's.
    """

    def __init__(self, glossary: Glossary) -> None:
        self._root = _Node()
        for term in glossary:
            for target in term.targets:
                self._add(target, target, term)
        for term in glossary:
            for target in filter(term.may_inflect, term.targets):
                for written in plurals(target):
                    self._add(written, target, term)

    def _add(self, written: str, target: str, term: Term) -> None:
        keys = target_keys(written) if term.any_article else [token.key for token in _tokens(written)]
        node = self._root
        for key in keys:
            node = node.next.setdefault(_loose(key), _Node())
        form = _Form(tuple(keys), target, term)
        if form not in node.forms:
            node.forms.append(form)

    def find(self, text: str) -> list[TargetMatch]:
        """Return the English forms in the text, in its order; offsets count characters."""
        tokens = _tokens(text)
        loose = [_loose(token.key) for token in tokens]
        matches: list[TargetMatch] = []
        free = 0
        for index in range(len(tokens)):
            if index < free or loose[index] not in self._root.next or _continues(tokens, index):
                continue
            found = self._longest(text, tokens, loose, index)
            if found:
                last = index + len(found[0].keys) - 1
                matches.append(_match(text, tokens, index, last, free, found))
                free = last + 1
        return matches

    def _longest(self, text: str, tokens: Sequence[_Token], loose: Sequence[str], index: int) -> list[_Form]:
        """Return the forms of the most words that begin with this token."""
        longest: list[_Form] = []
        node: _Node | None = self._root
        for last in range(index, len(tokens)):
            node = node.next.get(loose[last]) if node else None
            if node is None:
                break
            if node.forms and not _continues(tokens, last + 1):
                longest = [form for form in node.forms if _stands(form, text, tokens, index)] or longest
        return longest


def _stands(form: _Form, text: str, tokens: Sequence[_Token], index: int) -> bool:
    """Tell whether the words from this token on are the form, as far as its term allows them to differ."""
    term = form.term
    words = [token.key for token in tokens[index : index + len(form.keys)]]
    if term.any_case:
        return all(_same(word.lower(), key.lower()) for word, key in zip(words, form.keys, strict=True))
    if term.allow and not _begins_sentence(text, tokens[index].start):
        return all(map(_same, words, form.keys))
    lowered = words[:1] if term.allow else words
    return all(
        _same(word, key) or (at < len(lowered) and _same(word[0].lower() + word[1:], key))
        for at, (word, key) in enumerate(zip(words, form.keys, strict=True))
    )


def _same(word: str, key: str) -> bool:
    return word == key or (not key.isascii() and word == plain(key))


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 16) : start].rstrip(OPENING)
    return not before or before.rstrip(CLOSING).endswith(SENTENCE_END)


def _loose(key: str) -> str:
    return plain(key).lower()


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


def is_respelled(written: str, form: str) -> bool:
    """Tell whether these are the words of a form with other hyphens, or without its diacritics."""
    words, wanted = ([_loose(token.key) for token in _tokens(text)] for text in (written, form))
    return words == wanted and written.lower() != form.lower()


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
    text: str, tokens: Sequence[_Token], index: int, last: int, free: int, found: Sequence[_Form]
) -> TargetMatch:
    start, end = tokens[index].start, tokens[last].end
    targets = [form.target for form in found]
    target = text[start:end] if text[start:end] in targets else targets[0]
    if index > free and tokens[index - 1].key.lower() == ARTICLE == target.split(maxsplit=1)[0].lower():
        start = tokens[index - 1].start
    return TargetMatch(start, end, target, tuple(dict.fromkeys(form.term for form in found)))
