"""Alignment: every sentence in exactly one bead, and the right one."""

import lzma
import math
import random
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligned.align import Bead, Scorer, align_beads, align_sentences
from aligned.align.beads import SHAPES, Array, Lattice
from aligned.align.lexicon import compile_lexicon
from aligned.align.second import look_again
from aligned.align.similarity import FEATURES, Similarity

# fmt: off
PAIRS = [
    ("הממשלה אישרה את התקציב ב-26 בנובמבר.", "The government approved the budget on November 26."),
    ("ראש הממשלה דיבר עם 14 שרים.", "The prime minister spoke with 14 ministers."),
    ("המלחמה נמשכה שלוש שנים.", "The war lasted three years."),
    ("החברה מכרה נפט לטורקיה.", "The company sold oil to Turkey."),
    ("בית המשפט דחה את הבקשה.", "The court rejected the request."),
    ("הסטודנטים למדו היסטוריה באוניברסיטה.", "The students studied history at the university."),
    ("הנשיא נפגש עם ראש העיר.", "The president met with the mayor."),
    ("מחיר הלחם עלה ב-8 אחוזים.", "The price of bread rose by 8 percent."),
    ("הרופאים בבית החולים פתחו בשביתה.", "The doctors at the hospital began a strike."),
    ("הצבא הודיע כי הגבול נסגר.", "The army announced that the border was closed."),
]
# fmt: on
HEBREW, ENGLISH = [he for he, _ in PAIRS], [en for _, en in PAIRS]
OTHER = [
    "Birds cross the valley twice a year.",
    "In spring they rest among the reeds for a week.",
    "Volunteers count the storks from a wooden tower.",
    "Last autumn the cranes came late.",
    "A farmer leaves them some maize in his field.",
    "Photographers wait silently before sunrise.",
    "The pelicans prefer the fish ponds.",
    "Their wings shine white against the hills.",
]
NOTES = ["Photograph: the archive.", "Page two of the newsletter.", "All rights reserved."]


def shapes(beads: list[Bead]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(bead.source, bead.target) for bead in beads]


def by_bead(gain: Callable[[int, int, int, int], float]) -> Scorer:
    """Return a scorer from the gain of source[a:b] with target[c:d]."""

    def scorer(row: int, low: int, high: int) -> Array:
        cells = range(low, high + 1)
        return np.array([[gain(row - a, row, cell - b, cell) for cell in cells] for a, b in SHAPES])

    return scorer


def chance(seed: int) -> Scorer:
    return by_bead(lambda a, b, c, d: random.Random(f"{seed} {a} {b} {c} {d}").uniform(-2, 2))


def assert_complete(beads: list[Bead], sources: int, targets: int) -> None:
    assert sorted(i for bead in beads for i in bead.source) == list(range(sources))
    assert sorted(j for bead in beads for j in bead.target) == list(range(targets))
    in_order = [bead for bead in beads if bead.source and not bead.crossing]
    assert all(x.source < y.source for x, y in pairwise(in_order))
    assert all(0 <= bead.score <= 1 for bead in beads)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 12), st.integers(0, 99))
def test_every_sentence_is_in_exactly_one_bead(n: int, m: int, half_band: int, seed: int) -> None:
    assert_complete(align_beads(n, m, chance(seed), half_band=half_band), n, m)


@settings(deadline=None)
@given(st.lists(st.sampled_from(HEBREW)), st.lists(st.sampled_from([*ENGLISH, *NOTES, ""])), st.booleans())
def test_every_text_is_in_exactly_one_bead(sources: list[str], targets: list[str], translated: bool) -> None:
    translations = [dict(PAIRS)[text] for text in sources] if translated else None
    assert_complete(align_sentences(sources, targets, translations), len(sources), len(targets))


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_the_odds_of_all_beads_with_a_sentence_make_one(n: int, m: int, seed: int) -> None:
    lattice = Lattice(n, m, chance(seed))
    sources, targets = (values.copy() for values in lattice.alone())
    for row in range(n + 1):
        for (a, b), odds in zip([*SHAPES, (2, 2)], lattice.odds(row), strict=True):
            for column in range(b, m + 1):
                sources[row - a : row] += odds[column]
                targets[column - b : column] += odds[column]
    assert sources == pytest.approx(np.ones(n))
    assert targets == pytest.approx(np.ones(m))


