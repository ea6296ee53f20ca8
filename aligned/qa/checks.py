"""Every check by its name, and the one door through which pairs are checked."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from aligned.qa import marks, numbers, whole
from aligned.qa.issues import Fault, Issue, NumberedPair, Severity
from glossary.checker import Checker

PairCheck = Callable[[str, str], Iterator[Fault]]
WholeCheck = Callable[[Sequence[NumberedPair]], Iterator[tuple[int, Fault]]]

PAIR_CHECKS: dict[str, tuple[Severity, PairCheck]] = {
    "empty": (Severity.ERROR, marks.empty),
    "copied": (Severity.ERROR, marks.copied),
    "untranslated": (Severity.ERROR, marks.untranslated),
    "numbers": (Severity.ERROR, numbers.numbers_differ),
    "dates": (Severity.ERROR, numbers.dates_differ),
    "length": (Severity.WARNING, marks.length),
    "repeated": (Severity.WARNING, marks.repeated),
    "brackets": (Severity.WARNING, marks.brackets),
    "quotes": (Severity.WARNING, marks.quotes),
    "ending": (Severity.WARNING, marks.ending),
    "spaces": (Severity.NOTE, marks.spaces),
}
WHOLE_CHECKS: dict[str, tuple[Severity, WholeCheck]] = {
    "several-targets": (Severity.WARNING, whole.several_targets),
    "several-sources": (Severity.WARNING, whole.several_sources),
}
# Those that need a glossary, each a method of `whole.Terms`.
TERM_CHECKS: dict[str, tuple[Severity, Callable[[whole.Terms], WholeCheck]]] = {
    "term-missing": (Severity.ERROR, lambda terms: terms.missing),
    "term-forbidden": (Severity.ERROR, lambda terms: terms.forbidden),
    "names": (Severity.WARNING, lambda terms: terms.names),
}
NAMES = (*PAIR_CHECKS, *WHOLE_CHECKS, *TERM_CHECKS)


def check(pairs: Iterable[NumberedPair], checker: Checker, names: Collection[str] = NAMES) -> list[Issue]:
    """Return the issues of the pairs of one document, by line and by check.

    `checker` holds the glossary that the checks of terms and names go by.
    Raises KeyError for a check that does not exist.
    """
    if unknown := [name for name in names if name not in NAMES]:
        raise KeyError(unknown[0])
    pairs = list(pairs)
    issues = [
        Issue(pair.line, name, severity, fault)
        for name, (severity, find) in PAIR_CHECKS.items()
        if name in names
        for pair in pairs
        for fault in find(pair.source, pair.target)
        if name in ("empty", "copied") or pair.target.strip()
    ]
    for name, (severity, find) in _document_checks(checker, names).items():
        issues += [Issue(line, name, severity, fault) for line, fault in find(pairs)]
    return sorted(issues, key=lambda issue: (issue.line, NAMES.index(issue.check), issue.fault.target))


def _document_checks(checker: Checker, names: Collection[str]) -> dict[str, tuple[Severity, WholeCheck]]:
    chosen = {name: entry for name, entry in WHOLE_CHECKS.items() if name in names}
    if any(name in names for name in TERM_CHECKS):
        terms = whole.Terms(checker)
        chosen |= {
            name: (severity, method(terms))
            for name, (severity, method) in TERM_CHECKS.items()
            if name in names
        }
    return chosen
