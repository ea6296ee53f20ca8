"""Word links of a pair, from the attention of a model that is made to say the given translation."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from aligned.align.lexicon import folded_lexicon
from aligned.links import Link, Matrix, Span, by_lexicon, from_matrix, mean, source_words, target_words
from glossary.check import serve
from glossary.match import Match, SourceMatcher, TargetMatch, TargetMatcher
from glossary.terms import Glossary, Term

if TYPE_CHECKING:
    from mt.engines.base import Engine

# The least mean of attention and lexicon that links two words, fitted on pairs linked by hand.
MIN_MEAN = 0.25


class Linker:
    """Links words with one engine; terms of a glossary that stand on both sides are linked whole.

    A term's words are linked with nothing outside its translation. The aligner's lexicon counts as much as
    the attention.
    """

    def __init__(self, engine: "Engine", glossary: Glossary) -> None:
        self._engine = engine
        self._sources = SourceMatcher(glossary)
        self._targets = TargetMatcher(glossary)

    def links(self, source: str, target: str) -> list[Link]:
        """Return the links of a pair, in the target's order."""
        terms = term_links(self._sources.find(source), self._targets.find(target))
        sources, targets = source_words(source), target_words(target)
        found = self.words(source, target)
        links = [Link(sources[s], targets[t], weight) for (s, t), weight in found.items()]
        free = [link for link in links if not any(_touches(link, term) for term in terms)]
        return sorted([*terms, *free], key=lambda link: (link.target, link.source))

    def words(self, source: str, target: str) -> dict[tuple[int, int], float]:
        """Return the links of a pair by the numbers of its words, with weights, terms like other words."""
        hebrew = [source[a:b] for a, b in source_words(source)]
        english = [target[a:b] for a, b in target_words(target)]
        known = by_lexicon(hebrew, english, folded_lexicon())
        return from_matrix(mean(attention(self._engine, source, target), known), MIN_MEAN)


def links(
    source: str, target: str, engine: "Engine | None" = None, glossary: Glossary | None = None
) -> list[Link]:
    """Return the word links of one pair by the shipped model and glossary, unless others are given.

    Whoever links many pairs keeps a `Linker`.
    """
    from glossary.terms import shipped
    from mt.engines.registry import load_engine

    return Linker(engine or load_engine(), shipped() if glossary is None else glossary).links(source, target)


def term_links(sources: Sequence[Match], targets: Sequence[TargetMatch]) -> list[Link]:
    """Link the occurrences of each term in their order with the English forms that serve it."""
    places: dict[Term, list[Match]] = {}
    for match in sources:
        places.setdefault(match.term, []).append(match)
    found = []
    for term, form in serve(Counter(match.term for match in sources), targets):
        match = places[term].pop(0)
        found.append(Link((match.start, match.end), (form.start, form.end), 1.0))
    return found


def attention(engine: "Engine", source: str, target: str) -> Matrix:
    """Return how much each target word looks at each source word, shape (target words, source words).

    It is the attention of the decoder's last layer, the mean of its heads, as both engines give it with an
    output; each row sums to at most 1, since the end mark and punctuation take their part.
    """
    from mt.engines.base import Request

    pieces, offsets = engine.pieces.source(source)
    prefix = engine.pieces.target(target)
    weights = engine.decode([Request(pieces, prefix)])[0].attention[: len(prefix)]
    return to_words(weights, offsets, target_offsets(engine, prefix, target), source, target)


def to_words(
    weights: Matrix, offsets: Sequence[Span], places: Sequence[Span], source: str, target: str
) -> Matrix:
    """Bring a matrix of pieces to words: the sum over source pieces, the mean over target pieces."""
    rows = _members(target_words(target), places)
    columns = _members(source_words(source), offsets)
    counts = np.maximum(rows.sum(axis=1, keepdims=True), 1)
    return np.asarray(rows @ weights @ columns.T / counts, dtype=np.float32)


def _members(words: Sequence[Span], pieces: Sequence[Span]) -> Matrix:
    """Return which pieces belong to which words, shape (words, pieces)."""
    found = np.zeros((len(words), len(pieces)), dtype=np.float32)
    for row, (start, end) in enumerate(words):
        for column, (first, last) in enumerate(pieces):
            found[row, column] = first < end and start < last
    return found


def target_offsets(engine: "Engine", prefix: tuple[str, ...], target: str) -> list[Span]:
    """Return where each target piece stands; the tokenizer joins spaces, so blanks are not counted."""
    places = [at for at, char in enumerate(target) if not char.isspace()]
    ends = [
        sum(not c.isspace() for c in engine.pieces.text(prefix)[:end]) for end in engine.pieces.ends(prefix)
    ]
    spans, start = [], 0
    for end in ends:
        last = min(end, len(places))
        spans.append((places[start], places[last - 1] + 1) if last > start else (0, 0))
        start = max(start, last)
    return spans


def _touches(link: Link, term: Link) -> bool:
    return (link.source[0] < term.source[1] and term.source[0] < link.source[1]) or (
        link.target[0] < term.target[1] and term.target[0] < link.target[1]
    )
