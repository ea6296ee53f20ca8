"""A corpus in shards: order kept, nothing lost and nothing twice whatever ends a run, faults in one line."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count, pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.errors import TargemError
from glossary.terms import Glossary, Term
from mt.corpus import MANIFEST, CorpusProgress, CorpusTranslator, translate_corpus
from mt.corpus_rows import JsonLines, Table, open_corpus
from mt.errors import DocumentError
from mt.repair import leave_alone
from mt.translate import Translator
from tests.conftest import Run
from tests.fake_engine import FakeEngine

TERMS = Glossary((Term("באקו", ("Baku",)),))
ROOT = Path(__file__).resolve().parent.parent


def worker() -> CorpusTranslator:
    return CorpusTranslator(Translator(FakeEngine({"ביקר": "visited", "בבאקו": "there"}), TERMS), leave_alone)


def asked(made: CorpusTranslator) -> int:
    engine = made.translator.engine
    assert isinstance(engine, FakeEngine)
    return sum(map(len, engine.asked))


def write(path: Path, count: int) -> Path:
    rows = ({"id": n, "source": f"ביקר בבאקו {n}"} for n in range(count))
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def run_all(
    path: Path, output: Path, made: CorpusTranslator | None = None, size: int = 4
) -> list[CorpusProgress]:
    return list(translate_corpus(open_corpus(path), output, made or worker(), size))


def test_rows_keep_order_and_fields_and_are_given_target_receipts_and_findings(tmp_path: Path) -> None:
    run_all(write(tmp_path / "in.jsonl", 10), tmp_path / "out.jsonl")
    rows = read(tmp_path / "out.jsonl")
    assert [row["id"] for row in rows] == list(range(10))
    assert rows[3]["target"] == "visited Baku 3"
    receipts = rows[3]["receipts"]
    assert isinstance(receipts, list)
    assert [(r["term"], r["source_start"], r["target_start"]) for r in receipts] == [("באקו", 6, 8)]
    assert "read" not in rows[3]
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


def test_a_row_of_several_sentences_stays_one_and_its_receipts_point_into_it(tmp_path: Path) -> None:
    text = "הוא ביקר בבאקו. היא ביקרה בטהרן ובבאקו."
    (tmp_path / "in.jsonl").write_text(json.dumps({"source": f"  {text}\n"}) + "\n\n", "utf-8")
    run_all(tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    (row,) = read(tmp_path / "out.jsonl")
    assert row["read"] == text
    receipts, target = row["receipts"], row["target"]
    assert isinstance(receipts, list)
    assert isinstance(target, str)
    assert [text[r["source_start"] : r["source_end"]] for r in receipts] == ["באקו", "באקו"]
    assert [target[r["target_start"] : r["target_end"]] for r in receipts] == ["Baku", "Baku"]


def test_what_was_done_is_not_done_again(tmp_path: Path) -> None:
    path, output = write(tmp_path / "in.jsonl", 10), tmp_path / "out.jsonl"
    first = worker()
    steps = translate_corpus(open_corpus(path), output, first, 4)
    assert next(steps).rows == 4
    assert next(steps).rows == 8
    steps.close()
    assert not output.exists()
    second = worker()
    assert [(step.rows, step.fresh) for step in run_all(path, output, second)] == [(4, 0), (8, 0), (10, 2)]
    assert (asked(first), asked(second)) == (8, 2)
    assert len(read(output)) == 10


def test_what_a_corpus_says_again_is_translated_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mt.corpus.KEPT_SENTENCES", 3)
    often, seldom = "ביקר בבאקו", [f"ביקר בטהרן {n}" for n in range(6)]
    texts = [text for rare in [*seldom, seldom[0]] for text in (often, rare)]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps({"source": text}) + "\n" for text in texts), "utf-8")
    made = worker()
    run_all(path, tmp_path / "out.jsonl", made, 2)
    assert asked(made) == len([often, *seldom, "and the one that was forgotten"])
    assert [str(row["target"]).split()[:2] for row in read(tmp_path / "out.jsonl")] == [
        ["visited", text.split()[1].replace("בבאקו", "Baku")] for text in texts
    ]


def test_only_rows_that_changed_are_translated_again(tmp_path: Path) -> None:
    path, output = write(tmp_path / "in.jsonl", 12), tmp_path / "out.jsonl"
    steps = translate_corpus(open_corpus(path), output, worker(), 4)
    for _ in range(3):
        next(steps)
    steps.close()
    path.write_text(path.read_text("utf-8").replace("בבאקו 5", "בבאקו 55"), "utf-8")
    second = worker()
    run_all(path, output, second)
    assert asked(second) == 4
    assert "visited Baku 55" in [row["target"] for row in read(output)]


def test_another_glossary_is_another_translation(tmp_path: Path) -> None:
    path, output = write(tmp_path / "in.jsonl", 4), tmp_path / "out.jsonl"
    steps = translate_corpus(open_corpus(path), output, worker(), 4)
    next(steps)
    steps.close()
    other = CorpusTranslator(Translator(FakeEngine({}), Glossary(())), leave_alone)
    run_all(path, output, other)
    assert asked(other) == 4


@pytest.mark.parametrize("damage", ["shard", "line", "missing"])
def test_a_damaged_shard_is_made_again(tmp_path: Path, damage: str) -> None:
    path, output = write(tmp_path / "in.jsonl", 8), tmp_path / "out.jsonl"
    steps = translate_corpus(open_corpus(path), output, worker(), 4)
    next(steps)
    steps.close()
    parts = tmp_path / "out.jsonl.parts"
    if damage == "shard":
        (parts / "00000000").write_bytes(b"{}")
        with pytest.raises(DocumentError, match="damaged"):
            run_all(path, output)
    elif damage == "line":
        manifest = parts / MANIFEST
        manifest.write_bytes(manifest.read_bytes()[:-9])
    else:
        (parts / "00000000").unlink()
    run_all(path, output)
    assert [row["id"] for row in read(output)] == list(range(8))


def test_two_runs_do_not_write_the_same_output(tmp_path: Path) -> None:
    path, output = write(tmp_path / "in.jsonl", 8), tmp_path / "out.jsonl"
    steps = translate_corpus(open_corpus(path), output, worker(), 4)
    next(steps)
    with pytest.raises(DocumentError, match="another run"):
        run_all(path, output)
    assert [step.rows for step in steps] == [8]


def test_the_estimate_goes_by_what_this_run_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count()
    monkeypatch.setattr("mt.corpus.time", SimpleNamespace(monotonic=lambda: next(clock)))
    path, output = write(tmp_path / "in.jsonl", 16), tmp_path / "out.jsonl"
    steps = translate_corpus(open_corpus(path), output, worker(), 4)
    next(steps)
    steps.close()
    known, *rest = run_all(path, output)
    assert known.seconds_left is None
    assert [step.share for step in [known, *rest]] == sorted(step.share for step in [known, *rest])
    # A shard of four rows a second, and a second for what was known; later rows are a little longer.
    assert [step.seconds_left for step in rest] == pytest.approx([4, 1.5, 0], abs=0.8)


SCRIPT = """
import sys, time
from pathlib import Path
from tests.test_corpus import worker
from mt.corpus import translate_corpus
from mt.corpus_rows import open_corpus
made = worker()
decode = made.translator.engine.decode
def slow(requests):
    time.sleep(0.01)
    with open("log", "a") as log:
        log.write("".join(r.source[-1] + "\\n" for r in requests))
    return decode(requests)
