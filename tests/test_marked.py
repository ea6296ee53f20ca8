"""What is marked by hand is found, and nothing else: precision and recall over the marked sentences."""

import pytest

from glossary.match import SourceMatcher
from tests.marked_terms import Marked, Occurrence, count, own_glossary, own_sentences, read

MATCHER = SourceMatcher(own_glossary())
TUNED, HELD_OUT = own_sentences()
PRECISION, RECALL = 0.99, 0.98


def find(text: str) -> set[Occurrence]:
    return {(match.start, match.end, match.prefix, match.term.source) for match in MATCHER.find(text)}


@pytest.mark.parametrize("marked", [TUNED, HELD_OUT, TUNED + HELD_OUT], ids=["tuned", "held out", "all"])
def test_precision_and_recall(marked: list[Marked]) -> None:
    counts = count(marked, find)
    assert counts.precision >= PRECISION
    assert counts.recall >= RECALL


def test_the_set_is_as_large_as_said() -> None:
    marked = TUNED + HELD_OUT
    assert sum(len(one.terms) for one in marked) >= 800
    assert sum(one.traps for one in marked) >= 200
    assert len(own_glossary()) >= 170


def test_the_marks_are_read() -> None:
    named = {"באקו": "באקו", "סכמ": "הסכם"}
    assert read("{וב|-|באקו} שוב, [כיוון] {ה|הסכמים=הסכם}.", named) == Marked(
        "וב-באקו שוב, כיוון ההסכמים.", frozenset({(3, 7, "וב", "באקו"), (20, 26, "ה", "הסכם")}), 1
    )


def test_every_marked_term_stands_in_its_text() -> None:
    for one in TUNED + HELD_OUT:
        for start, end, prefix, _ in one.terms:
            assert 0 <= start < end <= len(one.text)
            assert prefix in one.text[:start]
