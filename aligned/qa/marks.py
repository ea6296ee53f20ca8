"""Faults of one pair that its signs show: nothing there, copied, doubled, unbalanced, unended, too long."""

import math
import re
from collections.abc import Iterator
from itertools import pairwise

from aligned.qa.issues import Fault, Span
from glossary.hebrew import GERSHAYIM, HEBREW_LETTERS, WORD, clean_text, has_hebrew

# Characters of English for one of Hebrew, and the variance of that for each (Gale & Church 1993, "A program
# for aligning sentences in bilingual corpora", section 3), fitted on this project's own written documents.
CHARACTERS, VARIANCE = 1.465, 2.33
# Standard deviations beyond which a length is no accident, and characters that are never too many.
FAR, ROOM = 3.5, 12

_RUN = re.compile(f"[{HEBREW_LETTERS}](?:[^A-Za-z\\n]*[{HEBREW_LETTERS}])?")
_TWICE = re.compile(r"\b([A-Za-z]+(?:['\u2019][a-z]+)?)\s+\1\b", re.IGNORECASE)
# Pairs that are good English: "he had had", "the fact that that man".
_MAY_REPEAT = frozenset(("had", "that"))
_OPEN = {")": "(", "]": "[", "}": "{"}
# A letter or number with half a bracket begins an item of a list.
_LABEL = re.compile(
    rf"(?:^|(?<=\s))(?:\d{{1,2}}|[a-zA-Z]|[{HEBREW_LETTERS}]{{1,2}}['\u05f3]?|[ivx]{{1,4}})\)"
)
_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb'
_CLOSERS = _QUOTES + "'\u2018\u2019\u05f3\u05f4)]} \u200e\u200f"
_DOUBLED_SPACE = re.compile(r"(?<=\S)[ \xa0]{2,}(?=\S)")
_ABBREVIATION = re.compile(
    r"(?:\b[A-Za-z]|\b(?:[A-Z]\.)+[A-Z]|\b(?:Inc|Ltd|Co|Corp|Jr|Sr|etc|al|No|St|vs))\.$"
)


def empty(source: str, target: str) -> Iterator[Fault]:
    """Yield a pair that has only one side."""
    if source.strip() and not target.strip():
        yield Fault("the English is empty")
    elif target.strip() and not source.strip():
        yield Fault("the Hebrew is empty")


def copied(source: str, target: str) -> Iterator[Fault]:
    """Yield a target that is its Hebrew source again."""
    if has_hebrew(source) and clean_text(source).split() == clean_text(target).split():
        yield Fault("the English is the Hebrew again", target=((0, len(target)),))


def untranslated(source: str, target: str) -> Iterator[Fault]:
    """Yield the Hebrew that stands in a target."""
    spans = tuple(match.span() for match in _RUN.finditer(target))
    if spans and not any(copied(source, target)):
        yield Fault("Hebrew stands in the English", target=spans)


def length(source: str, target: str) -> Iterator[Fault]:
    """Yield a target far shorter or longer than its source lets expect."""
    before, after = len(source.strip()), len(target.strip())
    if not before or not after:
        return
    deviation = far(before, after)
    if abs(deviation) > FAR and abs(after - CHARACTERS * before) > ROOM:
        much = "short" if deviation < 0 else "long"
        yield Fault(f"the English is very {much}: {after} characters for {before} of Hebrew")


def far(before: int, after: int) -> float:
    """Return by how many standard deviations a length differs from what is expected of its source's."""
    return (after - CHARACTERS * before) / math.sqrt(VARIANCE * before)


def repeated(source: str, target: str) -> Iterator[Fault]:
    """Yield words written twice in a row, unless the Hebrew does it too."""
    words = WORD.findall(source)
    if any(one == other for one, other in pairwise(words)):
        return
    for match in _TWICE.finditer(target):
        if match[1].lower() not in _MAY_REPEAT:
            yield Fault(f"'{match[1]}' stands twice", target=(match.span(),))


def brackets(source: str, target: str) -> Iterator[Fault]:
    """Yield brackets of the target without their other half, unless the Hebrew's are so too."""
    alone = _unpaired(target)
    if alone and not _unpaired(source):
        yield Fault(f"unbalanced bracket {_listed(target, alone)}", target=tuple(alone))


def _unpaired(text: str) -> list[Span]:
    text = _LABEL.sub(lambda match: " " * len(match[0]), text)
    opened: list[int] = []
    alone: list[Span] = []
    for at, char in enumerate(text):
        if char in _OPEN.values():
            opened.append(at)
        elif char in _OPEN:
            if opened and text[opened[-1]] == _OPEN[char]:
                opened.pop()
            else:
                alone.append((at, at + 1))
    return sorted([*alone, *((at, at + 1) for at in opened)])


def _listed(text: str, spans: list[Span]) -> str:
    return " ".join(text[start:end] for start, end in spans)


def quotes(source: str, target: str) -> Iterator[Fault]:
    """Yield an odd quotation mark in the target, unless the Hebrew has an odd one too.

    Gershayim inside a word are letters of an abbreviation; apostrophes are never taken for quotation marks.
    """
    marks = [(at, at + 1) for at, char in enumerate(target) if char in _QUOTES and not _is_inch(target, at)]
    if len(marks) % 2 and len(_hebrew_quotes(source)) % 2 == 0:
        yield Fault("a quotation mark lacks its other half", target=tuple(marks))


def _is_inch(text: str, at: int) -> bool:
    return text[at] == '"' and text[at - 1 : at].isdigit() and text[:at].count('"') % 2 == 0


def _hebrew_quotes(source: str) -> list[int]:
    """Return the places of quotation marks: one after a prefix opens a quotation if another one follows."""
    inside = {
        at
        for match in WORD.finditer(source)
        for at in range(*match.span())
        if source[at] in GERSHAYIM and at + 2 >= match.end()
    }
    return [at for at, char in enumerate(source) if char in _QUOTES and at not in inside]


def ending(source: str, target: str) -> Iterator[Fault]:
    """Yield a target that ends in another way than its source: no mark, or a question for a statement."""
    before, after = _end(source), _end(target)
    if before == after or not (source.strip() and target.strip()):
        return
    if after == "." and not before and _ABBREVIATION.search(target.rstrip(_CLOSERS)):
        return
    said = {"": "no end mark", ".": "a full stop", "?": "a question mark", ":": "a colon"}
    yield Fault(
        f"the Hebrew ends with {said[before]}, the English with {said[after]}",
        ((max(len(source) - 1, 0), len(source)),),
        ((max(len(target) - 1, 0), len(target)),),
    )


def _end(text: str) -> str:
    """Return how a text ends: with a question, a colon, any other end mark, or none."""
    last = text.rstrip(_CLOSERS + "\t\n")[-1:]
    return last if last and last in "?:" else "." if last and last in ".!;\u2026" else ""


def spaces(source: str, target: str) -> Iterator[Fault]:
    """Yield doubled spaces inside a target, unless the Hebrew has them too."""
    spans = tuple(match.span() for match in _DOUBLED_SPACE.finditer(target))
    if spans and not _DOUBLED_SPACE.search(source):
        yield Fault("doubled space", target=spans)
