"""Sentences to translations: each once, terms forced, kept as soon as made."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from aligned.records import Translation
from glossary.hebrew import clean_text, has_hebrew
from glossary.match import Match, SourceMatcher, TargetMatcher
from glossary.terms import Glossary
from mt.constrain import Constrainer, Outcome
from mt.engines.base import Engine

# Sentences per commit: what a kill can cost at most.
BATCH_SENTENCES = 32
# Pieces a model is given at once. Marian models see few longer sentences in training and lose the thread.
MAX_PIECES = 160
CACHED_SENTENCES = 4096
ALTERNATIVES = 6
_BREAKS = (re.compile(r"(?<=[;:])\s+"), re.compile(r"(?<=,)\s+"), re.compile(r"\s+"), re.compile(r""))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a translation is: sentences done and in all."""

    done: int
    total: int


class Shelf(Protocol):
    """What translations are kept in: the store, or anything with these two of its methods."""

    def translations(self, keys: Iterable[str]) -> dict[str, Translation]:
        """Return those that are kept, by key."""

    def add_translations(self, items: Iterable[Translation]) -> None:
        """Keep these, all or none."""


class Translator:
    """An engine under a glossary."""

    def __init__(self, engine: Engine, glossary: Glossary) -> None:
        self.engine = engine
        self.glossary = glossary
        # A sentence is asked about for its key, for where it may be cut, and for what its parts owe.
        self._find = lru_cache(maxsize=CACHED_SENTENCES)(SourceMatcher(glossary).find)
        self._constrainer = Constrainer(engine, TargetMatcher(glossary))

    @property
    def signature(self) -> str:
        return self.engine.signature

    def key(self, source: str) -> str:
        """Return the digest of a source text, the terms owed to it, and the signature.

        The glossary's own digest is left out: adding a term must not cost the sentences without it.
        """
        terms = [(m.start, m.end, m.prefix, m.term.source, m.term.targets) for m in self._find(source)]
        content = json.dumps([self.signature, bool(self.glossary), source, terms], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    def translate(self, sources: Sequence[str]) -> list[Translation]:
        """Translate sentences in order; one without Hebrew, a blank one too, stays as it is."""
        texts = [clean_text(source).strip() for source in sources]
        chunks = {text: self._chunks(text) for text in dict.fromkeys(texts) if has_hebrew(text)}
        parts = [(text[a:b], self._within(text, a, b)) for text, spans in chunks.items() for a, b in spans]
        outcomes = iter(self._constrainer.translate(parts))
        done = {text: joined([(a, next(outcomes)) for a, _ in spans]) for text, spans in chunks.items()}
        return [self._translation(text, done.get(text) or Outcome(text, 0.0)) for text in texts]

    def alternatives(self, source: str, count: int = ALTERNATIVES) -> list[str]:
        """Return up to `count` different translations of a sentence, best first, the terms forced in each.

        There are none of a text without Hebrew, and of one too long to be translated in one piece.
        """
        text = clean_text(source).strip()
        spans = self._chunks(text) if has_hebrew(text) else []
        if len(spans) != 1:
            return []
        start, end = spans[0]
        outcomes = self._constrainer.alternatives(text[start:end], self._within(text, start, end), count)
        return [outcome.target for outcome in outcomes]

    def _translation(self, text: str, outcome: Outcome) -> Translation:
        return Translation(
            key=self.key(text),
            source=text,
            target=outcome.target,
            score=outcome.score,
            signature=self.signature,
            receipts=outcome.receipts,
            findings=outcome.findings,
        )

    def _within(self, text: str, start: int, end: int) -> list[Match]:
        return [
            replace(match, start=match.start - start, end=match.end - start)
            for match in self._find(text)
            if start <= match.start and match.end <= end
        ]

    def _chunks(self, text: str) -> list[tuple[int, int]]:
        """Cut a text that is too long for a model, at the strongest breaks that do not cut a term.

        The marks around a cell of a table in CSV are left out.
        """
        terms = [(match.start, match.end) for match in self._find(text)]
        return self._cut(text, (1, len(text) - 1) if _is_cell(text) else (0, len(text)), terms, _BREAKS)

    def _cut(
        self,
        text: str,
        span: tuple[int, int],
        terms: list[tuple[int, int]],
        breaks: Sequence[re.Pattern[str]],
    ) -> list[tuple[int, int]]:
        if not breaks or self._fits(text[slice(*span)]):
            return [span]
        ends = [
            m.end() for m in breaks[0].finditer(text, *span) if not any(a < m.end() < b for a, b in terms)
        ]
        spans = self._packed(text, span, ends)
        return [part for smaller in spans for part in self._cut(text, smaller, terms, breaks[1:])]

    def _fits(self, text: str) -> bool:
        return len(self.engine.pieces.source(text)[0]) <= MAX_PIECES

    def _packed(self, text: str, span: tuple[int, int], ends: list[int]) -> list[tuple[int, int]]:
        """Join neighbouring stretches of a span, given by their ends, as long as they fit."""
        spans: list[tuple[int, int]] = []
        start = last = span[0]
        for end in [*ends, span[1]]:
            if last > start and not self._fits(text[start:end]):
                spans.append((start, last))
                start = last
            last = end
        return [(a, b) for a, b in [*spans, (start, span[1])] if text[a:b].strip()]


def translate_all(
    translator: Translator,
    sources: Sequence[str],
    shelf: Shelf,
) -> Iterator[Progress]:
    """Translate what is not known yet, batch by batch, keeping each batch at once; yield the progress.

    Whatever ends the loop early, every batch yielded so far is kept, and the next run goes on after it.
    """
    keys = {translator.key(source): source for source in sources}
    found = shelf.translations(list(keys))
    left = sorted((source for key, source in keys.items() if key not in found), key=len)
    done = len(keys) - len(left)
    yield Progress(done, len(keys))
    for first in range(0, len(left), BATCH_SENTENCES):
        batch = left[first : first + BATCH_SENTENCES]
        shelf.add_translations(translator.translate(batch))
        done += len(batch)
        yield Progress(done, len(keys))


def _is_cell(text: str) -> bool:
    """Tell whether a text stands in quotation marks that double those inside (RFC 4180)."""
    inside = text[1:-1]
    return text[:1] == '"' == text[-1:] and '""' in inside and '"' not in inside.replace('""', "")


def joined(parts: Sequence[tuple[int, Outcome]]) -> Outcome:
    """Join the outcomes of parts of a text, each with its start in the text, moving their spans along."""
    target = ""
    receipts = []
    for start, outcome in parts:
        shift = len(target) + 1 if target else 0
        target = f"{target} {outcome.target}".strip()
        for receipt in outcome.receipts:
            moved = receipt.target_start is not None and receipt.target_end is not None
            receipts.append(
                replace(
                    receipt,
                    source_start=receipt.source_start + start,
                    source_end=receipt.source_end + start,
                    target_start=(receipt.target_start or 0) + shift if moved else None,
                    target_end=(receipt.target_end or 0) + shift if moved else None,
                )
            )
    findings = tuple(dict.fromkeys(f for _, outcome in parts for f in outcome.findings))
    score = sum(outcome.score for _, outcome in parts) / max(len(parts), 1)
    return Outcome(target, score, tuple(receipts), findings)
