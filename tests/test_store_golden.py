"""Databases of later schemas, as they were when theirs was the newest: what people keep must still open."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from aligned.migrations import NEWEST
from aligned.paging import Filter, Order
from aligned.records import Change, Status
from aligned.references import Reference
from aligned.scores import KeptScore, ScoreRun
from aligned.store import Store
from tests.test_store import GOLDEN, golden_record, translation

RUN = ScoreRun(
    "2026-01-02T03:04:05+00:00", "he-en@0", "ab" * 32, "cd" * 32, "ef" * 32, "ref.txt", 2,
    (KeptScore("BLEU", 12.5, "BLEU|nrefs:1", 12.4, 0.5), KeptScore("chrF2", 40.0, "chrF2|nrefs:1")),
)  # fmt: skip
REFERENCE = Reference(0, 2, "Water and its price.", "ref.txt|chrF2")


def write_golden(path: Path, has_references: bool, has_index: bool) -> None:
    """Make the golden database of schema 4 or later: with references from 5 on, and indexed texts from 6 on.

    None must ever be made anew.
    """
    with Store.open(str(path)) as store:
        number = store.add_document(golden_record())
        store.add_translations([translation("k1", "Water."), translation("k2", "The price.")])
        store.add_pairs(number, [(0, "k1"), (1, "k2")], "glossary 1")
        first, second = store.pairs(number)
        store.set_status(first.id, Status.ACCEPTED, "dana")
        store.edit(second.id, "The price of water.", "avi", 0)
        store.add_scores(RUN)
        if has_references:
            store.keep_references(number, [REFERENCE])
            store.keep_chrf({second.id: 62.5})
        if has_index:
            store.index_texts()
            store.edit(first.id, "Waters.", "avi", 1)
            store.undo(first.id, "avi")
    with sqlite3.connect(path) as connection:
        for pragma in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 512", "VACUUM"):
            connection.execute(pragma)
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


@pytest.fixture(params=[4, 5, 6, 7])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of the database of a schema, named by its number."""
    return shutil.copyfile(
        GOLDEN.with_name(f"golden_store_{request.param}.db"), tmp_path / f"{request.param}.db"
    )


def test_a_later_database_still_opens(path: Path) -> None:
    with Store.open(str(path)) as store:
        first, second = store.pairs()
        assert (first.status, second.status) == (Status.ACCEPTED, Status.EDITED)
        assert (first.target, second.target) == ("Water.", "The price of water.")
        assert first.segment == golden_record().segments[0]
        [change] = store.history(second.id)
        assert isinstance(change, Change)
        assert (change.who, change.target_before) == ("avi", "The price.")
        assert store.scores() == [RUN]
        assert store.count(Filter(text="PRICE OF")) == 1
        store.undo(second.id, "avi")
        assert store.pair(second.id).pair.target == "The price."


def test_references_are_kept_from_schema_5_on(path: Path) -> None:
    with Store.open(str(path)) as store:
        [worst] = store.page(Filter(order=Order.REFERENCE)).items or [None]
        found = [item.references for item in store.compared(1)]
        has_references = path.stem != "4"
        assert found == ([(REFERENCE.text,)] if has_references else [])
        assert (worst and worst.chrf) == (62.5 if has_references else None)


def test_texts_are_found_in_every_schema(path: Path) -> None:
    with Store.open(str(path)) as store:
        for text, count in (("PRICE OF", 1), ("waters", 0), ("ater", 2), ("zz", 0), ("r.", 2)):
            assert store.count(Filter(text=text)) == count
        store.index_texts()
        assert store.count(Filter(text="r.")) == 2
        assert store.count(Filter(text="price of water")) == 1
        store.edit(next(store.pairs()).id, "The sea.", "dana", store.page().items[0].version)
        assert store.count(Filter(text="the sea")) == 1


def test_every_schema_has_its_database() -> None:
    known = [GOLDEN.with_name(f"golden_store_{number}.db") for number in range(1, NEWEST + 1)]
    assert [path.name for path in known if not path.is_file()] == []
