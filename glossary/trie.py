"""Tries of the words that spell out terms: as written, without an article, without weak letters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from glossary.hebrew import COMMON_WORDS, WORD, spell, word_keys
from glossary.inflect import POSSESSIVE, Inflection, inflections, is_plural_english
from glossary.spelling import bare, has_skeleton, is_alike, is_near, is_short, skeleton, vavs
from glossary.terms import Glossary, Term, is_name

# Tries in the order of preference: as written, without the article that ב כ ל swallow, without weak letters.
EXACT, ABSORBED, SKELETON = range(3)
# Kinds of names that never take the article: with one it is another word (הירדן is the river).
WITHOUT_ARTICLE = frozenset(("country", "person"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One surface of a term: its folded words, its letters before folding, and how it is inflected.

    One in the construct state, `is_bound`, has no article and a noun after it; one that reads as another word
    behind a prefix, `is_bare`, has none, or the article where it is a common noun (שר, השר, but בשר is meat).
    """

    term: Term
    words: tuple[str, ...]
    spelling: str
    form: str = ""
    is_bound: bool = False
    is_bare: bool = False

    def accepts(self, prefix: str, spelling: str, trie: int, keys: Sequence[str]) -> bool:
        """Tell whether words that lead here by their keys, the first spelled so, may stand for the term."""
        if prefix.endswith("ה"):
            if (
                self.is_bound
                or self.term.kind in WITHOUT_ARTICLE
                or (self.is_bare and not self.term.inflects)
            ):
                return False
        elif prefix and self.is_bare:
            return False
        if not prefix and vavs(spelling) > vavs(self.spelling):
            return False  # one of them is "and"
        if self.form == POSSESSIVE and not keys[1].startswith("ה"):
            return False  # "his country is a member", not "his member state"
        if trie == SKELETON:
            return is_near(keys, self.words)
        # An inflected word is spelled exactly: centres (מרכזים) are not central (מרכזיים).
        is_exact = is_short(self.words) or (self.form and len(self.words) == 1)
        return not is_exact or is_alike(spelling, self.spelling)


@dataclass(slots=True)
class Node:
    """A place in a trie of word keys; `entries` holds what ends here."""

    next: dict[str, "Node"] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def child(self, keys: Sequence[str]) -> "Node":
        """Return the node that the keys lead to, made where there is none."""
        node = self
        for key in keys:
            node = node.next.setdefault(key, Node())
        return node


class Tries:
    """The surfaces of a glossary's terms and, where `inflected`, the forms of those that inflect."""

    def __init__(self, glossary: Glossary, *, inflected: bool = True) -> None:
        self.roots = (Node(), Node(), Node())
        surfaces = [(term.source, term) for term in glossary]
        surfaces += [(variant, term) for term in glossary for variant in term.variants]
        for surface, term in surfaces:
            self._add(Inflection("", surface), term)
        for surface, term in surfaces if inflected else ():
            for inflection in _inflections(surface, term):
                self._add(inflection, term)
        _drop_ambiguous(self.roots[SKELETON])

    def name_words(self) -> tuple[set[str], set[str]]:
        """Return the words of names, and all words of the terms, folded and later ones without an article."""
        names: set[str] = set()
        every: set[str] = set()
        nodes = [self.roots[EXACT]]
        while nodes:
            node = nodes.pop()
            every.update(node.next)
            nodes += node.next.values()
            for entry in node.entries:
                if not entry.form and _is_name(entry.term):
                    names.update((entry.words[0], *map(bare, entry.words[1:])))
        return names, every

    def _add(self, inflection: Inflection, term: Term) -> None:
        words = tuple(word_keys(inflection.surface))
        if not words:
            return
        spelling = spell("".join(WORD.findall(inflection.surface)))
        entry = Entry(term, words, spelling, inflection.form, inflection.is_bound, _is_bare(words, term))
        later = [bare(word) for word in words[1:]]
        known = self.roots[EXACT].child([words[0], *later]).entries
        if known and (inflection.form or not is_short(words)):
            return
        known.append(entry)
        if _loses_article(words, term):
            self.roots[ABSORBED].child([words[0][1:], *words[1:]]).entries.append(entry)
        if not inflection.form and _is_name(term) and has_skeleton(words):
            weak = [skeleton(word) for word in (words[0], *later)]
            self.roots[SKELETON].child(weak).entries.append(entry)


def _inflections(surface: str, term: Term) -> Iterator[Inflection]:
    if term.inflects:
        yield from inflections(surface, is_plural_english(term.targets[0]))


def _is_name(term: Term) -> bool:
    return any(map(is_name, term.targets))


def _is_bare(words: Sequence[str], term: Term) -> bool:
    return len(words) == 1 and (len(words[0]) <= 2 or (words[0] in COMMON_WORDS and _is_name(term)))


def _loses_article(words: Sequence[str], term: Term) -> bool:
    """Tell whether a term that begins with the article keeps it out of sight after ב כ ל."""
    if not words[0].startswith("ה"):
        return False
    return len(words[0]) > 2 if len(words) > 1 else len(words[0]) > 4 and _is_name(term)


def _drop_ambiguous(node: Node) -> None:
    """Forget the skeletons that several terms share."""
    if len({entry.term.source for entry in node.entries}) > 1:
        node.entries.clear()
    for child in node.next.values():
        _drop_ambiguous(child)
