"""Files of pairs: exact text, nothing lost, whole or not at all."""

import csv
import io
import json
import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligned.errors import FormatError
from aligned.formats import WRITERS, write_pairs
from aligned.formats.atomic import atomic_file, write_atomically
from aligned.formats.columns import COLUMNS, cells, record
from aligned.formats.jsonl import render_jsonl
from aligned.formats.tsv import escape, render_csv, render_tsv, unescape
from aligned.records import Pair
from tests.translated_sample import FORCED, assert_golden, translated

PAIRS = translated().pairs

# What breaks tables: separators, quotes, escapes, ends of lines of every kind, a formula, half a mark.
HARD_TEXTS = (
    "a\tb\nc\rd\r\ne",
    "C:\\temp\\new \\",
    '"quoted", and; more',
    '=HYPERLINK("x")',
    "+1 -1 @x",
    "\u2028 \x85 \x0b \x0c \x1c",
    "\u202bעברית\u202c \ufeff",
    "",
)
texts = st.text(max_size=20) | st.sampled_from(HARD_TEXTS)


def hard(source: str, target: str) -> Pair:
    return replace(PAIRS[2], source=source, target=target, findings=(source,))


@pytest.mark.parametrize("ending", [ending for ending in WRITERS if ending != ".xlsx"])
def test_the_exact_text_of_each_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"pairs{ending}"
    write_pairs(PAIRS, path)
    assert_golden(f"golden_pairs{ending}", path.read_bytes())


@given(source=texts, target=texts)
def test_tsv_gives_back_every_cell(source: str, target: str) -> None:
    pair = hard(source, target)
    header, line, rest = "".join(render_tsv([pair])).split("\n")
    assert tuple(header.split("\t")) == COLUMNS
    assert [unescape(field) for field in line.split("\t")] == cells(pair)
    assert rest == ""


@given(source=texts, target=texts)
def test_csv_gives_back_every_cell(source: str, target: str) -> None:
    pair = hard(source, target)
    text = "".join(render_csv([pair]))
    assert text.startswith("\ufeff")
    header, row = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert tuple(header) == COLUMNS
    assert row == cells(pair)


@given(source=texts, target=texts)
def test_jsonl_gives_back_every_field_on_one_line(source: str, target: str) -> None:
    pair = hard(source, target)
    (line,) = "".join(render_jsonl([pair])).splitlines()
    found = json.loads(line)
    assert tuple(found) == COLUMNS
    assert (found["source"], found["target"], found["findings"]) == (source, target, [source])
    assert found["receipts"][0]["price"] == FORCED.price


@given(text=texts)
def test_an_escaped_field_has_no_separator_and_comes_back(text: str) -> None:
    assert not set(escape(text)) & set("\t\n\r")
    assert unescape(escape(text)) == text


def test_a_formula_stays_the_text_it_is() -> None:
    formula = "=1+1"
    assert "=1+1" in "".join(render_csv([hard("א", formula)])).splitlines()[1].split(",")


def test_numbers_that_json_cannot_say_are_null() -> None:
    pair = replace(PAIRS[2], score=float("-inf"), receipts=(replace(FORCED, price=float("nan")),))
    found = json.loads("".join(render_jsonl([pair])))
    assert found["score"] is None
    assert found["receipts"][0]["price"] is None
    assert record(replace(pair, receipts=()))["score"] is None
    assert cells(pair)[COLUMNS.index("score")] == ""


def test_an_unknown_ending_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"ends in '\.doc': use one of \.tsv \.csv \.jsonl \.tmx"):
        write_pairs(PAIRS, tmp_path / "pairs.doc")


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("old")

    def broken() -> object:
        yield PAIRS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pairs(broken(), path)  # type: ignore[arg-type]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_old_content_stands_until_the_new_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("old")
    with atomic_file(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_are_those_of_the_old_file_or_of_any_new_one(tmp_path: Path) -> None:
    plain, old, new = tmp_path / "plain", tmp_path / "old", tmp_path / "new"
    plain.touch()
    old.touch(mode=0o600)
    for path in (old, new):
        write_atomically(path, b"x")
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    assert new.stat().st_mode == plain.stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").touch()
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_atomically(tmp_path / "link.txt", b"x")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_bytes() == b"x"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.tsv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=write_atomically, args=(pipe, b"through"))
    writer.start()
    assert pipe.read_bytes() == b"through"
    writer.join()
    assert list(tmp_path.iterdir()) == [pipe]


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 251 + ".tsv")
    write_atomically(path, b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no/such/folder.tsv", "cannot be written"),
        ("file/below.tsv", "cannot be written"),
        ("folder", "is a folder"),
        ("x" * 300, "cannot be written"),
        ("loop", "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_one_line(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(FormatError, match=message) as raised:
        write_atomically(tmp_path / name, b"x")
    assert "\n" not in str(raised.value)
    assert sorted(tmp_path.iterdir()) == before


def test_a_full_disk_is_one_line() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with pytest.raises(FormatError, match="No space left"):
        write_atomically(Path("/dev/full"), b"x" * 100_000)
