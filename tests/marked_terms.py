"""Sentences in which every term is marked by hand, and how well a matcher finds what is marked.

{prefix|surface} is a term behind its prefix, {prefix|joint|surface} has something between the two,
{prefix|surface=term} names the term where the surface does not; [word] only looks like a term.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from glossary.hebrew import word_keys
from glossary.spelling import bare
from glossary.terms import Glossary, read_glossary
from tests.counts import Counts

DATA = Path(__file__).parent / "data"
HELD_OUT = "# === held out"
_MARK = re.compile(r"\{([^{}|]*)\|(?:([^{}|]*)\|)?([^{}|=]*)(?:=([^{}|]*))?\}|\[([^]]*)\]")

# start, end, prefix and the term's source
Occurrence = tuple[int, int, str, str]
Finder = Callable[[str], set[Occurrence]]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, the terms in it, and how many words in it are traps."""

    text: str
    terms: frozenset[Occurrence]
    traps: int = 0


def count(marked: Sequence[Marked], finder: Finder) -> Counts:
    """Compare what a finder finds with what is marked: exact span, prefix and term."""
    pairs = [(one.terms, finder(one.text)) for one in marked]
    return Counts(
        sum(len(terms & found) for terms, found in pairs),
        sum(len(found - terms) for terms, found in pairs),
        sum(len(terms - found) for terms, found in pairs),
    )


def own_glossary() -> Glossary:
    """Return the glossary of the marked sentences."""
    return read_glossary(DATA / "terms_marked.tsv")


def own_sentences() -> tuple[list[Marked], list[Marked]]:
    """Return the sentences written and marked for this project: those tuned on, and those held out."""
    named = {_key(surface): term.source for term in own_glossary() for surface in term.surfaces}
    tuned, held_out = (DATA / "terms_marked.txt").read_text("utf-8").split(HELD_OUT)
    return _read_lines(tuned, named), _read_lines(held_out, named)


def _read_lines(lines: str, named: dict[str, str]) -> list[Marked]:
    return [read(line, named) for line in lines.splitlines() if line and not line.startswith("#")]


def read(line: str, named: dict[str, str]) -> Marked:
    """Read a marked sentence; raises KeyError where a mark does not name a term of the glossary."""
    text, at, terms, traps = "", 0, set(), 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        at = mark.end()
        prefix, joint, surface, term, trap = (group or "" for group in mark.groups())
        if trap:
            traps += 1
            text += trap
            continue
        start = len(text) + len(prefix + joint)
        text += prefix + joint + surface
        terms.add((start, len(text), prefix, named[_key(term or surface)]))
    return Marked(text + line[at:], frozenset(terms), traps)


def _key(surface: str) -> str:
    """Return the words without articles, so that שיתוף הפעולה names its term by itself."""
    return " ".join(map(bare, word_keys(surface)))


def dev_sentences(folder: Path) -> list[Marked]:
    """Return the marked sentences of the development data; their text stays in its folder."""
    terms: dict[tuple[str, str], set[Occurrence]] = {}
    for line in (DATA / "terms_marked.policy.tsv").read_text("utf-8").splitlines()[1:]:
        document, sentence, start, end, prefix, source = line.split("\t")
        terms.setdefault((document, sentence), set()).add((int(start), int(end), prefix, source))
    rows = (line.split("\t") for line in (folder / "policy.tsv").read_text("utf-8").splitlines())
    return [Marked(row[2], frozenset(terms.get((row[0], row[1]), ()))) for row in rows]
