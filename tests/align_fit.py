"""The aligner's weights, fitted on documents whose beads are known, and judged on those left out.

The beads of a document are a chain whose odds are the product of their own (a semi-Markov conditional random
field: Sarawagi & Cohen 2004, "Semi-Markov conditional random fields for information extraction"); the weights
are those of greatest likelihood.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from aligned.align.beads import SHAPES, Array, Bead, Lattice, Scorer, align_beads
from aligned.align.second import WEIGHTS, Judge, ask
from aligned.align.similarity import Similarity

Sides = tuple[tuple[int, ...], tuple[int, ...]]
FOLDS = 4
STEPS = 15
BATCH = 44  # documents
IMPOSSIBLE = -1e9  # the gain of a bead that would begin before the first sentence
# Shares of merged and of dropped sentences in documents mixed for fitting.
MIXTURES = ((0.3, 0.15),)
TRIPLES = 0.08  # of the merged, for how many a third sentence follows
STRANGERS = 44  # stretches of up to two sentences beside as many of another document


@dataclass(frozen=True)
class Document:
    """Sentences of both sides, the translations of the first, and the beads that are right."""

    name: str
    sources: Sequence[str]
    targets: Sequence[str]
    translations: Sequence[str] | None
    gold: Sequence[Sides]


class Example:
    """A document's features, computed once: those of all beads, and their sum over the right ones."""

    def __init__(self, document: Document) -> None:
        self.document = document
        similarity = Similarity(document.sources, document.targets, document.translations)
        self.width = len(document.targets)
        self.rows = [similarity.features(row, 0, self.width) for row in range(len(document.sources) + 1)]
        self.right = self._sum()

    def _sum(self) -> Array:
        right = [np.zeros(self.rows[0].shape[-1])]
        for source, target in self.document.gold:
            if source and target:
                shape = SHAPES.index((len(source), len(target)))
                right.append(self.rows[source[-1] + 1][shape, target[-1] + 1])
        return np.asarray(np.sum(right, axis=0))

    def beads(self, weights: Array) -> list[Bead]:
        """Return the beads that the aligner finds with these weights."""
        count = len(self.rows) - 1
        return align_beads(count, self.width, self.scorer(weights), half_band=max(count, self.width))

    def scorer(self, weights: Array) -> Scorer:
        """Return what tells the gains of beads by these weights."""
        return lambda row, low, high: np.asarray(self.rows[row][:, low : high + 1] @ weights)


class SecondLook(Example):
    """A document whose beads in doubt a judge has seen: what the second look knows of each bead."""

    def __init__(self, first: Example, weights: Array, judge: Judge) -> None:
        self.document, self.width = first.document, first.width
        count, document = len(first.rows) - 1, first.document
        lattice = Lattice(count, self.width, first.scorer(weights), half_band=max(count, self.width))
        self.rows = [np.zeros((*row.shape[:2], len(WEIGHTS))) for row in first.rows]
        for row, found in zip(self.rows, first.rows, strict=True):
            row[..., 0] = found @ weights
        asked = ask(lattice, document.sources, document.targets, judge)
        for (at, shape, cell), known in asked.items():
            self.rows[at][shape, cell, 1:] = known
        self.right = self._sum()


class Batch:
    """The right beads' likelihood in documents of like length, for all of them at once."""

    def __init__(self, examples: Sequence[Example]) -> None:
        shape = max(len(e.rows) for e in examples), len(SHAPES), max(e.width for e in examples) + 1
        self._features = torch.zeros(len(examples), *shape, len(examples[0].right), dtype=torch.float64)
        self._possible = torch.full((len(examples), *shape), IMPOSSIBLE, dtype=torch.float64)
        for at, example in enumerate(examples):
            for way, (a, b) in enumerate(SHAPES):
                inside = at, slice(a, len(example.rows)), way, slice(b, example.width + 1)
                self._possible[inside] = 0.0
                if a < len(example.rows):
                    rows = np.stack([row[way, b:] for row in example.rows[a:]])
                    self._features[inside] = torch.from_numpy(rows)
        self._ends = [torch.tensor([(len(e.rows) - 1, e.width)[side] for e in examples]) for side in (0, 1)]
        self._right = torch.from_numpy(np.stack([example.right for example in examples]))

    def loss(self, weights: torch.Tensor) -> torch.Tensor:
        """Return the negative logarithm of the likelihood of the right beads, as `Lattice` has it."""
        gains = self._features @ weights + self._possible
        width = gains.shape[3]
        joined = [torch.zeros(len(gains), width, dtype=torch.float64)]
        for row in range(1, gains.shape[1]):
            ended = [joined[row - 1]]
            for way, (a, b) in enumerate(SHAPES):
                if a <= row:
                    before = torch.nn.functional.pad(joined[row - a], (b, 0), value=IMPOSSIBLE)[:, :width]
                    ended.append(before + gains[:, row, way])
            joined.append(torch.stack(ended).logsumexp(0).logcumsumexp(1))
        totals = torch.stack(joined, 1)[torch.arange(len(gains)), self._ends[0], self._ends[1]]
        return (totals - self._right @ weights).sum()


def batches(examples: Sequence[Example]) -> list[Batch]:
    """Return the examples in batches, those of like length together."""
    by_length = sorted(examples, key=lambda example: (len(example.rows), example.width))
    return [Batch(by_length[at : at + BATCH]) for at in range(0, len(by_length), BATCH)]


