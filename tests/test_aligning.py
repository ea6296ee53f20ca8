"""`targem align`: what it prints of two files, and when it says that they do not belong together."""

import json
import math
import re
from pathlib import Path

import pytest

from aligned.align import Bead
from mt.aligning import judge_of, unlike
from mt.engines.base import Engine
from tests.conftest import Run
from tests.test_align import ENGLISH, HEBREW, OTHER, PAIRS

UNLIKE = "targem: these do not look like translations of each other: {} sentences paired\n"


def write(folder: Path, hebrew: list[str], english: list[str]) -> None:
    (folder / "he.txt").write_text("\n".join(hebrew), encoding="utf-8")
    (folder / "en.txt").write_text("\n".join(english), encoding="utf-8")


def test_a_pair_stands_on_a_line(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEBREW, [*ENGLISH[:3], *ENGLISH[4:]])
    done = run("align", "he.txt", "en.txt", "--lines", "--no-translate")
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert rows == [
        [he, "" if at == 3 else en] for at, (he, en) in enumerate(zip(HEBREW, ENGLISH, strict=True))
    ]
    assert done.stderr == b""


def test_documents_that_do_not_belong_together_are_told(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEBREW, OTHER)
    done = run("align", "he.txt", "en.txt", "--lines", "--json", "--no-translate")
    assert done.returncode == 0
    beads = json.loads(done.stdout)["beads"]
    assert all(not bead["source"] or not bead["target"] for bead in beads)
    assert len(beads) == len(HEBREW) + len(OTHER)
    assert done.stderr.decode() == UNLIKE.format(f"0 of {len(OTHER)}")


def test_the_model_tells_them_as_well(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEBREW, OTHER)
    done = run("align", "he.txt", "en.txt", "--lines", "--json")
    both = [bead for bead in json.loads(done.stdout)["beads"] if bead["source"] and bead["target"]]
    assert all(bead["score"] < 0.8 for bead in both)
    assert re.fullmatch(UNLIKE.format(f"[012] of {len(OTHER)}"), done.stderr.decode())


def test_a_swap_is_told_and_stands_in_the_beads(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEBREW, [ENGLISH[1], ENGLISH[0], *ENGLISH[2:]])
    done = run("align", "he.txt", "en.txt", "--lines", "--json", "--no-translate")
    beads = json.loads(done.stdout)["beads"]
    assert [bead["target"] for bead in beads] == [[1], [0], *([at] for at in range(2, len(ENGLISH)))]
    assert [bead.get("crossing", False) for bead in beads] == [False, True] + [False] * 8
    assert done.stderr == b"targem: 1 pairs stand out of order\n"


def test_an_empty_side_leaves_every_sentence_alone(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEBREW, [])
    done = run("align", "he.txt", "en.txt")
    assert done.stdout.decode().splitlines() == [f"{text}\t" for text in HEBREW]
    assert done.stderr == b""


def test_a_file_that_is_not_there_is_one_line(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEBREW, ENGLISH)
    done = run("align", "he.txt", "none.txt")
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.startswith(b"targem: ")
    assert done.stderr.count(b"\n") == 1


def test_the_judge_finds_the_right_english_likelier(engine: Engine) -> None:
    judge = judge_of(engine)
    right, wrong = judge(PAIRS), judge([*zip(HEBREW, [*ENGLISH[1:], ENGLISH[0]], strict=True)])
    assert all(one > other + 1 for one, other in zip(right, wrong, strict=True))
    assert max(right) < 0
    assert math.isfinite(judge([(HEBREW[0] * 100, ENGLISH[0] * 100)])[0])


PAIR, LEFT, ADDED = Bead((0,), (0,)), Bead((1,), ()), Bead((), (1,))


@pytest.mark.parametrize(
    ("beads", "told"),
    [
        ([], None),
        ([PAIR], None),
        ([LEFT, ADDED], (0, 1)),
        ([LEFT] * 9, None),  # nothing to pair with
        ([PAIR, *[LEFT] * 9], None),  # the shorter side is whole
        ([PAIR, *[LEFT] * 9, ADDED, ADDED], None),
        ([PAIR, *[LEFT] * 9, ADDED, ADDED, ADDED], (1, 4)),
        ([Bead((0, 1), (0,)), *[LEFT] * 4, *[ADDED] * 9], None),  # two of six
        ([Bead((0, 1), (0,)), *[LEFT] * 5, *[ADDED] * 9], (2, 7)),
    ],
)
def test_fewer_than_a_third_of_the_shorter_side_is_few(
    beads: list[Bead], told: tuple[int, int] | None
) -> None:
    assert unlike(beads) == told
