"""How well two documents are aligned: strict F1 over pairs and over sentences left alone, beside a plain way.

A pair counts when both its sides are exactly those of the gold standard (Langlais et al. 1998, ARCADE). The
costs of null and merged beads were chosen on these very sets, so expect less elsewhere. With `--growth`,
seconds by length, without translation.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aligned.align import Bead
from mt.aligning import align
from tests.bench.data import folder

SETS = ("clean", "easy", "hard")
Sides = tuple[tuple[int, ...], tuple[int, ...]]
Aligner = Callable[[Sequence[str], Sequence[str]], list[tuple[Sides, float]]]


def main(arguments: list[str]) -> None:
    """Print a row for each way and set, then how often pairs of a given confidence are right."""
    if "--growth" in arguments:
        print_growth()
        return
    data = folder(arguments)
    ways: dict[str, Aligner] = {
        "targem": lambda one, two: _beads(align(one, two)),
        "targem, no translation": lambda one, two: _beads(align(one, two, translating=False)),
        "diagonal": _diagonal,
    }
    print(f"{'way':24} {'set':6} {'P':>6} {'R':>6} {'F1':>6} {'null F1':>8} {'seconds':>8}")
    judged: list[tuple[float, bool]] = []
    for way, aligner in ways.items():
        for name in SETS:
            begun = time.process_time()
            counts, seen = _judge(aligner, data / f"alignment.{name}.json")
            seconds = time.process_time() - begun
            print(f"{way:24} {name:6} " + " ".join(f"{value:6.1f}" for value in counts) + f" {seconds:8.1f}")
            judged += seen if way == "targem" else []
    print(f"\n{'confidence':12} {'pairs':>6} {'right':>6}")
    for tenth in range(10):
        inside = [right for score, right in judged if min(int(score * 10), 9) == tenth]
        if inside:
            share = 100 * sum(inside) / len(inside)
            print(f"{tenth / 10:.1f} to {tenth / 10 + 0.1:.1f}   {len(inside):6} {share:5.1f}%")


def print_growth() -> None:
    """Print seconds for documents of made-up sentences, each length twice the one before."""
    print(f"{'sentences':>10} {'seconds':>8}")
    chance = random.Random(1)
    words = [f"w{number}" for number in range(5000)]
    for size in (1250, 2500, 5000, 10_000, 20_000):
        texts = [" ".join(chance.choices(words, k=15)) for _ in range(size)]
        kept = [text for text in texts if chance.random() > 0.05]
        begun = time.process_time()
        align(texts, kept, translating=False)
        print(f"{size:10} {time.process_time() - begun:8.1f}")


def _beads(beads: Sequence[Bead]) -> list[tuple[Sides, float]]:
    return [((tuple(bead.source), tuple(bead.target)), bead.score) for bead in beads]


def _diagonal(one: Sequence[str], two: Sequence[str]) -> list[tuple[Sides, float]]:
    return [(((at,), (at,)), 1.0) for at in range(min(len(one), len(two)))]


def _judge(aligner: Aligner, path: Path) -> tuple[list[float], list[tuple[float, bool]]]:
    """Return precision, recall and F1 of pairs and F1 of null beads; and of each pair score and verdict."""
    documents: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["documents"]
    tally = {"right": 0, "found": 0, "gold": 0, "null right": 0, "null found": 0, "null gold": 0}
    seen = []
    for document in documents:
        gold = {(tuple(source), tuple(target)) for source, target in document["gold"]}
        for sides, score in aligner(document["he"], document["en"]):
            kind = "" if all(sides) else "null "
            tally[f"{kind}found"] += 1
            tally[f"{kind}right"] += sides in gold
            if not kind:
                seen.append((score, sides in gold))
        tally["gold"] += sum(all(sides) for sides in gold)
        tally["null gold"] += sum(not all(sides) for sides in gold)
    precision = 100 * tally["right"] / max(tally["found"], 1)
    recall = 100 * tally["right"] / max(tally["gold"], 1)
    f1 = 200 * tally["right"] / max(tally["found"] + tally["gold"], 1)
    null = 200 * tally["null right"] / max(tally["null found"] + tally["null gold"], 1)
    return [precision, recall, f1, null], seen
