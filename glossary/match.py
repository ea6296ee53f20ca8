"""Find the terms of a glossary in Hebrew text, behind their prefixes, spelled and inflected otherwise.

A trie over words, no Aho–Corasick automaton over characters: both are linear and the automaton, in C,
is many times as fast, but it finds listed letters only, and a third of all terms stand behind a prefix.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glossary.english import TargetMatch, TargetMatcher
from glossary.hebrew import LOOKALIKES, clean_text, fold, prefix_spans, spell
from glossary.joints import Token, close_quotation, ends, governs, joins, places, prefix_before, tokens_of
from glossary.spelling import bare, skeleton
from glossary.terms import Glossary, Term
from glossary.trie import ABSORBED, EXACT, SKELETON, Entry, Node, Tries
from glossary.typos import TypoIndex

__all__ = ["Match", "SourceMatcher", "TargetMatch", "TargetMatcher"]

TYPO = "typo"
_ABSORBING = tuple("בכל")
_CACHED_WORDS = 200_000


@dataclass(frozen=True, slots=True)
class Match:
    """A term in a text: text[start:end] is its surface, without the prefix that stands before it.

    `form` says how the surface differs from the listed one: plural, singular, construct, possessive or typo;
    it is empty where it does not.
    """

    start: int
    end: int
    prefix: str
    term: Term
    form: str = ""


@dataclass(frozen=True, slots=True)
class _Start:
    """One way to read a word as the first of a term; offsets count in the word as written."""

    prefix: str
    start: int
    end: int
    spelling: str
    key: str
    node: Node
    trie: int
    is_typo: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A term that stands from the token `index`, read so, to the token `last`, at the offset `end`."""

    first: _Start
    index: int
    last: int
    end: int
    entry: Entry
    is_typo: bool

    @property
    def rank(self) -> tuple[int, bool, bool, int, int]:
        is_listed = not self.entry.form
        return (self.last, not self.is_typo, is_listed, -self.first.trie, -len(self.first.prefix))


class SourceMatcher:
    """Finds terms in Hebrew text.

    Words are compared by their folded forms, so marks and spellings that fold alike do not count; white
    space, maqaf, hyphen and en dash between words are one; an article on a later word is free. A common
    noun is found in its plural and construct state too; with `typos`, a name with one letter wrong is.

    The rule for terms that share words: those are chosen that cover the most words, of these the fewest, of
    these the ones that begin with the longest on the left. So the longest match wins over those nested in
    it, and "A B" over "B C" in the text "A B C", but "B C D" over "A B" in "A B C D".
    """

    def __init__(self, glossary: Glossary, *, typos: bool = False, inflected: bool = True) -> None:
        tries = Tries(glossary, inflected=inflected)
        self._roots = tries.roots
        self._typos = TypoIndex(*tries.name_words()) if typos else None
        self._cache: dict[str, tuple[_Start, ...]] = {}

    def find(self, text: str) -> list[Match]:
        """Return the terms in the text, in its order; offsets count characters of the text as given."""
        tokens = tokens_of(text)
        matches: list[Match] = []
        free = 0
        for index, token in enumerate(tokens):
            if index < free or not (starts := self._starts(token.word)):
                continue
            candidates = self._candidates(text, tokens, index, starts)
            if candidates:
                chosen = self._settle(text, tokens, candidates)
                for one in chosen:
                    matches.append(_match(text, tokens, free, one))
                    free = one.last + 1
        return matches

    def _candidates(
        self, text: str, tokens: Sequence[Token], index: int, starts: Sequence[_Start]
    ) -> list[_Candidate]:
        """Return the terms that begin with a token, the best last."""
        found = [one for start in starts for one in self._walk(text, tokens, index, start)]
        return sorted(found, key=lambda one: one.rank) if len(found) > 1 else found

    def _settle(
        self, text: str, tokens: Sequence[Token], candidates: list[_Candidate]
    ) -> Sequence[_Candidate]:
        """Choose among the terms that begin with one token and those that share words with them."""
        best = candidates[-1]
        if best.last == best.index:
            return [best]
        rivals = [candidates]
        reach = best.last
        while (at := best.index + len(rivals)) <= reach:
            here = self._candidates(text, tokens, at, self._starts(tokens[at].word))
            rivals.append(here)
            if here:
                reach = max(reach, here[-1].last)
        return [best] if reach == best.last else _most_covering(rivals)

    def _starts(self, word: str) -> tuple[_Start, ...]:
        """Return every reading of the word as the first of some term."""
        starts = self._cache.get(word)
        if starts is None:
            if len(self._cache) >= _CACHED_WORDS:
                self._cache.clear()
            starts = tuple(self._read(word))
            if self._typos is not None and all(start.trie == SKELETON for start in starts):
                starts += tuple(self._read_typos(word, self._typos))
            self._cache[word] = starts
        return starts

    def _read(self, word: str) -> Iterator[_Start]:
        for place, spelling, absorbing in _readings(word):
            key = fold(spelling)
            for trie, root_key in ((EXACT, key), (ABSORBED, key), (SKELETON, skeleton(key))):
                node = self._roots[trie].next.get(root_key)
                if node is not None and (trie != ABSORBED or absorbing):
                    yield _Start(*place, spelling, key, node, trie)

    def _read_typos(self, word: str, typos: TypoIndex) -> Iterator[_Start]:
        """Yield the readings of a word that is no start of a term as a slip for one that is."""
        readings = [(place, spelling, fold(spelling)) for place, spelling, _ in _readings(word)]
        if any(key in typos.known for _, _, key in readings):
            return
        for place, spelling, key in readings:
            for meant in typos.corrections(key):
                node = self._roots[EXACT].next.get(meant)
                if node is not None:
                    yield _Start(*place, spelling, meant, node, EXACT, is_typo=True)

    def _walk(self, text: str, tokens: Sequence[Token], index: int, start: _Start) -> Iterator[_Candidate]:
        """Yield every term that the words from this one on spell out."""
        node, keys, end, is_typo, last = start.node, [start.key], 0, start.is_typo, index
        end = tokens[index].start + start.end
        while True:
            for entry in node.entries:
                bound_at = tokens[index].start + start.start
                if entry.accepts(start.prefix, start.spelling, start.trie, keys) and (
                    not entry.is_bound or governs(text, tokens, last, bound_at)
                ):
                    yield _Candidate(start, index, last, end, entry, is_typo)
            last += 1
            if (
                not node.next
                or last == len(tokens)
                or not joins(text[tokens[last - 1].end : tokens[last].start])
            ):
                return
            step = _step(node, tokens[last], start.trie)
            if step is None and not is_typo and start.trie == EXACT and self._typos is not None:
                step, is_typo = _slip(node, tokens[last], self._typos), True
            if step is None:
                return
            node, key, end = step
            keys.append(key)


