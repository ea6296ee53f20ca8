"""Find the terms of a glossary in Hebrew text, behind their prefixes and under their spellings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from glossary.english import TargetMatch, TargetMatcher
from glossary.hebrew import (
    COMMON_WORDS,
    GERESH,
    GERSHAYIM,
    HYPHENS,
    LOOKALIKES,
    WORD,
    clean_text,
    fold,
    is_prefix,
    prefix_spans,
    spell,
    word_keys,
)
from glossary.spelling import bare, has_skeleton, is_alike, is_near, is_short, skeleton, vavs
from glossary.terms import Glossary, Term

__all__ = ["Match", "SourceMatcher", "TargetMatch", "TargetMatcher"]

# Kinds of names that never take the article: with one it is another word (הירדן is the river).
WITHOUT_ARTICLE = frozenset(("country", "person"))
_ABSORBING = tuple("בכל")
_QUOTES = GERESH + GERSHAYIM
_SPACE = r"[^\S\n]"
_JOINT = re.compile(
    rf"[{_QUOTES}]{{0,2}}"
    rf"(?:{_SPACE}+(?:\n{_SPACE}*)?|\n{_SPACE}*|{_SPACE}?[{HYPHENS}]\s?|\u2013)"
    rf"[{_QUOTES}]{{0,2}}"
)
_AFTER_PREFIX = re.compile(rf"[\u2013{HYPHENS}][{_QUOTES}]{{0,2}}")
_CLOSING = re.compile(f"''|[{_QUOTES}]")
_CACHED_WORDS = 200_000


@dataclass(frozen=True, slots=True)
class Match:
    """A term in a text: text[start:end] is its surface, without the prefix that stands before it."""

    start: int
    end: int
    prefix: str
    term: Term


class _Token(NamedTuple):
    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """One surface of a term: its folded words, and its letters before folding."""

    term: Term
    words: tuple[str, ...]
    spelling: str


@dataclass(slots=True)
class _Node:
    """A place in a trie of word keys; `entries` holds what ends here."""

    next: dict[str, "_Node"] = field(default_factory=dict)
    entries: list[_Entry] = field(default_factory=list)

    def child(self, keys: Sequence[str]) -> "_Node":
        node = self
        for key in keys:
            node = node.next.setdefault(key, _Node())
        return node


@dataclass(frozen=True, slots=True)
class _Start:
    """One way to read a word as the first of a term; offsets count in the word as written."""

    prefix: str
    start: int
    end: int
    spelling: str
    key: str
    node: _Node
    trie: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A term that begins with a reading and ends with the token `last`, at the offset `end`."""

    first: _Start
    last: int
    end: int
    term: Term

    @property
    def rank(self) -> tuple[int, int, int]:
        return (self.last, -self.first.trie, -len(self.first.prefix))


# Tries in the order of preference: as written, without the article that ב כ ל swallow, without weak letters.
_EXACT, _ABSORBED, _SKELETON = range(3)


class SourceMatcher:
    """Finds terms in Hebrew text: never overlapping, the leftmost first, the longest there.

    Words are compared by their folded forms, so marks and spellings that fold alike do not count; white
    space, maqaf, hyphen and en dash between words are one; an article on a later word is free.
    """

    def __init__(self, glossary: Glossary) -> None:
        self._tries = (_Node(), _Node(), _Node())
        self._bare_only: set[str] = set()
        self._cache: dict[str, tuple[_Start, ...]] = {}
        surfaces = [(term.source, term) for term in glossary]
        surfaces += [(variant, term) for term in glossary for variant in term.variants]
        for surface, term in surfaces:
            self._add(surface, term)
        _drop_ambiguous(self._tries[_SKELETON])

    def _add(self, surface: str, term: Term) -> None:
        words = tuple(word_keys(surface))
        if not words:
            return
        entry = _Entry(term, words, spell("".join(WORD.findall(surface))))
        later = [bare(word) for word in words[1:]]
        known = self._tries[_EXACT].child([words[0], *later]).entries
        if known and not is_short(words):
            return
        known.append(entry)
        if len(words) == 1 and (len(words[0]) <= 2 or words[0] in COMMON_WORDS):
            self._bare_only.add(words[0])
        if _loses_article(words, term):
            self._tries[_ABSORBED].child([words[0][1:], *words[1:]]).entries.append(entry)
        if _is_name(term) and has_skeleton(words):
            self._tries[_SKELETON].child([skeleton(word) for word in (words[0], *later)]).entries.append(
                entry
            )

    def find(self, text: str) -> list[Match]:
        """Return the terms in the text, in its order; offsets count characters of the text as given."""
        tokens = [_Token(*found.span(), found[0]) for found in WORD.finditer(text)]
        matches: list[Match] = []
        free = 0
        for index, token in enumerate(tokens):
            if index < free or not (starts := self._starts(token.word)):
                continue
            candidates = [found for start in starts for found in self._walk(text, tokens, index, start)]
            if candidates:
                best = max(candidates, key=lambda candidate: candidate.rank)
                matches.append(_match(text, tokens, index, free, best))
                free = best.last + 1
        return matches

    def _starts(self, word: str) -> tuple[_Start, ...]:
        """Return every reading of the word as the first of some term."""
        starts = self._cache.get(word)
        if starts is None:
            if len(self._cache) >= _CACHED_WORDS:
                self._cache.clear()
            starts = self._cache[word] = tuple(self._read(word))
        return starts

    def _read(self, word: str) -> Iterator[_Start]:
        clean = clean_text(word)
        places = _places(word)
        for end in _ends(clean):
            surface = clean[:end]
            for prefix_end, start in _splits(surface):
                spelling = spell(surface[start:])
                key = fold(spelling)
                if prefix_end and key in self._bare_only:
                    continue
                absorbing = start == prefix_end and surface[:prefix_end].endswith(_ABSORBING)
                place = (surface[:prefix_end], places[start], places[end])
                for trie, root_key in ((_EXACT, key), (_ABSORBED, key), (_SKELETON, skeleton(key))):
                    node = self._tries[trie].next.get(root_key)
                    if node is not None and (trie != _ABSORBED or absorbing):
                        yield _Start(*place, spelling, key, node, trie)

    def _walk(self, text: str, tokens: Sequence[_Token], index: int, start: _Start) -> Iterator[_Candidate]:
        """Yield every term that the words from this one on spell out."""
        node, keys, end = start.node, [start.key], tokens[index].start + start.end
        while True:
            for entry in node.entries:
                if _accepts(entry, start, keys):
                    yield _Candidate(start, index, end, entry.term)
            index += 1
            if (
                not node.next
                or index == len(tokens)
                or not _joins(text[tokens[index - 1].end : tokens[index].start])
            ):
                return
            step = _step(node, tokens[index], start.trie)
            if step is None:
                return
            node, key, end = step
            keys.append(key)


