"""Terms forced into the search: each stands in the output, none is pasted in afterwards, none is invented.

A sentence is translated freely first. From left to right, the first fault of the output is then mended by
decoding again from just before it: a missing term becomes the end of the new prefix, at the place that
attends to the term's source; a name that the source does not have is forbidden from there on. Every round
fixes one term in the prefix for good, so a sentence with n terms takes at most n rounds for them, and its
output has at most twice the source's pieces, the terms' own, and 24 for each round and one to spare.

Prefix-constrained decoding is Knowles & Koehn 2016 ("Neural interactive translation prediction"); the place
by attention follows Alkhouli et al. 2018 ("On the alignment problem in multi-head attention-based NMT").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from glossary.hebrew import WORD, fold, prefixes
from glossary.match import Match, TargetMatch, TargetMatcher
from glossary.receipt import Method, Receipt
from mt.engines.base import Engine, Hypothesis, Request
from mt.engines.canary import is_loop

# Places tried for each missing term; the model's own score of the whole sentence chooses among them.
PLACES = 3
# Names that a sentence may lose to the ban; after that the finding stands.
MAX_BANS = 3
# Letters of a stem that make a longer source word a hint at the name (Iran in Iranian).
MIN_STEM = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """A translated sentence; `score` is the mean log-probability per piece in nats, end mark included."""

    target: str
    score: float
    receipts: tuple[Receipt, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sentence:
    """A sentence under work; `forced` maps an occurrence to its pieces (start, end) in the output."""

    source: str
    matches: tuple[Match, ...]
    pieces: tuple[str, ...]
    offsets: list[tuple[int, int]]
    hypothesis: Hypothesis
    free: Hypothesis
    forced: dict[int, tuple[int, int]] = field(default_factory=dict)
    banned: tuple[tuple[str, ...], ...] = ()

    @property
    def locked(self) -> int:
        """Return how many pieces of the output may no longer change."""
        return max((end for _, end in self.forced.values()), default=0)


@dataclass(frozen=True, slots=True)
class _Placing:
    """Where each occurrence stands in the output, in characters; what is missing, what nobody wanted."""

    spans: dict[int, tuple[int, int]]
    missing: tuple[int, ...]
    extras: tuple[TargetMatch, ...]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way to mend a fault: the request, and the term it forces (occurrence, start, end in pieces)."""

    sentence: int
    request: Request
    forced: tuple[int, int, int] | None = None