def test_the_odds_are_those_of_counting() -> None:
    # Two against one: all alone in 3 orders, or the target with either source or with both.
    gains = {(0, 1): 1.0, (1, 2): 2.0, (0, 2): 0.5}
    lattice = Lattice(2, 1, by_bead(lambda a, b, *_: gains[a, b] if a >= 0 else 0.0))
    total = 3 + math.e + math.e**2 + math.e**0.5
    assert lattice.total == pytest.approx(math.log(total))
    best = lattice.best()
    assert shapes(best) == [((0,), ()), ((1,), (0,))]
    assert [bead.score for bead in best] == pytest.approx([(3 + math.e**2) / total, math.e**2 / total])


def test_a_judge_is_asked_once_of_each_pair_in_doubt_and_believed() -> None:
    asked: list[tuple[str, str]] = []

    def judge(pairs: Sequence[tuple[str, str]]) -> list[float]:
        asked.extend(pairs)
        return [-1.0 if pair == ("a", "x") else -5.0 for pair in pairs]

    gains = {(0, 1): 1.0, (1, 2): 2.0, (0, 2): 0.5}
    scorer = by_bead(lambda a, b, *_: gains[a, b] if a >= 0 else 0.0)
    again = partial(look_again, sources=["a", "b"], targets=["x"], judge=judge)
    assert shapes(align_beads(2, 1, scorer)) == [((0,), ()), ((1,), (0,))]
    assert shapes(align_beads(2, 1, scorer, again=again)) == [((0,), (0,)), ((1,), ())]
    assert sorted(asked) == [("a", "x"), ("a b", "x"), ("b", "x")]


def test_of_what_is_certain_no_judge_is_asked() -> None:
    certain = by_bead(lambda a, b, c, d: 20.0 if (b - a, d - c) == (1, 1) and a == c else -20.0)
    again = partial(look_again, sources=HEBREW, targets=ENGLISH, judge=lambda pairs: pytest.fail(str(pairs)))
    beads = align_beads(len(PAIRS), len(PAIRS), certain, again=again)
    assert shapes(beads) == [((i,), (i,)) for i in range(len(PAIRS))]


def test_sentences_are_paired_in_order() -> None:
    assert shapes(align_sentences(HEBREW, ENGLISH)) == [((i,), (i,)) for i in range(len(PAIRS))]


@pytest.mark.parametrize("gone", range(len(PAIRS)))
def test_a_dropped_sentence_is_a_null_bead(gone: int) -> None:
    beads = align_sentences(HEBREW, ENGLISH[:gone] + ENGLISH[gone + 1 :])
    assert ((gone,), ()) in shapes(beads)
    assert len(beads) == len(PAIRS)


def test_merged_sentences_are_one_bead() -> None:
    english = [*ENGLISH[:3], " ".join(ENGLISH[3:5]), *ENGLISH[5:]]
    assert ((3, 4), (3,)) in shapes(align_sentences(HEBREW, english))
    hebrew = [*HEBREW[:3], " ".join(HEBREW[3:6]), *HEBREW[6:]]
    assert ((3,), (3, 4, 5)) in shapes(align_sentences(hebrew, ENGLISH))


@pytest.mark.parametrize("kept", [slice(0, 5), slice(5, 10), slice(2, 7)])
def test_where_half_of_the_text_is_missing_the_rest_is_paired(kept: slice) -> None:
    numbers = range(len(PAIRS))[kept]
    beads = shapes(align_sentences(HEBREW, ENGLISH[kept]))
    assert beads == [((i,), (i - numbers.start,) if i in numbers else ()) for i in range(len(PAIRS))]


def test_headings_and_footnotes_of_one_side_stay_alone() -> None:
    english = [NOTES[0], *ENGLISH[:5], NOTES[1], *ENGLISH[5:], NOTES[2]]
    beads = shapes(align_sentences(HEBREW, english))
    assert [target for source, target in beads if not source] == [(0,), (6,), (12,)]
    assert len(beads) == len(english)


def test_of_a_side_that_stands_twice_each_sentence_is_paired_once() -> None:
    beads = shapes(align_sentences(HEBREW, ENGLISH * 2))
    paired = [(source, target) for source, target in beads if source and target]
    assert [source for source, _ in paired] == [(i,) for i in range(len(PAIRS))]
    assert all(target == (source[0],) or target == (source[0] + len(PAIRS),) for source, target in paired)


def test_documents_that_do_not_belong_together_stay_alone() -> None:
    for beads in (align_sentences(HEBREW, OTHER), align_sentences(HEBREW, OTHER, ENGLISH)):
        assert all(not bead.source or not bead.target for bead in beads)
        assert min(bead.score for bead in beads) > 0.5


