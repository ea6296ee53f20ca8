"""What a vocabulary map would gain: CTranslate2 then chooses among pieces that a source's own call for.

`python -m tests.bench vmap CORPORA [DATA] [--pairs N] [--candidates N] [--common N]`. CORPORA is a folder of
`NAME.tsv.xz`, Hebrew and English. The map holds, for each source piece, the target pieces that it most likely
stands beside (IBM model 1, Brown et al. 1993, over sets of pieces), and for every source the commonest.
CTranslate2 joins the candidates of all sentences of a batch, so a sentence may be said otherwise alone than
beside others; the last column counts that. This is why the program does without.
"""

import argparse
import lzma
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import ctranslate2
import numpy as np
import numpy.typing as npt
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from mt.engines.base import Request
from mt.engines.convert import converted
from mt.engines.ctranslate2 import batches
from mt.engines.folder import find_model
from mt.engines.pieces import END, UNKNOWN, Pieces
from mt.engines.settings import DEFAULT_BEAM
from tests.bench.data import folder, pairs

SETS = ("policy.tsv", "flores-dev.tsv")
ROUNDS = 3
# Below this a piece is no candidate.
LEAST = 1e-4


def main(arguments: list[str]) -> None:
    """Print a row for each set, with and without the map."""
    parser = argparse.ArgumentParser(prog="tests.bench vmap")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("data", nargs="*")
    parser.add_argument("--pairs", type=int, default=10_000, help="of each file at most")
    parser.add_argument("--candidates", type=int, default=100)
    parser.add_argument("--common", type=int, default=1000)
    parser.add_argument("--sentences", type=int, default=300)
    chosen = parser.parse_args(arguments)
    path, pieces = converted(find_model()), Pieces(find_model().path)
    learnt = list(sets(pieces, chosen.corpora, chosen.pairs))
    with tempfile.TemporaryDirectory() as place:
        mapped = Path(place) / "model"
        shutil.copytree(path, mapped)
        text = written(pieces, learnt, chosen.candidates, chosen.common)
        (mapped / "vmap.txt").write_text(text, "utf-8")
        print("| set | way | seconds of processor | BLEU | chrF2 | said otherwise alone |")
        print("|---|---|---|---|---|---|")
        for name in SETS:
            rows = pairs(folder(chosen.data) / name)[: chosen.sentences]
            for way, home in (("all pieces", path), ("mapped", mapped)):
                print(f"| {name} | {way} | {measured(pieces, home, rows, home == mapped)} |", flush=True)


def sets(pieces: Pieces, corpora: Path, most: int) -> Iterator[tuple[npt.NDArray[np.int32], ...]]:
    """Yield of each pair the different pieces of either side, by number."""
    for path in sorted(corpora.glob("*.tsv.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as file:
            for line in islice(file, most):
                source, target = line.rstrip("\n").split("\t")[:2]
                sides = (pieces.source(source)[0], pieces.target(target))
                yield tuple(
                    np.array(sorted({pieces.vocabulary[p] for p in side if p in pieces.vocabulary}), np.int32)
                    for side in sides
                )


def written(
    pieces: Pieces, learnt: Sequence[tuple[npt.NDArray[np.int32], ...]], candidates: int, common: int
) -> str:
    """Return the map: a source piece a line, and before the first tab of the first line none."""
    size = len(pieces.vocabulary)
    chances = np.ones((size, size), np.float32)
    for _ in range(ROUNDS):
        counts = np.zeros_like(chances)
        for source, target in learnt:
            places = np.ix_(source, target)
            counts[places] += chances[places] / chances[places].sum(axis=0)
        chances = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9)
    names = {number: piece for piece, number in pieces.vocabulary.items()}
    often = np.bincount(np.concatenate([target for _, target in learnt]), minlength=size)
    lines = ["\t" + " ".join(dict.fromkeys([END, UNKNOWN, *(names[n] for n in np.argsort(-often)[:common])]))]
    for number, row in enumerate(chances):
        best = [int(n) for n in np.argsort(-row)[:candidates] if row[n] > LEAST]
        if best and number in names:
            lines.append(f"{names[number]}\t{' '.join(names[n] for n in best)}")
    return "\n".join(lines) + "\n"


def measured(pieces: Pieces, home: Path, rows: Sequence[tuple[str, str]], mapped: bool) -> str:
    """Return the cells of a row: seconds, BLEU, chrF2, sentences that are said otherwise alone."""
    translator = ctranslate2.Translator(str(home), device="cpu", inter_threads=1, intra_threads=1)
    asked = [Request(pieces.source(source)[0]) for source, _ in rows]

    def say(batch: Sequence[int]) -> list[str]:
        found = translator.translate_batch(
            [[*asked[index].source, END] for index in batch],
            beam_size=DEFAULT_BEAM,
            disable_unk=True,
            max_input_length=0,
            max_decoding_length=max(asked[index].limit for index in batch),
            use_vmap=mapped,
        )
        return [pieces.text(tuple(each.hypotheses[0])) for each in found]

    together, seconds = timed(say, batches(list(range(len(rows))), asked))
    alone, _ = timed(say, [[index] for index in range(len(rows))])
    references = [[reference for _, reference in rows]]
    bleu = BLEU().corpus_score(together, references).score
    chrf = CHRF().corpus_score(together, references).score
    otherwise = sum(a != b for a, b in zip(together, alone, strict=True))
    return f"{seconds:.2f} | {bleu:.2f} | {chrf:.2f} | {otherwise} of {len(rows)}"


def timed(say: Callable[[Sequence[int]], list[str]], cut: Sequence[Sequence[int]]) -> tuple[list[str], float]:
    """Return what is said of all sentences, in order, and the processor seconds it took."""
    begun = time.process_time()
    said = {index: text for batch in cut for index, text in zip(batch, say(batch), strict=True)}
    return [said[index] for index in sorted(said)], time.process_time() - begun
