"""Scores: the figures of sacrebleu's own command line, what differs, and where it is bad."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aligned.align import Bead
from glossary.terms import Glossary, Term
from mt.errors import DocumentError
from mt.scoring.files import parting, read_segments
from mt.scoring.metrics import compare, score
from mt.scoring.page import page
from mt.scoring.report import Task, report
from mt.scoring.sources import Source
from mt.scoring.tasks import Files, unaligned_task
from mt.scoring.terms import score_terms
from tests.browser import ROOT
from tests.conftest import Run

REFERENCES = [
    "On November 26, 2022 the parliament approved the budget.",
    "The embassy in Baku was opened by the minister.",
    "Exports rose by 12.5 percent, to 1,200 million dollars.",
    "Nobody was hurt.",
    "Talks on the corridor go on.",
    "The two presidents will meet in Tbilisi next week.",
]
GOOD = [
    "On November 26, 2022 the parliament approved a budget.",
    "The minister opened the embassy in Baku.",
    "Exports rose by 12.5 percent to 1200 million dollars.",
    "Nobody was hurt.",
    "The talks on the corridor continue.",
    "Both presidents will meet in Tbilisi next week.",
]
BAD = [
    "In November 2002 parliament the budget.",
    "Opened an embassy.",
    "The export was 125 percent.",
    "No one.",
    "Corridor speech.",
    "Two men will sit next week in town.",
]
SOURCES = ["ב-26 בנובמבר", "השגרירות בבאקו", "היצוא", "איש", "שיחות", "נשיאים בטביליסי"]
HEBREW = tuple(map(Source, SOURCES))
TERMS = Glossary((Term("באקו", ("Baku",)), Term("טביליסי", ("Tbilisi", "Tiflis"))))


def _write(folder: Path, **files: list[str]) -> dict[str, Path]:
    paths = {name: folder / f"{name}.txt" for name in files}
    for name, lines in files.items():
        paths[name].write_text("\n".join(lines) + "\n", "utf-8")
    return paths


@pytest.mark.parametrize("hypotheses", [GOOD, BAD])
def test_the_figures_are_those_of_sacrebleu(tmp_path: Path, hypotheses: list[str]) -> None:
    paths = _write(tmp_path, ref=REFERENCES, hyp=hypotheses, other=BAD)
    command = [sys.executable, "-m", "sacrebleu", *(str(paths[name]) for name in ("ref", "other"))]
    command += ["-i", str(paths["hyp"]), "--confidence", "-w", "9", "-f", "json"]
    theirs: dict[str, Any] = {}
    for wanted in (["-m", "bleu", "chrf", "ter"], ["-m", "chrf", "--chrf-word-order", "2"]):
        out = subprocess.run([*command, *wanted], capture_output=True, check=True, text=True).stdout
        found = json.loads(out)
        theirs |= {entry["name"]: entry for entry in (found if isinstance(found, list) else [found])}
    for ours in score(hypotheses, [REFERENCES, BAD]):
        entry = theirs[ours.name]
        assert ours.score == pytest.approx(entry["score"], abs=1e-8)
        assert ours.mean == pytest.approx(entry.get("confidence_mean", 0), abs=1e-8)
        assert ours.half == pytest.approx(entry.get("confidence_var", 0), abs=1e-8)
        assert ours.signature == entry["signature"]


def test_figures_stand_beside_those_that_others_published() -> None:
    """On FLORES-200 dev, Hebrew into English, with Mozilla's firefox-translations-models, evaluation/he-en.

    Google has 48.4 BLEU and 72.0 chrF there, Bergamot tiny 40.1 and 65.6, Argos 34.0 and 59.9, under these
    signatures; ours must be the same to stand beside them, as they do in the README.
    """
    bleu, chrf = score(GOOD, [REFERENCES], samples=1)[:2]
    assert bleu.signature.startswith("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|")
    assert chrf.signature.startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|")
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    for published in ("Google 48.4 BLEU / 72.0 chrF", "Bergamot tiny 40.1 / 65.6", "Argos 34.0 / 59.9"):
        assert published in readme


def test_one_segment_has_no_interval() -> None:
    assert all(found.half is None for found in score(GOOD[:1], [REFERENCES[:1]]))


def test_a_better_system_is_told_from_a_worse_and_from_itself() -> None:
    for found in compare(GOOD * 4, BAD * 4, [REFERENCES * 4], trials=500):
        assert found.bootstrap < 0.05
        assert found.randomisation < 0.05
    for found in compare(GOOD, GOOD, [REFERENCES], trials=100):
        assert found.bootstrap == found.randomisation == 1


def test_lines_say_what_is_missing() -> None:
    found = report(Task(tuple(GOOD), (tuple(REFERENCES),), HEBREW, (("bad", tuple(BAD)),), TERMS))
    [compared] = found.baselines
    assert (compared.name, compared.won, compared.lost, compared.drawn) == ("bad", 6, 0, 0)
    assert found.terms is not None
    assert (found.terms.owed, found.terms.kept) == (2, 2)
    worse = report(Task(tuple(BAD), (tuple(REFERENCES),), HEBREW, (), TERMS))
    assert worse.lines[0].faults.missing_numbers == ("26", "2022")
    assert worse.lines[0].faults.wrong_numbers == ("2002",)
    assert worse.lines[1].missing_terms == ("Baku",)
    assert worse.lines[2].faults.missing_numbers == ("12.5", "1200")
    names = {bucket.name: bucket.segments for bucket in worse.buckets}
    assert names["with numbers"] == 2
    assert names["a term missing"] == 2


def test_terms_are_consistent_in_their_most_frequent_form() -> None:
    found = score_terms(["טביליסי"] * 4, ["Tbilisi", "Tiflis", "Tbilisi", "town"], TERMS)
    assert (found.owed, found.kept, found.recurring, found.consistent) == (4, 3, 4, 2)
    assert found.lost == ((), (), (), ("Tbilisi",))


@pytest.mark.parametrize(("lost", "place"), [(0, 0), (2, 2), (4, 4)])
def test_files_part_where_a_line_is_lost(lost: int, place: int) -> None:
    short = GOOD[:lost] + GOOD[lost + 1 :]
    assert parting(short, REFERENCES) == parting(REFERENCES, short) == place


def test_the_command(tmp_path: Path, run: Run) -> None:
    paths = _write(tmp_path, ref=REFERENCES, hyp=[*GOOD[:5], "נשיאים"], base=BAD, src=SOURCES)
    terms = tmp_path / "g.tsv"
    terms.write_text("source\ttarget\nבאקו\tBaku\n", "utf-8")
    html = tmp_path / "report.html"
    given = ["score", str(paths["hyp"]), str(paths["ref"]), "--source", str(paths["src"]), "-g", str(terms)]
    given += ["--baseline", str(paths["base"]), "--json", "--html", str(html)]
    done = run(*given)
    assert done.returncode == 0
    found = json.loads(done.stdout.decode())
    assert [entry["name"] for entry in found["metrics"]] == ["BLEU", "chrF2", "chrF2++", "TER"]
    assert found["hebrew_lines"] == [6]
    assert "line 6: Hebrew was left in it" in done.stderr.decode()
    assert found["terms"]["kept"] == 1
    text = html.read_text("utf-8")
    assert "http" not in text
    assert text.count('<tr id="line-') == 6
    tables = run(*given[:3], "--md").stdout.decode()
    assert "| metric | score | 95% interval |" in tables
    assert "| line | chrF2 | source | reference | translation |" in tables
    assert "**a** budget." in tables
    table = run(*given[:3])
    assert "BLEU" in table.stdout.decode()
    assert "version:" in table.stdout.decode()


def test_the_page_shows_what_text_says_and_runs_nothing_of_it() -> None:
    nasty = "<script>alert(1)</script>"
    text = page(report(Task((nasty, "b"), ((nasty, "b c"),))), nasty)
    assert nasty not in text
    assert "&lt;script&gt;" in text
    assert "<del>c</del>" in text


@pytest.mark.parametrize(
    ("files", "given", "message"),
    [
        ({"hyp": GOOD[1:], "ref": REFERENCES}, [], "has 5 lines and ref.txt 6; they seem to part at line 1"),
        ({"hyp": GOOD, "ref": [*REFERENCES[:5], " "]}, [], "ref.txt line 6 is empty"),
        ({"hyp": GOOD, "ref": REFERENCES, "base": BAD[:3]}, ["--baseline"], "and base.txt 3"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_line(
    tmp_path: Path, run: Run, files: dict[str, list[str]], given: list[str], message: str
) -> None:
    paths = _write(tmp_path, **files)
    extra = [*given, str(paths["base"])] if given else []
    done = run("score", str(paths["hyp"]), str(paths["ref"]), *extra)
    assert done.returncode == 1
    assert message in done.stderr.decode()
    assert done.stderr.decode().count("\n") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "\u201cOne\u201d.\nTwo \u2013 \u00e9.\n".encode() + b"\xe9.\n",
            "line 3 is in another encoding: save the file as UTF-8",
        ),
        (b"\xff\xfeO\0n\0e\0\n\0\x00\xd8\n\0", "line 2 is in another encoding"),
        (b"PK\x03\x04", "is not plain text"),
    ],
)
def test_what_cannot_be_read_whole_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "hyp.txt"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=said):
        read_segments(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_can_be_read_whole_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "hyp.txt"
    path.write_bytes("caf\u00e9.\r\nTwo.\r\n".encode(encoding))
    assert [line.rstrip() for line in read_segments(path)] == ["caf\u00e9.", "Two."]


def test_an_unaligned_reference_is_brought_together(tmp_path: Path, run: Run) -> None:
    merged = [REFERENCES[0], REFERENCES[1], f"{REFERENCES[3]} {REFERENCES[4]}", REFERENCES[5]]
    paths = _write(tmp_path, hyp=GOOD, ref=merged)
    done = run("score", str(paths["hyp"]), str(paths["ref"]), "--unaligned", "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["matching"]["hypotheses"] == 6
    assert found["matching"]["hypotheses_left"] == 1
    assert found["matching"]["references_left"] == 0
    assert found["segments"] == found["matching"]["pairs"]
    kept = [at for at in range(6) if at != 2]
    aligned = score([GOOD[at] for at in kept], [[REFERENCES[at] for at in kept]])
    assert found["metrics"][1]["score"] == pytest.approx(aligned[1].score, abs=1)


def test_a_reference_that_nothing_matches_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = _write(tmp_path, hyp=["One two three four."], ref=["Quite other words stand here."])
    monkeypatch.setattr("mt.scoring.unaligned.align_sentences", lambda *_: [Bead((0,), ()), Bead((), (0,))])
    with pytest.raises(DocumentError, match=r"nothing in hyp\.txt was matched with ref\.txt"):
        unaligned_task(Files(paths["hyp"], (paths["ref"],)))
