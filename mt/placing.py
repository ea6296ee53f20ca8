"""Where in a free translation a missing term belongs, and the text with it there.

The words that render a term are a stretch of the output whose attention lies on the term's source (Alkhouli
et al. 2018, "On the alignment problem in multi-head attention-based neural machine translation"). The term
takes the place of that stretch; where there is none, it is put in before the word that attends to it most.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from glossary.english import FUNCTION_WORDS, is_respelled
from glossary.match import Match
from glossary.nouns import plural

# A word belongs to a term when more than half of its attention does (tuned on policy dev among 0.2 to 0.7).
SHARE = 0.5
# A word that looks like one of the term's own is a slip of it or grew from it (Azerbaijani), and counts for
# so much more; how much alike is a share of their letters (Ratcliff & Metzener 1988).
LIKENESS, LIKE = 0.75, 0.25
# Shorter words are alike by chance.
_LIKE_LETTERS = 4
_WORD = re.compile(r"[^\s-]+-?|-+")
_LEAD = re.compile(r"[^\w]*")
_TAIL = re.compile(r"(?:['\u2019]s)?[^\w]*$")
_ARTICLE = re.compile(r"(?:^|\s)(a|an|the) $", re.IGNORECASE)
_NEVER = -9.0

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Edit:
    """A term to be written over text[start:end] of an output; the two are one where it is put in between."""

    occurrence: int
    start: int
    end: int

    @property
    def order(self) -> tuple[int, int, int]:
        """Return what edits of one text are sorted by."""
        return self.start, self.end, self.occurrence


class Words:
    """The words of an output: their characters, and how much each attends to the characters of the source."""

    def __init__(self, text: str, ends: Sequence[int], attention: npt.NDArray[np.float32]) -> None:
        """Take the text, the offset at which each piece ends, and attention of shape (pieces, source pieces).

        Columns of punctuation must be zero: attention that finds nothing to attend to rests there.
        """
        self.text = text
        self.spans = [match.span() for match in _WORD.finditer(text)]
        total = attention.sum(1, keepdims=True)
        shares = attention / np.maximum(total, 1e-6)
        word_of = np.searchsorted([end for _, end in self.spans], np.maximum(np.asarray(ends), 1))
        belongs = (word_of == np.arange(len(self.spans))[:, None]).astype(np.float32)
        self._shares = belongs @ shares / np.maximum(belongs.sum(1, keepdims=True), 1)
        self._is_free = np.ones(len(self.spans), bool)
        self._lowered = [text[a:b].strip("-.,;:!?\"'()").lower() for a, b in self.spans]
        self._is_function = [word in FUNCTION_WORDS for word in self._lowered]

    def take(self, span: Span) -> None:
        """Keep the words of a span of characters from being written over."""
        for word, (start, end) in enumerate(self.spans):
            if start < span[1] and span[0] < end:
                self._is_free[word] = False

    def weight(self, span: Span, columns: Sequence[int]) -> float:
        """Return how much the words of a span of characters attend to source pieces, from 0 to 1."""
        inside = [a < span[1] and span[0] < b for a, b in self.spans]
        return float(self._attention(columns)[inside].mean()) if any(inside) else 0.0

    def stretch(self, columns: Sequence[int], form: str) -> tuple[float, Span | None]:
        """Return the free words that render a term, as characters, and how clearly they do.

        Of all stretches without a word of grammar at either edge it is the one with the greatest sum of
        attention above SHARE (Bentley 1984, "Programming pearls: algorithm design techniques"); None where
        no word has more.
        """
        weights = self._attention(columns) + LIKE * self._alike(form)
        excess = np.where(self._is_free, weights - SHARE, _NEVER).tolist()
        best, where = 0.0, None
        total, first = 0.0, 0
        for word, gain in enumerate(excess):
            if total <= 0:
                total, first = 0.0, word
                # Words of grammar at an edge render a prefix, or nothing, and stay: "and in Baku".
                if self._is_function[word]:
                    continue
            total += gain
            if total > best and not self._is_function[word]:
                best, where = total, (first, word)
        return best, where and (self.spans[where[0]][0], self.spans[where[1]][1])

    def gap(self, columns: Sequence[int]) -> int:
        """Return the character before which to put in what has no stretch: a word's first, or the end."""
        if not self._is_free.any():
            return len(self.text.rstrip(".!?"))
        word = int(np.argmax(np.where(self._is_free, self._attention(columns), _NEVER)))
        if self._is_function[word]:
            word += 1
        while 0 < word < len(self.spans) and self.spans[word - 1][1] == self.spans[word][0]:
            word -= 1  # not between the parts of a compound
        return self.spans[word][0] if word < len(self.spans) else len(self.text.rstrip(".!?"))

    def _alike(self, form: str) -> npt.NDArray[np.bool_]:
        """Tell of each word whether it looks like a word of the form."""
        wanted = {part for part in re.findall(r"\w+", form.lower()) if len(part) >= _LIKE_LETTERS}
        return np.array([any(_is_alike(word, part) for part in wanted) for word in self._lowered], bool)

    def _attention(self, columns: Sequence[int]) -> npt.NDArray[np.float32]:
        found: npt.NDArray[np.float32] = self._shares[:, list(columns)].sum(1)
        return found


