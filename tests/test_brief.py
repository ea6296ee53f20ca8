"""A brief from file to store: provenance to the line, terms in place, and runs that are killed."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aligned.store import Store
from glossary.receipt import Method
from glossary.terms import Glossary, Term, shipped
from mt.brief import cut, open_brief, translate_brief
from mt.documents import Kind
from mt.engines.base import Engine
from mt.errors import DocumentError
from mt.readers import read_document
from mt.repair import leave_alone, repair_lines
from mt.sample import sample_path
from mt.translate import Translator
from tests.fake_engine import FakeEngine

REAL_BRIEF = Path(__file__).resolve().parent.parent.parent / "shared" / "brief" / "brief.he.txt"

WRAPPED = """\
כותרת המסמך

ביום שני נפתחה השגרירות בבאקו. השר אמר כי
היחסים הם נכס. בשנת 2020-ב הוחלט על כך,
והפרלמנט אישר.

• פריט ראשון ברשימה
• פריט שני. ובו עוד משפט.
"""


def fake(terms: Glossary | None = None) -> Translator:
    return Translator(FakeEngine({}), terms or Glossary((Term("באקו", ("Baku",)),)))


@pytest.fixture
def wrapped(tmp_path: Path) -> Path:
    path = tmp_path / "wrapped.txt"
    path.write_text(WRAPPED, encoding="utf-8")
    return path


def test_every_segment_knows_its_block_its_place_and_its_lines(wrapped: Path) -> None:
    document = read_document(wrapped, repair_lines)
    segments = cut(document)
    for segment in segments:
        block = document.blocks[segment.block]
        assert block.text[segment.start : segment.end] == segment.text
        assert block.kind == segment.kind
    assert [s.position for s in segments] == list(range(len(segments)))
    places = {s.text: (s.first_line, s.last_line) for s in segments}
    assert places["כותרת המסמך"] == (1, 1)
    assert places["ביום שני נפתחה השגרירות בבאקו."] == (3, 3)
    assert places["השר אמר כי היחסים הם נכס."] == (3, 4)
    assert places["בשנת ב-2020 הוחלט על כך, והפרלמנט אישר."] == (4, 5)
    assert places["ובו עוד משפט."] == (8, 8)


def test_a_repaired_segment_keeps_the_damaged_lines(wrapped: Path) -> None:
    repaired = [s for s in cut(read_document(wrapped, repair_lines)) if s.damaged]
    assert [s.text[:8] for s in repaired] == ["השר אמר ", "בשנת ב-2"]  # both stand on that line
    assert all(s.repair == "numbers" and "2020-ב" in (s.damaged or "") for s in repaired)
    assert not any(s.damaged for s in cut(read_document(wrapped, leave_alone)))


def test_pairs_are_kept_with_their_whole_chain(wrapped: Path, tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        translated, summary = translate_brief(open_brief(wrapped), fake(), store)
        pairs = list(store.pairs())
    assert tuple(pairs) == translated.pairs
    assert summary.sentences == summary.fresh == len(pairs) == 7
    (baku,) = [pair for pair in pairs if pair.receipts]
    assert baku.receipts[0].method is Method.FORCED
    assert baku.source[baku.receipts[0].source_start : baku.receipts[0].source_end] == "באקו"
    assert baku.target[baku.receipts[0].target_start : baku.receipts[0].target_end] == "Baku"
    assert baku.name == "wrapped.txt"
    assert baku.signature == "engine:fake"
    assert len(baku.glossary) == len(baku.document) == 64
    assert [block.block.marker for block in translated.blocks][-2:] == ["•", "•"]


def test_a_second_run_translates_nothing(wrapped: Path, tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        first, _ = translate_brief(open_brief(wrapped), fake(), store)
        again = fake()
        second, summary = translate_brief(open_brief(wrapped), again, store)
    assert summary.fresh == 0
    assert first == second
    assert isinstance(again.engine, FakeEngine)
    assert again.engine.asked == []


def test_a_new_term_costs_only_the_sentences_that_have_it(wrapped: Path, tmp_path: Path) -> None:
    more = Glossary((Term("באקו", ("Baku",)), Term("השר", ("The minister",))))
    with Store.open(str(tmp_path / "store.db")) as store:
        translate_brief(open_brief(wrapped), fake(), store)
        translated, summary = translate_brief(open_brief(wrapped), fake(more), store)
    assert summary.fresh == 1
    assert any("The minister" in pair.target for pair in translated.pairs)


def test_a_document_without_hebrew_is_refused(tmp_path: Path) -> None:
    (tmp_path / "english.txt").write_text("Nothing but English here.\n")
    with pytest.raises(DocumentError, match="no Hebrew"):
        open_brief(tmp_path / "english.txt")


@pytest.mark.parametrize("ending", ["txt", "docx", "pdf"])
def test_the_sample_comes_out_in_every_format(ending: str, tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        translated, summary = translate_brief(
            open_brief(sample_path(f"brief.he.{ending}")), fake(shipped()), store
        )
    assert summary.failed == 0
    assert summary.terms >= 60
    kinds = {block.block.kind for block in translated.blocks}
    assert {Kind.HEADING, Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.MASTHEAD} <= kinds
    if ending == "pdf":
        assert {pair.segment.page for pair in translated.pairs} == {1, 2}


def test_the_real_brief_has_every_term_in_place(engine: Engine, tmp_path: Path) -> None:
    if not REAL_BRIEF.is_file():
        pytest.skip(f"the real brief is not at {REAL_BRIEF}")
    with Store.open(str(tmp_path / "store.db")) as store:
        translated, summary = translate_brief(open_brief(REAL_BRIEF), Translator(engine, shipped()), store)
    assert summary.failed == 0
    assert summary.terms > 120
    for pair in translated.pairs:
        for receipt in pair.receipts:
            assert pair.target[receipt.target_start : receipt.target_end] == receipt.target
    apart = [block.block for block in translated.blocks if block.block.is_furniture]
    assert {block.kind for block in apart} == {Kind.MASTHEAD, Kind.RUNNING_TITLE}


def _kept(store: Path) -> int:
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
            return int(database.execute("select count(*) from translations").fetchone()[0])
    except sqlite3.Error:
        return 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_run_goes_on_where_it_stopped(how: signal.Signals, engine: Engine, tmp_path: Path) -> None:
    assert engine.signature  # the model is converted before the clock of this test runs
    places = ("באקו", "ירושלים", "טהראן", "אנקרה", "תל אביב")
    lines = [f"ביום {day} במרץ נפתח משרד חדש ב{place}." for day in range(1, 31) for place in places]
    brief, store = tmp_path / "long.txt", tmp_path / "targem.db"
    brief.write_text("\n\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "mt", "translate", str(brief), "--store", str(store)]
    root = str(Path(__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": root}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        deadline = time.monotonic() + 120
        while not _kept(store) and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        run.send_signal(how)
        _, error = run.communicate()
    kept = _kept(store)
    assert 0 < kept < len(lines)
    if how is not signal.SIGKILL:
        assert run.returncode == 130
        assert error.decode() == "targem: interrupted: run the same command again to go on\n"
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert f"{len(lines)} sentences ({len(lines) - kept} new)" in done.stderr.decode()
    assert _kept(store) == len(lines)