class Constrainer:
    """Translate sentences with an engine so that each keeps the terms found in its source."""

    def __init__(self, engine: Engine, targets: TargetMatcher) -> None:
        self._engine = engine
        self._pieces = engine.pieces
        self._targets = targets

    def translate(self, sources: Sequence[tuple[str, Sequence[Match]]]) -> list[Outcome]:
        """Translate sentences with their matched terms; one outcome for each, in order."""
        sentences = self._translate_freely(sources)
        active: Iterable[int] = range(len(sentences))
        while attempts := [a for index in active for a in self._attempts(index, sentences[index])]:
            self._take_best(sentences, attempts)
            active = sorted({attempt.sentence for attempt in attempts})
        scores = self._prices(sentences)
        return [self._outcome(s, *score) for s, score in zip(sentences, scores, strict=True)]

    def _translate_freely(self, sources: Sequence[tuple[str, Sequence[Match]]]) -> list[_Sentence]:
        encoded = [self._pieces.source(source) for source, _ in sources]
        free = self._engine.decode([Request(pieces) for pieces, _ in encoded])
        return [
            _Sentence(source, tuple(matches), pieces, offsets, hypothesis, hypothesis)
            for (source, matches), (pieces, offsets), hypothesis in zip(sources, encoded, free, strict=True)
        ]

    def _attempts(self, index: int, sentence: _Sentence) -> list[_Attempt]:
        """Return the ways to mend the first fault of a sentence's output; none if it has no fault."""
        placing = self._placing(sentence, sentence.hypothesis)
        starts = self._piece_starts(sentence.hypothesis.pieces)
        extras = [e for e in placing.extras if starts.get(e.start, -1) >= sentence.locked]
        wanted = [(self._places(sentence, occurrence, placing), occurrence) for occurrence in placing.missing]
        places, occurrence = min(wanted, default=([], -1), key=lambda w: w[0][0])
        if extras and len(sentence.banned) < MAX_BANS:
            first = starts[extras[0].start]
            if not places or first < places[0]:
                return [self._ban(index, sentence, extras[0], first)]
        return [self._force(index, sentence, occurrence, place) for place in places]

    def _ban(self, index: int, sentence: _Sentence, extra: TargetMatch, start: int) -> _Attempt:
        pieces = sentence.hypothesis.pieces
        ends = self._pieces.ends(pieces)
        stop = next(i for i, end in enumerate(ends) if end >= extra.end) + 1
        sentence.banned += (pieces[start:stop],)
        return _Attempt(index, Request(sentence.pieces, pieces[:start], banned=sentence.banned))

    def _force(self, index: int, sentence: _Sentence, occurrence: int, place: int) -> _Attempt:
        before = sentence.hypothesis.pieces[:place]
        term = self._pieces.target(self._form(sentence.matches[occurrence], self._pieces.text(before)))
        request = Request(sentence.pieces, before + term, closed=True, banned=sentence.banned)
        return _Attempt(index, request, (occurrence, place, place + len(term)))

    @staticmethod
    def _form(match: Match, before: str) -> str:
        """Return the term's English as it should stand after `before`."""
        form = match.term.targets[0]
        if form.lower().startswith("the ") and before.lower().endswith((" the", " a", " an")):
            form = form[4:]
        return form if before else form[0].upper() + form[1:]

    def _places(self, sentence: _Sentence, occurrence: int, placing: _Placing) -> list[int]:
        """Return the pieces before which a missing term could stand, the most attended first.

        A place begins a word, is not locked and does not cut another term; the last resort is the end,
        before the final punctuation.
        """
        pieces = sentence.hypothesis.pieces
        ends = self._pieces.ends(pieces)
        words = [i for i, piece in enumerate(pieces) if self._pieces.is_word_start(piece)]
        taken = [span for at, span in placing.spans.items() if at not in sentence.forced]
        free = [
            i for i in words
            if i >= sentence.locked and not any(a < (ends[i - 1] + 1 if i else 0) < b for a, b in taken)
        ]  # fmt: skip
        if not free:
            last = len(pieces)
            while last > sentence.locked and not any(c.isalnum() for c in pieces[last - 1]):
                last -= 1
            return [last]
        mass = self._attention(sentence, occurrence)
        ranked = sorted(free, key=lambda i: -sum(mass[i : _next(words, i, len(pieces))]))
        return ranked[:PLACES]

    def _attention(self, sentence: _Sentence, occurrence: int) -> list[float]:
        """Return for each output piece how much it attends to an occurrence's source."""
        match = sentence.matches[occurrence]
        columns = [i for i, (a, b) in enumerate(sentence.offsets) if a < match.end and b > match.start]
        weights: list[float] = sentence.hypothesis.attention[:, columns].sum(axis=1).tolist()
        return weights

    def _take_best(self, sentences: list[_Sentence], attempts: list[_Attempt]) -> None:
        """Decode all attempts and keep the best for each sentence."""
        results = self._engine.decode([attempt.request for attempt in attempts])
        scores = self._engine.score([a.request.source for a in attempts], [r.pieces for r in results])
        best: dict[int, tuple[tuple[bool, int, float], _Attempt, Hypothesis]] = {}
        for attempt, result, score in zip(attempts, results, scores, strict=True):
            sentence = sentences[attempt.sentence]
            placing = self._placing(sentence, result, attempt.forced)
            sound = result.finished and not is_loop(self._pieces.text(result.pieces))
            rank = (
                not sound,
                len(placing.missing) + len(placing.extras),
                -score / (len(result.pieces) + 1),
            )
            if attempt.sentence not in best or rank < best[attempt.sentence][0]:
                best[attempt.sentence] = (rank, attempt, result)
        for index, (_, attempt, result) in best.items():
            sentences[index].hypothesis = result
            if attempt.forced:
                occurrence, start, end = attempt.forced
                sentences[index].forced[occurrence] = (start, end)

    def _placing(
        self, sentence: _Sentence, hypothesis: Hypothesis, also: tuple[int, int, int] | None = None
    ) -> _Placing:
        """Match the occurrences in the source with the terms found in the output, in order."""
        text = self._pieces.text(hypothesis.pieces)
        forced = dict(sentence.forced)
        if also:
            forced[also[0]] = also[1:]
        ends = self._pieces.ends(hypothesis.pieces)
        spans = {at: (self._start(text, ends, a), ends[b - 1]) for at, (a, b) in forced.items()}
        found = [
            f
            for f in self._targets.find(text)
            if not any(f.start < b and a < f.end for a, b in spans.values())
        ]
        missing = []
        for at, match in enumerate(sentence.matches):
            if at in spans:
                continue
            hit = next((f for f in found if match.term in f.terms), None)
            if hit is None:
                missing.append(at)
            else:
                found.remove(hit)
                spans[at] = (hit.start, hit.end)
        extras = tuple(f for f in found if f.target[0].isupper() and not _hinted(f, sentence.source))
        return _Placing(spans, tuple(missing), extras)

    @staticmethod
    def _start(text: str, ends: list[int], piece: int) -> int:
        start = ends[piece - 1] if piece else 0
        return start + 1 if text[start : start + 1] == " " else start

    def _piece_starts(self, pieces: tuple[str, ...]) -> dict[int, int]:
        """Return the piece that begins at each character of the text."""
        text, ends = self._pieces.text(pieces), self._pieces.ends(pieces)
        return {self._start(text, ends, i): i for i in reversed(range(len(pieces)))}

    def _prices(self, sentences: list[_Sentence]) -> list[tuple[float, float]]:
        """Return each sentence's score, and the log-probability it lost against its free translation."""
        changed = [s for s in sentences if s.hypothesis is not s.free]
        final = self._engine.score([s.pieces for s in sentences], [s.hypothesis.pieces for s in sentences])
        free = self._engine.score([s.pieces for s in changed], [s.free.pieces for s in changed])
        before = dict(zip(map(id, changed), free, strict=True))
        return [
            (score / (len(s.hypothesis.pieces) + 1), before.get(id(s), score) - score)
            for s, score in zip(sentences, final, strict=True)
        ]

    def _outcome(self, sentence: _Sentence, score: float, price: float) -> Outcome:
        placing = self._placing(sentence, sentence.hypothesis)
        text = self._pieces.text(sentence.hypothesis.pieces)
        receipts = tuple(
            _receipt(match, placing.spans.get(at), at in sentence.forced, text, price)
            for at, match in enumerate(sentence.matches)
        )
        return Outcome(text, score, receipts, _findings(sentence.hypothesis, text, placing))