made.translator.engine.decode = slow
print("ready", flush=True)
for _ in translate_corpus(open_corpus(Path("in.jsonl")), Path("out.jsonl"), made, 5):
    pass
"""


def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_twice(tmp_path: Path) -> None:
    rows, size, kills, chance = 200, 5, 0, random.Random(10)
    write(tmp_path / "in.jsonl", rows)
    while not (tmp_path / "out.jsonl").exists():
        command = [sys.executable, "-c", SCRIPT]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.stdout.close()
        if kills < 6:
            time.sleep(chance.uniform(0, 0.25))
            process.send_signal(signal.SIGKILL)
        kills += process.wait() != 0
    assert kills > 2
    assert [row["id"] for row in read(tmp_path / "out.jsonl")] == list(range(rows))
    log = (tmp_path / "log").read_text("utf-8").splitlines()
    assert rows <= len(log) <= rows + kills * size


CELLS = st.text(st.characters(categories=("L", "P", "Zs")), max_size=8)


@given(st.lists(CELLS, min_size=1, max_size=30), st.integers(1, 40))
def test_pieces_hold_every_line_once(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], n: int
) -> None:
    path = tmp_path_factory.mktemp("pieces") / "x.tsv"
    path.write_text("".join(f"x{cell}\t1\n" for cell in cells), "utf-8", newline="")
    corpus = Table(path)
    ends = [*range(0, corpus.size(), n), corpus.size()]
    found = [row for piece in pairwise(ends) for row in corpus.rows(piece)]
    assert found == list(corpus.rows())
    assert [row.source for row in found] == [f"x{cell}" for cell in cells]


@pytest.mark.parametrize(("least", "most", "count"), [(1, 1000, 1), (4, 1000, 4), (1, 3, 3)])
def test_a_corpus_is_cut_for_the_workers_and_not_too_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int, most: int, count: int
) -> None:
    monkeypatch.setattr("mt.corpus_rows.MOST_PIECES", most)
    monkeypatch.setattr("mt.corpus_rows.PIECE_BYTES", 1000 if most == 3 else 1 << 20)
    corpus = open_corpus(write(tmp_path / "in.jsonl", 200))
    pieces = corpus.pieces(least)
    assert count <= len(pieces) <= count + 1
    assert [row for piece in pieces for row in corpus.rows(piece)] == list(corpus.rows())


def test_a_table_with_a_header_keeps_it_and_undoes_escapes(tmp_path: Path) -> None:
    (tmp_path / "in.tsv").write_text("\ufeffid\the\n1\tביקר\\tבבאקו\n2\t\n", "utf-8")
    run_all(tmp_path / "in.tsv", tmp_path / "out.tsv")
    lines = [line.split("\t") for line in (tmp_path / "out.tsv").read_text("utf-8").splitlines()]
    assert lines[0] == ["id", "he", "target", "score"]
    assert lines[1][:3] == ["1", "ביקר\\tבבאקו", "visited Baku"]
    assert lines[2][:3] == ["2", "", ""]


def test_a_table_without_a_header_has_the_source_first(tmp_path: Path) -> None:
    (tmp_path / "in.tsv").write_text("ביקר בבאקו\tx\nSOCAR\ty\tz\n", "utf-8")
    run_all(tmp_path / "in.tsv", tmp_path / "out.tsv")
    lines = [line.split("\t") for line in (tmp_path / "out.tsv").read_text("utf-8").splitlines()]
    assert [line[:-1] for line in lines] == [
        ["ביקר בבאקו", "x", "visited Baku"],
        ["SOCAR", "y", "z", "SOCAR"],
    ]


def test_parquet_keeps_its_columns_and_their_types(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"id": arrow.array(range(9), arrow.int16()), "text": ["ביקר בבאקו"] * 8 + [None]})
    parquet.write_table(table, tmp_path / "in.parquet", row_group_size=4)
    run_all(tmp_path / "in.parquet", tmp_path / "out.parquet")
    found = parquet.read_table(tmp_path / "out.parquet")
    assert found.schema.field("id").type == arrow.int16()
    assert found["id"].to_pylist() == list(range(9))
    assert found["target"].to_pylist() == ["visited Baku"] * 8 + [""]
    assert json.loads(found["receipts"].to_pylist()[0])[0]["target"] == "Baku"
    corpus = open_corpus(tmp_path / "in.parquet")
    assert [row.at for piece in corpus.pieces() for row in corpus.rows(piece)] == list(range(9))


ROWS = [
    (b"\xf9\n", "line 2 is not UTF-8"),
    (b"[1]\n", "line 2 is not a JSON object"),
    (b"{\n", "line 2 is not a JSON object"),
    (b'{"text": "x"}\n', "line 2 has no source"),
    (b'{"source": 5}\n', "line 2 has no source"),
]


@pytest.mark.parametrize(("line", "said"), ROWS)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, line: bytes, said: str) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes('{"source": "שלום"}\n'.encode() + line)
    with pytest.raises(DocumentError, match=said) as caught:
        run_all(path, tmp_path / "out.jsonl")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out.jsonl").exists()


def test_reading_takes_a_row_at_a_time(tmp_path: Path) -> None:
    path = write(tmp_path / "in.jsonl", 1000)
    rows = JsonLines(path).rows()
    assert isinstance(rows, Iterator)
    assert next(rows).source == "ביקר בבאקו 0"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["in.jsonl"], "-o OUT.jsonl"),
        (["in.jsonl", "-o", "out.txt"], "another format"),
        (["in.jsonl", "-o", "in.jsonl"], "the corpus itself"),
        (["nowhere.tsv", "-o", "out.tsv"], "is not there"),
        (["empty.tsv", "-o", "out.tsv"], "is empty"),
        (["bad.parquet", "-o", "out.parquet"], "arquet"),
        (["in.jsonl", "-o", "nowhere/out.jsonl"], "nowhere"),
    ],
)
def test_a_fault_of_a_corpus_is_one_line(run: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    write(tmp_path / "in.jsonl", 1)
    (tmp_path / "empty.tsv").write_text("\n")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    done = run("translate", *arguments)
    assert done.returncode in (1, 2)
    assert done.stdout == b""
    assert done.stderr.decode().count("\n") == 1
    assert said in done.stderr.decode()


def test_the_command_translates_a_corpus(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", 3)
    done = run("translate", "in.jsonl", "-o", "out.jsonl")
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode().startswith("targem: 3 rows (3 new) in ")
    assert all("Baku" in str(row["target"]) for row in read(tmp_path / "out.jsonl"))


def test_parquet_without_pyarrow_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "in.parquet").write_bytes(b"PAR1")
    with pytest.raises(TargemError, match="pyarrow"):
        open_corpus(tmp_path / "in.parquet")
