"""Every check of a bilingual document against its glossary, through one door."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from glossary.check import lacking, licence, serve, unlicensed
from glossary.findings import Finding, Kind, Reading
from glossary.hebrew import HEBREW_LETTERS
from glossary.match import SourceMatcher, TargetMatch, TargetMatcher
from glossary.respelled import near_misses, two_spellings
from glossary.terms import Glossary, Term

# What a form may differ in and still be the term, for a reader if not for its glossary.
ANY_FORM = ("inflection", "case", "article")
LISTED_FORM = ("article",)

_HEBREW_RUN = re.compile(f"[{HEBREW_LETTERS}](?:[^A-Za-z\\n]*[{HEBREW_LETTERS}])?")
_ORDER = {kind: place for place, kind in enumerate(Kind)}


class Checker:
    """Finds the faults of pairs of sentences under one glossary."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self._sources = SourceMatcher(glossary)
        self._targets = TargetMatcher(glossary)
        self._terms = {allowing(term, ANY_FORM): term for term in glossary}
        self._any_form = TargetMatcher(Glossary(tuple(self._terms)))
        self._barred = {_barred(term): term for term in glossary if term.forbidden}
        self._forbidden = TargetMatcher(Glossary(tuple(self._barred)))

    def check(
        self, pairs: Iterable[tuple[int, str, str]], kinds: Collection[Kind] = tuple(Kind)
    ) -> list[Finding]:
        """Return the findings in the pairs (line, Hebrew, English) of one document, by line and kind."""
        readings = [self.read(*pair) for pair in pairs]
        single: dict[Kind, Callable[[Reading], Iterator[Finding]]] = {
            Kind.MISSING: _missing,
            Kind.INEXACT: self._inexact,
            Kind.FORBIDDEN: self._in_forbidden_form,
            Kind.RENAMED: near_misses,
            Kind.UNTRANSLATED: _untranslated,
            Kind.INVENTED: _invented,
        }
        checks = [check for kind, check in single.items() if kind in kinds]
        findings = [finding for reading in readings for check in checks for finding in check(reading)]
        if Kind.INCONSISTENT in kinds:
            findings += _inconsistent(readings)
        if Kind.RENAMED in kinds:
            findings += two_spellings(readings, self._glossary)
        return sorted(findings, key=lambda finding: (finding.line, _ORDER[finding.kind]))

    def read(self, line: int, source: str, target: str) -> Reading:
        """Return a pair with its terms and English forms found."""
        terms = self._sources.find(source)
        owed = Counter(match.term for match in terms)
        forms = self._targets.find(target)
        return Reading(line, source, target, terms, owed, forms, serve(owed, forms))

    def _inexact(self, reading: Reading) -> Iterator[Finding]:
        lacks = {lack.term: lack for lack in lacking(reading.owed, reading.served)}
        if not lacks:
            return
        wanted = {term: lack.expected - lack.found for term, lack in lacks.items()}
        loose = [
            replace(form, terms=tuple(self._terms[term] for term in form.terms))
            for form in self._any_form.find(reading.target)
            if reading.is_free(form.start, form.end) and not _is_other_word(form, reading.target)
        ]
        for term, form in serve(wanted, loose):
            lack, text = lacks[term], reading.target[form.start : form.end]
            yield Finding(
                reading.line, Kind.INEXACT, term.source, form.target, lack.expected, lack.found,
                text, form.start, form.end,
            )  # fmt: skip

    def _in_forbidden_form(self, reading: Reading) -> Iterator[Finding]:
        if not any(term.forbidden for term in reading.owed):
            return
        licensed = [form for form in reading.forms if any(term in reading.owed for term in form.terms)]
        for form in self._forbidden.find(reading.target):
            terms = [self._barred[term] for term in form.terms if self._barred[term] in reading.owed]
            inside = any(form.start < other.end and other.start < form.end for other in licensed)
            if terms and not inside:
                text = reading.target[form.start : form.end]
                yield Finding(
                    reading.line, Kind.FORBIDDEN, terms[0].source, terms[0].targets[0], 0, 1,
                    text, form.start, form.end,
                )  # fmt: skip


def allowing(term: Term, allow: tuple[str, ...]) -> Term:
    """Return the term with other freedoms for its English forms."""
    return replace(term, allow=allow)


def _barred(term: Term) -> Term:
    """Return the term as if its forbidden forms were its targets."""
    return replace(term, targets=term.forbidden, forbidden=())


def _is_other_word(form: TargetMatch, text: str) -> bool:
    """Tell whether an abbreviation was found in lower case, where it is a word of its own (US, us)."""
    return form.target.isupper() and not text[form.start : form.end].isupper()


def _missing(reading: Reading) -> Iterator[Finding]:
    for lack in lacking(reading.owed, reading.served):
        yield Finding(
            reading.line, Kind.MISSING, lack.term.source, lack.term.targets[0], lack.expected, lack.found
        )


def _untranslated(reading: Reading) -> Iterator[Finding]:
    for found in _HEBREW_RUN.finditer(reading.target):
        yield Finding(reading.line, Kind.UNTRANSLATED, "", "", 0, 1, found[0], *found.span())


def _invented(reading: Reading) -> Iterator[Finding]:
    for form in unlicensed(reading.source, reading.forms, reading.owed):
        found = sum(other.target == form.target for other in reading.forms)
        text = reading.target[form.start : form.end]
        yield Finding(
            reading.line, Kind.INVENTED, "", "", licence(form, reading.owed), found,
            text, form.start, form.end,
        )  # fmt: skip


def _inconsistent(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Yield every rendering of a term by another listed form than the document's most frequent one."""
    uses: defaultdict[Term, list[tuple[Reading, TargetMatch]]] = defaultdict(list)
    for reading in readings:
        for term, form in reading.served:
            uses[term].append((reading, form))
    for term, found in uses.items():
        counts = Counter(form.target for _, form in found)
        usual, most = counts.most_common(1)[0]
        for reading, form in found:
            if form.target != usual:
                text = reading.target[form.start : form.end]
                yield Finding(
                    reading.line, Kind.INCONSISTENT, term.source, usual, most, counts[form.target],
                    text, form.start, form.end,
                )  # fmt: skip
