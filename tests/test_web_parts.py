"""The parts of the review page that need no server: marks, differences, presence, jobs, bounded reading."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aligned.links import source_words
from glossary.errors import TargemError
from mt.errors import DocumentError
from mt.web.bounded import read_bounded
from mt.web.desk import terms_path
from mt.web.documents import shown_name
from mt.web.jobs import RUNNING, Job, Jobs, TooManyJobsError
from mt.web.markup import Mark, difference, marked
from mt.web.presence import STAY_SECONDS, Presence

TEXTS = st.text(st.sampled_from("אבג abc <&>\"' .\n"), max_size=30)
SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5)


def text_of(fragment: str) -> str:
    return str(html.fragment_fromstring(f"<div>{fragment}</div>").text_content())


@given(TEXTS, SPANS)
def test_marks_add_and_take_no_character(text: str, spans: list[tuple[int, int]]) -> None:
    marks = [Mark(span, "term", 'a "title" <b>') for span in spans]
    shown = marked(text, source_words(text), marks)
    assert text_of(shown) == text
    assert "<b>" not in shown.replace("&lt;b&gt;", "")


def test_a_piece_bears_every_mark_over_it() -> None:
    shown = marked("one two three", [(0, 3), (4, 7), (8, 13)], [Mark((0, 7), "term"), Mark((4, 13), "fault")])
    pieces = html.fragments_fromstring(shown)
    found = [(piece.text, piece.get("class"), piece.get("data-w")) for piece in pieces]
    assert found == [
        ("one", "term", "0"),
        (" ", "term", None),
        ("two", "term fault", "1"),
        (" ", "fault", None),
        ("three", "fault", "2"),
    ]


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    shown = difference(before, after)
    assert text_of(re.sub("<ins>.*?</ins>", "", shown, flags=re.DOTALL)) == before
    assert text_of(re.sub("<del>.*?</del>", "", shown, flags=re.DOTALL)) == after


def test_a_difference_is_by_words() -> None:
    shown = difference("the old city", "the new city")
    assert shown == "the <del>old</del><ins>new</ins> city"


def test_presence_shows_others_and_forgets_who_left() -> None:
    now = 0.0
    here = Presence(lambda: now)
    here.enter("a", "Noa", "pair1")
    here.enter("b", "Dan", "pair2")
    assert here.others("a") == {"pair2": "Dan"}
    here.enter("b", "Dan", "pair3")
    assert here.others("a") == {"pair3": "Dan"}
    now = STAY_SECONDS + 1
    assert here.others("a") == {}


def wait_for(job: Job) -> Job:
    until = time.monotonic() + 30
    while job.state == "running" and time.monotonic() < until:
        time.sleep(0.01)
    return job


def test_a_job_says_how_it_ended() -> None:
    jobs = Jobs()
    assert wait_for(jobs.start("good", lambda job: f"{job.name} is done")).message == "good is done"

    def fail(_: Job) -> str:
        raise TargemError("the file is empty", "give another")

    failed = wait_for(jobs.start("bad", fail))
    assert (failed.state, failed.message) == ("failed", "the file is empty: give another")
    assert [job.name for job in jobs.all()] == ["bad", "good"]


def test_jobs_are_bounded() -> None:
    jobs = Jobs()
    go: list[bool] = []

    def work(_: Job) -> str:
        while not go:
            time.sleep(0.01)
        return ""

    running = [jobs.start(str(number), work) for number in range(RUNNING)]
    with pytest.raises(TooManyJobsError):
        jobs.start("one more", work)
    go.append(True)
    assert [wait_for(job).state for job in running] == ["done"] * RUNNING


def read_size(path: Path) -> int:
    return len(path.read_bytes())


def read_for_ever(path: Path) -> int:
    while path:
        pass
    return 0


def read_too_much(path: Path) -> int:
    return len([path.read_bytes() * 2**20 for _ in range(64)])


def refuse(path: Path) -> int:
    raise DocumentError(f"{path.name} is broken", "repair it")


def test_a_file_is_read_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"12345" * 100)
    assert read_bounded(read_size, path) == 500
    with pytest.raises(DocumentError, match="is broken: repair it"):
        read_bounded(refuse, path)
    with pytest.raises(DocumentError, match="too much time or memory"):
        read_bounded(read_too_much, path)
    with pytest.raises(DocumentError, match="too much time or memory"):
        read_bounded(read_for_ever, path, seconds=2)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("brief.docx", "brief.docx"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\briefs\\one.pdf", "one.pdf"),
        ("a\u202eb\n.txt", "ab.txt"),
        ("x" * 500 + ".txt", "x" * 116 + ".txt"),
    ],
)
def test_a_clients_path_is_a_name_at_most(given_name: str, shown: str) -> None:
    assert shown_name(given_name) == shown


def test_added_terms_lie_beside_the_store(tmp_path: Path) -> None:
    assert terms_path(str(tmp_path / "briefs.db")) == tmp_path / "briefs.terms.tsv"
    assert terms_path(f"sqlite:///{tmp_path}/briefs.db") == tmp_path / "briefs.terms.tsv"
    assert terms_path("postgresql://server/briefs").name == "terms.tsv"
