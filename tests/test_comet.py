"""COMET by pymarian: what it is asked, its errors, and its numbers against XLM-RoBERTa of transformers."""

import json
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path

import pytest

from mt.errors import SettingError
from mt.scoring.comet import HUB_VOCABULARY, HUB_WEIGHTS, KNOWN, Comet, find_weights
from tests.browser import ROOT
from tests.conftest import Run
from tests.test_score import BAD, GOOD, REFERENCES, SOURCES, _write
from tests.tiny_comet import TinyComet

real = pytest.mark.skipif(not find_spec("pymarian"), reason="needs pymarian: pip install 'targem[comet]'")

# pymarian.eval in small: a segment scores the letters of its translation, in hundredths.
STAND_IN = """
import argparse, os, signal, sys
parser = argparse.ArgumentParser()
for name in ("-m", "-v", "-l", "-o", "-w", "-c", "--mini-batch", "--workspace"):
    parser.add_argument(name)
for name in ("--stdin", "--debug"):
    parser.add_argument(name, action="store_true")
given = parser.parse_args()
assert (given.stdin, given.l, given.mini_batch) == (True, "comet", "1")
assert open(given.v).read() == "vocabulary"
says = open(given.m).read()
if says == "abort":
    print("[now] Error: Model is of another kind\\n[now] Error: Aborted\\n[CALL STACK]", file=sys.stderr)
    os.abort()
rows = [line.rstrip("\\n").split("\\t") for line in sys.stdin]
assert all(len(row) == 3 and all(row) for row in rows)
scores = [len(row[1].strip()) / 100 for row in rows]
if says == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if says == "few":
    scores.pop()
if says == "broken":
    scores[0] = float("nan")
open(given.o, "w").write("".join(f"{score}\\n" for score in scores))
"""


def _stand_in(folder: Path, says: str) -> tuple[Path, dict[str, str]]:
    """Return a folder of weights, and the environment in which they are read by the stand-in."""
    weights = folder / "my weights"
    weights.mkdir()
    (weights / "comet.npz").write_text(says, "utf-8")
    (weights / "x.spm").write_text("vocabulary", "utf-8")
    package = folder / "site" / "pymarian"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "eval.py").write_text(STAND_IN, "utf-8")
    record = folder / "site" / "pymarian-1.0.dist-info" / "METADATA"
    record.parent.mkdir()
    record.write_text("Metadata-Version: 2.1\nName: pymarian\nVersion: 1.0\n", "utf-8")
    return weights, {"PYTHONPATH": f"{package.parent}:{ROOT}"}


def _arguments(folder: Path) -> list[str]:
    said = [GOOD[0], "", *GOOD[2:]]
    paths = _write(folder, hyp=said, ref=REFERENCES, src=SOURCES, base=BAD)
    return [
        "score",
        *(str(paths[name]) for name in ("hyp", "ref")),
        "--source",
        str(paths["src"]),
        "-m",
        "comet",
    ]


def test_segments_are_scored_in_percent(tmp_path: Path, run: Run) -> None:
    weights, environment = _stand_in(tmp_path, "well")
    given = [*_arguments(tmp_path), "--baseline", str(tmp_path / "base.txt"), "--json"]
    done = run(*given, "--comet-model", weights, **environment)
    assert done.stderr == b""
    [found] = json.loads(done.stdout)["metrics"]
    letters = [len(text) for at, text in enumerate(GOOD) if at != 1]
    assert found["name"] == "COMET"
    assert found["score"] == pytest.approx(sum(letters) / len(GOOD))
    assert "|comet:my weights|model:" in found["signature"]
    assert found["signature"].endswith("|by:pymarian-1.0")
    assert 0 < found["p_bootstrap"] <= 1


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (
            "abort",
            "pymarian failed with 'my weights' (Model is of another kind): give --comet-model a folder",
        ),
        ("killed", "pymarian failed with 'my weights' (status -9): give --comet-model a folder"),
        ("few", "pymarian gave 5 numbers for 6 segments: see whether the weights of 'my weights' are whole"),
        ("broken", "pymarian gave 5 numbers for 6 segments: see whether"),
    ],
)
def test_what_pymarian_cannot_do_is_one_line(tmp_path: Path, run: Run, says: str, error: str) -> None:
    weights, environment = _stand_in(tmp_path, says)
    done = run(*_arguments(tmp_path), "--comet-model", weights, **environment)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
    assert done.stderr.decode().startswith(f"targem: {error}")


