"""What a glossary does to a document: figures worked out by hand, and the command."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from glossary.terms import Glossary, Term
from mt.errors import SettingError, TargemError
from mt.pairfile import read_pairs
from mt.termreport import Report, Row, Tally, Task, Terms, compare, permuted, read_task
from tests.conftest import Run
from tests.fake_engine import FakeEngine

BAKU = Term("באקו", ("Baku",))
CORRIDOR = Term("מסדרון", ("corridor", "strait"))
BRIDGE = Term("גשר", ("bridge",))
GLOSSARY = Glossary((BAKU, CORRIDOR, BRIDGE))
WORDS = {"באקו": "Baku", "ראו": "saw", "מסדרון": "passage", "גשר": "bridges"}
SOURCES = ("ראו באקו", "ראו מסדרון", "באקו מסדרון", "ראו גשר", "ראו ראו ראו ראו")


def clock() -> Iterator[float]:
    """Return the times at which three runs begin and end: 2, 3 and 5 seconds long."""
    return iter((0.0, 2.0, 10.0, 13.0, 20.0, 25.0))


def report(task: Task, glossary: Glossary = GLOSSARY) -> Report:
    return compare(task, glossary, FakeEngine(WORDS), clock().__next__)


def test_the_figures_are_those_worked_out_by_hand() -> None:
    """Free: "saw Baku", "saw passage", "Baku passage", "saw bridges"; the corridor has to be forced twice."""
    none, proper, random = report(Task(SOURCES)).rows
    # Owed: Baku twice, corridor twice, bridge once. Baku is always there, corridor never; of the bridge
    # there is the plural, which a common noun may have, but which is not what the glossary lists.
    assert none == Row(
        Terms.NONE,
        Tally(owed=5, found=3, exact=2, lemma=3, several=2, uniform=1, repeated=4, consistent=2),
        chrf=None, bleu=None, time=1.0, costly=0,
    )  # fmt: skip
    assert (proper.terms, proper.time, proper.costly) == (Terms.PROPER, 1.5, 0)
    assert proper.tally == Tally(5, 5, 4, 5, 2, 2, 4, 4)
    assert proper.chrf is not None
    assert 0 < proper.chrf < 100
    assert (random.terms, random.time) == (Terms.RANDOM, 2.5)
    assert (random.tally.owed, random.tally.found) == (5, 5)
    assert random.chrf is not None
    assert random.chrf < proper.chrf


def test_scores_are_against_the_reference_where_there_is_one() -> None:
    references = ("saw Baku", "saw corridor", "Baku corridor", "saw bridges", "saw saw saw saw")
    found = report(Task(SOURCES, references))
    none, proper, _ = found.rows
    assert found.has_reference
    assert none.chrf is not None
    assert none.chrf < 100
    assert [proper.chrf, proper.bleu] == [100.0, 100.0]


def test_rates_are_shares_of_what_is_owed() -> None:
    rows = json.loads(json.dumps(report(Task(SOURCES)).as_json()))["rows"]
    assert [row["terms"] for row in rows] == ["none", "proper", "random"]
    assert [rows[0][name] for name in ("success_rate", "exact_rate", "lemma_rate", "consistency")] == [
        0.6, 0.4, 0.6, 0.5,
    ]  # fmt: skip
    nothing = report(Task(("ראו",))).rows[0].tally
    assert set(nothing.rates().values()) == {None}


@pytest.mark.parametrize("size", [2, 3, 40])
def test_random_terms_are_the_same_targets_at_other_terms(size: int) -> None:
    terms = Glossary(tuple(Term("א" * (n + 3), (f"t{n}",), forbidden=("x",)) for n in range(size)))
    wrong = permuted(terms)
    assert permuted(terms) == wrong
    assert sorted(term.targets for term in wrong) == sorted(term.targets for term in terms)
    for term, other in zip(terms, wrong, strict=True):
        assert term.source == other.source
        assert term.targets != other.targets
        assert not other.forbidden


def test_one_term_cannot_change_places() -> None:
    with pytest.raises(SettingError, match="two terms"):
        permuted(Glossary((BAKU,)))


PAIRS = "ראו באקו\tThey saw Baku\n\nראו\tThey saw\n"
ESCAPED = "id\tsource\ttarget\tscore\n7\tראו\\nבאקו\tThey\\tsaw\t1\n"
TMX = (
    '<tmx version="1.4"><body><tu><tuv xml:lang="he"><seg>באקו</seg></tuv>'
    '<tuv xml:lang="en"><seg>Baku</seg></tuv></tu></body></tmx>'
)
XLIFF = (
    '<xliff version="1.2"><file source-language="he" target-language="en"><body>\n<trans-unit id="1">'
    "<source>באקו</source><target>Baku</target></trans-unit></body></file></xliff>"
)
READ = [
    ("a.tsv", PAIRS, [(1, "ראו באקו", "They saw Baku"), (3, "ראו", "They saw")]),
    ("a.txt", "x\ty\tראו\tThey saw", [(1, "ראו", "They saw")]),
    ("a.tsv", ESCAPED, [(2, "ראו\nבאקו", "They\tsaw")]),
    ("a.csv", '\ufeffsource,target\n"ראו, ראו","a\nb"\nראו,c\n', [(2, "ראו, ראו", "a\nb"), (4, "ראו", "c")]),
    ("a.csv", "ראו,saw\n", [(1, "ראו", "saw")]),
    ("a.jsonl", '\n{"source": "ראו", "target": "saw"}\n', [(2, "ראו", "saw")]),
    ("a.tmx", TMX, [(1, "באקו", "Baku")]),
    ("a.xlf", XLIFF, [(2, "באקו", "Baku")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "pairs"), READ)
def test_pairs_are_read_from_every_format(
    tmp_path: Path, name: str, text: str, pairs: list[tuple[int, str, str]]
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert list(read_pairs(tmp_path / name)) == pairs


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.tsv", "ראו\tsaw\nראו\n", "line 2 has 1 column"),
        ("a.tsv", "source\tmore\ttarget\nראו\tsaw\n", "line 2 has 2 columns"),
        ("a.csv", 'ראו,"saw\n', "line 1 is not CSV"),
        ("a.xlf", "<xlf/>", "is no XLIFF"),
        ("a.docx", "", "not a format of pairs"),
    ],
)
def test_what_is_no_pair_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(TargemError, match=said):
        list(read_pairs(tmp_path / name))


def test_a_task_is_read_from_pairs_or_a_document(tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_text(PAIRS, "utf-8")
    (tmp_path / "brief.txt").write_text("ראו באקו. ראו גשר.\n", "utf-8")
    (tmp_path / "ref.txt").write_text("They saw Baku.\nThey saw a bridge.\n", "utf-8")
    assert read_task(tmp_path / "pairs.tsv") == Task(("ראו באקו", "ראו"), ("They saw Baku", "They saw"))
    sentences = ("ראו באקו.", "ראו גשר.")
    assert read_task(tmp_path / "brief.txt") == Task(sentences)
    references = ("They saw Baku.", "They saw a bridge.")
    assert read_task(tmp_path / "brief.txt", tmp_path / "ref.txt") == Task(sentences, references)


def test_the_report_translates_three_times_and_prints_a_row_for_each(run: Run, tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("הוא ביקר בבאקו. היא נסעה לטביליסי.\n", "utf-8")
    (tmp_path / "terms.tsv").write_text("source\ttarget\nבאקו\tBaku\nטביליסי\tTbilisi\n", "utf-8")
    done = run("glossary", "report", "brief.txt", "-g", "terms.tsv")
    assert done.returncode == 0, done.stderr
    head, *rows = (line.split("\t") for line in done.stdout.decode().splitlines())
    assert head[:3] == ["terms", "owed", "in place"]
    assert [row[:2] for row in rows] == [["none", "2"], ["proper", "2"], ["random", "2"]]
    assert [row[2] for row in rows[1:]] == ["100.0%", "100.0%"]
    assert b"against the translation without terms" in done.stderr
    (tmp_path / "ref.txt").write_text("He visited Baku.\nShe went to Tbilisi.\n", "utf-8")
    done = run("glossary", "report", "brief.txt", "-g", "terms.tsv", "--reference", "ref.txt", "--json")
    made = json.loads(done.stdout)
    assert (made["sentences"], made["has_reference"], made["seed"]) == (2, True, 1)
    assert [row["success_rate"] for row in made["rows"][1:]] == [1.0, 1.0]


FAULTS = [
    (["check", "pairs.tsv", "--kind", "wrong"], 1, "unknown kind of finding 'wrong'"),
    (["check", "pairs.tsv", "--kind", "missing", "--all"], 2, "exclude each other"),
    (["check", "nowhere.tsv"], 1, "nowhere.tsv is not there"),
    (["check", "nowhere.jsonl"], 1, "nowhere.jsonl is not there"),
    (["check", "bad.jsonl"], 1, "line 1 lacks source or target"),
    (["report", "pairs.tsv", "--reference", "ref.txt"], 1, "its own reference"),
    (["report", "brief.txt", "--reference", "ref.txt"], 1, "ref.txt has 1 lines for 2 sentences"),
    (["report", "ref.txt"], 1, "no Hebrew"),
    (["report", "brief.txt", "-g", "one.tsv"], 1, "two terms"),
    (["report", "nowhere.txt"], 1, "nowhere.txt is not there"),
]


@pytest.mark.parametrize(("arguments", "status", "said"), FAULTS)
def test_a_fault_is_one_line(run: Run, tmp_path: Path, arguments: list[str], status: int, said: str) -> None:
    for name, text in (
        ("pairs.tsv", PAIRS),
        ("bad.jsonl", "{}\n"),
        ("brief.txt", "ראו באקו. ראו גשר.\n"),
        ("ref.txt", "They saw Baku.\n"),
        ("one.tsv", "source\ttarget\nבאקו\tBaku\n"),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    done = run("glossary", *arguments)
    assert (done.returncode, done.stdout) == (status, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("targem: ")
    assert said in line


def test_kinds_of_findings_are_listed_when_asked_for(run: Run, tmp_path: Path) -> None:
    pairs = "נסעו לבאקו\tThey left for BAKU\nשם\tThere שם\n"
    (tmp_path / "pairs.tsv").write_text(pairs, "utf-8")
    (tmp_path / "terms.tsv").write_text("source\ttarget\nבאקו\tBaku\n", "utf-8")
    check = ("glossary", "check", "pairs.tsv", "-g", "terms.tsv")
    rows = json.loads(run(*check, "--all", "--json").stdout)
    assert [(row["line"], row["kind"]) for row in rows] == [
        (1, "missing"),
        (1, "inexact"),
        (2, "untranslated"),
    ]
    assert rows[1] == {
        "line": 1, "kind": "inexact", "term": "באקו", "target": "Baku", "expected": 1, "found": 0,
        "text": "BAKU", "start": 14, "end": 18,
    }  # fmt: skip
    plain = run(*check, "--kind", "untranslated").stdout.decode()
    assert plain == "2\tuntranslated\t\t\t0\t1\tשם\t6\t8\n"
    assert run(*check, "--kind", "untranslated", "--strict").returncode == 1
    assert run(*check, "--kind", "forbidden", "--strict").returncode == 0
