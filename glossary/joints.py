"""Words of a text and what stands between them: joints of a term, the prefix before, quotations."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from glossary.hebrew import GERESH, GERSHAYIM, HYPHENS, WORD, clean_text, fold, has_hebrew, is_prefix
from glossary.inflect import NOT_AFTER_CONSTRUCT

_QUOTES = GERESH + GERSHAYIM
_SPACE = r"[^\S\n]"
_JOINT = re.compile(
    rf"[{_QUOTES}]{{0,2}}"
    rf"(?:{_SPACE}+(?:\n{_SPACE}*)?|\n{_SPACE}*|{_SPACE}?[{HYPHENS}]\s?|\u2013)"
    rf"[{_QUOTES}]{{0,2}}"
)
_AFTER_PREFIX = re.compile(rf"[\u2013{HYPHENS}][{_QUOTES}]{{0,2}}")
# Beginnings of words whose first vav is no "and": committee, conference, veto, veteran.
_WITH_VAV = ("וו", "ועד", "ועיד", "וטו", "ותיק")
_CLOSING = re.compile(f"''|[{_QUOTES}]")


class Token(NamedTuple):
    """A word of a text and its place in it."""

    start: int
    end: int
    word: str


def tokens_of(text: str) -> list[Token]:
    """Return the words of a text; offsets count its characters as given."""
    return [Token(*found.span(), found[0]) for found in WORD.finditer(text)]


def ends(word: str) -> tuple[int, ...]:
    """Return the lengths to read a word in: a geresh after it may be its own or close a quotation."""
    return (len(word), len(word) - 1) if word[-1:] in GERESH and len(word) > 1 else (len(word),)


def places(word: str) -> Sequence[int]:
    """Return, for every character of the cleaned word and for its end, the place in the word as written."""
    if clean_text(word) == word:
        return range(len(word) + 1)
    return [place for place, char in enumerate(word) for _ in clean_text(char)] + [len(word)]


@lru_cache(maxsize=4096)
def joins(gap: str) -> bool:
    """Tell whether words with this between them can belong to one term."""
    return gap == " " or (len(gap) < 12 and _JOINT.fullmatch(clean_text(gap)) is not None)


def governs(text: str, tokens: Sequence[Token], last: int, start: int) -> bool:
    """Tell whether the word from `start` may be in the construct state: a noun can follow it.

    Behind a hyphen it is an adjective (between ministries, בין-משרדי).
    """
    if last + 1 >= len(tokens) or text[start - 1 : start] in tuple(HYPHENS):
        return False
    after = tokens[last + 1]
    word = clean_text(after.word)
    if not joins(text[tokens[last].end : after.start]) or not has_hebrew(word) or word in NOT_AFTER_CONSTRUCT:
        return False
    return not word.startswith("ו") or word.startswith(_WITH_VAV)


def prefix_before(text: str, before: Token, start: int) -> str:
    """Return the prefix that a hyphen parts from the word at `start`; "" where none stands there."""
    word = clean_text(before.word)
    gap = clean_text(text[before.end : start])
    return word if is_prefix(word) and _AFTER_PREFIX.fullmatch(gap) else ""


def close_quotation(text: str, tokens: Sequence[Token], end: int) -> int:
    """Return the end of a term, behind the mark that closes a quotation opened inside it."""
    gaps = fold("".join(text[one.end : other.start] for one, other in pairwise(tokens)))
    is_open = (gaps.count("'") + gaps.count('"')) % 2
    closing = _CLOSING.match(text, end) if is_open else None
    return closing.end() if closing else end
