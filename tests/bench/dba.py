"""Terms as constraints of the search, beside terms written into a free translation: in place, quality, time.

Beam search with dynamic beam allocation (Post & Vilar 2018, "Fast lexically constrained decoding with dynamic
beam allocation for neural machine translation"; progress kept as a path of a prefix tree, as in Hu et al.
2019, "Improved lexically constrained decoding for translation and monolingual rewriting"). Beyond the papers,
the word that ends a constraint may not be continued, or "accountant general" becomes "generally".
"""

import time
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import torch
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from transformers import DynamicCache, EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput

from glossary.check import missing
from glossary.hebrew import clean_text
from glossary.match import SourceMatcher, TargetMatcher
from glossary.terms import Glossary, read_glossary
from mt.engines.base import Request
from mt.engines.folder import find_model
from mt.engines.pieces import END, UNKNOWN
from mt.engines.transformers import BATCH_SENTENCES, TransformersEngine
from mt.placing import form_of
from mt.translate import Translator
from tests.bench.data import folder, pairs

BEAMS = (4, 8, 16)

Ids = tuple[int, ...]


@dataclass(frozen=True)
class Owed:
    """The constraints that an output does not hold yet, and how much of one its last pieces are."""

    unmet: tuple[Ids, ...]
    begun: Ids = ()

    @cached_property
    def missing(self) -> int:
        """Return the number of pieces that are still to come."""
        return sum(map(len, self.unmet)) - len(self.begun)

    @cached_property
    def wanted(self) -> frozenset[int]:
        """Return the pieces that begin a constraint, or go on with the one that is begun."""
        depth = len(self.begun)
        return frozenset(c[depth] for c in self.unmet if c[:depth] == self.begun)

    def after(self, piece: int) -> "Owed":
        """Return what is owed after one more piece; one that does not go on with a phrase unwinds it."""
        for begun in ((*self.begun, piece), (piece,)):
            if begun in self.unmet:
                at = self.unmet.index(begun)
                return Owed(self.unmet[:at] + self.unmet[at + 1 :])
            if any(c[: len(begun)] == begun for c in self.unmet):
                return Owed(self.unmet, begun)
        return Owed(self.unmet) if self.begun else self


@dataclass(frozen=True, slots=True)
class Output:
    """A beginning of an output, its log-probability in nats, and whether it ends with a whole constraint."""

    ids: Ids
    score: float
    owed: Owed
    closes: bool = False


def allocate(counts: Sequence[int], beam: int) -> list[int]:
    """Share a beam among banks; bank i has counts[i] candidates, all of which lack i pieces.

    Each gets the same, the first the remainder; what a bank cannot fill goes to the next, then round.
    """
    share, spare = divmod(beam, len(counts))
    sizes = []
    for count in counts:
        sizes.append(min(share + spare, count))
        spare += share - sizes[-1]
    for bank, count in enumerate(counts):
        more = min(spare, count - sizes[bank])
        sizes[bank] += more
        spare -= more
    return sizes


