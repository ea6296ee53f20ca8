"""Find the names and recurring terms of a document that no glossary knows yet.

Prefixes are stripped by evidence over the whole document, names told by their letters and neighbours, terms
by C-value (Frantzi, Ananiadou & Mima 2000, "Automatic recognition of multi-word terms").
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from glossary.hebrew import HYPHENS, WORD, clean_text, fold, has_hebrew, is_prefix, word_keys
from glossary.match import SourceMatcher
from glossary.names.reader import Follows, Reader
from glossary.names.words import BODIES, HEADS, PARTICLES, TITLES
from glossary.spelling import bare
from glossary.terms import Glossary, Term, surface_key

NAME, TERM = "name", "term"
LEAST_NAMES, LEAST_TERMS = 1, 2
LONGEST_TERM = 4
LONGEST_NAME = 4
# Name-likeness from which a word is a name; from which it is one beside another name.
SURE, BESIDE = 0.5, 0.4
# How much a body named by a head and a definite word is like a name.
BODY = 0.5
# Least C-value, weighed by rarity, of a term.
LEAST_VALUE = 1.5

# What may stand between the words of one candidate.
_JOINT = re.compile(rf" ?[{HYPHENS}] ?|\u2013| ")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name or term to look at: `source` without prefixes, `prefixes` seen before it, other spellings.

    `likeness` is how much it looks like a name, from 0 to 1; `place` is the number of the first text that
    has it, from 0; `score` orders candidates and means nothing else. `target` is a suggestion or "".
    """

    source: str
    count: int
    prefixes: tuple[str, ...]
    likeness: float
    kind: str
    place: int
    score: float
    variants: tuple[str, ...] = ()
    target: str = ""

    @property
    def has_head(self) -> bool:
        """Tell whether it begins with an everyday word that must be translated (משרד החוץ, נהר הירדן)."""
        first, *rest = word_keys(self.source)
        return bool(rest) and (first in HEADS or first in BODIES)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of a run: as written, the reading chosen (prefix and stem), its key, and its likeness."""

    start: int
    end: int
    word: str
    prefix: str
    stem: str
    key: str
    likeness: float


@dataclass(slots=True)
class _Seen:
    """What is known of a sequence of words while a document is read."""

    forms: Counter[str] = field(default_factory=Counter)
    prefixes: Counter[str] = field(default_factory=Counter)
    likeness: float = 0.0
    place: int = 0
    inside: int = 0

    @property
    def count(self) -> int:
        return self.forms.total()


_Key = tuple[str, ...]
_Table = dict[_Key, _Seen]


def extract(
    texts: Sequence[str],
    glossary: Glossary,
    *,
    least_names: int = LEAST_NAMES,
    least_terms: int = LEAST_TERMS,
) -> list[Candidate]:
    """Return the candidates of a document's sentences, the most promising first.

    What the glossary finds in them is left out, and what is a part of a term found.
    """
    matcher = SourceMatcher(glossary)
    spans: list[list[tuple[int, int]]] = []
    found: set[_Key] = set()
    for text in texts:
        matches = matcher.find(text)
        spans.append([(match.start - len(match.prefix), match.end) for match in matches])
        found.update(tuple(map(bare, word_keys(match.term.source))) for match in matches)
    runs = [(place, text, words) for place, text in enumerate(texts) for words in _runs(text, spans[place])]
    reader = Reader(word for _, _, words in runs for word in words)
    names: _Table = defaultdict(_Seen)
    terms: _Table = defaultdict(_Seen)
    for place, text, words in runs:
        tokens = _read(text, words, reader)
        taken = _add_names(names, place, text, tokens)
        _add_bodies(names, place, text, tokens, taken)
        _add_terms(terms, place, text, tokens, taken)
    fragments = {key[a:b] for key in found for a in range(len(key)) for b in range(a + 1, len(key) + 1)}
    kept = [*_names(names, least_names), *_terms(terms, least_terms, reader)]
    kept = [item for item in kept if tuple(map(bare, word_keys(item.source))) not in fragments]
    kept = [item for item in kept if not any(map(is_prefix, (item.source, *item.variants)))]
    return sorted(kept, key=lambda item: (-item.score, item.place, item.source))


def as_glossary(candidates: Sequence[Candidate], where: Sequence[str]) -> Glossary:
    """Return the candidates as a glossary to look through; `where` names the place of each text.

    Left out: candidates without an English suggestion, and one that reads like another before it.
    """
    terms: list[Term] = []
    claimed: set[str] = set()
    for item in candidates:
        keys = {surface_key(form): form for form in (item.source, *item.variants)}
        own = surface_key(item.source)
        if own in claimed or not item.target or has_hebrew(item.target):
            continue
        variants = tuple(form for key, form in keys.items() if key != own and key not in claimed)
        claimed.update(keys)
        note = f"suggested; {item.count}×; {where[item.place]}"
        terms.append(Term(item.source, (item.target,), variants, note, item.kind))
    return Glossary(tuple(terms))


def _runs(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[list[re.Match[str]]]:
    """Yield stretches of Hebrew words with nothing between them but blanks and hyphens, and no known term."""
    run: list[re.Match[str]] = []
    for word in WORD.finditer(text):
        known = any(word.start() < end and start < word.end() for start, end in spans)
        joined = run and _JOINT.fullmatch(clean_text(text[run[-1].end() : word.start()]))
        if run and (known or not joined):
            yield run
            run = []
        if not known and has_hebrew(word[0]) and not re.search(r"[0-9A-Za-z]", word[0]):
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _read(text: str, words: Sequence[re.Match[str]], reader: Reader) -> list[_Token]:
    """Return the words of a run, each read as prefix and stem."""
    tokens: list[_Token] = []
    for word in words:
        reading = reader.read(word[0])
        start = word.start() + len(word[0]) - len(reading.stem) if reading.prefix else word.start()
        before = tokens[-1] if tokens else None
        follows = Follows.NOTHING
        if before is not None and {before.key, fold(before.word)} & (TITLES | HEADS):
            follows = Follows.TITLE
        elif before is not None and before.likeness >= SURE:
            follows = Follows.TIED if text[before.end : word.start()].strip() else Follows.NAME
        likeness = reader.likeness(reading, follows)
        tokens.append(
            _Token(start, word.end(), word[0], reading.prefix, reading.stem, fold(reading.stem), likeness)
        )
    return tokens


def _add_names(names: _Table, place: int, text: str, tokens: Sequence[_Token]) -> set[int]:
    """Count the names of a run; return the places of their words."""
    taken: set[int] = set()
    at = 0
    while at < len(tokens):
        last = _name_end(text, tokens, at)
        if last is None:
            at += 1
            continue
        first = at
        _count(names, place, text, tokens[first : last + 1])
        if first and tokens[first - 1].key in HEADS and not tokens[first].prefix.rstrip("ה"):
            first -= 1
            _count(names, place, text, tokens[first : last + 1])
            names[_key(tokens[first + 1 : last + 1])].inside += 1
        taken.update(range(first, last + 1))
        at = last + 1
    return taken


def _name_end(text: str, tokens: Sequence[_Token], first: int) -> int | None:
    """Return the place of the last word of the name that begins here, None where none does."""
    if tokens[first].likeness < BESIDE:
        return None
    last, at = first, first + 1
    while at < len(tokens) and at - first < LONGEST_NAME:
        tied = _is_tied(text, tokens[at - 1], tokens[at])
        if fold(tokens[at].word) not in PARTICLES:
            if tokens[at].likeness < BESIDE or (tokens[at].prefix and not tied):
                break
            last = at
        at += 1
    best = max(token.likeness for token in tokens[first : last + 1])
    return last if best >= SURE else None


def _is_tied(text: str, one: _Token, other: _Token) -> bool:
    return any(char in HYPHENS for char in text[one.end : other.start])


def _add_terms(terms: _Table, place: int, text: str, tokens: Sequence[_Token], taken: set[int]) -> None:
    """Count every sequence of words that may be a term: no stop word at its ends, not all of it a name."""
    for first in range(len(tokens)):
        for last in range(first, min(first + LONGEST_TERM, len(tokens))):
            within = range(first, last + 1)
            if taken.issuperset(within) or _is_cut(taken, first, last):
                continue
            if last > first and tokens[last].prefix.rstrip("ה"):
                break
            _count(terms, place, text, tokens[first : last + 1])


def _add_bodies(names: _Table, place: int, text: str, tokens: Sequence[_Token], taken: set[int]) -> None:
    """Count names of bodies: a head and the definite words after it (משרד החוץ)."""
    for first, head in enumerate(tokens[:-1]):
        last = first
        while last + 1 < len(tokens) and last - first < 2 and last + 1 not in taken:
            if tokens[last + 1].prefix != ("ה" if last == first else "וה"):
                break
            last += 1
        if head.key in BODIES and last > first and first not in taken:
            _count(names, place, text, tokens[first : last + 1], BODY)
            taken.update(range(first, last + 1))


def _is_cut(taken: set[int], first: int, last: int) -> bool:
    """Tell whether a name goes on beyond the ends."""
    return ({first - 1, first} <= taken) or ({last, last + 1} <= taken)


def _key(tokens: Sequence[_Token]) -> _Key:
    return (tokens[0].key, *(bare(fold(token.word)) for token in tokens[1:]))


def _count(
    table: _Table, place: int, text: str, tokens: Sequence[_Token], likeness: float | None = None
) -> None:
    seen = table[_key(tokens)]
    seen.place = seen.place if seen.forms else place
    surface = " ".join(clean_text(text[tokens[0].start : tokens[-1].end]).split())
    if tokens[0].prefix.endswith("ה") and all(token.word.startswith("ה") for token in tokens[1:]):
        # "The Muslim world" is listed without its articles.
        surface = " ".join([tokens[0].stem, *(token.word[1:] for token in tokens[1:])])
    seen.forms[surface] += 1
    seen.prefixes[tokens[0].prefix] += 1
    mean = sum(token.likeness for token in tokens) / len(tokens) if likeness is None else likeness
    seen.likeness = max(seen.likeness, mean)


def _names(names: _Table, least: int) -> Iterator[Candidate]:
    for seen in names.values():
        alone = seen.count - seen.inside
        if alone >= least:
            score = seen.likeness * (1 + math.log2(1 + alone))
            yield _candidate(seen, alone, NAME, max(seen.likeness, SURE), score)


def _terms(terms: _Table, least: int, reader: Reader) -> Iterator[Candidate]:
    """Yield the terms by C-value: the count, less the mean count of the longer terms that hold it."""
    frequent = {key: seen for key, seen in terms.items() if seen.count >= least and reader.is_term(key)}
    longer: defaultdict[_Key, list[int]] = defaultdict(list)
    for key, seen in frequent.items():
        for size in range(1, len(key)):
            for start in range(len(key) - size + 1):
                longer[key[start : start + size]].append(seen.count)
    for key, seen in frequent.items():
        holders = longer[key]
        alone = seen.count - (sum(holders) / len(holders) if holders else 0)
        value = math.log2(1 + len(key)) * alone * reader.rarity(key)
        if alone > 0 and (len(key) > 1 or seen.count > least) and value >= LEAST_VALUE:
            yield _candidate(seen, seen.count, TERM, min(seen.likeness, SURE), math.log2(1 + value) / 2)


def _candidate(seen: _Seen, count: int, kind: str, likeness: float, score: float) -> Candidate:
    (source, _), *others = seen.forms.most_common()
    key = " ".join(word_keys(source))
    variants = tuple(form for form, _ in others if " ".join(word_keys(form)) != key)
    prefixes = tuple(prefix for prefix, _ in seen.prefixes.most_common() if prefix)
    return Candidate(source, count, prefixes, round(likeness, 2), kind, seen.place, score, variants)
