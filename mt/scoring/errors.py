"""What a segment says that its references do not, and what it lacks: numbers, names, runs of words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from aligned.qa.numbers import figures, values

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# What ends a sentence or opens a quotation: the word behind it has a capital anyhow. Titles do not.
_OPENING = re.compile(r"(?:^|(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!\bSt)[.!?:;\"“”‘(\[•*-])\s*[\"“‘(\[]*$")
# So many words of one side, with at most a quarter as many on the other, were left out or put in.
RUN = 4


@dataclass(frozen=True, slots=True)
class Faults:
    """What differs from the references.

    Of the first one numbers and names are missing, and runs of words left out; wrong are those that no
    reference has, and `added` are runs of words that the first has not.
    """

    missing_numbers: tuple[str, ...] = ()
    wrong_numbers: tuple[str, ...] = ()
    missing_names: tuple[str, ...] = ()
    wrong_names: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def faults(hypothesis: str, references: Sequence[str]) -> Faults:
    """Compare a segment with its references."""
    said, known = _folded(hypothesis), frozenset().union(*map(_folded, references))
    left_out, added = _runs(references[0], hypothesis)
    return Faults(
        missing_numbers=_unmet(references[0], [hypothesis]),
        wrong_numbers=_unmet(hypothesis, references),
        missing_names=tuple(name for name in names(references[0]) if _key(name) not in said),
        wrong_names=tuple(name for name in names(hypothesis) if _key(name) not in known),
        left_out=left_out,
        added=added,
    )


def names(text: str) -> list[str]:
    """Return the words with a capital that no sentence or quotation begins with, once each."""
    found = (
        match[0]
        for match in _WORD.finditer(text)
        if match[0][0].isupper() and match[0] != "I" and not _OPENING.search(text, 0, match.start())
    )
    return list(dict.fromkeys(found))


def numbers(text: str) -> list[str]:
    """Return the figures of an English text, without separators of thousands, and the months of its dates."""
    return [_written(text, figure.span) for figure in figures(text, hebrew=False)]


def _unmet(text: str, others: Sequence[str]) -> tuple[str, ...]:
    found = figures(text, hebrew=False)
    if not found:
        return ()
    known = [values(other, hebrew=False) for other in others]
    return tuple(
        _written(text, figure.span)
        for figure in found
        if not any(way <= other for way in figure.ways for other in known)
    )


def _written(text: str, span: tuple[int, int]) -> str:
    return text[slice(*span)].strip().replace(",", "")


def _folded(text: str) -> frozenset[str]:
    return frozenset(_key(word) for word in _WORD.findall(text))


def _key(word: str) -> str:
    return word.casefold().replace("’", "'").removesuffix("'s")


def _runs(reference: str, hypothesis: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the runs of words that the hypothesis left out, and those that it put in."""
    given, said = reference.split(), hypothesis.split()
    left_out, added = [], []
    for kind, a, b, c, d in differences(given, said):
        if kind != "equal" and b - a >= RUN and d - c <= (b - a) // 4:
            left_out.append(" ".join(given[a:b]))
        if kind != "equal" and d - c >= RUN and b - a <= (d - c) // 4:
            added.append(" ".join(said[c:d]))
    return tuple(left_out), tuple(added)


def differences(given: Sequence[str], said: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """Return how one list of words becomes another: kind and both stretches, as difflib's opcodes."""
    one, two = ([_key(word.strip(".,;:!?\"'()")) for word in words] for words in (given, said))
    return SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