def place(
    words: Words,
    columns: Mapping[int, Sequence[int]],
    matches: Sequence[Match],
    taken: Sequence[Span],
    surplus: Sequence[Span],
) -> list[Edit]:
    """Find a place for each missing occurrence, given the source pieces of each; the clearest first.

    Nothing in `taken` is written over. A stretch that touches a name in `surplus` takes all of it.
    """
    for kept in taken:
        words.take(kept)
    forms = {occurrence: form_of(matches[occurrence]) for occurrence in columns}
    stretches = {at: words.stretch(columns[at], form) for at, form in forms.items()}
    edits = []
    while stretches:
        occurrence = max(stretches, key=lambda at: stretches[at][0])
        span = stretches.pop(occurrence)[1]
        if span is None:
            gap = words.gap(columns[occurrence])
            edits.append(Edit(occurrence, gap, gap))
            continue
        touched = [span, *(other for other in surplus if other[0] < span[1] and span[0] < other[1])]
        start, end = min(a for a, _ in touched), max(b for _, b in touched)
        words.take((start, end))
        edits.append(Edit(occurrence, *_inside(words.text, (start, end))))
        stretches = {at: words.stretch(columns[at], forms[at]) for at in stretches}
    return sorted(edits, key=lambda edit: edit.order)


def respelled(matches: Sequence[Match], kept: Mapping[int, Span], text: str) -> list[Edit]:
    """Return what to write anew of the terms that stand: those with other hyphens or without diacritics."""
    return [
        Edit(at, *span)
        for at, span in kept.items()
        if text[slice(*span)] not in matches[at].term.targets
        and is_respelled(text[slice(*span)], form_of(matches[at]))
    ]


def rewrite(
    text: str, edits: Sequence[Edit], kept: Mapping[int, Span], matches: Sequence[Match]
) -> tuple[str, dict[int, Span]]:
    """Write the terms into a text; return it with the characters of each occurrence, kept or written."""
    out, at = "", 0
    spans: dict[int, Span] = {}
    moves: list[tuple[int, int]] = []  # (offset in the text, by how much everything from there on moves)
    for edit in sorted(edits, key=lambda edit: edit.order):
        out += text[at : edit.start]
        if edit.start == edit.end and moves and moves[-1][0] == edit.start:
            out = out.rstrip() + ", "
        out, form = _joined(out, form_of(matches[edit.occurrence]))
        spans[edit.occurrence] = (len(out), len(out) + len(form))
        out += form
        at = edit.end
        if edit.start == edit.end and text[at : at + 1].isalnum():
            out += " "
        moves.append((edit.end, len(out) - edit.end))
    for occurrence, (start, end) in kept.items():
        move = next((by for offset, by in reversed(moves) if offset <= start), 0)
        spans[occurrence] = (start + move, end + move)
    return out + text[at:], spans


def form_of(match: Match) -> str:
    """Return the English owed to a match: its term's first form, in the plural where the source has that."""
    form = match.term.targets[0]
    return plural(form) if match.form == "plural" and match.term.inflects else form


def _joined(before: str, form: str) -> tuple[str, str]:
    """Return the text before a form and the form, each fitted to the other: capital, article, space."""
    if before[-1:].isalnum():
        before += " "
    article = _ARTICLE.search(before)
    if article and form.lower().startswith("the "):
        form = form[4:]
    if article and article[1].lower() != "the":
        start = article.start(1)
        an = article[1][0] + ("n" if form[0] in "aeioAEIO" else "")
        before = before[:start] + an + " "
    if not any(character.isalnum() for character in before):
        form = form[0].upper() + form[1:]
    return before, form


@lru_cache(maxsize=65536)
def _is_alike(word: str, other: str) -> bool:
    longer = max(len(word), len(other))
    return (
        abs(len(word) - len(other)) <= longer // 2
        and SequenceMatcher(None, word, other, autojunk=False).ratio() >= LIKENESS
    )


def _inside(text: str, span: Span) -> Span:
    """Return a span without the marks around it, and without a possessive's ending."""
    words = text[slice(*span)]
    lead = _LEAD.match(words)
    start = lead.end() if lead else 0
    tail = _TAIL.search(words)
    end = tail.start() if tail else len(words)
    return (span[0] + start, span[0] + end) if start < end else span
