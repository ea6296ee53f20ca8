"""A corpus translated file to file against the same sentences in memory, in one process, in turns.

`python -m tests.bench corpus [DATA] [--rows N] [--rounds N] [--formats jsonl tsv parquet]`, seconds of the
processor. In memory stands the translator alone on the sentences (a corpus is to cost at most 5% more), and
the same with repair, segmentation and checks.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from glossary.terms import shipped
from mt.cluster import Job
from mt.corpus import CorpusTranslator, prepared, translate_corpus
from mt.corpus_rows import open_corpus
from mt.engines.settings import DEFAULT_BEAM, DEFAULT_MODEL, ENGINES
from mt.repair import repair_lines
from tests.bench.data import folder, pairs

SETS = ("policy.tsv", "flores-dev.tsv")


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="tests.bench corpus")
    parser.add_argument("data", nargs="*")
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--formats", nargs="+", default=["jsonl", "tsv", "parquet"])
    chosen = parser.parse_args(arguments)
    texts = [text for name in SETS for text, _ in pairs(folder(chosen.data) / name)][: chosen.rows]
    with tempfile.TemporaryDirectory() as place:
        ways = all_ways(texts, Path(place), chosen.formats)
        found: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(chosen.rounds):
            names = list(ways) if number % 2 == 0 else list(reversed(ways))
            for name in names:
                found[name].append(seconds(ways[name]))
    words, first = sum(len(text.split()) for text in texts), next(iter(found.values()))
    print("| way | words/s of processor | against the translator alone |\n|---|---|---|")
    for name, made in found.items():
        ratio = statistics.median(a / b for a, b in zip(first, made, strict=True))
        print(f"| {name} | {words / statistics.median(made):.0f} | {ratio:.3f} |")


def all_ways(texts: Sequence[str], home: Path, formats: Sequence[str]) -> dict[str, Callable[[], object]]:
    """Return the ways by name, all with one model, which has translated a little."""
    model = Job(DEFAULT_MODEL, ENGINES[0], DEFAULT_BEAM, shipped(), repair_lines).worker()
    model.rows(texts[:4])
    sentences = [sentence for text in texts for sentence in prepared(text, repair_lines)]

    def worker() -> CorpusTranslator:
        model._kept.clear()  # each way translates everything
        return model

    ways: dict[str, Callable[[], object]] = {
        "in memory, the translator alone": lambda: model.translator.translate(sentences),
        "in memory, with repair, segmentation and checks": lambda: worker().rows(texts),
    }
    for ending in formats:
        ways[f"file to file, {ending}"] = filing(write(home / f"in.{ending}", texts), worker)
    return ways


def filing(path: Path, worker: Callable[[], CorpusTranslator]) -> Callable[[], object]:
    """Return what translates a corpus to a file beside it."""
    output = path.with_stem("out")
    return lambda: list(translate_corpus(open_corpus(path), output, worker()))


def write(path: Path, texts: Sequence[str]) -> Path:
    """Write a corpus in the format that the path's ending names."""
    if path.suffix == ".parquet":
        table = import_module("pyarrow").table({"source": list(texts)})
        import_module("pyarrow.parquet").write_table(table, path)
    elif path.suffix == ".tsv":
        path.write_text("".join(f"{line}\n" for line in ["source", *texts]), "utf-8")
    else:
        path.write_text("".join(f"{json.dumps({'source': text})}\n" for text in texts), "utf-8")
    return path


def seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of some work, all threads."""
    begun = time.process_time()
    work()
    return time.process_time() - begun
