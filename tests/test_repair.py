"""Damaged lines put back: every kind of damage, what is clean left alone, and nothing lost on the way."""

import itertools
import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance.Levenshtein import distance

from mt.repair import INTACT, NUMBERS, RUNS, VISUAL, WORDS, LineRepair, leave_alone, repair_lines
from mt.repair.evidence import evidence_of
from mt.repair.network import Network
from mt.repair.numbers import mend_numbers, mend_ranges, turn_brackets
from mt.repair.simulate import Habits, damage, draw_habits, wrap
from mt.repair.visual import logical_words, visual_order
from mt.sample import sample_path

NUMBERS_DAMAGED = [
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
    ("נחתם 1994,-ב ואז", "נחתם ב-1994, ואז"),
    ("הגיע ל15- אלף", "הגיע ל-15 אלף"),
    ("קיים מאז ב1994,- ואז", "קיים מאז ב-1994, ואז"),
    ("הארגון )OSCE( הוקם", "הארגון (OSCE) הוקם"),
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
    "קריאה ל-init() ואז",
    "סוגר שנפתח בשורה הקודמת) והמשך",
    "דוח שנתי 75א, פרק רביעי",
]


def sample_lines(width: int = 78) -> list[str]:
    """Return the sample brief wrapped as a page is."""
    paragraphs = re.split(r"\n\n+", sample_path().read_text("utf-8"))
    return [line for paragraph in paragraphs for line in wrap(paragraph, width)]


def rate(found: list[LineRepair], clean: list[str]) -> float:
    """Return the character error rate in percent, white space collapsed."""
    pairs = [(" ".join(a.repaired.split()), " ".join(b.split())) for a, b in zip(found, clean, strict=True)]
    return 100 * sum(distance(a, b) for a, b in pairs) / sum(len(b) for _, b in pairs)


@pytest.mark.parametrize(("damaged", "clean"), NUMBERS_DAMAGED)
def test_numbers_come_back_behind_their_prefixes(damaged: str, clean: str) -> None:
    (line,) = repair_lines([damaged])
    assert (line.damaged, line.repaired, line.verdict) == (damaged, clean, NUMBERS)
    assert 0 < line.confidence < 1
    assert line.evidence
    assert line.runs


@pytest.mark.parametrize("text", CLEAN)
def test_what_may_be_right_is_left_alone(text: str) -> None:
    (line,) = repair_lines([text])
    assert (line.repaired, line.verdict, line.confidence, line.runs) == (text, INTACT, 1.0, ())


def test_a_descending_range_is_turned_only_where_numbers_were_swapped() -> None:
    assert mend_ranges("בין 2022-2020 ירדו 70,000-50,000 נפש") == "בין 2020-2022 ירדו 50,000-70,000 נפש"
    assert mend_ranges("התוצאה 3-1, טלפון 04-8252525") == "התוצאה 3-1, טלפון 04-8252525"
    _, line = repair_lines(["החוזה 2020-ב נחתם", "ירדו 70,000-50,000 נפש"])
    assert line.repaired == "ירדו 50,000-70,000 נפש"


def test_each_bracket_turns_by_itself() -> None:
    assert turn_brackets("צינור (BTC(, שאורכו)") == "צינור (BTC), שאורכו)"


@pytest.mark.parametrize(("reverse", "kind"), [(visual_order, VISUAL), (None, WORDS)])
def test_documents_in_visual_order_come_back_whole(reverse: Callable[[str], str] | None, kind: str) -> None:
    clean = sample_lines()
    damaged = [reverse(line) if reverse else _words_in_visual_order(line) for line in clean]
    found = repair_lines(damaged)
    assert rate(found, clean) < 0.5
    kinds = [line.verdict for line in found if line.verdict != INTACT]
    assert set(kinds) == {kind}
    assert len(kinds) > 0.9 * len(clean)


def _words_in_visual_order(line: str) -> str:
    """Do what `logical_words` undoes."""
    words = []
    for word in reversed(line.split()):
        marks = re.fullmatch(r"([^\w]*)(.*?)([^\w]*)", word)
        if marks is None or not re.search("[א-ת]", word):
            words.append(visual_order(word))
            continue
        left, core, right = marks.groups()
        if prefixed := re.fullmatch(r"([א-ת]+)(-)(\d[\d.,%]*)", core):
            core = prefixed[3] + prefixed[2] + prefixed[1]
        words.append(visual_order(right) + core + visual_order(left))
    return " ".join(words)


def test_reading_words_is_the_inverse_of_reversing_them() -> None:
    for line in sample_lines():
        assert logical_words(_words_in_visual_order(line)) == " ".join(line.split())
        assert visual_order(visual_order(line)) == line