@pytest.mark.parametrize("translated", [False, True])
@pytest.mark.parametrize(("he", "en"), PAIRS)
def test_of_two_lone_sentences_those_that_share_something_are_paired(
    he: str, en: str, translated: bool
) -> None:
    said = [en] if translated else None
    assert shapes(align_sentences([he], [en], said)) == [((0,), (0,))]
    for other in OTHER:
        assert shapes(align_sentences([he], [other], said)) in (
            [((), (0,)), ((0,), ())],
            [((0,), ()), ((), (0,))],
        )


@pytest.mark.parametrize("texts", [HEBREW, ENGLISH])
def test_identical_documents_are_paired_one_to_one(texts: list[str]) -> None:
    assert shapes(align_sentences(texts, texts)) == [((i,), (i,)) for i in range(len(texts))]


def test_an_empty_side_leaves_null_beads() -> None:
    assert align_sentences(HEBREW, []) == [Bead((i,), ()) for i in range(len(PAIRS))]
    assert align_sentences([], ENGLISH) == [Bead((), (j,)) for j in range(len(PAIRS))]
    assert align_sentences([], []) == []


def test_a_swap_of_neighbours_is_a_crossing() -> None:
    order = [0, 1, 2, 4, 3, *range(5, len(PAIRS))]
    beads = align_sentences(HEBREW, [ENGLISH[at] for at in order])
    assert [(bead.source, bead.target) for bead in beads if bead.crossing] == [((4,), (3,))]
    assert ((3,), (4,)) in shapes(beads)


def test_a_sentence_that_moved_two_places_is_a_crossing() -> None:
    order = [0, 1, 3, 4, 2, *range(5, len(PAIRS))]
    beads = align_sentences(HEBREW, [ENGLISH[at] for at in order])
    assert [(bead.source, bead.target) for bead in beads if bead.crossing] == [((2,), (4,))]
    assert len(beads) == len(PAIRS)


def test_many_against_few() -> None:
    sources = ["עוד משפט אחד שאין לו כל קשר."] * 990 + HEBREW
    beads = align_sentences(sources, ENGLISH)
    assert_complete(beads, 1000, len(PAIRS))
    assert [bead.source for bead in beads if bead.target] == [(990 + i,) for i in range(len(PAIRS))]


@pytest.mark.parametrize(("sources", "targets"), [(30_000, 10), (10, 30_000)])
def test_thousands_against_ten(sources: int, targets: int) -> None:
    def scorer(row: int, low: int, high: int) -> Array:
        found = np.full((len(SHAPES), high - low + 1), -5.0)
        found[0] = np.where(np.arange(low, high + 1) == row - sources + targets, 9.0, -5.0)
        return found

    beads = align_beads(sources, targets, scorer, half_band=30_000)
    assert_complete(beads, sources, targets)
    few = min(sources, targets)
    paired = [bead for bead in beads if bead.source and bead.target]
    assert [bead.source for bead in paired] == [(sources - few + i,) for i in range(few)]


def test_features_are_those_of_the_bead() -> None:
    found = Similarity(HEBREW, ENGLISH).features(2, 2, 2)[SHAPES.index((2, 2)), 0]
    by_name = dict(zip(FEATURES, found, strict=True))
    assert by_name["shared"] == 2  # 26 and 14
    assert by_name["apart"] == 0
    assert by_name["bead"] == 1
    assert by_name["bead, merged"] == 2
    assert 0 < by_name["cosine"] < 1


def test_a_band_changes_no_features() -> None:
    whole, part = Similarity(HEBREW, ENGLISH), Similarity(HEBREW, ENGLISH)
    for row in range(len(PAIRS) + 1):
        low, high = max(0, row - 2), min(len(PAIRS), row + 2)
        expected = whole.features(row, 0, len(PAIRS))[:, low : high + 1]
        reaching = [at for at, (a, _) in enumerate(SHAPES) if a <= row]
        assert part.features(row, low, high)[reaching] == pytest.approx(expected[reaching])


def test_a_lexicon_becomes_stems(tmp_path: Path) -> None:
    source, target = tmp_path / "lexicon.tsv.xz", tmp_path / "stems.tsv.xz"
    source.write_bytes(lzma.compress("בית\thouse\nאבן\ta stone\nבית\thousehold, home\n".encode()))
    compile_lexicon(source, target)
    assert lzma.decompress(target.read_bytes()).decode() == "אבן\ta stone\nבית\thouse home\n"
