"""The same translate over Ray: what one process says, also when a worker is killed; faults in one line."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import mt.corpus_rows
from glossary.terms import shipped
from mt.cluster import Cluster, Job, translate_on_ray
from mt.corpus import translate_corpus
from mt.corpus_rows import open_corpus
from mt.errors import DocumentError, SettingError
from mt.repair import repair_lines
from tests.conftest import Run

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray warns of its own parts
ROWS = 240
JOB = Job("he-en", "ctranslate2", 1, shipped(), repair_lines)
WORDS = ("הנשיא ביקר בבאקו", "השר דיבר על הסכם", "הפרלמנט אישר את התקציב", "הממשלה פתחה שגרירות בטהרן")


@pytest.fixture
def installed() -> None:
    pytest.importorskip("ray.data", reason="Ray is not installed: pip install 'targem[ray]'")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    rows = ({"id": n, "source": f"{WORDS[n % 4]} ב-{n + 1}. הוא חזר."} for n in range(ROWS))
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def on_ray(
    path: Path, output: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, Any]]:
    monkeypatch.setattr(mt.corpus_rows, "PIECE_BYTES", 2000)
    assert translate_on_ray(open_corpus(path), output, JOB, cluster, rows=8) == ROWS
    rows: list[dict[str, Any]] = import_module("pyarrow.parquet").read_table(output).to_pylist()
    return rows


def in_one_process(path: Path, output: Path) -> list[dict[str, Any]]:
    list(translate_corpus(open_corpus(path), output, JOB.worker()))
    return [json.loads(line) for line in output.read_text("utf-8").splitlines()]


def same(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> bool:
    """Compare texts, terms and findings; probabilities move a little with what stands in a batch beside."""

    def row(made: dict[str, Any], fields: dict[str, Any], receipts: list[dict[str, Any]]) -> tuple[Any, ...]:
        terms = [(r["term"], r["target_start"], r["method"]) for r in receipts]
        return (fields["id"], made["source"], made["target"], terms)

    one = [row(r, json.loads(r["fields"]), json.loads(r["receipts"])) for r in found]
    findings = [json.loads(r["findings"]) for r in found]
    return one == [row(r, r, r["receipts"]) for r in expected] and findings == [
        r["findings"] for r in expected
    ]


def actors() -> Iterator[int]:
    """Yield the processes of this one's cluster that hold a model: grandchildren, by way of the raylet."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            name = (path / "cmdline").read_bytes()
            if name.startswith(b"ray::MapWorker") and parent(parent(int(path.name))) == os.getpid():
                yield int(path.name)
        except OSError:
            continue


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("workers", [2, 4])
@pytest.mark.parametrize("kill", [False, True])
def test_a_cluster_says_what_one_process_says(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int, kill: bool
) -> None:
    killed: list[int] = []

    def assassin() -> None:
        until = time.monotonic() + 600  # a busy machine is slow to start actors
        while not killed and time.monotonic() < until:
            found = list(actors())
            if found:
                time.sleep(1)  # let it load its model and begin
                os.kill(found[0], signal.SIGKILL)
                killed.append(found[0])
            time.sleep(0.05)

    thread = threading.Thread(target=assassin, daemon=True)
    if kill:
        thread.start()
    found = on_ray(corpus, tmp_path / "out", Cluster(workers=workers), monkeypatch)
    assert bool(killed) == kill
    assert [a["at"] < b["at"] for a, b in pairwise(found)] == [True] * (ROWS - 1)
    assert same(found, in_one_process(corpus, tmp_path / "one.jsonl"))


@pytest.mark.usefixtures("installed")
def test_a_running_cluster_is_found_by_its_address_and_models_may_share_a_gpu(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray keeps count of GPUs that it is told of; whether they are there is the engine's affair."""
    left = tmp_path / "out.parts"
    left.mkdir()
    (left / "of a killed run.parquet").write_bytes(b"PAR1")
    running = import_module("ray.cluster_utils").Cluster(
        initialize_head=True, head_node_args={"num_cpus": 2, "num_gpus": 1, "include_dashboard": False}
    )
    try:
        running.add_node(num_cpus=1)
        machines = Cluster(running.address, workers=2, gpus=0.5)
        found = on_ray(corpus, tmp_path / "out", machines, monkeypatch)
    finally:
        running.shutdown()
    assert [json.loads(row["fields"])["id"] for row in found] == list(range(ROWS))
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "out"}


@pytest.mark.usefixtures("installed")
def test_a_fault_in_a_worker_is_our_own_error(corpus: Path, tmp_path: Path) -> None:
    with corpus.open("a") as file:
        file.write('{"text": 1}\n')
    with pytest.raises(DocumentError, match=f"line {ROWS + 1} has no source") as caught:
        translate_on_ray(open_corpus(corpus), tmp_path / "out", JOB, Cluster())
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_an_output_that_exists_is_not_touched(corpus: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray.data", reason="Ray is not installed: pip install 'targem[ray]'")
    with pytest.raises(DocumentError, match="exists already"):
        translate_on_ray(open_corpus(corpus), tmp_path, JOB, Cluster())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sample", "-o", "out"], "--ray is for corpora"),
        (["in.jsonl"], "-o FOLDER"),
        (["in.jsonl", "-o", "out", "--workers", "0"], "--workers"),
        (["in.jsonl", "-o", "out", "--gpus", "0.5"], "--engine transformers"),
    ],
)
def test_what_a_cluster_cannot_do_is_one_line(
    run: Run, corpus: Path, arguments: list[str], said: str
) -> None:
    assert corpus.exists()
    done = run("translate", *arguments, "--ray", "local")
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert said in done.stderr.decode()


def test_without_ray_the_program_says_what_to_install(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "ray.data", raising=False)
    with pytest.raises(SettingError, match=r"targem\[ray\]"):
        translate_on_ray(open_corpus(corpus), tmp_path / "out", JOB, Cluster())