def test_torn_runs_come_back_mostly() -> None:
    clean = sample_lines()
    draw = random.Random(5)
    damaged = [damage(line, draw).text for line in clean]
    found = repair_lines(damaged)
    before = rate(leave_alone(damaged), clean)
    assert before > 50
    assert rate(found, clean) < 0.5 * before
    assert sum(line.verdict == RUNS for line in found) > 0.7 * len(clean)
    torn = [line for line in found if line.verdict == RUNS]
    assert sum(line.gain > 0 for line in torn) > 0.9 * len(torn)
    assert {line.gain for line in found if line.verdict == INTACT} == {0.0}
    assert all(0 <= line.confidence <= 1 for line in torn)
    # Where it is surer it is more often right.
    right = {
        a.damaged: " ".join(a.repaired.split()) == " ".join(b.split())
        for a, b in zip(found, clean, strict=True)
    }
    sure = sorted(torn, key=lambda line: -line.confidence)
    half = len(sure) // 2
    assert sum(right[line.damaged] for line in sure[:half]) > sum(right[line.damaged] for line in sure[half:])


def test_the_receipt_says_what_went_where() -> None:
    damaged = [damage(line, random.Random(at)).text for at, line in enumerate(sample_lines()[:30])]
    torn = [line for line in repair_lines(damaged) if line.verdict == RUNS]
    assert torn
    for line in torn:
        assert [run.new_start for run in line.runs] == sorted(run.new_start for run in line.runs)
        taken = sorted((run.start, run.end) for run in line.runs)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(taken))
        for run in line.runs:
            before, after = (
                line.damaged.strip()[run.start : run.end],
                line.repaired[run.new_start : run.new_end],
            )
            assert _letters(before) == _letters(after)


def test_clean_lines_pass_byte_for_byte() -> None:
    lines = [f"{line}  " for line in sample_lines()] + ["", "   ", "Hebrew: עברית", "NATO (2020)", "•\tפריט"]
    found = repair_lines(lines)
    assert [line.repaired for line in found] == lines
    assert {line.verdict for line in found} == {INTACT}


def test_one_page_of_damage_among_clean_ones_does_not_touch_those() -> None:
    clean = sample_lines()
    pages = [*clean, *(visual_order(line) for line in clean[:6]), *clean]
    found = repair_lines(pages)
    kept = [*found[: len(clean)], *found[len(clean) + 6 :]]
    assert all(line.repaired == line.damaged for line in kept)
    assert sum(line.verdict == VISUAL for line in found) >= 3


def test_evidence_has_names() -> None:
    names = evidence_of("םולש  ,עולם 26-ב -שלום").names
    assert set(names) == {
        "finals_first", "finals_inside", "marks_first", "blanks_doubled", "numbers_swapped", "hyphens_loose",
    }  # fmt: skip
    assert evidence_of("שלום עולם.").names == ()


def test_a_carriage_return_stays_at_the_end_of_its_line() -> None:
    (line,) = repair_lines(["בשנת 2020-ב נחתם\r"])
    assert line.repaired == "בשנת ב-2020 נחתם\r"


HEBREW = st.text("אבגהוכלמםנןשת ,.-–()\"'0123456789%aB\t", max_size=60)


@settings(max_examples=60)
@given(st.lists(HEBREW, max_size=5))
def test_a_repaired_line_has_the_characters_of_the_damaged_one(lines: list[str]) -> None:
    found = repair_lines(lines)
    assert [line.damaged for line in found] == lines
    for line in found:
        assert _letters(line.repaired) == _letters(line.damaged)


def _letters(text: str) -> list[str]:
    """Return the characters in order of their codes, blanks left out and brackets all alike."""
    return sorted(re.sub(r"[][(){}<>]", "(", re.sub(r"\s", "", text)))


@given(HEBREW)
def test_mending_numbers_twice_is_mending_them_once_for_plain_lines(text: str) -> None:
    words = re.sub(r"[^\w ]", "", text)
    assert mend_numbers(mend_numbers(words)) == mend_numbers(words)


@given(st.text("אבגדהם 0123,.-()", min_size=1, max_size=70), st.integers(0, 99))
def test_the_simulator_keeps_the_characters_and_its_own_receipt(text: str, seed: int) -> None:
    draw = random.Random(seed)
    made = damage(text, draw, draw_habits(draw))
    assert _letters(made.text) == _letters(text)
    assert made.edges[0] == 0
    assert made.edges[-1] == len(made.text)
    assert list(made.edges) == sorted(set(made.edges)) or not made.text
    assert damage(text, draw, Habits(intact=1.0)).text == text.strip()


def test_lines_that_are_too_long_to_search_are_left() -> None:
    long = "מילה, ועוד  , לכן " * 40
    (line,) = repair_lines([long])
    assert line.repaired == long


def test_a_clean_text_is_read_without_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Network:
        raise AssertionError("the network was read")

    monkeypatch.setattr("mt.repair.load_network", refuse)
    lines = ["הממשלה אישרה אתמול את ההסכם עם אזרבייג'ן.", "השר אמר כי הדיון יימשך ב-26 בנובמבר.", ""]
    assert [repair.repaired for repair in repair_lines(lines)] == lines
