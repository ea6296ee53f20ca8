"""A model between parent and child: its weights, and which one is chosen."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from mt.train.blend import SHARES, blend, moderate
from mt.train.judge import GENERAL, NEW, Judgement


@pytest.fixture
def family(tmp_path: Path) -> tuple[Path, Path]:
    for name, value in (("parent", 1.0), ("child", 3.0)):
        (tmp_path / name).mkdir()
        weights = {"layer": torch.full((2, 3), value, dtype=torch.float16)}
        save_file(weights, tmp_path / name / "model.safetensors", metadata={"format": "pt"})
        (tmp_path / name / "config.json").write_text(json.dumps({"of": name}), "utf-8")
    return tmp_path / "parent", tmp_path / "child"


def judgement(chrf: float) -> Judgement:
    return Judgement(10, 20.0, chrf, 0, 0)


def test_weights_lie_between_those_of_parent_and_child(family: tuple[Path, Path], tmp_path: Path) -> None:
    folder = blend(*family, 0.75, tmp_path / "mixed")
    layer = load_file(folder / "model.safetensors")["layer"]
    assert layer.dtype == torch.float16
    assert layer.tolist() == [[2.5] * 3] * 2
    assert json.loads((folder / "config.json").read_text("utf-8")) == {"of": "child"}


# General chrF of the child alone and of ever less of it, from 40 before; new chrF falls with the share.
CASES = [
    ((39.8, 39.9, 40.0), 1.0),
    ((39.0, 39.6, 39.9), 0.75),
    ((38.0, 39.0, 39.6), 0.5),
    ((30.0, 31.0, 32.0), 0.5),
]


@pytest.mark.parametrize(("general", "expected"), CASES)
def test_as_much_of_the_child_is_kept_as_general_text_can_bear(
    family: tuple[Path, Path], general: tuple[float, ...], expected: float
) -> None:
    shares: list[Path] = []

    def judged(folder: Path) -> dict[str, Judgement]:
        shares.append(folder)
        at = len(shares) - 1
        return {NEW: judgement(50.0 - at), GENERAL: judgement(general[at])}

    folder, share = moderate(*family, {NEW: judgement(45), GENERAL: judgement(40)}, judged)
    assert (share, folder) == (expected, shares[SHARES.index(expected)])


def test_without_general_text_the_best_on_new_pairs_is_kept(family: tuple[Path, Path]) -> None:
    found = iter((46.0, 48.0, 47.0))
    _, share = moderate(*family, {NEW: judgement(45)}, lambda _: {NEW: judgement(next(found))})
    assert share == 0.75
