"""Lines → blocks: paragraphs, headings, lists, notes and page furniture."""

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt.documents import FURNITURE, Block, Kind, Line
from mt.layout import Row, blocks_of
from mt.marks import find_mark, hebrew_numeral, is_caption, join_lines
from mt.readers.text import read_text_blocks
from mt.repair import leave_alone

FIRST = (
    "מועצת התחבורה דנה השבוע בתוכנית להרחבת הרכבת הקלה אל הפרברים הצפוניים. ראש המועצה אמר כי העבודות יימשכו "
    "ארבע שנים לפחות, ותושבים רבים שאלו מדוע לא נבחנו חלופות זולות יותר כגון נתיבים מהירים לאוטובוסים."
)
SECOND = (
    "נציגת האוצר השיבה שהחלופות נבחנו ונדחו משום שלא היה בהן מענה לצפי הגידול באוכלוסייה. היא הוסיפה "
    "שהמימון הובטח לשלב הראשון בלבד, ושאת השלבים הבאים יהיה צורך לאשר מחדש בכל שנה במסגרת התקציב הרגיל."
)
THIRD = (
    "בסוף הדיון הוחלט להקים צוות משותף שיגיש את מסקנותיו בתוך שישים יום. הצוות יכלול שני מהנדסים, כלכלן "
    "ונציג ציבור אחד, וישיבותיו יהיו פתוחות לקהל הרחב."
)
TITLE = "הרכבת הקלה אל הפרברים"


def blocks(text: str) -> tuple[Block, ...]:
    return read_text_blocks(text, leave_alone)


def wrapped(text: str, width: int = 60) -> str:
    return "\n".join(textwrap.wrap(text, width, break_on_hyphens=False))


def texts(text: str, kind: Kind) -> list[str]:
    return [block.text for block in blocks(text) if block.kind is kind]


@pytest.mark.parametrize("width", [45, 60, 78])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("between", ["\n\n", "\n\n\n", "\n"])
def test_wrapped_paragraphs_are_rejoined(width: int, end: str, between: str) -> None:
    source = between.join(wrapped(text, width) for text in (FIRST, SECOND, THIRD))
    assert texts(source.replace("\n", end), Kind.PARAGRAPH) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("width", [45, 60, 78])
def test_a_blank_line_after_every_line_parts_nothing(width: int) -> None:
    source = "\n".join(wrapped(text, width) for text in (FIRST, SECOND, THIRD)).replace("\n", "\n\n")
    assert texts(source, Kind.PARAGRAPH) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_lines_that_are_paragraphs_stay_apart(between: str) -> None:
    assert texts(between.join((FIRST, THIRD, SECOND)), Kind.PARAGRAPH) == [FIRST, THIRD, SECOND]


def test_one_sentence_a_line_stays_apart() -> None:
    lines = ["הוועדה התכנסה.", "איש לא הגיע בזמן.", "הדיון נדחה לשבוע הבא.", "מי יודיע לחברים?"]
    assert [block.text for block in blocks("\n".join(lines))] == lines


def test_width_carries_the_paragraphs_where_punctuation_has_moved() -> None:
    damaged = [
        f". {line.rstrip('.,')}" for text in (FIRST, SECOND, THIRD) for line in wrapped(text).split("\n")
    ]
    counts = [len(wrapped(text).split("\n")) for text in (FIRST, SECOND, THIRD)]
    found = [len(block.lines) for block in blocks("\n\n".join(damaged))]
    assert found == counts


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["מלחמת נגורנו-", "קרבאך"], "מלחמת נגורנו-קרבאך"),
        (["מלחמת נגורנו\u05be", "קרבאך"], "מלחמת נגורנו\u05beקרבאך"),
        (["בשנים 2019-", "2023"], "בשנים 2019-2023"),
        (["הוא בא -", "והלך"], "הוא בא - והלך"),
        (["שיתוף inter-", "national פעולה"], "שיתוף international פעולה"),
        (["שורה", "ועוד שורה"], "שורה ועוד שורה"),
        ([], ""),
    ],
)
def test_joints(lines: list[str], joined: str) -> None:
    assert join_lines(lines) == joined


def test_title_masthead_headings_and_paragraphs() -> None:
    masthead = "דנה לוי | 3 במרץ 2025 | גיליון 12"
    source = "\n\n".join((TITLE, masthead, wrapped(FIRST), "השאלה התקציבית", wrapped(SECOND)))
    found = [(block.kind, block.level) for block in blocks(source)]
    assert found == [
        (Kind.HEADING, 1),
        (Kind.MASTHEAD, 0),
        (Kind.PARAGRAPH, 0),
        (Kind.HEADING, 2),
        (Kind.PARAGRAPH, 0),
    ]


