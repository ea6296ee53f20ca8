"""The command line as users and checks call it: what stands where, and one line for every fault."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from glossary.terms import read_glossary, shipped
from mt.sample import sample_path
from tests.conftest import Run

DATA = Path(__file__).parent / "data"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
SUMMARY = re.compile(
    r"targem: (\d+) sentences \((\d+) new\) in [\d.]+ s, (\d+) of (\d+) terms in place \(\d+ forced\), "
    r"\d+ findings, \d+ running titles and the like set apart, pairs in targem\.db\n\Z"
)


def test_the_sample_is_translated_with_every_term_in_place(run: Run) -> None:
    done = run("translate", "--sample")
    assert done.returncode == 0
    said = SUMMARY.search(done.stderr.decode())
    assert said is not None
    assert said[1] == said[2]
    assert said[3] == said[4]
    english = done.stdout.decode()
    assert len(english.split("\n\n")) > 20
    assert "Baku" in english
    assert not re.search("[\u05d0-\u05ea]", english)


def test_a_second_run_says_the_same_and_translates_nothing(run: Run) -> None:
    first, second = (run("translate", sample_path(), "--no-repair") for _ in range(2))
    assert first.stdout == second.stdout
    assert "(0 new)" in second.stderr.decode()


@pytest.mark.parametrize("ending", ["txt", "md", "tsv", "csv", "jsonl", "docx", "html"])
def test_the_ending_picks_the_format(run: Run, ending: str, tmp_path: Path) -> None:
    done = run("translate", "--sample", "-o", f"out.{ending}", TARGEM_STORE=str(tmp_path / "shared.db"))
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / f"out.{ending}").stat().st_size > 1000


def test_own_glossaries_replace_the_shipped_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("source\ttarget\nנשיא\thead of state\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("source,target\nבאקו,Bakuvia\n", encoding="utf-8")
    done = run(
        "translate", "--lines", "--json", "-g", "a.tsv", "-g", "b.csv", stdin="הנשיא ביקר בבאקו.\n".encode()
    )
    row = json.loads(done.stdout)
    assert list(row) == ["source", "target", "score", "receipts"]
    assert [(r["target"].lower(), r["prefix"]) for r in row["receipts"]] == [
        ("head of state", "ה"),
        ("bakuvia", "ב"),
    ]
    assert "Bakuvia" in row["target"]


def test_lines_in_are_lines_out(run: Run) -> None:
    source = ["שלום.", "", "הנשיא ביקר בבאקו.", "   ", "SOCAR", "שלום.", "הסכם\u2028חדש"]
    done = run("translate", "--lines", stdin=("\ufeff" + "\r\n".join(source)).encode())
    target = done.stdout.decode().split("\n")
    assert target.pop() == ""
    assert len(target) == len(source)
    assert [bool(line) for line in target] == [bool(line.strip()) for line in source]
    assert target[0] == target[5]
    assert target[4] == "SOCAR"
    assert done.stderr == b""


def test_both_engines_are_to_be_had(run: Run) -> None:
    text = "הנשיא ביקר בבאקו.\n".encode()
    for engine in ("ctranslate2", "transformers"):
        done = run("translate", "--lines", "--engine", engine, "--beam", "2", stdin=text)
        assert b"Baku" in done.stdout
        assert done.stderr == b""


def test_repair_reports_what_it_did(run: Run, tmp_path: Path) -> None:
    text = "שלום עולם\n\nבשנת 2020-ב הוחלט, ב-3 שלבים\n  עם רווחים  \n"
    (tmp_path / "brief.txt").write_text(text, encoding="utf-8")
    assert run("repair", "brief.txt").stdout.decode() == text.replace("2020-ב", "ב-2020")
    lines = run("repair", "brief.txt", "--lines").stdout.decode().splitlines()
    assert lines == ["שלום עולם", "בשנת ב-2020 הוחלט, ב-3 שלבים", "  עם רווחים  "]
    rows = json.loads(run("repair", "brief.txt", "--json").stdout)
    keys = ["line", "damaged", "repaired", "verdict", "confidence", "evidence", "gain", "runs"]
    assert [list(row) for row in rows] == [keys] * 4
    assert [row["verdict"] for row in rows] == ["intact", "intact", "numbers", "intact"]
    assert rows[2]["runs"] == [{"from": [5, 11], "to": [5, 11]}]
    assert b"1 of 3 lines repaired (numbers 1)" in run("repair", "brief.txt").stderr


TORN = """ בישראליצוין כי ברמאללה.  ,2020-ב נציגות בבאקו
אזרבייג'ן בת החלט נובמבר לפתוח שגרירות בישראל מתקנת חוסר סימטריה ב 26-
אז לישראל הייתה שגרירות בבאקו כבר מבעוד  -ביחסים בין המדינות תקיימה שה
"""


def test_doubtful_lines_are_listed_for_a_person(run: Run, tmp_path: Path) -> None:
    (tmp_path / "torn.txt").write_text(TORN, encoding="utf-8")
    done = run("repair", "torn.txt")
    assert sorted(done.stdout.decode().replace(" ", "")) == sorted(TORN.replace(" ", ""))
    assert done.stdout.decode() != TORN
    assert re.search(r"targem: look at \d+ lines of low confidence: [123]", done.stderr.decode())
    said = run("translate", "torn.txt").stderr.decode()
    assert re.search(r"targem: line [123]: repaired with confidence 0\.\d\d\n", said)


def test_a_pdf_is_repaired_from_its_geometry(run: Run) -> None:
    done = run("repair", DATA / "reader_chromium.pdf")
    assert "הציעה מתווה אחר לחלוקת הנטל בין המדינות השכנות. המתווה הראשון נשען\n" in done.stdout.decode()
    assert done.stderr == b""


@pytest.mark.parametrize("text", ["שלום\r\nעולם\r\n", "שלום\x0cעולם\u2028סוף", "אין סוף שורה", "שלום\n\n\n"])
def test_what_needs_no_repair_comes_back_byte_for_byte(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "brief.txt").write_bytes(text.encode())
    assert run("repair", "brief.txt").stdout == text.encode()


def test_segments_have_exact_offsets(run: Run, tmp_path: Path) -> None:
    text = 'ד"ר כהן הגיע. הוא נאם.'
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    assert run("segment", "text.txt").stdout.decode() == 'ד"ר כהן הגיע.\nהוא נאם.\n'
    rows = json.loads(run("segment", "text.txt", "--lang", "he", "--json").stdout)
    assert [text[row["start"] : row["end"]] for row in rows] == [row["text"] for row in rows]
    (tmp_path / "english.txt").write_text("Dr. Cohen came. He spoke.")
    assert run("segment", "english.txt", "--lang", "en").stdout == b"Dr. Cohen came.\nHe spoke.\n"


def test_terms_are_found_behind_their_prefixes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("ומבאקו לנחיצ'ואן", encoding="utf-8")
    rows = json.loads(run("glossary", "find", "text.txt", "--json").stdout)
    assert [(r["start"], r["end"], r["prefix"], r["target"]) for r in rows] == [
        (2, 6, "ומ", "Baku"),
        (8, 16, "ל", "Nakhchivan"),
    ]
    assert run("glossary", "find", "text.txt").stdout.decode().splitlines()[0] == "2\t6\tומ\tבאקו\tBaku"


def test_missing_terms_are_listed_and_strict_fails(run: Run, tmp_path: Path) -> None:
    pairs = "טיסה לבאקו\tA flight to Tbilisi\nטיסה לבאקו\tA flight to Baku\n"
    (tmp_path / "pairs.tsv").write_text(pairs, encoding="utf-8")
    done = run("glossary", "check", "pairs.tsv", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == [
        {"line": 1, "term": "באקו", "target": "Baku", "expected": 1, "found": 0}
    ]
    assert run("glossary", "check", "pairs.tsv", "--strict").returncode == 1


def test_a_translation_passes_its_own_check(run: Run, tmp_path: Path) -> None:
    terms = sample_path("brief.glossary.tsv")
    assert run("translate", "--sample", "-o", "out.jsonl", "-g", terms).returncode == 0
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    pairs = "".join(f"{row['source']}\t{row['target']}\n" for row in rows)
    (tmp_path / "pairs.tsv").write_text(pairs, encoding="utf-8")
    done = run("glossary", "check", "pairs.tsv", "-g", terms, "--strict")
    assert (done.returncode, done.stdout) == (0, b"")


def test_glossaries_are_converted(run: Run, tmp_path: Path) -> None:
    assert run("glossary", "convert", sample_path("brief.glossary.tsv"), "terms.csv").returncode == 0
    assert read_glossary(tmp_path / "terms.csv") == read_glossary(sample_path("brief.glossary.tsv"))


FAULTS = [
    (["translate", "nowhere.txt"], 1, "nowhere.txt is not there"),
    (["translate", "empty.txt"], 1, "is empty"),
    (["translate", "binary.txt"], 1, "is not text"),
    (["translate", "english.txt"], 1, "no Hebrew"),
    (["translate", "brief.xyz"], 1, "unknown ending"),
    (["translate", "brief.txt", "-o", "out.pptx"], 1, "'.pptx'"),
    (["translate", "brief.txt", "-o", "nowhere/out.txt"], 1, "nowhere"),
    (["translate", "brief.txt", "--model", "nothing"], 1, "no model 'nothing'"),
    (["translate", "brief.txt", "--engine", "moses"], 1, "unknown engine 'moses'"),
    (["translate", "brief.txt", "--beam", "0"], 1, "beam 0"),
    (["translate", "brief.txt", "--beam", "many"], 2, "--beam"),
    (["translate", "brief.txt", "-g", "bad.tsv"], 1, "bad.tsv: line 2"),
    (["translate", "brief.txt", "-g", "nowhere.tsv"], 1, "nowhere.tsv"),
    (["translate", "brief.txt", "-g", "good.tsv", "--no-glossary"], 2, "exclude each other"),
    (["translate", "brief.txt", "--store", "brief.txt"], 1, "is not a database"),
    (["translate", "brief.txt", "--store", "nowhere/store.db"], 1, "nowhere/store.db"),
    (["translate", "brief.txt", "--json"], 2, "--lines"),
    (["translate", "brief.txt", "--lines"], 2, "standard input"),
    (["translate"], 2, "no brief"),
    (["translate", "brief.txt", "--unknown"], 2, "--unknown"),
    (["segment", "brief.txt", "--lang", "fr"], 1, "he, en"),
    (["repair", "nowhere.txt"], 1, "nowhere.txt"),
    (["glossary", "check", "brief.txt"], 1, "has 1 column"),
    (["glossary", "convert", "good.tsv", "nowhere/out.csv"], 1, "nowhere"),
    (["dance"], 2, "dance"),
]


@pytest.mark.parametrize(("arguments", "status", "said"), FAULTS, ids=lambda value: str(value)[:60])
def test_a_fault_is_one_line_and_a_status(
    run: Run, tmp_path: Path, arguments: list[str], status: int, said: str
) -> None:
    files = {
        "brief.txt": "הנשיא ביקר בבאקו.\n",
        "brief.xyz": "שלום",
        "english.txt": "Hello there.\n",
        "empty.txt": " \n",
        "good.tsv": "source\ttarget\nבאקו\tBaku\n",
        "bad.tsv": "source\ttarget\nבאקו\t\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    before = {path.name for path in tmp_path.iterdir()}
    done = run(*arguments)
    error = done.stderr.decode()
    assert (done.returncode, done.stdout) == (status, b"")
    assert error.startswith("targem: ")
    assert error.count("\n") == 1
    assert said in error
    assert {path.name for path in tmp_path.iterdir()} - before <= {
        "targem.db",
        "targem.db-wal",
        "targem.db-shm",
    }


def test_wrong_bytes_on_standard_input_name_their_line(run: Run) -> None:
    done = run("translate", "--lines", stdin="שלום\n".encode() + b"\xf9\xec\n")
    assert done.returncode == 1
    assert done.stderr.decode().startswith("targem: line 2 of standard input is not UTF-8: ")


@pytest.mark.parametrize(
    ("arguments", "reader", "kept"),
    [("translate --lines", "head -n 1", 1), ("glossary find in.txt", "true", 0), ("models list", "true", 0)],
)
def test_a_pipe_that_closes_early_is_no_fault(tmp_path: Path, arguments: str, reader: str, kept: int) -> None:
    (tmp_path / "in.txt").write_text("הסכמי אברהם.\n" * 200, encoding="utf-8")
    command = f"{sys.executable} -m mt {arguments} < in.txt | {reader}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        cwd=tmp_path,
        env=ENVIRONMENT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == kept
    assert {path.name for path in tmp_path.iterdir()} == {"in.txt"}


HEAVY = ("torch", "transformers", "ctranslate2", "numpy", "sqlalchemy", "pypdfium2", "docx", "sentencepiece")


def loaded(*arguments: str, stdin: str = "") -> set[str]:
    """Return which of the heavy modules a command has loaded when it ends."""
    code = f"import sys; sys.argv = {['targem', *arguments]!r}\nfrom mt.cli import main\ntry:\n main()\n"
    code += f"except SystemExit:\n print(*[m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=stdin.encode(), capture_output=True, env=ENVIRONMENT, check=True
    )
    assert done.stdout
    return set(done.stderr.decode().split())


@pytest.mark.parametrize("arguments", [["--help"], ["translate", "--help"], ["glossary", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert loaded(*arguments) == set()


def test_the_warm_path_never_loads_torch() -> None:
    assert not loaded("translate", "--lines", stdin="שלום.\n") & {"torch", "transformers"}


def test_the_shipped_glossary_is_the_default(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("הסכמי אברהם", encoding="utf-8")
    rows = json.loads(run("glossary", "find", "text.txt", "--json").stdout)
    assert [row["target"] for row in rows] == [
        term.targets[0] for term in shipped() if term.source == "הסכמי אברהם"
    ]