def _splits(surface: str) -> list[tuple[int, int]]:
    """Return the ways to part a word from its prefix, none first, none that cuts an everyday word."""
    splits = [(0, 0)]
    for prefix_end, start in prefix_spans(surface):
        if surface[splits[-1][1] :] in LOOKALIKES:
            break
        splits.append((prefix_end, start))
    return splits


def _accepts(entry: _Entry, start: _Start, keys: Sequence[str]) -> bool:
    """Tell whether words that lead to an entry by their keys may stand for its term."""
    if start.prefix.endswith("ה") and entry.term.kind in WITHOUT_ARTICLE:
        return False
    if not start.prefix and vavs(start.spelling) > vavs(entry.spelling):
        return False  # one of them is "and"
    if start.trie == _SKELETON:
        return is_near(keys, entry.words)
    return not is_short(entry.words) or is_alike(start.spelling, entry.spelling)


def _step(node: _Node, token: _Token, trie: int) -> tuple[_Node, str, int] | None:
    """Follow a later word; return the node, the word's key and the offset where it ends."""
    clean = clean_text(token.word)
    for length in _ends(clean):
        key = fold(clean[:length])
        plain = key if trie == _ABSORBED else bare(key)
        child = node.next.get(skeleton(plain) if trie == _SKELETON else plain)
        if child is not None:
            return child, key, token.start + _places(token.word)[length]
    return None


def _ends(word: str) -> tuple[int, ...]:
    """Return the lengths to read a word in: a geresh after it may be its own or close a quotation."""
    return (len(word), len(word) - 1) if word[-1:] in GERESH and len(word) > 1 else (len(word),)


def _places(word: str) -> Sequence[int]:
    """Return, for every character of the cleaned word and for its end, the place in the word as written."""
    if clean_text(word) == word:
        return range(len(word) + 1)
    return [place for place, char in enumerate(word) for _ in clean_text(char)] + [len(word)]


@lru_cache(maxsize=4096)
def _joins(gap: str) -> bool:
    """Tell whether words with this between them can belong to one term."""
    return gap == " " or (len(gap) < 12 and _JOINT.fullmatch(clean_text(gap)) is not None)


def _match(text: str, tokens: Sequence[_Token], index: int, free: int, best: _Candidate) -> Match:
    start = tokens[index].start + best.first.start
    end = _close_quotation(text, tokens[index : best.last + 1], best.end)
    prefix = best.first.prefix
    if not prefix and index > free:
        before = clean_text(tokens[index - 1].word)
        gap = clean_text(text[tokens[index - 1].end : start])
        prefix = before if is_prefix(before) and _AFTER_PREFIX.fullmatch(gap) else ""
    return Match(start, end, prefix, best.term)


def _close_quotation(text: str, tokens: Sequence[_Token], end: int) -> int:
    """Return the end of a term, behind the mark that closes a quotation opened inside it."""
    gaps = fold("".join(text[one.end : other.start] for one, other in pairwise(tokens)))
    is_open = (gaps.count("'") + gaps.count('"')) % 2
    closing = _CLOSING.match(text, end) if is_open else None
    return closing.end() if closing else end


def _is_name(term: Term) -> bool:
    return any(target.removeprefix("the ")[:1].isupper() for target in term.targets)


def _loses_article(words: Sequence[str], term: Term) -> bool:
    """Tell whether a term that begins with the article keeps it out of sight after ב כ ל."""
    if not words[0].startswith("ה"):
        return False
    return len(words[0]) > 2 if len(words) > 1 else len(words[0]) > 4 and _is_name(term)


def _drop_ambiguous(node: _Node) -> None:
    """Forget the skeletons that several terms share."""
    if len({entry.term.source for entry in node.entries}) > 1:
        node.entries.clear()
    for child in node.next.values():
        _drop_ambiguous(child)