class Search:
    """The beam of one sentence: outputs that go on, and outputs that have ended."""

    def __init__(self, constraints: Sequence[Ids], limit: int, beam: int, end: int) -> None:
        """Take the constraints, the bound on an output's pieces (end mark included), and the end mark."""
        self.live = [Output((), 0.0, Owed(tuple(constraints)))]
        self.done: list[Output] = []
        self._banks = 1 + self.live[0].owed.missing
        self._limit, self._beam, self._end = limit, beam, end

    def advance(self, candidates: Mapping[tuple[int, int], float]) -> list[int]:
        """Keep the best candidates (live output, next piece) of each bank; return which outputs they extend.

        As in the engines, an ended one takes no place in the beam, and as many as the beam has are enough.
        """
        banks: list[list[tuple[int, Output]]] = [[] for _ in range(self._banks)]
        for (at, piece), score in sorted(candidates.items(), key=lambda item: -item[1]):
            output = self.live[at]
            owed = output.owed.after(piece)
            closes = len(owed.unmet) < len(output.owed.unmet)
            banks[owed.missing].append((at, Output((*output.ids, piece), score, owed, closes)))
        kept: list[tuple[int, Output]] = []
        for bank, size in zip(banks, allocate([len(bank) for bank in banks], self._beam), strict=True):
            self.done += [output for _, output in bank[:size] if output.ids[-1] == self._end]
            kept += [row for row in bank if row[1].ids[-1] != self._end][:size]
        self.live = [output for _, output in kept] or self.live
        is_over = len(self.done) >= self._beam or len(self.live[0].ids) == self._limit
        return [] if is_over else [at for at, _ in kept]

    def best(self) -> Output:
        """Return the ended output of greatest mean log-probability, else the one that lacks least."""
        if self.done:
            return max(self.done, key=lambda output: output.score / len(output.ids))
        return min(self.live, key=lambda output: (output.owed.missing, -output.score))


class ConstrainedEngine(TransformersEngine):
    """The transformers engine with constraints in its search."""

    @cached_property
    def _inner(self) -> list[int]:
        """Return the pieces that go on with a word."""
        return [number for number, piece in self._names.items() if piece[0].isalnum()]

    def constrain(self, requests: Sequence[Request], constraints: Sequence[Sequence[Ids]]) -> list[Output]:
        """Return for each request an output that holds its constraints, ended unless it met its limit."""
        order = sorted(range(len(requests)), key=lambda at: len(requests[at].source))
        found: dict[int, Output] = {}
        for first in range(0, len(order), BATCH_SENTENCES):
            batch = order[first : first + BATCH_SENTENCES]
            searches = [self._begun(requests[at], constraints[at]) for at in batch]
            self._search([requests[at] for at in batch], searches)
            found.update(zip(batch, (search.best() for search in searches), strict=True))
        return [found[at] for at in range(len(requests))]

    def constraint(self, form: str) -> Ids:
        """Return the pieces of a form; none where one is unknown, for the search cannot say that."""
        ids = self._ids(self.pieces.target(form))
        return () if self.pieces.vocabulary[UNKNOWN] in ids else tuple(ids)

    def text(self, output: Output) -> str:
        """Return the text of an output."""
        end = self.pieces.vocabulary[END]
        return self.pieces.text(tuple(self._names[number] for number in output.ids if number != end))

    def _begun(self, request: Request, constraints: Sequence[Ids]) -> Search:
        limit = request.limit + sum(map(len, constraints))
        return Search([c for c in constraints if c], limit, self.beam, self.pieces.vocabulary[END])

    @torch.inference_mode()
    def _search(self, requests: list[Request], searches: list[Search]) -> None:
        source = self._pad_right([self._ids([*request.source, END]) for request in requests])
        mask = (source != self._pad).long()
        states = self._model.get_encoder()(input_ids=source, attention_mask=mask).last_hidden_state
        cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        while searches:
            live = [output for search in searches for output in search.live]
            last = [[output.ids[-1] if output.ids else self._start] for output in live]
            logits = self._model(
                encoder_outputs=BaseModelOutput(states), attention_mask=mask, cache=cache, use_cache=True,
                decoder_input_ids=torch.tensor(last, device=self._device),
            ).logits[:, -1]  # fmt: skip
            parents = self._step(searches, live, logits)
            searches = [search for search, kept in zip(searches, parents, strict=True) if kept]
            rows = torch.tensor([row for kept in parents for row in kept], device=self._device)
            if searches:
                cache.reorder_cache(rows)
                states, mask = states[rows], mask[rows]

    def _step(self, searches: list[Search], live: list[Output], logits: torch.Tensor) -> list[list[int]]:
        """Advance each search by a piece; return the rows of logits that its new outputs go on from."""
        end = self.pieces.vocabulary[END]
        logits[:, [self._pad, self.pieces.vocabulary[UNKNOWN]]] = -torch.inf
        sums = torch.tensor([output.score for output in live], device=self._device)
        scores = logits.log_softmax(-1) + sums[:, None]
        scores[[row for row, output in enumerate(live) if output.owed.missing], end] = -torch.inf
        closed = [row for row, output in enumerate(live) if output.closes]
        scores[torch.tensor(closed, dtype=torch.long)[:, None], self._inner] = -torch.inf
        likely = scores.topk(2).indices.tolist()  # two: an end, and a piece to go on with
        parents, first = [], 0
        for search in searches:
            block = scores[first : first + len(search.live)]
            keys = {divmod(i, block.shape[1]) for i in block.flatten().topk(2 * self.beam).indices.tolist()}
            for at, output in enumerate(search.live):
                keys.update((at, piece) for piece in (*likely[first + at], *output.owed.wanted))
            values = block[[at for at, _ in keys], [piece for _, piece in keys]].tolist()
            found = {key: value for key, value in zip(keys, values, strict=True) if value > -torch.inf}
            parents.append([first + at for at in search.advance(found)])
            first += len(block)
        return parents