def test_a_title_that_runs_over_is_one_heading() -> None:
    body = "\n\n".join(wrapped(FIRST + " " + SECOND).split("\n"))
    source = f"בין הפרברים לעיר: דרכים חדשות\n\nלתנועה\n\n21 | מאי 2024 | גיליון 9\n\n\n{body}"
    first, second, *_ = blocks(source)
    assert (first.kind, first.text) == (Kind.HEADING, "בין הפרברים לעיר: דרכים חדשות לתנועה")
    assert second.kind is Kind.MASTHEAD


def test_a_line_that_ends_in_a_colon_is_no_heading() -> None:
    source = f"{wrapped(FIRST)}\n\nשלוש סיבות להחלטה:\n\n{wrapped(SECOND)}"
    assert not texts(source, Kind.HEADING)


def test_a_heading_without_a_blank_line() -> None:
    source = "\n".join((wrapped(FIRST), "השאלה התקציבית", wrapped(SECOND), "סוף הדיון", wrapped(THIRD)))
    assert texts(source, Kind.HEADING) == ["השאלה התקציבית", "סוף הדיון"]
    assert texts(source, Kind.PARAGRAPH) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "marks",
    [
        ("1.", "2.", "3."),
        ("א.", "ב.", "ג."),
        ("א)", "ב)", "ג)"),
        ("(1)", "(2)", "(3)"),
        ("•", "•", "•"),
        ("-", "-", "-"),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_list_items_have_their_marks_set_apart(marks: tuple[str, ...], between: str) -> None:
    items = [FIRST, "פריט קצר", THIRD]
    source = (
        wrapped(SECOND)
        + "\n\n"
        + between.join(wrapped(f"{m} {i}") for m, i in zip(marks, items, strict=True))
    )
    found = [(b.marker, b.text, b.level) for b in blocks(source) if b.kind is Kind.LIST_ITEM]
    assert found == [(mark, item, 1) for mark, item in zip(marks, items, strict=True)]


def test_nested_lists_have_levels() -> None:
    first = "1. פתיחת הדיון\nא. דברי ראש המועצה\nב. דברי האורחים\n"
    source = first + "2. הצבעה על ההצעות\n• הצעת הוועדה\n3. סיכום הדיון"
    assert [(b.marker, b.level) for b in blocks(source)] == [
        ("1.", 1), ("א.", 2), ("ב.", 2), ("2.", 1), ("•", 2), ("3.", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["1993. אז נפתחה השגרירות", "א. ב. כהן אמר", "2.5 מיליון דולר", "3 באוקטובר", "ראשון", "-5 מעלות", ""],
)
def test_what_is_no_list_mark(text: str) -> None:
    assert find_mark(text) is None


@pytest.mark.parametrize(("text", "marker"), [(".2 שני", "2."), (")3( שלישי", "(3)"), ("\uf0b7 תבליט", "•")])
def test_marks_that_an_extractor_moved(text: str, marker: str) -> None:
    mark = find_mark(text)
    assert mark is not None
    assert mark.marker == marker


def test_a_number_out_of_turn_inside_a_paragraph_is_no_list() -> None:
    lines = [*wrapped(FIRST).split("\n")[:2], "7. בהמשך נאמר שגם שאר הסעיפים יידונו בישיבה הבאה של הצוות."]
    assert not texts("\n".join(lines), Kind.LIST_ITEM)


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "א"), (10, "י"), (15, "טו"), (16, "טז"), (21, "כא"), (99, "צט")]
)
def test_hebrew_numerals(number: int, letters: str) -> None:
    assert hebrew_numeral(number) == letters


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("איור 1: מפת הקווים", True),
        ("טבלה 3", True),
        ("תרשים מס' 2. קצב הבנייה", True),
        ("לוח 4 מציג את הנתונים של השנה", False),
        ("מפה של האזור", False),
    ],
)
def test_captions(text: str, answer: bool) -> None:
    assert is_caption(text) is answer


def pages(*bodies: str) -> str:
    """Make a file of pages, each with a running title above and a page number below."""
    return "\f".join(f"עיונים בתחבורה\n\n{body}\n\n{number}\n" for number, body in enumerate(bodies, start=1))


def test_a_sentence_goes_on_across_the_furniture_of_a_page_break() -> None:
    lines = wrapped(FIRST + " " + SECOND).split("\n")
    source = pages(TITLE + "\n\n" + "\n".join(lines[:3]), "\n".join(lines[3:]), wrapped(THIRD))
    assert texts(source, Kind.PARAGRAPH) == [FIRST + " " + SECOND, THIRD]
    assert texts(source, Kind.RUNNING_TITLE) == ["עיונים בתחבורה"] * 3
    assert texts(source, Kind.PAGE_NUMBER) == ["1", "2", "3"]