def _hinted(found: TargetMatch, source: str) -> bool:
    """Tell whether a word of the source grows from a word of the term, as Iranian does from Iran."""
    words = [w for m in WORD.finditer(source) for w in (m[0], *(rest for _, rest in prefixes(m[0])))]
    folded = {fold(word) for word in words}
    stems = [fold(m[0]) for term in found.terms for s in term.surfaces for m in WORD.finditer(s)]
    return any(word.startswith(stem) for stem in stems if len(stem) >= MIN_STEM for word in folded)


def _next(words: list[int], start: int, end: int) -> int:
    return next((word for word in words if word > start), end)


def _receipt(match: Match, span: tuple[int, int] | None, forced: bool, text: str, price: float) -> Receipt:
    method = Method.FAILED if span is None else Method.FORCED if forced else Method.FREE
    start, end = span or (None, None)
    return Receipt(
        term=match.term.source,
        source_start=match.start,
        source_end=match.end,
        prefix=match.prefix,
        target=text[start:end] if span else match.term.targets[0],
        target_start=start,
        target_end=end,
        method=method,
        price=round(price, 4) if forced else 0.0,
        reason="" if span else "no place in the output could hold it",
    )


def _findings(hypothesis: Hypothesis, text: str, placing: _Placing) -> tuple[str, ...]:
    findings = [f"invented term: {extra.target}" for extra in placing.extras]
    if not hypothesis.finished:
        findings.append("output without end")
    if is_loop(text):
        findings.append("output repeats itself")
    return tuple(findings)
