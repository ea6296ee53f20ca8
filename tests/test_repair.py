"""The first repair: prefixes behind their numbers, and nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt.repair import INTACT, NUMBERS, leave_alone, repair_lines

DAMAGED = [
    ("26-ב", "ב-26"),
    ("בשנת 2020-ב נחתם", "בשנת ב-2020 נחתם"),
    ("(2020-ב)", "(ב-2020)"),
    ("12.5-כ אחוזים", "כ-12.5 אחוזים"),
    ("50,000-מ יותר", "מ-50,000 יותר"),
    ("40%-ל עד", "ל-40% עד"),
    ("26.11.2022-ב.", "ב-26.11.2022."),
    ("1990-ומ ואילך", "ומ-1990 ואילך"),
    ("20-כש היה", "כש-20 היה"),
    ("15–ל", "ל–15"),
    ("1997-ב 2016-וב", "ב-1997 וב-2016"),
]
CLEAN = [
    "",
    "ב-26 בנובמבר",
    "המאה ה-21",
    "70,000-50,000 נפש",
    "26-בנובמבר",
    "מטוס F-16 בשמיים",
    "F-16-ב",
    "דגם 16-א",
    'סעיף 3-ב"ה',
    "קרבאך-ב",
    "2020-21-ב",
    "עמ' 5-6",
    "NATO-ב",
]


@pytest.mark.parametrize(("damaged", "clean"), DAMAGED)
def test_a_prefix_behind_its_number_comes_before_it(damaged: str, clean: str) -> None:
    (line,) = repair_lines([damaged])
    assert (line.damaged, line.repaired, line.verdict) == (damaged, clean, NUMBERS)
    assert 0 < line.confidence < 1


@pytest.mark.parametrize("text", CLEAN)
def test_what_may_be_right_is_left_alone(text: str) -> None:
    (line,) = repair_lines([text])
    assert (line.repaired, line.verdict, line.confidence) == (text, INTACT, 1.0)


LINES = st.lists(st.text("אבהלמשכו0129,.%-–() \t", max_size=30), max_size=6)


@given(LINES)
def test_the_letters_stay_and_repairing_twice_is_repairing_once(lines: list[str]) -> None:
    repaired = repair_lines(lines)
    assert [sorted(line.repaired) for line in repaired] == [sorted(line) for line in lines]
    again = [line.repaired for line in repair_lines([line.repaired for line in repaired])]
    assert again == [line.repaired for line in repaired]
    for line in repaired:
        assert re.findall(r"\d+", line.repaired) == re.findall(r"\d+", line.damaged)


@given(LINES)
def test_leaving_alone_changes_nothing(lines: list[str]) -> None:
    assert [line.repaired for line in leave_alone(lines)] == lines
