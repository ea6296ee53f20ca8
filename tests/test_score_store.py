"""Scores in the store: kept whole, in order, by model, and in databases made before there were any."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aligned.scores import KeptScore, ScoreRun
from aligned.store import Store
from tests.conftest import NewAddress
from tests.test_store import GOLDEN


@pytest.fixture
def store(new_address: NewAddress) -> Iterator[Store]:
    with Store.open(new_address()) as opened:
        yield opened


def run_of(model: str, score: float) -> ScoreRun:
    found = (
        KeptScore("BLEU", score, "BLEU|nrefs:1", score + 0.1, 1.5),
        KeptScore("chrF2", 2 * score, "chrF2|nrefs:1"),
    )
    return ScoreRun("2024-12-08T10:00:00+00:00", model, "ab" * 32, "cd" * 32, "ef" * 32, "ref.txt", 75, found)


def test_scores_come_back_as_they_were_kept(store: Store) -> None:
    kept = [run_of("brief@1", 20.5), run_of("brief@2", 22.0), run_of("briefs@1", 3.0), run_of("brief", 19.0)]
    for run in kept:
        store.add_scores(run)
    assert store.scores() == kept
    assert store.scores("brief") == [kept[0], kept[1], kept[3]]
    assert store.scores("brief@2") == [kept[1]]
    assert store.scores("b%") == []


@pytest.mark.parametrize("version", [1, 2, 3])
def test_older_databases_can_keep_scores(tmp_path: Path, version: int) -> None:
    path = tmp_path / "old.db"
    shutil.copyfile(GOLDEN.with_name(f"golden_store_{version}.db"), path)
    with Store.open(str(path)) as store:
        assert store.scores() == []
        store.add_scores(run_of("m", 1.0))
        assert len(store.scores()) == 1
