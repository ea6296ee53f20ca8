"""What a score costs beside sacrebleu's own: counting segments, intervals, paired tests; processor seconds.

The first argument names the development data, the second the number of segments (a million by default).
Segments are FLORES-200's English sentences with words left out, over and over. Memory is what a process adds;
sacrebleu holds the n-grams of all it is given, and is given a part at a time.
"""

import random
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.significance import PairedTest

from mt.scoring.metrics import count, differences, metrics, scores
from tests.bench.data import folder, pairs

SEGMENTS, RESAMPLED = 1_000_000, 2000
BLOCK = 10_000
TIMED = ("BLEU", "chrF2")


def main(arguments: list[str]) -> None:
    """Print a row for each piece of work."""
    reference = [target for _, target in pairs(folder(arguments[:1]) / "flores-dev.tsv")]
    chance = random.Random(1)
    segments = int(arguments[1]) if len(arguments) > 1 else SEGMENTS
    given = (reference * (segments // len(reference) + 1))[:segments]
    one, two = ([_thinned(text, share, chance) for text in given] for share in (0.2, 0.25))
    print(f"{'work':52} {'targem':>8} {'sacrebleu':>9} {'ratio':>6}")

    def theirs() -> None:
        for metric in (BLEU(), CHRF()):
            for first in range(0, segments, BLOCK):
                metric.corpus_score(one[first : first + BLOCK], [given[first : first + BLOCK]])

    ours = alone(lambda: scores(count(one, [given], TIMED), 1))
    others = alone(theirs)
    _print(f"BLEU and chrF2 of {segments:,} segments", ours[0], others[0])
    _print(f"MB for that, sacrebleu {BLOCK:,} segments at a time", ours[1], others[1])
    few, other, against = one[:RESAMPLED], two[:RESAMPLED], [given[:RESAMPLED]]
    counts = count(few, against)
    intervals, known = 0.0, 0.0
    for metric in metrics().values():
        intervals += time_of(partial(metric.corpus_score, few, against, n_bootstrap=1000))
        known += time_of(partial(metric.corpus_score, few, against))
    mine = time_of(lambda: scores(counts))
    _print(f"intervals, 4 metrics, {RESAMPLED:,} segments", mine, intervals - known)

    def paired() -> None:
        differences(count(few, against), count(other, against))

    def tests() -> None:
        for kind, samples in (("bs", 1000), ("ar", 10_000)):
            PairedTest([("two", other), ("one", few)], metrics(), against, kind, samples)()

    _row("both paired tests of these, with the counting", paired, tests)


def alone(work: Callable[[], object]) -> tuple[float, float]:
    """Return processor seconds, and MB added, of some work in a process of its own."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)

    def measured() -> None:
        before = _peak()
        seconds = time_of(work)
        there.send((seconds, _peak() - before))

    process = context.Process(target=measured)
    process.start()
    found: tuple[float, float] = here.recv()
    process.join()
    return found


def _peak() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 10**6


def time_of(work: Callable[[], object]) -> float:
    """Return the processor seconds of some work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _row(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    _print(name, time_of(ours), time_of(theirs))


def _print(name: str, mine: float, other: float) -> None:
    print(f"{name:52} {mine:8.2f} {other:9.2f} {mine / other:6.2f}", flush=True)


def _thinned(text: str, share: float, chance: random.Random) -> str:
    return " ".join(word for word in text.split() if chance.random() > share)