def _readings(word: str) -> Iterator[tuple[tuple[str, int, int], str, bool]]:
    """Yield the ways to part a word from a prefix: (prefix, start, end), the rest's letters, may absorb."""
    clean = clean_text(word)
    at = places(word)
    for end in ends(clean):
        surface = clean[:end]
        for prefix_end, start in _splits(surface):
            absorbing = start == prefix_end and surface[:prefix_end].endswith(_ABSORBING)
            yield (surface[:prefix_end], at[start], at[end]), spell(surface[start:]), absorbing


def _splits(surface: str) -> list[tuple[int, int]]:
    """Return the ways to part a word from its prefix, none first, none that cuts an everyday word."""
    splits = [(0, 0)]
    for prefix_end, start in prefix_spans(surface):
        if surface[splits[-1][1] :] in LOOKALIKES:
            break
        splits.append((prefix_end, start))
    return splits


def _step(node: Node, token: Token, trie: int) -> tuple[Node, str, int] | None:
    """Follow a later word; return the node, the word's key and the offset where it ends."""
    clean = clean_text(token.word)
    for length in ends(clean):
        key = fold(clean[:length])
        plain = key if trie == ABSORBED else bare(key)
        child = node.next.get(skeleton(plain) if trie == SKELETON else plain)
        if child is not None:
            return child, key, token.start + places(token.word)[length]
    return None


def _slip(node: Node, token: Token, typos: TypoIndex) -> tuple[Node, str, int] | None:
    """Follow a later word that has one letter wrong."""
    clean = clean_text(token.word)
    for length in ends(clean):
        for meant in typos.corrections(bare(fold(clean[:length]))):
            if child := node.next.get(meant):
                return child, meant, token.start + places(token.word)[length]
    return None


def _most_covering(rivals: Sequence[Sequence[_Candidate]]) -> list[_Candidate]:
    """Choose the terms that cover the most words, the fewest of them, by dynamic programming from the right.

    `rivals` holds the terms that begin with each token, the best last.
    """
    best: list[tuple[int, int, list[_Candidate]]] = [(0, 0, [])]
    for offset in range(len(rivals) - 1, -1, -1):
        choice = best[0]
        for one in rivals[offset]:
            words = one.last - one.index + 1
            covered, fewer, rest = best[words - 1]
            if (covered + words, fewer - 1) >= choice[:2]:
                choice = (covered + words, fewer - 1, [one, *rest])
        best.insert(0, choice)
    return best[0][2]


def _match(text: str, tokens: Sequence[Token], free: int, best: _Candidate) -> Match:
    start = tokens[best.index].start + best.first.start
    end = close_quotation(text, tokens[best.index : best.last + 1], best.end)
    prefix = best.first.prefix
    if not prefix and best.index > free:
        prefix = prefix_before(text, tokens[best.index - 1], start)
    return Match(start, end, prefix, best.entry.term, TYPO if best.is_typo else best.entry.form)