def written(engine: TransformersEngine, glossary: Glossary, sources: list[str]) -> list[str]:
    """Translate sentences freely, and write in the terms that are missing."""
    return [found.target for found in Translator(engine, glossary).translate(sources)]


def constrained(engine: ConstrainedEngine, glossary: Glossary, sources: list[str]) -> list[str]:
    """Translate sentences with their terms, in the form that would be written in, as constraints."""
    matcher, texts = SourceMatcher(glossary), [clean_text(source).strip() for source in sources]
    requests = [Request(engine.pieces.source(text)[0]) for text in texts]
    owed = [[engine.constraint(form_of(match)) for match in matcher.find(text)] for text in texts]
    return [engine.text(output) for output in engine.constrain(requests, owed)]


def main(arguments: list[str]) -> None:
    """Print a row for free decoding, for terms written in, and for each beam of constrained search."""
    parser = ArgumentParser(prog="python -m tests.bench dba")
    parser.add_argument("dev", nargs="*", help="folder of development data")
    parser.add_argument("--first", type=int, help="sentences to translate (default: all)")
    settings = parser.parse_args(arguments)
    data = folder(settings.dev)
    rows = pairs(data / "policy.tsv")[: settings.first]
    sources, references = [source for source, _ in rows], [[reference for _, reference in rows]]
    proper, none = read_glossary(data / "policy.terms.tsv"), Glossary(())
    matchers = SourceMatcher(proper), TargetMatcher(proper)
    owed = sum(len(matchers[0].find(source)) for source in sources)
    model = find_model()
    ways = {
        "free": partial(written, TransformersEngine(model), none),
        "written in": partial(written, TransformersEngine(model), proper),
        # The same search with nothing to place: what of the time is the program's and not the constraints'.
        "DBA, no terms": partial(constrained, ConstrainedEngine(model), none),
    }
    for beam in BEAMS:
        ways[f"DBA, beam {beam}"] = partial(constrained, ConstrainedEngine(model, beam), proper)
    print(f"{'way':14} {'in place':>12} {'BLEU':>6} {'chrF2':>6} {'time':>6}", flush=True)
    base = 0.0
    for name, translate in ways.items():
        translate(sources[:1])  # weights in memory
        begun = time.process_time()
        targets = translate(sources)
        seconds = time.process_time() - begun
        base = base or seconds
        lost = [f for pair in zip(sources, targets, strict=True) for f in missing(*pair, *matchers)]
        kept = owed - sum(f.expected - f.found for f in lost)
        bleu, chrf = (metric.corpus_score(targets, references).score for metric in (BLEU(), CHRF()))
        print(f"{name:14} {kept:5} of {owed:3} {bleu:6.2f} {chrf:6.2f} {seconds / base:6.2f}", flush=True)
