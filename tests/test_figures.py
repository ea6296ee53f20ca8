"""Figures that a model misread are copied from the source; what may be right is left alone."""

import pytest

from glossary.match import SourceMatcher, TargetMatcher
from glossary.terms import Glossary, Term
from mt.constrain import Constrainer, Outcome
from tests.fake_engine import FakeEngine

TERMS = Glossary((Term("באקו", ("Baku",)), Term("קבוצת ה-20", ("G20",))))


def outcome(words: dict[str, str], source: str) -> Outcome:
    constrainer = Constrainer(FakeEngine(words), TargetMatcher(TERMS))
    return constrainer.translate([(source, SourceMatcher(TERMS).find(source))])[0]


@pytest.mark.parametrize(
    ("words", "source", "target"),
    [
        ({"1.22": "1.2"}, "נולדו 1.22 מיליון", "נולדו 1.22 million"),
        ({"14,325": "325"}, "בתוך 36 שעות 14,325 איש", "בתוך 36 שעות 14,325 איש"),
        ({"23,764": "23,7474"}, "שטח של 23,764 דונם", "שטח של 23,764 דונם"),
        ({"30.10.2017": "30.10.20.20"}, "פועל מאז 30.10.2017 ברציפות", "פועל מאז 30.10.2017 ברציפות"),
        ({"10": "100", "30": "300"}, "בין 10 לבין 30 דולר", "בין 10 לבין 30 דולר"),
    ],
)
def test_a_misread_figure_is_copied(words: dict[str, str], source: str, target: str) -> None:
    result = outcome({"מיליון": "million", **words}, source)
    assert result.target == target
    assert all(finding.startswith("number copied from the source: ") for finding in result.findings)
    assert len(result.findings) == sum(word in source.split() for word in words)


@pytest.mark.parametrize(
    ("words", "source", "target"),
    [
        ({"70": "seventy"}, "כ 70 איש", "כ seventy איש"),
        ({"אלף": "000"}, "כ 70 אלף איש", "כ 70 000 איש"),
        ({"7.10": "October 8"}, "ביום 7.10 בבוקר", "ביום October 8 בבוקר"),
        ({"26.11.2022": "November 25, 2022"}, "ביום 26.11.2022 בבוקר", "ביום November 25, 2022 בבוקר"),
        ({"12": "many", "איש": "3 men"}, "12 הנה ארבע חמש שש איש", "many הנה ארבע חמש שש 3 men"),
    ],
)
def test_what_may_be_right_stays(words: dict[str, str], source: str, target: str) -> None:
    result = outcome(words, source)
    assert (result.target, result.findings) == (target, ())


def test_a_source_without_figures_has_none_to_copy() -> None:
    engine = FakeEngine({"איש": "3 men"})
    (result,) = Constrainer(engine, TargetMatcher(TERMS)).translate([("באו איש", ())])
    assert (result.target, result.findings) == ("באו 3 men", ())
    assert len(engine.asked) == 1


def test_attention_is_asked_for_where_figures_disagree() -> None:
    engine = FakeEngine({"10": "100"})
    Constrainer(engine, TargetMatcher(TERMS)).translate([("באו 10 איש", ()), ("באו 20 איש", ())])
    assert [[request.wants_attention for request in asked] for asked in engine.asked] == [
        [False, False],
        [True],
    ]


def test_terms_and_figures_do_not_disturb_each_other() -> None:
    words = {"1,500": "1,550", "באקו": "capital", "ה-20": "20"}
    result = outcome(words, "אל באקו באו 1,500 נציגי קבוצת ה-20")
    assert result.target == "אל Baku באו 1,500 נציגי G20"
    spans = [result.target[receipt.target_start : receipt.target_end] for receipt in result.receipts]
    assert spans == ["Baku", "G20"]
