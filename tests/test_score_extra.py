"""Scores beyond sacrebleu's figures: resegmentation, kinds of segments, errors, the store."""

import json
import random
from collections.abc import Sequence
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sacrebleu.significance import PairedTest

from glossary.terms import Glossary
from mt.scoring import METRICS
from mt.scoring.errors import faults, names
from mt.scoring.files import parting
from mt.scoring.frequency import rare_words
from mt.scoring.history import history_table, run_of
from mt.scoring.metrics import compare, count, metrics, score
from mt.scoring.page import page
from mt.scoring.report import Task, report
from mt.scoring.resampling import bootstrap_sums, shuffled_sums
from mt.scoring.resegment import resegment
from mt.scoring.sources import Source, read_sources
from mt.scoring.tables import markdown
from mt.scoring.tasks import Files
from mt.scoring.unaligned import bring_together
from tests.conftest import Run
from tests.test_score import BAD, GOOD, REFERENCES, SOURCES, _write

OTHERS = [*GOOD[:3], *BAD[3:]]


def test_the_tests_of_significance_are_those_of_sacrebleu() -> None:
    """As in the examples of its README, a p-value is at least 1 / (trials + 1): 0.0010 and 0.0001 there."""
    systems: list[tuple[str, Sequence[str]]] = [("baseline", BAD * 3), ("system", OTHERS * 3)]
    references = [REFERENCES * 3, GOOD * 3]
    found = compare(systems[1][1], systems[0][1], references, trials=500)
    for kind, samples, ours in (("bs", 1000, "bootstrap"), ("ar", 500, "randomisation")):
        theirs: Any = PairedTest(systems, metrics(), references, kind, samples)()[1]
        for one in found:
            assert getattr(one, ours) == pytest.approx(theirs[one.name][1].p_value, abs=1e-12)
            assert one.baseline == pytest.approx(theirs[one.name][0].score, abs=1e-9)
    assert tuple(metrics()) == METRICS


def test_one_segment_proves_nothing() -> None:
    assert {(one.bootstrap, one.randomisation) for one in compare(GOOD[:1], BAD[:1], [REFERENCES[:1]])} == {
        (1.0, 1.0)
    }


def test_a_translation_that_shares_hardly_a_letter_is_scored() -> None:
    """Of some resamples nothing matches, which sacrebleu 2.6 itself does not survive."""
    found = {one.name: one for one in score(SOURCES, [REFERENCES])}["chrF2"]
    assert found.half is not None
    assert 0 < found.score < 5
    assert 0 < found.half < 5


def test_the_example_of_sacrebleu_comes_out() -> None:
    """Post 2018 and https://github.com/mjpost/sacrebleu#using-sacrebleu-from-python: 48.53 and 59.73."""
    references = [
        ["The dog bit the man.", "It was not unexpected.", "The man bit him first."],
        ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."],
    ]
    said = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
    found = {one.name: round(one.score, 2) for one in score(said, references)}
    assert (found["BLEU"], found["chrF2"]) == (48.53, 59.73)


PAIRS = [
    ("הממשלה אישרה אתמול את תקציב המדינה.", "The government approved the state budget yesterday."),
    ("השר ביקר בבית הספר החדש בחיפה.", "The minister visited the new school in Haifa."),
    ("מחירי הדירות עלו השנה בחמישה אחוזים.", "Housing prices rose this year by five percent."),
    ("הגשם צפוי להימשך עד יום שישי.", "The rain is expected to last until Friday."),
    ("הרופאים הודיעו על שביתה בבתי החולים.", "The doctors announced a strike in the hospitals."),
    ("הנבחרת ניצחה במשחק מול ספרד.", "The national team won the game against Spain."),
    ("בית המשפט דחה את הערעור של החברה.", "The court rejected the company's appeal."),
    ("הספר החדש תורגם לאנגלית ולצרפתית.", "The new book was translated into English and French."),
    ("הרכבת מירושלים הגיעה באיחור של שעה.", "The train from Jerusalem arrived an hour late."),
    ("המדענים גילו כוכב לכת חדש.", "The scientists discovered a new planet."),
]


@pytest.mark.parametrize("block", [4, 100])
@pytest.mark.parametrize(("lost", "lines"), [(0, 1), (3, 1), (5, 3), (9, 1)])
def test_the_place_is_found_across_languages_and_blocks(
    monkeypatch: pytest.MonkeyPatch, lost: int, lines: int, block: int
) -> None:
    monkeypatch.setattr("mt.scoring.files._BLOCK", block)
    hebrew, english = ([pair[side] for pair in PAIRS] for side in (0, 1))
    short = english[:lost] + english[lost + lines :]
    for other in (hebrew, english):
        assert parting(other, short) == parting(short, other) == lost


