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

from aligned.align.beads import SHAPES, Array, Bead, Lattice
from aligned.align.similarity import FEATURES, Similarity, align_sentences

Sides = tuple[tuple[int, ...], tuple[int, ...]]
FOLDS = 4
STEPS = 25
# Shares of merged and of dropped sentences in documents mixed for fitting.
MIXTURES = ((0.15, 0.05), (0.3, 0.15), (0.3, 0.05))
TRIPLES = 0.08  # of the merged, for how many a third sentence follows


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
        self._width = len(document.targets)
        count = len(document.sources)
        self.rows = [similarity.features(row, 0, self._width) for row in range(count + 1)]
        self.right = sum(
            (
                self.rows[source[-1] + 1][SHAPES.index((len(source), len(target))), target[-1] + 1]
                for source, target in document.gold
                if source and target
            ),
            np.zeros(len(FEATURES)),
        )

    def loss(self, weights: Array) -> tuple[float, Array]:
        """Return the negative logarithm of the likelihood of the right beads, and its gradient."""
        lattice = self.lattice(weights)
        odds = [lattice.odds(row)[: len(SHAPES)] for row in range(len(self.rows))]
        mean = sum(np.tensordot(found, row, 2) for found, row in zip(odds, self.rows, strict=True))
        return lattice.total - float(self.right @ weights), mean - self.right

    def lattice(self, weights: Array) -> Lattice:
        """Return the lattice of all beads without crossings."""
        return Lattice(
            len(self.rows) - 1,
            self._width,
            lambda row, low, high: np.asarray(self.rows[row][:, low : high + 1] @ weights),
            half_band=max(len(self.rows), self._width),
            crossing_cost=float("inf"),
        )

    def beads(self, weights: Array) -> list[Bead]:
        """Return the beads that the aligner finds with these weights."""
        document = self.document
        return align_sentences(document.sources, document.targets, document.translations, weights)


def fit(examples: Sequence[Example]) -> Array:
    """Return the weights of greatest likelihood (L-BFGS; the loss is convex)."""
    weights = torch.zeros(len(FEATURES), dtype=torch.float64)
    search = torch.optim.LBFGS([weights], max_iter=STEPS, line_search_fn="strong_wolfe")

    def closure() -> float:
        found = [example.loss(weights.numpy()) for example in examples]
        weights.grad = torch.from_numpy(sum(gradient for _, gradient in found) / len(found))
        return sum(loss for loss, _ in found) / len(found)

    search.step(closure)  # type: ignore[no-untyped-call]
    return weights.numpy()


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


def held_out(documents: Sequence[Document], clean: Sequence[Document]) -> list[tuple[Document, list[Bead]]]:
    """Return each document with the beads found by weights that were fitted without it, by folds of names.

    The documents themselves and mixtures of the clean ones are fitted on.
    """
    names = sorted({document.name for document in documents})
    random.Random(1).shuffle(names)
    examples, more = [Example(document) for document in documents], mixtures(clean)
    found = []
    for fold in range(FOLDS):
        left_out = set(names[fold::FOLDS])
        weights = fit([example for example in [*examples, *more] if example.document.name not in left_out])
        found += [(e.document, e.beads(weights)) for e in examples if e.document.name in left_out]
    return found


def mixtures(clean: Sequence[Document]) -> list[Example]:
    """Return mixtures of clean documents to fit on."""
    chance = random.Random(7)
    return [Example(mixed(document, *shares, chance)) for document in clean for shares in MIXTURES]
