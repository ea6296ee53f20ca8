"""Reading what was written, in every format, and tables as people make them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligned.errors import FormatError
from aligned.formats import READERS, WRITERS, read_pairs
from aligned.records import Origin, Pair, Status
from tests.hard_pairs import pairs, written_and_read
from tests.translated_sample import translated

DATA = Path(__file__).parent / "data"
SAMPLE = translated().pairs


@pytest.mark.parametrize("ending", WRITERS)
@settings(max_examples=60, deadline=None)
@given(items=st.lists(pairs(), min_size=1, max_size=4))
def test_what_is_read_equals_what_was_written(ending: str, items: list[Pair]) -> None:
    assert written_and_read(items, ending) == items


@pytest.mark.parametrize("ending", WRITERS)
def test_the_sample_and_an_empty_file(ending: str) -> None:
    assert written_and_read(SAMPLE, ending) == list(SAMPLE)
    assert written_and_read([], ending) == []


@pytest.mark.parametrize("ending", [".tmx", ".xlf", ".xliff"])
def test_a_file_from_when_all_provenance_was_written(ending: str) -> None:
    assert list(read_pairs(DATA / f"older_pairs{ending}")) == list(SAMPLE)


@pytest.mark.parametrize("ending", WRITERS)
def test_half_a_character_is_kept_or_refused_in_one_line(ending: str) -> None:
    half = replace(SAMPLE[0], target="a\ud800b")
    if ending in (".tsv", ".csv", ".jsonl"):
        with pytest.raises(FormatError, match="half a character"):
            written_and_read([half], ending)
    else:
        assert written_and_read([half], ending) == [half]


def table(tmp_path: Path, name: str, content: str | bytes) -> list[tuple[str, str, str]]:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = list(read_pairs(path))
    assert [pair.segment.position for pair in found] == list(range(len(found)))
    return [(pair.source, pair.target, pair.status) for pair in found]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.tsv", "מים\twater\n"),
        ("x.tsv", "7\tמים\twater\r\n\r\n"),
        ("x.tsv", "\ufeffHebrew\tEnglish\r\nמים\twater\r\n"),
        ("x.tsv", "target\tsource\tnote\nwater\tמים\t!\n"),
        ("x.csv", "he;en\nמים;water\n"),
        ("x.csv", '\ufeffסעיף,עברית,אנגלית\n1,"מים","water"\n'),
        ("x.csv", "מים,water"),
        ("x.jsonl", '{"source": "מים", "target": "water", "more": [1]}\n\n'),
    ],
)
def test_tables_of_other_people(tmp_path: Path, name: str, content: str) -> None:
    assert table(tmp_path, name, content) == [("מים", "water", "new")]


def test_a_foreign_pair_is_an_import_without_an_id(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("מים\twater\n")
    (pair,) = read_pairs(tmp_path / "x.tsv")
    assert (pair.id, pair.document, pair.origin, pair.score) == ("", "", Origin.IMPORT, 0.0)
    assert (pair.status, pair.segment.end) == (Status.NEW, 3)


def test_only_a_table_with_a_header_has_escapes(tmp_path: Path) -> None:
    assert table(tmp_path, "x.tsv", "C:\\new\tD:\\temp\n") == [("C:\\new", "D:\\temp", "new")]
    assert table(tmp_path, "y.tsv", "source\ttarget\na\\tb\tc\\\\n\n") == [("a\tb", "c\\n", "new")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.tsv", "מים\twater\nמים\n", "x.tsv line 2 has 1 column:"),
        ("x.tsv", b"\xee\xee\twater\n", "x.tsv line 1 is not UTF-8"),
        ("x.tsv", "source\ttarget\tstatus\na\tb\tgood\n", "line 2: status is 'good', not one of new, acc"),
        ("x.tsv", "source\ttarget\tpage\na\tb\tiv\n", "line 2: page is no whole number: 'iv'"),
        ("x.tsv", "source\ttarget\tscore\na\tb\thigh\n", "line 2: score is no number"),
        ("x.tsv", "source\ttarget\treceipts\na\tb\t[1]\n", "line 2: receipts holds what is no receipt"),
        ("x.tsv", "source\ttarget\tfindings\na\tb\t[\n", "line 2: findings is no JSON"),
        ("x.tsv", 'source\ttarget\tfindings\na\tb\t{"a": 1}\n', "line 2: findings is no list"),
        ("x.csv", 'a,b\n"c,d\n', "x.csv line 2 is not CSV"),
        ("x.csv", b"a,b\n\xee,d\n", "x.csv is not UTF-8"),
        ("x.jsonl", '{"source": "a"}', "x.jsonl line 1 lacks source or target"),
        ("x.jsonl", '[1]\n{"source"', "x.jsonl line 1 lacks"),
        ("x.jsonl", "[" * 100_000, "x.jsonl line 1 is no JSON"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(FormatError) as raised:
        table(tmp_path, name, content)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("ending", READERS)
def test_a_file_that_is_not_there(tmp_path: Path, ending: str) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        list(read_pairs(tmp_path / f"none{ending}"))
    (tmp_path / f"folder{ending}").mkdir()
    with pytest.raises(FormatError, match="cannot be read"):
        list(read_pairs(tmp_path / f"folder{ending}"))


def test_an_unknown_ending(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"ends in '\.po': use one of \.tsv"):
        read_pairs(tmp_path / "x.po")