def test_faults_of_documents_and_much_hebrew_are_one_line_each(tmp_path: Path, run: Run) -> None:
    paths = _write(tmp_path, hyp=GOOD, ref=REFERENCES, src=SOURCES[:5], heb=SOURCES * 2, long=REFERENCES * 2)
    (tmp_path / "mixed.txt").write_bytes("“Talks” go on.\n".encode() + b"A caf\xe9.\n")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)))
    hyp, unaligned = str(paths["hyp"]), "--unaligned"
    for given, error in (
        ((tmp_path / "mixed.txt", unaligned), b"mixed.txt line 2 is in another encoding: save the file as"),
        ((tmp_path / "binary.txt", unaligned), b"binary.txt: it is not text: save"),
        (
            (paths["ref"], unaligned, "--source", paths["src"]),
            b"hyp.txt has 6 lines and src.txt 5; they seem to part at line 6: give translations with a line",
        ),
    ):
        done = run("score", hyp, *given)
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
        assert done.stderr.startswith(b"targem: " + error)
    done = run("score", paths["heb"], paths["long"], "--md")
    assert done.stderr == b"targem: heb.txt lines 1, 2, 3, 4, 5, 6, 7, 8 and 4 more: Hebrew was left in it\n"
    assert b"Hebrew was left in lines 1, 2, 3, 4, 5, 6, 7, 8 and 4 more." in done.stdout


def test_hebrew_in_what_is_left_alone_is_said(tmp_path: Path, run: Run) -> None:
    paths = _write(tmp_path, hyp=[*GOOD, "משפט שלא תורגם כלל ואין לו מקבילה."], ref=REFERENCES)
    done = run("score", paths["hyp"], paths["ref"], "--unaligned")
    assert b"Hebrew was left in 1 of the translation's sentences left alone." in done.stdout


