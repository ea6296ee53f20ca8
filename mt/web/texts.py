"""Texts of any length and form to translations: cut into sentences, translated, put together again."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from aligned.links import Link
from aligned.records import Translation
from glossary.hebrew import clean_text
from glossary.receipt import Receipt
from glossary.terms import Glossary
from mt.engines.base import Engine
from mt.linking import Linker
from mt.segment import Sentence, segment
from mt.translate import Translator
from mt.web.batcher import TURN_SENTENCES, Batcher
from mt.web.inline import Markup, Text, texts_of
from mt.web.relinked import Rendered, render

_In = TypeVar("_In")
_Out = TypeVar("_Out")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a text; the spans of receipts are in the text and in its translation.

    There are no receipts of HTML, where a span would be in neither.
    """

    target: str
    alternatives: tuple[str, ...]
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A text of a page, with its sentences."""

    text: Text
    sentences: tuple[Sentence, ...]

    @property
    def marked(self) -> list[Sentence]:
        """Return the sentences inside which markup begins or ends: their words must be linked."""
        edges = sorted(_edges(self.text.markup))
        after = [bisect_right(edges, s.start) for s in self.sentences]
        return [s for s, n in zip(self.sentences, after, strict=True) if n < len(edges) and edges[n] < s.end]

    def with_targets(self, targets: Mapping[str, str], links: Mapping[str, Sequence[Link]]) -> str:
        """Return the text with its sentences translated, as HTML."""
        made = [Rendered((s.start, s.end), targets[s.text], links.get(s.text, ())) for s in self.sentences]
        return render(self.text, made)


class TextTranslator:
    """Translate whole texts with a batcher under one glossary.

    `linker` returns what links words under that glossary; without it, one is made where markup needs it.
    """

    def __init__(
        self, batcher: Batcher, glossary: Glossary, linker: Callable[[Engine], Linker] | None = None
    ) -> None:
        self._batcher = batcher
        self._glossary = glossary
        self._make_linker = linker or partial(Linker, glossary=glossary)
        self._linker: Linker | None = None

    async def translate(self, texts: Sequence[str], others: int) -> list[Answer]:
        """Translate texts in order, with up to so many other translations of each."""
        parts = [_part(Text(clean_text(text))) for text in texts]
        made = await self._made(parts)
        best = {source: translation.target for source, translation in made.items()}
        choices = await self._choices(best, others)
        return [
            Answer(
                _joined(part, best),
                _different(_joined(part, choice) for choice in (best, *choices)),
                _receipts(text, part, made),
            )
            for text, part in zip(texts, parts, strict=True)
        ]

    async def translate_html(self, pages: Sequence[str], others: int) -> list[Answer]:
        """Do the same with HTML, whose markup is kept."""
        cut = [[_part(p) if isinstance(p, Text) else p for p in texts_of(page)] for page in pages]
        parts = [part for page in cut for part in page if isinstance(part, _Part)]
        best = {source: made.target for source, made in (await self._made(parts)).items()}
        choices = [best, *await self._choices(best, others)]
        links = [await self._links(parts, choice) for choice in choices]
        answers = []
        for page in cut:
            written = [
                "".join(p if isinstance(p, str) else p.with_targets(*choice) for p in page)
                for choice in zip(choices, links, strict=True)
            ]
            answers.append(Answer(written[0], _different(written), ()))
        return answers

    async def _made(self, parts: Sequence[_Part]) -> dict[str, Translation]:
        sources = list(dict.fromkeys(s.text for part in parts for s in part.sentences))
        return dict(zip(sources, await self._batcher.translate(sources, self._glossary), strict=True))

    async def _choices(self, best: Mapping[str, str], count: int) -> list[dict[str, str]]:
        """Return so many choices of a target for each sentence; the best where the beam has no more."""
        if not count:
            return []

        def find(translator: Translator, source: str) -> list[str]:
            found = translator.alternatives(source, count + 1)
            return [target for target in found if target != best[source]]

        sources = list(best)
        found = dict(zip(sources, await self._in_turns(find, sources), strict=True))
        return [
            {source: (found[source][at : at + 1] or [best[source]])[0] for source in sources}
            for at in range(count)
        ]

    async def _links(self, parts: Sequence[_Part], targets: Mapping[str, str]) -> dict[str, list[Link]]:
        """Return the links of the sentences that have markup inside."""
        sources = list(dict.fromkeys(s.text for part in parts for s in part.marked))

        def find(translator: Translator, source: str) -> list[Link]:
            self._linker = self._linker or self._make_linker(translator.engine)
            return self._linker.links(source, targets[source])

        return dict(zip(sources, await self._in_turns(find, sources), strict=True))

    async def _in_turns(self, call: Callable[[Translator, _In], _Out], items: Sequence[_In]) -> list[_Out]:
        """Call a function for each item in the model's thread, a few at a time: others get through."""
        results: list[_Out] = []
        for first in range(0, len(items), TURN_SENTENCES):
            turn = items[first : first + TURN_SENTENCES]
            results += await self._batcher.run(
                lambda translator, turn=turn: [call(translator, item) for item in turn],  # type: ignore[misc]
                self._glossary,
            )
        return results


def _part(text: Text) -> _Part:
    return _Part(text, tuple(segment(text.text)))


def _joined(part: _Part, targets: Mapping[str, str]) -> str:
    """Put the sentences of a plain text together with the white space that stood around them."""
    out, at = "", 0
    for sentence in part.sentences:
        out += part.text.text[at : sentence.start] or (" " if out else "")
        out += targets[sentence.text]
        at = sentence.end
    return out + part.text.text[at:]


def _different(targets: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    """Return what differs from the first, once each."""
    return tuple(dict.fromkeys(targets))[1:]


def _edges(markup: Sequence[Markup]) -> Iterator[int]:
    for item in markup:
        yield item.start
        yield item.end
        yield from _edges(item.children)


def _receipts(text: str, part: _Part, made: Mapping[str, Translation]) -> tuple[Receipt, ...]:
    """Return the receipts of a plain text, their spans moved from the sentences to the whole."""
    places = [at for at, character in enumerate(text) for _ in clean_text(character)]
    receipts: list[Receipt] = []
    length, at = 0, 0
    for sentence in part.sentences:
        length += (sentence.start - at) or bool(length)
        for receipt in made[sentence.text].receipts:
            start, end = sentence.start + receipt.source_start, sentence.start + receipt.source_end
            moved = replace(receipt, source_start=places[start], source_end=places[end - 1] + 1)
            if receipt.target_start is not None and receipt.target_end is not None:
                spans = receipt.target_start + length, receipt.target_end + length
                moved = replace(moved, target_start=spans[0], target_end=spans[1])
            receipts.append(moved)
        length += len(made[sentence.text].target)
        at = sentence.end
    return tuple(receipts)
