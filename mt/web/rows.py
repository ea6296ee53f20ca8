"""Pairs as the review page shows them: terms marked on both sides, faults found, provenance told."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from aligned.links import source_words, target_words
from aligned.qa.checks import PAIR_CHECKS, TERM_CHECKS, check
from aligned.qa.issues import Issue, NumberedPair
from aligned.records import Pair, StoredPair
from glossary.check import serve
from glossary.checker import Checker
from glossary.match import Match, SourceMatcher, TargetMatcher
from glossary.receipt import Receipt
from glossary.terms import Glossary, Term
from mt.engines.base import Engine
from mt.linking import Linker
from mt.outputs.html import place_of
from mt.termreport import HIGH_PRICE
from mt.web.markup import Mark, Span, marked

KEPT_CHECKS = 10_000
# What one pair shows by itself; the rest of the checks need the document around it.
ROW_CHECKS = (*PAIR_CHECKS, *(name for name in TERM_CHECKS if name != "names"))


@dataclass(frozen=True, slots=True)
class TermNote:
    """A term of the source, where its English stands, and its receipt where the model was made to say it."""

    term: str
    prefix: str
    target: str
    source_span: Span
    target_span: Span | None
    receipt: Receipt | None

    @property
    def title(self) -> str:
        """Say in one line what became of the term."""
        text = (
            f"{self.prefix}\u2011{self.term} → {self.target}"
            if self.prefix
            else f"{self.term} → {self.target}"
        )
        if self.target_span is None:
            return f"{text}, missing"
        if self.receipt and self.receipt.price:
            return f"{text}, forced at {self.receipt.price:.1f} nats"
        return text


@dataclass(frozen=True, slots=True)
class Row:
    """A pair ready to be shown; `price` is the highest of its receipts, in nats."""

    stored: StoredPair
    source: Markup
    target: Markup
    terms: tuple[TermNote, ...]
    issues: tuple[Issue, ...]
    price: float

    @property
    def pair(self) -> Pair:
        return self.stored.pair

    @property
    def number(self) -> int:
        return self.pair.segment.position + 1

    @property
    def place(self) -> str:
        return place_of(self.pair.segment)

    @property
    def is_dear(self) -> bool:
        return self.price >= HIGH_PRICE

    @property
    def missing(self) -> tuple[TermNote, ...]:
        return tuple(note for note in self.terms if note.target_span is None)


class RowMaker:
    """Makes rows under one glossary."""

    def __init__(self, glossary: Glossary) -> None:
        self.glossary = glossary
        self._sources = SourceMatcher(glossary)
        self._targets = TargetMatcher(glossary)
        self.checker = Checker(glossary)
        self._linker: Linker | None = None
        # A page shows what it showed before, but for the pair that was changed.
        self._issues = lru_cache(maxsize=KEPT_CHECKS)(self._check)

    def row(self, stored: StoredPair) -> Row:
        """Return a pair with its marks and faults."""
        pair = stored.pair
        terms = self.terms(pair)
        issues = self._issues(pair.source, pair.target)
        return Row(
            stored=stored,
            source=marked(pair.source, source_words(pair.source), _source_marks(terms, issues)),
            target=marked(pair.target, target_words(pair.target), _target_marks(terms, issues)),
            terms=terms,
            issues=issues,
            price=max((receipt.price for receipt in pair.receipts), default=0.0),
        )

    def linker(self, engine: Engine) -> Linker:
        """Return what links words under the terms in force; a server has one engine."""
        if self._linker is None:
            self._linker = Linker(engine, self.glossary)
        return self._linker

    def _check(self, source: str, target: str) -> tuple[Issue, ...]:
        return tuple(check([NumberedPair(1, source, target)], self.checker, ROW_CHECKS))

    def terms(self, pair: Pair) -> tuple[TermNote, ...]:
        """Return the terms of the source in its order, each with its place in the target as it is now."""
        matches = self._sources.find(pair.source)
        owed = Counter(match.term for match in matches)
        places: defaultdict[Term, list[Span]] = defaultdict(list)
        for term, form in serve(owed, self._targets.find(pair.target)):
            places[term].append((form.start, form.end))
        receipts = {receipt.source_start: receipt for receipt in pair.receipts}
        return tuple(_note(match, places, pair, receipts) for match in matches)

    def owes(self, pair: Pair, term: Term) -> bool:
        """Tell whether the source has a term that the target lacks."""
        return any(note.target_span is None and note.term in term.surfaces for note in self.terms(pair))


def _note(
    match: Match, places: Mapping[Term, list[Span]], pair: Pair, receipts: Mapping[int, Receipt]
) -> TermNote:
    here = places.get(match.term)
    span = here.pop(0) if here else None
    target = pair.target[slice(*span)] if span else match.term.targets[0]
    source = pair.source[match.start : match.end]
    return TermNote(source, match.prefix, target, (match.start, match.end), span, receipts.get(match.start))


def _source_marks(terms: Sequence[TermNote], issues: Sequence[Issue]) -> list[Mark]:
    marks = [Mark(note.source_span, _term_class(note), note.title) for note in terms]
    return marks + [
        Mark(span, f"fault {issue.severity}", issue.fault.message)
        for issue in issues
        for span in issue.fault.source
    ]


def _target_marks(terms: Sequence[TermNote], issues: Sequence[Issue]) -> list[Mark]:
    marks = [Mark(note.target_span, _term_class(note), note.title) for note in terms if note.target_span]
    return marks + [
        Mark(span, f"fault {issue.severity}", issue.fault.message)
        for issue in issues
        for span in issue.fault.target
    ]


def _term_class(note: TermNote) -> str:
    if note.target_span is None:
        return "term missing"
    return "term forced" if note.receipt and note.receipt.price else "term"
