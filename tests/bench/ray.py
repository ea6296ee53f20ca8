"""Throughput on Ray against workers, and on paper the way to a billion sentences from what was measured.

`python -m tests.bench ray [DATA] [--sentences N] [--workers 1 2 4] [--price P]`. Every count of workers
translates one row first, which is what starting costs, then all of them; wall seconds count, so give it a
machine that does nothing else. The paper takes seconds and bytes of each stage from one process of the same
run.
"""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from glossary.terms import shipped
from mt import cluster
from mt.cluster import Cluster, Job, translate_on_ray
from mt.corpus import translate_corpus
from mt.corpus_rows import open_corpus
from mt.engines.settings import DEFAULT_BEAM, DEFAULT_MODEL, ENGINES
from mt.repair import repair_lines
from tests.bench.data import folder, pairs, parser

SETS = ("policy.tsv", "flores-dev.tsv")
BILLION = 10**9
ACTORS = (16, 64, 256, 1024)
JOB = Job(DEFAULT_MODEL, ENGINES[0], DEFAULT_BEAM, shipped(), repair_lines)
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Stages:
    """Of a row on average: processor seconds by stage, bytes by place, words; and seconds to load a model."""

    prepare: float
    translate: float
    check: float
    bytes_in: float
    bytes_stored: float
    bytes_out: float
    words: float
    loading: float


def main(arguments: list[str]) -> None:
    """Print the table and the paper."""
    options = parser("ray", 1000)
    options.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    options.add_argument("--price", type=float, default=0.04, help="of a core for an hour, in dollars")
    chosen = options.parse_args(arguments)
    texts = [text for name in SETS for text, _ in pairs(folder(chosen.data) / name)][: chosen.sentences]
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        one, rows = write(home / "one.jsonl", texts[:1]), write(home / "all.jsonl", texts)
        compare(home, one, rows, texts, chosen.workers)
        billion(stages(rows), chosen.price)


def write(path: Path, texts: Sequence[str]) -> Path:
    """Write a corpus of JSON Lines."""
    rows = (json.dumps({"id": n, "source": text}, ensure_ascii=False) for n, text in enumerate(texts))
    path.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    return path


def compare(home: Path, one: Path, rows: Path, texts: Sequence[str], workers: Sequence[int]) -> None:
    """Print rows and words a second, in one process and on Ray by workers."""
    words = sum(len(text.split()) for text in texts)
    made = JOB.worker()
    seconds, _ = timed(lambda: list(translate_corpus(open_corpus(rows), home / "out.jsonl", made)))
    print("| | start, s | rows, s | words/s | against one process |\n|---|---|---|---|---|")
    print(f"| one process, without Ray | | {seconds:.1f} | {words / seconds:.0f} | 1.00 |")
    for count in workers:
        run = Cluster(workers=count)
        start, _ = timed(partial(translate_on_ray, open_corpus(one), home / f"one-{count}", JOB, run))
        whole, _ = timed(partial(translate_on_ray, open_corpus(rows), home / f"out-{count}", JOB, run))
        took = max(whole - start, 1e-9)
        speed, ratio = words / took, seconds / took
        print(f"| Ray, workers: {count} | {start:.1f} | {took:.1f} | {speed:.0f} | {ratio:.2f} |", flush=True)


def stages(path: Path) -> Stages:
    """Measure the stages of the cluster one after another in this process."""
    table = import_module("pyarrow").Table
    loading, worker = timed(loaded, time.process_time)
    size = path.stat().st_size
    read = list(cluster._Read(path)({"first": 0, "last": size}))
    prepare, ready = timed(lambda: [cluster._Prepare(JOB.repair)(row) for row in read], time.process_time)
    batch = {name: [row[name] for row in ready] for name in ready[0]}
    translate, given = timed(lambda: worker(dict(batch)), time.process_time)
    rows = [dict(zip(given, cells, strict=True)) for cells in zip(*given.values(), strict=True)]
    checker = cluster._Check(JOB.glossary)
    checker(dict(rows[0]))  # it reads its glossary once
    check, made = timed(lambda: [checker(dict(row)) for row in rows], time.process_time)
    written, count = BytesIO(), len(rows)
    import_module("pyarrow.parquet").write_table(table.from_pylist(made), written)
    return Stages(
        prepare=prepare / count,
        translate=translate / count,
        check=check / count,
        bytes_in=size / count,
        bytes_stored=(table.from_pydict(batch).nbytes + table.from_pydict(given).nbytes) / count,
        bytes_out=written.tell() / count,
        words=sum(len(row["source"].split()) for row in read) / count,
        loading=loading,
    )


def loaded() -> cluster._Translate:
    """Return what an actor is, its weights loaded."""
    actor = cluster._Translate(JOB)
    actor({"sentences": ['["שלום"]']})
    return actor


def billion(each: Stages, price: float) -> None:
    """Print what a billion rows like these need, by actors."""
    around = each.prepare + each.check
    hours = (each.translate + around) * BILLION / 3600
    cost = hours * price / (each.words * BILLION / 1e6)
    print(
        f"\nA billion rows of {each.words:.1f} words, from {each.translate * 1e3:.1f} ms of a core an actor"
    )
    print(
        f"needs for one, {around * 1e3:.1f} ms for reading, repair and checks, {each.loading:.1f} s to load:"
    )
    gigabytes = [f"{size * BILLION / 1e9:,.0f} GB" for size in (each.bytes_in, each.bytes_out)]
    print(f"read {gigabytes[0]}, written {gigabytes[1]} (Parquet), through the object store ", end="")
    print(f"{each.bytes_stored * BILLION / 1e9:,.0f} GB; {hours:,.0f} hours of a core, ", end="")
    print(f"{cost:.3f} dollars a million words at {price} dollars a core and hour\n")
    print("| actors | other cores | days | object store, MB/s in all |\n|---|---|---|---|")
    for actors in ACTORS:
        seconds = each.translate * BILLION / actors + each.loading
        others = actors * around / each.translate
        print(
            f"| {actors} | {others:.0f} | {seconds / 86400:.1f} "
            f"| {each.bytes_stored * BILLION / seconds / 1e6:.1f} |"
        )
    print(
        "\nAssumed: cores like this one, one for each actor, and no actor idle (the table above shows how far"
    )
    print("that holds on one machine); rows like these. Ray's own work and lost workers are not in it.")


def timed(work: Callable[[], Made], clock: Callable[[], float] = time.perf_counter) -> tuple[float, Made]:
    """Return the seconds that some work took, by the wall unless told otherwise, and what it made."""
    begun = clock()
    made = work()
    return clock() - begun, made