def test_blocks_draw_what_one_matrix_would(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = np.arange(66.0).reshape(33, 2), np.ones((33, 2))
    whole = bootstrap_sums(one, 100), *shuffled_sums(one, two, 100)
    monkeypatch.setattr("mt.scoring.resampling._BLOCK", 200)
    for made, again in zip(whole, (bootstrap_sums(one, 100), *shuffled_sums(one, two, 100)), strict=True):
        assert np.array_equal(made, again)


def test_a_part_scores_as_a_corpus_of_its_own() -> None:
    counts = count(GOOD, [REFERENCES, BAD])
    for found in score(GOOD[2:5], [REFERENCES[2:5], BAD[2:5]]):
        assert counts[found.name].score([2, 3, 4]) == pytest.approx(found.score, abs=1e-9)


def _distance(one: list[str], two: list[str]) -> int:
    row = list(range(len(two) + 1))
    for at, word in enumerate(one, 1):
        last, row[0] = row[0], at
        for here, other in enumerate(two, 1):
            last, row[here] = row[here], min(row[here] + 1, row[here - 1] + 1, last + (word != other))
    return row[-1]


def test_the_cut_has_the_least_errors() -> None:
    chance = random.Random(1)
    for _ in range(40):
        said = chance.choices("abc", k=chance.randint(0, 7))
        given = [chance.choices("abc", k=chance.randint(1, 3)) for _ in range(chance.randint(1, 3))]
        cut = resegment(" ".join(said), [" ".join(segment) for segment in given])
        assert cut is not None
        assert [word for part in cut for word in part.split()] == said
        cost = sum(_distance(part.split(), segment) for part, segment in zip(cut, given, strict=True))
        ends = combinations_with_replacement(range(len(said) + 1), len(given) - 1)
        assert cost == min(
            sum(
                _distance(said[first:last], segment)
                for first, last, segment in zip((0, *inner), (*inner, len(said)), given, strict=True)
            )
            for inner in ends
        )


def test_a_text_too_long_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mt.scoring.resegment.MAX_CELLS", 5)
    assert resegment("one two three", ["one", "two three"]) is None


def test_documents_come_together_with_references_and_baselines() -> None:
    merged = [REFERENCES[0], f"{REFERENCES[1]} {REFERENCES[2]}", *REFERENCES[3:]]
    found = bring_together(GOOD, [merged, REFERENCES[1:]], baselines=[REFERENCES])
    sizes = {len(found.hypotheses), len(found.baselines[0]), *map(len, found.references)}
    assert sizes == {found.matching.pairs}
    assert "Nobody was hurt." in found.hypotheses
    assert f"{GOOD[1]} {GOOD[2]}" in found.hypotheses
    assert GOOD[0] in found.matching.left_out
    assert REFERENCES[0] in bring_together(GOOD[1:], [REFERENCES]).matching.added
    assert 0.5 < found.matching.hypothesis_share < 1
    assert found.matching.resegmented_chrf is not None


def test_errors_are_named() -> None:
    found = faults(
        "The two talks in Tiflis cost 3 million.", ["The talks of 2024 in Tbilisi cost three million."]
    )
    assert found.missing_numbers == ("2024",)
    assert found.wrong_numbers == ()
    assert found.missing_names == ("Tbilisi",)
    assert found.wrong_names == ("Tiflis",)
    long = faults("It rained in Baku.", ["It rained for three days and nights in Baku."])
    assert long.left_out == ("for three days and nights",)
    assert names("“The talks,” said Mr. Aliyev. Later Turkey's leader left.") == ["Mr", "Aliyev", "Turkey's"]


def test_rare_words_are_those_seldom_counted() -> None:
    assert rare_words(["הוא אמר לו את זה", "קשקבלוטציה של זה", ""]) == [(), ("קשקבלוטציה",), ()]


def test_sources_say_what_is_known(tmp_path: Path, run: Run) -> None:
    lines = ["הממשלה אישרה את התקציב לשנת 2024.", "הכנסת דנה בהצעת החוק."]
    pairs = tmp_path / "pairs.jsonl"
    rows = [
        {"id": f"p{at}", "source": line, "target": "x", "repair": "runs"} for at, line in enumerate(lines)
    ]
    pairs.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    assert [(found.pair, found.damage) for found in read_sources(pairs)] == [("p0", "runs"), ("p1", "runs")]
    text = tmp_path / "damaged.txt"
    text.write_text("\n".join(line[::-1] for line in lines), "utf-8")
    assert {found.damage for found in read_sources(text)} == {"visual"}
    repaired = tmp_path / "repaired.json"
    repaired.write_bytes(run("repair", str(text), "--json").stdout)
    assert [found.text.split()[0] for found in read_sources(repaired)] == ["הממשלה", "הכנסת"]
    repaired.write_text("[1]", "utf-8")
    done = run("score", str(repaired), str(repaired), "--source", str(repaired))
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"is not what targem repair --json writes" in done.stderr


def test_kinds_pairs_and_swings_are_shown() -> None:
    sources = tuple(Source(text, (f"p {at}",), "runs", 0.3) for at, text in enumerate(SOURCES))
    made = report(
        Task(tuple(GOOD), (tuple(REFERENCES),), sources, (("old", tuple(BAD)), ("new", tuple(GOOD))))
    )
    kinds = {bucket.name for bucket in made.buckets}
    assert {"source damaged: runs", "repair below 0.5", "with names", "with numbers"} <= kinds
    assert [compared.drawn for compared in made.baselines] == [0, 6]
    text = page(made, "x", "http://127.0.0.1:8000/")
    assert 'href="http://127.0.0.1:8000/pairs/p%200"' in text
    assert "source damaged|won" in text
    assert "| line | chrF2 | gain |" in markdown(made)


def test_scores_are_kept_and_listed(tmp_path: Path, run: Run) -> None:
    paths = _write(tmp_path, hyp=GOOD, ref=REFERENCES, history=BAD)
    store = ["--store", str(tmp_path / "s.db")]
    for name in ("history", "hyp"):
        assert run("score", str(paths[name]), str(paths["ref"]), "-m", "bleu", *store).returncode == 0
    first, second = json.loads(run("score", "history", *store, "--json").stdout)
    assert (first["model"], second["model"]) == ("history.txt", "hyp.txt")
    assert first["test_set"] == second["test_set"]
    assert "nrefs:1|bs:1000" in second["scores"][0]["signature"]
    table = run("score", "history", *store).stdout.decode().splitlines()
    assert table[0].split()[:2] == ["when", "model"]
    assert len(table) == 3
    missing = run("score", "history", "--store", str(tmp_path / "none.db"))
    assert missing.returncode == 1
    assert b"there is no store" in missing.stderr


def test_runs_of_one_test_set_stand_together(tmp_path: Path) -> None:
    paths = _write(tmp_path, ref=REFERENCES, other=GOOD)
    made = report(Task(tuple(GOOD), (tuple(REFERENCES),), tuple(map(Source, SOURCES)), (), Glossary(())))
    runs = [
        run_of(made, Files(paths["ref"], (paths[name],)), Glossary(()), f"m@{at}", "ab" * 32)
        for at, name in enumerate(("ref", "other", "ref"))
    ]
    assert [row[1] for row in history_table(runs)[1]] == ["m@0", "m@2", "m@1"]