def fit(examples: Sequence[Example], start: Array | None = None) -> Array:
    """Return the weights of greatest likelihood (L-BFGS; the loss is convex), sooner from a good start."""
    weights = torch.tensor(np.zeros(len(examples[0].right)) if start is None else start, requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=STEPS, line_search_fn="strong_wolfe")
    parts = batches(examples)

    def closure() -> torch.Tensor:
        search.zero_grad()
        loss = torch.stack([part.loss(weights) for part in parts]).sum() / len(examples)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    search.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach().numpy()


def mixed(clean: Document, merge: float, drop: float, chance: random.Random) -> Document:
    """Return a document of one-to-one beads with sentences merged and dropped on either side."""
    translations = clean.translations or [""] * len(clean.sources)
    dropped = [chance.random() < drop for _ in clean.sources]
    side = [chance.random() < 0.5 for _ in clean.sources]
    lost = [gone and first for gone, first in zip(dropped, side, strict=True)]
    others = [gone and not first for gone, first in zip(dropped, side, strict=True)]
    sources, targets = (_groups(gone, dropped, merge, chance) for gone in (lost, others))
    gold = _beads(sources, targets)
    if any((len(one), len(two)) not in SHAPES for one, two in gold if one and two):
        return mixed(clean, merge, drop, chance)
    return Document(
        clean.name,
        [" ".join(clean.sources[at] for at in group) for group in sources],
        [" ".join(clean.targets[at] for at in group) for group in targets],
        None if clean.translations is None else [" ".join(translations[at] for at in g) for g in sources],
        gold,
    )


def _groups(
    missing: Sequence[bool], alone: Sequence[bool], merge: float, chance: random.Random
) -> list[list[int]]:
    """Return the sentences of one side, as numbers of the clean document; those `alone` are not merged."""
    groups: list[list[int]] = []
    for at, gone in enumerate(missing):
        if gone:
            continue
        last = groups[-1] if groups else []
        joins = chance.random() < (merge if len(last) == 1 else TRIPLES)
        if joins and 0 < len(last) < 4 and last[-1] == at - 1 and not alone[at] and not alone[at - 1]:
            last.append(at)
        else:
            groups.append([at])
    return groups


def _beads(sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> list[Sides]:
    """Return the beads of two sides whose sentences are groups of the same numbers."""
    where = {number: at for at, group in enumerate(targets) for number in group}
    beads: list[tuple[list[int], list[int]]] = []
    for at, group in enumerate(sources):
        found = sorted({where[number] for number in group if number in where})
        if found and beads and beads[-1][1] and beads[-1][1][-1] == found[0]:
            beads[-1][0].append(at)
            beads[-1][1].extend(found[1:])
        else:
            beads.append(([at], found))
    met = {at for _, found in beads for at in found}
    whole = [(tuple(one), tuple(two)) for one, two in beads]
    return [*whole, *(((), (at,)) for at in range(len(targets)) if at not in met)]


@dataclass(frozen=True)
class Fitted:
    """The weights of the first look and, where there is a judge, of the second."""

    first: Array
    second: Array | None = None

    def beads(self, example: Example, judge: Judge | None) -> list[Bead]:
        """Return the beads that the aligner finds with these weights."""
        if judge is None or self.second is None:
            return example.beads(self.first)
        return SecondLook(example, self.first, judge).beads(self.second)


def fit_both(examples: Sequence[Example], judge: Judge | None, start: Fitted) -> Fitted:
    """Fit the weights of the first look, and those of the second if there is a judge."""
    first = fit(examples, start.first)
    if judge is None:
        return Fitted(first)
    return Fitted(first, fit([SecondLook(example, first, judge) for example in examples], start.second))


def held_out(
    examples: Sequence[Example], more: Sequence[Example], judge: Judge | None, start: Fitted
) -> list[tuple[Document, list[Bead]]]:
    """Return each example's document with the beads found by weights fitted without it, by folds of names.

    The examples and `more` are fitted on.
    """
    names = sorted({example.document.name for example in examples})
    random.Random(1).shuffle(names)
    found = []
    for fold in range(FOLDS):
        left_out = set(names[fold::FOLDS])
        known = [e for e in [*examples, *more] if left_out.isdisjoint(e.document.name.split())]
        fitted = fit_both(known, judge, start)
        found += [(e.document, fitted.beads(e, judge)) for e in examples if e.document.name in left_out]
    return found


def mixtures(clean: Sequence[Document]) -> list[Example]:
    """Return mixtures of clean documents to fit on."""
    chance = random.Random(7)
    return [Example(mixed(document, *shares, chance)) for document in clean for shares in MIXTURES]


def strangers(clean: Sequence[Document]) -> list[Example]:
    """Return a few sentences of one document beside a few of another, all of which should stand alone."""
    chance = random.Random(4)
    found = []
    for _ in range(STRANGERS):
        one, two = chance.sample(clean, 2)
        (low, high), (low2, high2) = (_stretch(len(side), chance) for side in (one.sources, two.targets))
        said = one.translations and one.translations[low:high]
        name = f"{one.name} {two.name}"
        found.append(Example(Document(name, one.sources[low:high], two.targets[low2:high2], said, ())))
    return found


def _stretch(count: int, chance: random.Random) -> tuple[int, int]:
    low = chance.randrange(count - 1)
    return low, low + chance.randint(1, 2)
