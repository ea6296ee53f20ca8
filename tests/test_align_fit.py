"""The aligner's weights: what they are fitted on, and how likely they make it."""

import math
import random
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from aligned.align import Bead
from aligned.align.beads import Array, Lattice
from aligned.align.similarity import FEATURES
from tests.align_fit import Document, Example, SecondLook, batches, fit, mixed, strangers
from tests.test_align import ENGLISH, HEBREW, OTHER, PAIRS, assert_complete


def test_strangers_have_no_right_beads() -> None:
    documents = [
        Document(name, HEBREW, english, ENGLISH, ()) for name, english in (("a", ENGLISH), ("b", OTHER))
    ]
    for example in strangers(documents):
        document = example.document
        assert set(document.name.split()) == {"a", "b"}
        assert 1 <= len(document.sources) <= 2
        assert document.translations == [dict(PAIRS)[text] for text in document.sources]
        assert not example.right.any()


def test_mixing_keeps_every_sentence_and_knows_its_beads() -> None:
    clean = Document("clean", HEBREW, ENGLISH, None, [((i,), (i,)) for i in range(len(PAIRS))])
    some = mixed(clean, 0.5, 0.2, random.Random(2))
    beads = [Bead(source, target) for source, target in some.gold]
    assert_complete(beads, len(some.sources), len(some.targets))
    for source, target in some.gold:
        words = " ".join(some.sources[i] for i in source), " ".join(some.targets[j] for j in target)
        assert not all(words) or words[0].count(".") == words[1].count(".")


def test_fitted_weights_make_the_right_beads_likely() -> None:
    clean = Document("clean", HEBREW, ENGLISH, None, [((i,), (i,)) for i in range(len(PAIRS))])
    examples = [Example(mixed(clean, 0.3, 0.2, random.Random(seed))) for seed in range(5)]
    weights, nothing = fit(examples), np.zeros(len(FEATURES))
    assert loss(examples, weights) < 0.2 * loss(examples, nothing)
    assert loss(examples, fit(examples, weights)) == pytest.approx(loss(examples, weights), abs=0.1)


def loss(examples: list[Example], weights: Array) -> float:
    return sum(float(batch.loss(torch.from_numpy(weights))) for batch in batches(examples))


def test_documents_of_a_batch_are_as_likely_as_one_by_one() -> None:
    clean = Document("clean", HEBREW, ENGLISH, None, [((i,), (i,)) for i in range(len(PAIRS))])
    examples = [Example(mixed(clean, 0.3, drop, random.Random(1))) for drop in (0.0, 0.2, 0.7)]
    weights = np.linspace(-0.5, 0.5, len(FEATURES))
    lattices = [Lattice(len(e.rows) - 1, e.width, e.scorer(weights), (), 99, math.inf) for e in examples]
    expected = sum(x.total - float(e.right @ weights) for x, e in zip(lattices, examples, strict=True))
    assert loss(examples, weights) == pytest.approx(expected)


def test_a_second_look_adds_what_the_judge_says_of_beads_in_doubt() -> None:
    document = Document("two", HEBREW[:2], ENGLISH[:2], None, [((0,), (0,)), ((1,), (1,))])
    asked: list[tuple[str, str]] = []

    def judge(pairs: Sequence[tuple[str, str]]) -> list[float]:
        asked.extend(pairs)
        return [-2.0] * len(pairs)

    second = SecondLook(Example(document), np.zeros(len(FEATURES)), judge)
    assert sum(float(row[..., 2].sum()) for row in second.rows) == len(asked) == 9
    assert second.right == pytest.approx([0.0, -4.0, 2.0, 0.0])
