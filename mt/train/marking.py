"""Pairs once more with terms marked in the source, so that a model learns to write the English it is given.

After Dinu et al. 2019 ("Training neural machine translation to apply terminology constraints"): the Hebrew
stays and its English stands behind it, `ב<t> חיפה <=> Haifa </t>`; a prefix stays outside.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from glossary.hebrew import WORD, prefixes
from mt.engines.pieces import marked_parts
from mt.train.cleaning import TextPair

# Terms by their first word: the Hebrew, longest first, each with its English.
Terms = Mapping[str, list[tuple[str, tuple[str, ...]]]]

# Shorter ones are mostly particles and pronouns, which no glossary forces.
_LEAST_LETTERS = 3, 4
_ARTICLE = re.compile("^the ", re.I)


def read_terms(pairs: Iterable[TextPair]) -> Terms:
    """Return terms and their English, without articles."""
    found: dict[str, set[str]] = {}
    for pair in pairs:
        source, target = pair.source, _ARTICLE.sub("", pair.target)
        if len(source) >= _LEAST_LETTERS[0] and len(target) >= _LEAST_LETTERS[1]:
            found.setdefault(source, set()).add(target)
    terms: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for source in sorted(found, key=len, reverse=True):
        if first := WORD.match(source):
            terms.setdefault(first.group(), []).append((source, tuple(sorted(found[source]))))
    return terms


def with_marked_terms(pairs: Iterable[TextPair], terms: Terms) -> Iterator[TextPair]:
    """Yield the pairs in which terms stand on both sides, with all of these marked in the source."""
    for pair in pairs:
        if found := _found(pair, terms):
            parts = marked_parts(pair.source, found)
            yield replace(pair, source="".join(part for part, _, _ in parts))


def _found(pair: TextPair, terms: Terms) -> list[tuple[int, int, str]]:
    """Return where terms stand that do so on both sides, none over another, with their English."""
    found: list[tuple[int, int, str]] = []
    for word in WORD.finditer(pair.source):
        is_free = not found or word.start() >= found[-1][1]
        if is_free and (term := _term_at(pair, word, terms)):
            found.append(term)
    return found


def _term_at(pair: TextPair, word: re.Match[str], terms: Terms) -> tuple[int, int, str] | None:
    """Return where the longest term stands that begins with a word or behind its prefix, and its English."""
    for prefix, first in [("", word.group()), *prefixes(word.group())]:
        start = word.start() + len(prefix)
        for source, targets in terms.get(first, ()):
            end = start + len(source)
            if not pair.source.startswith(source, start) or pair.source[end : end + 1].isalnum():
                continue
            for target in targets:
                if target in pair.target and re.search(rf"\b{re.escape(target)}\b", pair.target):
                    return start, end, target
    return None