def test_footnotes_at_the_foot_of_the_page() -> None:
    lines = wrapped(FIRST.replace("לפחות,", "לפחות,[1]") + " " + SECOND).split("\n")
    note = "[1] ראו פרוטוקול הישיבה מיום ראשון, עמוד שלישי,\nסעיף קטן ב."
    source = pages("\n".join(lines[:4]) + "\n\n" + note, "\n".join(lines[4:]))
    notes = [(b.marker, b.text) for b in blocks(source) if b.kind is Kind.FOOTNOTE]
    assert notes == [("[1]", "ראו פרוטוקול הישיבה מיום ראשון, עמוד שלישי, סעיף קטן ב.")]
    assert len(texts(source, Kind.PARAGRAPH)) == 1


def test_a_running_title_with_its_number_in_a_file_without_pages() -> None:
    body = wrapped(FIRST + " " + SECOND)
    source = f"{TITLE}\n\n{body}\n\n\n {TITLE}                4\n\n עורכי הסדרה: רון כץ ומאיה בר\n"
    assert texts(source, Kind.RUNNING_TITLE) == [f"{TITLE} 4"]
    assert texts(source, Kind.MASTHEAD) == ["עורכי הסדרה: רון כץ ומאיה בר"]


def test_page_numbers_that_count_up_without_page_breaks() -> None:
    lines = wrapped(" ".join((FIRST, SECOND, THIRD)), 40).split("\n")
    source = "\n".join([*lines[:5], "7", *lines[5:], *lines[:5], "8", *lines])
    assert texts(source, Kind.PAGE_NUMBER) == ["7", "8"]


def test_the_first_line_of_a_page_that_is_the_title_stays_a_heading() -> None:
    source = f"{TITLE}\n{wrapped(FIRST)}\f{TITLE}\n{wrapped(SECOND)}\f{TITLE}\n{wrapped(THIRD)}"
    assert texts(source, Kind.HEADING) == [TITLE]
    assert texts(source, Kind.RUNNING_TITLE) == [TITLE] * 2


letters = st.text("אבגדהוםן.,:-–\u05be1 2|()•\t\u200f\u00a0\r\n\f" + "שלום ", max_size=400)


@given(letters)
def test_every_line_is_in_one_block_and_in_order(text: str) -> None:
    lines = sorted((line for block in blocks(text) for line in block.lines), key=lambda line: line.number)
    kept = "".join(char for line in lines for char in line.raw if char.isalnum())
    assert kept == "".join(char for char in text if char.isalnum())
    assert len({id(line) for line in lines}) == len(lines)


@given(letters)
def test_blocks_stand_in_the_order_of_their_first_lines(text: str) -> None:
    firsts = [block.lines[0].number for block in blocks(text)]
    assert firsts == sorted(firsts)


@given(letters)
def test_block_texts_lose_nothing_but_their_marks(text: str) -> None:
    for block in blocks(text):
        whole = "".join(line.text for line in block.lines)
        kept = [char for char in block.marker + block.text if char.isalnum()]
        assert kept == [char for char in whole if char.isalnum()]
        assert "\n" not in block.text


@given(st.lists(st.sampled_from([FIRST, SECOND, THIRD]), min_size=1, max_size=5), st.integers(40, 100))
def test_wrapping_changes_no_words(paragraphs: list[str], width: int) -> None:
    found = blocks("\n\n".join(wrapped(text, width) for text in paragraphs))
    assert " ".join(block.text for block in found) == " ".join(paragraphs)


def test_the_real_brief() -> None:
    path = Path(__file__).parents[2] / "shared" / "brief" / "brief.he.txt"
    if not path.exists():
        pytest.skip("the real brief is not kept with the project")
    found = blocks(path.read_text(encoding="utf-8"))
    kinds = [block.kind for block in found]
    assert kinds[:2] == [Kind.HEADING, Kind.MASTHEAD]
    assert kinds[-2:] == [Kind.RUNNING_TITLE, Kind.MASTHEAD]
    assert set(kinds[2:-2]) == {Kind.PARAGRAPH}
    assert [block.lines[-1].number for block in found[2:-2]] == [34, 44, 46, 69, 85, 115, 162, 178, 196]


def test_no_rows_make_no_blocks() -> None:
    assert blocks_of([]) == ()


def test_furniture_is_flagged_as_such() -> None:
    rows = [Row(Line(1, "12", "12", page=1)), Row(Line(2, FIRST, FIRST, page=1))]
    assert [block.is_furniture for block in blocks_of(rows)] == [True, False]
    assert Kind.PAGE_NUMBER in FURNITURE
