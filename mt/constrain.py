"""Terms forced into translations: each stands in the output, and none that the source does not have.

A sentence is translated freely; a model that has learned to obey is told the English in the source (Dinu et
al. 2019, "Training neural machine translation to apply terminology constraints"). A term that the output
lacks is written over the words that attend to its source (mt/placing.py), and so is a figure of the source
that was misread (mt/figures.py); the rest of the sentence stays as the model said it, and its own probability
of the new sentence, against the old one, is the price. Only an output that holds a name more often than the
source is decoded again, from just before that name, with the name forbidden (Knowles & Koehn 2016, "Neural
interactive translation prediction"); and one that repeats itself or does not end, with no three pieces twice.

An output has at most the pieces of its request's limit and those of the terms written into it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from glossary.check import licence, unlicensed
from glossary.match import Match, TargetMatch, TargetMatcher
from glossary.receipt import Method, Receipt
from mt.engines.base import Engine, Hypothesis, Request
from mt.engines.canary import is_loop
from mt.figures import disagreement, misread
from mt.placing import Edit, Span, Words, form_of, place, respelled, rewrite

# Times that a sentence is decoded again to be rid of names; after that the finding stands.
MAX_BANS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """A translated sentence; `score` is the mean log-probability per piece in nats, end mark included."""

    target: str
    score: float
    receipts: tuple[Receipt, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A source with its terms; `offsets` are the characters of each of its pieces."""

    source: str
    matches: tuple[Match, ...]
    pieces: tuple[str, ...]
    offsets: list[Span]

    def columns(self, span: Span) -> list[int]:
        """Return the pieces that a span of characters touches."""
        return [i for i, (start, end) in enumerate(self.offsets) if start < span[1] and end > span[0]]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A translation under work: what stands where, what is to be written in, what nobody asked for.

    `surplus` holds names that the source does not have, `repeated` those that it has less often. Figures to
    be copied are numbered behind the terms.
    """

    request: Request
    hypothesis: Hypothesis
    text: str
    kept: dict[int, Span]
    edits: tuple[Edit, ...]
    figures: tuple[Match, ...]
    surplus: tuple[TargetMatch, ...]
    repeated: tuple[TargetMatch, ...]

    @property
    def is_loop(self) -> bool:
        return not self.hypothesis.finished or is_loop(self.text)


@dataclass(frozen=True, slots=True)
class _Written:
    """A text with its terms, where each occurrence stands, and which stand inside other terms."""

    text: str
    spans: dict[int, Span]
    hidden: frozenset[int]


class Constrainer:
    """Translate sentences with an engine so that each keeps the terms found in its source."""

    def __init__(self, engine: Engine, targets: TargetMatcher) -> None:
        self._engine = engine
        self._pieces = engine.pieces
        self._targets = targets

    def translate(self, sources: Sequence[tuple[str, Sequence[Match]]]) -> list[Outcome]:
        """Translate sentences with their matched terms; one outcome for each, in order."""
        sentences = [self._sentence(*each) for each in sources]
        asked = [Request(each.pieces, wants_attention=bool(each.matches)) for each in sentences]
        free = self._drafts(sentences, asked)
        drafts = self._without_faults(sentences, free)
        written = [self._written(*pair) for pair in zip(sentences, drafts, strict=True)]
        scores = self._scores(sentences, free, [each.text for each in written])
        return [self._outcome(*row) for row in zip(sentences, drafts, written, scores, strict=True)]

    def alternatives(self, source: str, matches: Sequence[Match], count: int) -> list[Outcome]:
        """Return different translations of one sentence, best first, each with its terms; no faulty ones."""
        sentence = self._sentence(source, matches)
        request = Request(sentence.pieces)
        made = (self._draft(sentence, request, h) for h in self._engine.alternatives(request, count))
        drafts = [draft for draft in made if not (draft.is_loop or draft.surplus)]
        written = [self._written(sentence, draft) for draft in drafts]
        scores = self._scores([sentence] * len(drafts), drafts, [each.text for each in written])
        found: dict[str, Outcome] = {}
        for row in zip(drafts, written, scores, strict=True):
            outcome = self._outcome(sentence, *row)
            found.setdefault(outcome.target, outcome)
        return list(found.values())

    def _sentence(self, source: str, matches: Sequence[Match]) -> _Sentence:
        marked = matches if self._pieces.obeys_marks else ()
        terms = [(match.start, match.end, form_of(match)) for match in marked]
        return _Sentence(source, tuple(matches), *self._pieces.marked_source(source, terms))

    def _drafts(self, sentences: Sequence[_Sentence], requests: Sequence[Request]) -> list[_Draft]:
        decoded = self._engine.decode(requests)
        return [self._draft(*row) for row in zip(sentences, requests, decoded, strict=True)]

    def _draft(self, sentence: _Sentence, request: Request, hypothesis: Hypothesis) -> _Draft:
        text = self._pieces.text(hypothesis.pieces)
        found = self._targets.find(text)
        owed = Counter(match.term for match in sentence.matches)
        kept: dict[int, Span] = {}
        edits: list[Edit] = []
        figures: tuple[Match, ...] = ()
        if request.wants_attention:
            words = Words(text, self._pieces.ends(hypothesis.pieces), _lexical(sentence, hypothesis))
            columns = {at: sentence.columns((m.start, m.end)) for at, m in enumerate(sentence.matches)}
            kept = _serve(sentence.matches, found, words, columns)
            others = [(form.start, form.end) for form in found if (form.start, form.end) not in kept.values()]
            missing = {at: places for at, places in columns.items() if at not in kept}
            edits = place(words, missing, sentence.matches, list(kept.values()), others)
            anew = respelled(sentence.matches, kept, text)
            for edit in anew:
                del kept[edit.occurrence]
            edits += anew
            taken = [*kept.values(), *((edit.start, edit.end) for edit in edits)]
            figures, copies = misread(sentence.source, words, sentence.columns, taken)
            edits += [replace(edit, occurrence=len(columns) + edit.occurrence) for edit in copies]
        extras = unlicensed(sentence.source, found, owed)
        left = [e for e in extras if not any(d.start < e.end and e.start < d.end for d in edits)]
        surplus = tuple(match for match in left if not licence(match, owed))
        repeated = tuple(match for match in left if licence(match, owed))
        return _Draft(request, hypothesis, text, kept, tuple(edits), figures, surplus, repeated)

    def _without_faults(self, sentences: Sequence[_Sentence], free: Sequence[_Draft]) -> list[_Draft]:
        """Decode again what holds a name that nobody asked for, or too often, or repeats itself.

        And what has misread figures: attention costs a twentieth of the time, and few sentences need it.
        """
        drafts = list(free)
        for _ in range(MAX_BANS):
            asked = map(self._mended, sentences, drafts)
            again = {at: request for at, request in enumerate(asked) if request}
            if not again:
                break
            found = self._drafts([sentences[at] for at in again], list(again.values()))
            for at, draft in zip(again, found, strict=True):
                drafts[at] = draft
        return drafts

    def _mended(self, sentence: _Sentence, draft: _Draft) -> Request | None:
        """Return what to ask for instead of a faulty draft; None where nothing is wrong or helps."""
        if draft.is_loop and not draft.request.varied:
            return replace(draft.request, varied=True)
        extras = draft.surplus or draft.repeated
        if not extras:
            is_blind = not draft.request.wants_attention
            is_misread = is_blind and disagreement(sentence.source, draft.text) is not None
            return replace(draft.request, wants_attention=True) if is_misread else None
        pieces, extra = draft.hypothesis.pieces, extras[0]
        ends = self._pieces.ends(pieces)
        first = next(i for i, end in enumerate(ends) if end > extra.start)
        stop = next(i for i, end in enumerate(ends) if end >= extra.end) + 1
        banned = (*draft.request.banned, pieces[first:stop])
        return replace(draft.request, prefix=pieces[:first], banned=banned)

    def _written(self, sentence: _Sentence, draft: _Draft) -> _Written:
        """Write what is missing into a draft.

        A term that completes a longer one of the glossary (Nagorno-Karabakh) is written over all of that.
        """
        matches = (*sentence.matches, *draft.figures)
        text, spans = rewrite(draft.text, draft.edits, draft.kept, matches)
        forced = [edit for edit in draft.edits if edit.occurrence < len(sentence.matches)]
        found = self._targets.find(text) if forced else []
        for edit in forced:
            form = _hiding(sentence.matches[edit.occurrence], spans[edit.occurrence], found)
            others = {at: span for at, span in spans.items() if at != edit.occurrence}
            if form and not any(a < form.end and form.start < b for a, b in others.values()):
                whole = Edit(edit.occurrence, form.start, form.end)
                text, spans = rewrite(text, [whole], others, matches)
                found = self._targets.find(text)
        numbers = [edit.occurrence for edit in forced]
        hidden = frozenset(at for at in numbers if _hiding(sentence.matches[at], spans[at], found))
        return _Written(text, spans, hidden)

    def _scores(
        self, sentences: Sequence[_Sentence], free: Sequence[_Draft], texts: Sequence[str]
    ) -> list[tuple[float, float]]:
        """Return of each text its mean log-probability, and the log-probability that forcing lost."""
        scores = [(d.hypothesis.score / (len(d.hypothesis.pieces) + 1), 0.0) for d in free]
        changed = [at for at, text in enumerate(texts) if text != free[at].text]
        pieces = [self._pieces.target(texts[at]) for at in changed]
        found = self._engine.score([sentences[at].pieces for at in changed], pieces)
        for at, target, score in zip(changed, pieces, found, strict=True):
            scores[at] = (score / (len(target) + 1), free[at].hypothesis.score - score)
        return scores

    def _outcome(
        self, sentence: _Sentence, draft: _Draft, written: _Written, scores: tuple[float, float]
    ) -> Outcome:
        kept = Method.MARKED if self._pieces.obeys_marks else Method.FREE
        methods = dict.fromkeys(written.spans, kept)
        methods |= {edit.occurrence: Method.FORCED for edit in draft.edits}
        methods |= dict.fromkeys(written.hidden, Method.FAILED)
        receipts = tuple(
            _receipt(match, written.text, written.spans[at], methods[at], scores[1])
            for at, match in enumerate(sentence.matches)
        )
        return Outcome(written.text, scores[0], receipts, _findings(draft, written.text))


def _hiding(match: Match, span: Span, found: Sequence[TargetMatch]) -> TargetMatch | None:
    """Return the form, of those found, of some other term that an occurrence is a part of where it stands."""
    touched = [form for form in found if form.start < span[1] and span[0] < form.end]
    return None if any(match.term in form.terms for form in touched) else next(iter(touched), None)


def _serve(
    matches: Sequence[Match],
    found: Sequence[TargetMatch],
    words: Words,
    columns: Mapping[int, Sequence[int]],
) -> dict[int, Span]:
    """Give each occurrence in the source, in its order, the form of its term that attends to it most."""
    left = [(form.start, form.end, form.terms) for form in found]
    served: dict[int, Span] = {}
    for at, match in enumerate(matches):
        fit = [form for form in left if match.term in form[2]]
        if fit:
            best = max(fit, key=lambda form: words.weight((form[0], form[1]), columns[at]))
            left.remove(best)
            served[at] = best[:2]
    return served


def _lexical(sentence: _Sentence, hypothesis: Hypothesis) -> npt.NDArray[np.float32]:
    """Return the attention on source pieces that hold a letter or digit."""
    holds = np.array([any(character.isalnum() for character in piece) for piece in sentence.pieces])
    return np.where(holds, hypothesis.attention, np.float32(0))


def _receipt(match: Match, text: str, span: Span, method: Method, price: float) -> Receipt:
    start, end = span
    is_hidden = method == Method.FAILED
    return Receipt(
        term=match.term.source,
        source_start=match.start,
        source_end=match.end,
        prefix=match.prefix,
        target=match.term.targets[0] if is_hidden else text[start:end],
        target_start=None if is_hidden else start,
        target_end=None if is_hidden else end,
        method=method,
        price=round(price, 4) if method in (Method.FORCED, Method.FAILED) else 0.0,
        reason="it stands inside another term" if is_hidden else "",
    )


def _findings(draft: _Draft, text: str) -> tuple[str, ...]:
    findings = [f"invented term: {match.target}" for match in draft.surplus]
    findings += [f"repeated term: {match.target}" for match in draft.repeated]
    findings += [f"number copied from the source: {match.term.source}" for match in draft.figures]
    if not draft.hypothesis.finished:
        findings.append("output without end")
    if is_loop(text):
        findings.append("output repeats itself")
    return tuple(findings)
