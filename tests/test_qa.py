"""Checks of pairs: what each finds, and the good English that it leaves alone."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aligned.qa.checks import NAMES, check
from aligned.qa.issues import NumberedPair, Severity
from aligned.qa.numbers import figures
from glossary.checker import Checker
from glossary.terms import Glossary, Term
from mt.cli import app

TERMS = Checker(Glossary((Term("גאורגיה", ("Georgia",)), Term('כטב"מ', ("UAV",), forbidden=("drone",)))))
SAID = "הוועדה התכנסה בירושלים ודנה בהצעה."

FAULTY = [
    ("numbers", "נמנו 35 מפגינים.", "There were 53 protesters."),
    ("numbers", "התקציב הוא 3.5 מיליון שקל.", "The budget is 3.5 billion shekels."),
    ("numbers", "כמה אנשים באו.", "Some 400 people came."),
    ("dates", "ב-26 בנובמבר נפתח הדיון.", "The hearing opened on October 26."),
    ("untranslated", SAID, "The committee met in ירושלים to discuss it."),
    ("copied", SAID, SAID),
    ("empty", SAID, " "),
    ("length", SAID * 3, "It met."),
    ("repeated", SAID, "The the committee met in Jerusalem."),
    ("brackets", SAID, "The committee (of five met in Jerusalem."),
    ("quotes", SAID, 'The "committee met in Jerusalem.'),
    ("ending", SAID, "The committee met in Jerusalem"),
    ("ending", SAID, "Did the committee meet in Jerusalem?"),
    ("spaces", SAID, "The committee  met in Jerusalem."),
    ("term-missing", "הוא ביקר בגאורגיה.", "He visited Armenia."),
    ("term-forbidden", 'הכטב"מ הופל.', "The drone was shot down."),
]
SOUND = [
    ("ב-26 בנובמבר 2024 באו 600 אלף איש.", "On November 26, 2024, 600,000 people came."),
    ("ב-26.11.2024 נחתם ההסכם.", "The agreement was signed on November 26, 2024."),
    ("ב-7.10 פרצה המלחמה.", "The war broke out on October 7."),
    ("כ-40% מן הקולות, 5,150 בסך הכול.", "About 40 percent of the votes, 5,150 in all."),
    ("בין 275 ל-325 אלף מפגינים צעדו.", "Between 275,000 and 325,000 demonstrators marched."),
    ("השנים 1996–1998 היו קשות.", "The years 1996–98 were hard."),
    ("בשנות ה-90 באו רבים.", "Many came in the 1990s."),
    ("הישיבה ב-17:30 נדחתה.", "The meeting at 5:30 p.m. was put off."),
    ("שלושים ושלוש מדינות חתמו.", "33 states signed."),
    ("בא רבע מן הקהל, 12 איש.", "A quarter of the audience came, twelve people."),
    ("נולד בשנת תשפ\"ה בעיר.", "He was born in the city in 5785."),
    ("במאי הקולנוע שב הביתה.", "The film director may come home."),
    ('רמטכ"ל צה"ל אמר: "לא נשוב".', 'The IDF chief of staff said, "We will not return."'),
    ("הוא הודה שאותו אדם שיקר.", "He said he had had enough and that that man had lied."),
    ("א) הסכם שנחתם בעיר.", "a) An agreement signed in the city."),
    ("ממשלת גאורגיה התפטרה אמש.", "The Georgian government resigned last night."),
    ("לאט לאט הוא התקדם לשם.", "Slowly, slowly he made his way there: very very slowly."),
    ("www.example.org", "www.example.org"),
]  # fmt: skip


def names(source: str, target: str) -> set[str]:
    return {issue.check for issue in check([NumberedPair(1, source, target)], TERMS)}


@pytest.mark.parametrize(("name", "source", "target"), FAULTY)
def test_each_check_finds_its_fault(name: str, source: str, target: str) -> None:
    assert name in names(source, target)


@pytest.mark.parametrize(("source", "target"), SOUND)
def test_good_translations_are_left_alone(source: str, target: str) -> None:
    assert names(source, target) == set()


def test_a_document_shows_what_a_pair_does_not() -> None:
    pairs = [
        NumberedPair(1, SAID, "The committee met in Jerusalem and discussed the bill."),
        NumberedPair(2, SAID, "In Jerusalem the committee met and discussed the bill."),
        NumberedPair(
            3, "הצוות נועד בבירה ושקל את העניין.", "The committee met in Jerusalem and discussed the bill."
        ),
    ]
    found = {(issue.line, issue.check) for issue in check(pairs, TERMS)}
    assert found == {
        (1, "several-targets"), (2, "several-targets"), (1, "several-sources"), (3, "several-sources"),
    }  # fmt: skip


def test_spans_hold_the_fault() -> None:
    source, target = "באו 35 איש.", "There came 53 people."
    [issue] = check([NumberedPair(9, source, target)], TERMS)
    assert issue.line == 9
    assert issue.severity is Severity.ERROR
    assert [source[slice(*span)] for span in issue.fault.source] == ["35"]
    assert [target[slice(*span)] for span in issue.fault.target] == ["53"]


def test_only_the_chosen_checks_speak() -> None:
    pair = NumberedPair(1, "באו 35 איש.", "There came  53 people")
    assert [issue.check for issue in check([pair], TERMS, ["spaces"])] == ["spaces"]
    assert check([pair], TERMS, []) == []
    with pytest.raises(KeyError):
        check([pair], TERMS, ["spelling"])


def test_figures_take_thousands_and_scales() -> None:
    assert [figure.ways[0] for figure in figures("1,200 men and 2.5 million", False)] == [
        {"1200"},
        {"2500000"},
    ]


def test_the_command_lists_issues_and_knows_its_checks(tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    file.write_text("באו 35 איש.\tThere came 35 people.\nבאו 35 איש.\tThere came 53 people.\n", "utf-8")
    run = CliRunner().invoke(app, ["check", str(file), "--only", "numbers"])
    assert run.exit_code == 0
    assert run.stdout.split("\t")[:3] == ["2", "error", "numbers"]
    strict = CliRunner().invoke(app, ["check", str(file), "--strict", "--json"])
    assert strict.exit_code == 1
    assert {row["check"] for row in json.loads(strict.stdout)} == {"numbers", "several-targets"}
    wrong = CliRunner().invoke(app, ["check", str(file), "--skip", "spelling"])
    assert all(name in str(wrong.exception) for name in NAMES)
