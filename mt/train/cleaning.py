"""Pairs that teach nothing or teach wrong: each check measures, its limit judges, all drops are counted."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from glossary.hebrew import HEBREW_LETTERS

# Added to both lengths, so that a name of four letters may become one of twelve.
LENGTH_ROOM = 12
DUPLICATE = "duplicate"

_HEBREW = re.compile(f"[{HEBREW_LETTERS}]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
# What programs fill in or mark: printf and Python conversions, braces, shell variables, tags, entities.
_PLACEHOLDER = re.compile(
    r"%(?:\d+\$|\([^)\s]*\))?[-+0#]*\d*(?:\.\d+)?l{0,2}[a-zA-Z@%](?![a-zA-Z])"
    r"|\$?\{[^{}\s]*\}|\$[A-Za-z_]\w*|</?[A-Za-z][^<>]*>|&[A-Za-z]+;|&#\d+;"
)
_BROKEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class TextPair:
    """A source text and its target, the line of the file they came from, and what that says of them.

    `document` names the text they were taken from, `status` is the reviewers' verdict; empty where unknown.
    """

    source: str
    target: str
    line: int = 0
    document: str = ""
    status: str = ""


def length_ratio(pair: TextPair) -> float:
    """Return the longer side's length in characters over the shorter's, with some room for short texts."""
    shorter, longer = sorted((len(pair.source), len(pair.target)))
    return (longer + LENGTH_ROOM) / (shorter + LENGTH_ROOM)


def words(pair: TextPair) -> float:
    """Return the words of the longer side."""
    return max(len(pair.source.split()), len(pair.target.split()))


def foreign_source(pair: TextPair) -> float:
    """Return the share of the source's letters that are not Hebrew; 1 where it has no letters."""
    return _foreign(pair.source, _HEBREW)


def foreign_target(pair: TextPair) -> float:
    """Return the share of the target's letters that are not Latin; 1 where it has no letters."""
    return _foreign(pair.target, _LATIN)


def placeholders(pair: TextPair) -> float:
    """Return how many placeholders and tags stand on one side only."""
    ours, theirs = (Counter(_PLACEHOLDER.findall(text)) for text in (pair.source, pair.target))
    return (ours - theirs).total() + (theirs - ours).total()


def copied(pair: TextPair) -> float:
    """Return the share of the target's words that stand in the source already."""
    target = _WORD.findall(pair.target.casefold())
    source = set(_WORD.findall(pair.source.casefold()))
    return sum(word in source for word in target) / len(target) if target else 0.0


def broken(pair: TextPair) -> float:
    """Return how many characters no text has: controls, private use, the sign for a broken one."""
    return len(_BROKEN.findall(pair.source + pair.target))


CHECKS: dict[str, Callable[[TextPair], float]] = {
    check.__name__: check
    for check in (broken, words, length_ratio, foreign_source, foreign_target, placeholders, copied)
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a pair may measure in each check of the same name; duplicates go where that is 1."""

    broken: float = 0
    words: float = 120
    length_ratio: float = 2.5
    foreign_source: float = 0.5
    foreign_target: float = 0.2
    placeholders: float = 0
    copied: float = 0.5
    duplicates: int = 1


@dataclass
class Counts:
    """What became of one source's pairs: read, kept, and dropped by reason."""

    read: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)


def fault(pair: TextPair, limits: Limits) -> str | None:
    """Return the name of the first check that the pair fails, or None."""
    return next((name for name, check in CHECKS.items() if check(pair) > getattr(limits, name)), None)


def clean(
    pairs: Iterable[TextPair], limits: Limits, seen: set[bytes], counts: Counts,
    reasons: Collection[Callable[[TextPair], str | None]] = (),
) -> Iterator[TextPair]:  # fmt: skip
    """Yield the pairs that no limit and no further reason drops, counting all.

    `seen` remembers pairs across calls, so that what one source has is not taken from the next.
    """
    for pair in pairs:
        counts.read += 1
        reason = next(filter(None, (judge(pair) for judge in reasons)), None) or fault(pair, limits)
        if reason is None and limits.duplicates:
            key = blake2b(f"{pair.source}\t{pair.target}".encode(), digest_size=8).digest()
            reason = DUPLICATE if key in seen else None
            seen.add(key)
        if reason:
            counts.dropped[reason] += 1
            continue
        counts.kept += 1
        yield pair


def _foreign(text: str, script: re.Pattern[str]) -> float:
    letters = sum(map(str.isalpha, text))
    return 1 - len(script.findall(text)) / letters if letters else 1.0