def test_without_pymarian_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("mt.scoring.comet.version", version)
    with pytest.raises(SettingError, match=r"^COMET needs pymarian.*: pip install 'targem\[comet\]'$"):
        Comet()


def test_weights_are_found_where_pymarian_fetched_them(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, environment = _stand_in(tmp_path, "well")
    cache = tmp_path / "cache"
    done = run(*_arguments(tmp_path), MARIAN_CACHE=str(cache), **environment)
    assert done.stderr.decode() == (
        f"targem: the weights of COMET 'wmt22-comet-da' are not in {cache}: fetch them where there is "
        "network (pymarian-eval -m wmt22-comet-da --stdin -c 1 --print-cmd), or give --comet-model FOLDER\n"
    )
    files = []
    for repository, file in ((HUB_WEIGHTS[0].format(KNOWN[0]), HUB_WEIGHTS[1]), HUB_VOCABULARY):
        home = cache / f"models--{repository.replace('/', '--')}"
        files.append(home / "snapshots" / "abc" / file)
        files[-1].parent.mkdir(parents=True)
        files[-1].touch()
        (home / "refs").mkdir()
        (home / "refs" / "main").write_text("abc", "utf-8")
    monkeypatch.setenv("MARIAN_CACHE", str(cache))
    assert find_weights(KNOWN[0]) == tuple(files)


def test_a_wrong_folder_or_name_is_said(tmp_path: Path) -> None:
    with pytest.raises(
        SettingError, match=r"no weights 'wmt22' for COMET: .* wmt22-comet-da, wmt21-comet-da"
    ):
        find_weights("wmt22")
    with pytest.raises(SettingError, match=r"has 0 files \*\.bin or \*\.npz: give a folder"):
        find_weights(str(tmp_path))
    (tmp_path / "model.bin").touch()
    with pytest.raises(SettingError, match=r"has 0 files \*\.spm"):
        find_weights(str(tmp_path))
    (tmp_path / "model.npz").touch()
    with pytest.raises(SettingError, match="has 2 files"):
        find_weights(str(tmp_path))


@real
def test_the_numbers_are_those_of_the_network(tmp_path: Path) -> None:
    """By XLM-RoBERTa of transformers with the same weights, whatever stands beside a segment."""
    tiny = TinyComet([*SOURCES, *GOOD, *BAD, *REFERENCES])
    metric = Comet(str(tiny.save(tmp_path / "my weights")))
    said = [*GOOD[:4], "", GOOD[5]]
    wanted = [tiny.score(*row) for row in zip(SOURCES, said, REFERENCES, strict=True)]
    assert len({round(score, 3) for score in wanted}) == len(wanted)
    assert metric.score(SOURCES, said, REFERENCES) == pytest.approx(wanted, abs=2e-6)
    for end in (1, 5):
        found = metric.score(SOURCES[:end], said[:end], REFERENCES[:end])
        assert found == pytest.approx(wanted[:end], abs=2e-6)


@real
def test_weights_of_another_kind_are_one_line(tmp_path: Path, run: Run) -> None:
    weights = TinyComet(GOOD).save(tmp_path / "weights")
    given = [*_arguments(tmp_path), "--comet-model", str(weights)]
    (weights / "vocab.spm").write_bytes(b"no vocabulary")
    done = run(*given)
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert done.stderr.startswith(b"targem: pymarian failed with 'weights' (SentencePiece vocabulary error")
