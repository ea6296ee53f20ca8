"""How fast the engine is by how threads are laid out: batches at once times threads for each.

`python -m tests.bench layout [DATA] [--rounds N] [--sentences N]`. Each layout is a process of its own, they
take turns, and medians of wall seconds count: give it a machine that does nothing else. The layout that the
program chooses is marked.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

import ctranslate2

from mt.engines.base import Request
from mt.engines.convert import converted
from mt.engines.ctranslate2 import CTranslate2Engine
from mt.engines.folder import find_model
from mt.engines.machine import cores
from tests.bench.data import document, parser


def main(arguments: list[str]) -> None:
    """Print the table, or with `--one` measure one layout."""
    options = parser("layout", 200)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--one")
    chosen = options.parse_args(arguments)
    if chosen.one:
        at_once, threads = (int(number) for number in chosen.one.split("x"))
        print(json.dumps(measure(at_once, threads, document(chosen))))
        return
    layouts = list(dict.fromkeys([f"{cores()}x1", f"1x{cores()}", "1x1"]))
    found: dict[str, list[tuple[float, float, float]]] = {layout: [] for layout in layouts}
    for _ in range(chosen.rounds):
        for layout, made in found.items():
            command = [sys.executable, "-m", "tests.bench", "layout", *arguments, "--one", layout]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            made.append(tuple(json.loads(done.stdout)))
    print("| batches at once x threads | words/s | words/s of processor |\n|---|---|---|")
    for layout, made in found.items():
        words, wall, cpu = (statistics.median(values) for values in zip(*made, strict=True))
        mark = ", as the program does" if layout == layouts[0] else ""
        print(f"| {layout}{mark} | {words / wall:.0f} | {words / cpu:.0f} |")


def measure(at_once: int, threads: int, document: Sequence[str]) -> tuple[float, float, float]:
    """Return words, wall seconds and processor seconds of a document under one layout."""
    model = find_model()
    engine = CTranslate2Engine(model)
    engine._workers = at_once
    engine.__dict__["_translator"] = ctranslate2.Translator(
        str(converted(model)), device="cpu", inter_threads=at_once, intra_threads=threads
    )
    asked = [Request(engine.pieces.source(text)[0], wants_attention=False) for text in document]
    engine.decode(asked[:4])
    wall, cpu = time.perf_counter(), time.process_time()
    engine.decode(asked)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return float(sum(len(text.split()) for text in document)), wall, cpu
