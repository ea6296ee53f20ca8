"""What this machine can do at most on one core, and how far from that the search is.

`python -m tests.bench bounds [DATA] [--sentences N]`. The bounds are matrix products of the output layer's
size, in int8 and float32, and a copy of memory that no cache holds. The work is counted from the model's
shape and from what was said: products of weights alone, without padding and without the search's dead ends.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mt.engines.base import Hypothesis, Request
from mt.engines.ctranslate2 import CTranslate2Engine, batches
from mt.engines.folder import find_model
from tests.bench.data import document, parser

ROWS, INNER, COLUMNS = 128, 256, 8192
COPIED = 1 << 28


@dataclass(frozen=True, slots=True)
class Machine:
    """What one core reaches: operations a second (to multiply and add are two), and bytes a second."""

    int8: float
    float32: float
    memory: float


def main(arguments: list[str]) -> None:
    """Print the bounds and the shares."""
    compare(document(parser("bounds", 200).parse_args(arguments)))


def compare(texts: Sequence[str]) -> None:
    """Print what one core reaches, and which share of the search's processor time its work would take so."""
    machine = measured()
    print(f"int8 product {ROWS}x{INNER}x{COLUMNS}, one core: {machine.int8 / 1e9:.0f} Gop/s")
    print(f"float32, the same: {machine.float32 / 1e9:.0f} Gop/s")
    print(f"copying {COPIED >> 20} MiB, one core: {machine.memory / 1e9:.1f} GB/s read and written")
    for compute, rate, size in (("int8", machine.int8, 1), ("float32", machine.float32, 4)):
        engine = CTranslate2Engine(find_model(), compute=compute)
        asked = [Request(engine.pieces.source(text)[0], wants_attention=False) for text in texts]
        engine.decode(asked[:4])
        begun = time.process_time()
        found = engine.decode(asked)
        seconds = time.process_time() - begun
        operations, weights = work(engine, asked, found)
        products, reading = operations / rate / seconds, weights * size / machine.memory / seconds
        print(
            f"{compute}: {seconds:.2f} s of processor for {operations / 1e9:.0f} G operations in products; "
            f"at the product's rate {products:.0%} of that, "
            f"and reading the weights from memory at every step {reading:.0%}"
        )


def measured() -> Machine:
    """Return what one core reaches, each the best of several tries."""
    import torch

    torch.set_num_threads(1)
    draw = torch.Generator().manual_seed(1)
    one, other = torch.randn(ROWS, INNER, generator=draw), torch.randn(INNER, COLUMNS, generator=draw)
    small = [(matrix * 30).clamp(-127, 127).to(torch.int8) for matrix in (one, other)]
    operations = 2 * ROWS * INNER * COLUMNS
    source, target = np.ones(COPIED, np.uint8), np.zeros(COPIED, np.uint8)
    return Machine(
        int8=operations / best(lambda: torch._int_mm(*small)),
        float32=operations / best(lambda: one @ other),
        memory=2 * COPIED / best(lambda: np.copyto(target, source)),
    )


def best(work: Callable[[], object]) -> float:
    """Return the least processor seconds that some work took."""
    work()
    times = []
    for _ in range(20):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def work(
    engine: CTranslate2Engine, asked: Sequence[Request], found: Sequence[Hypothesis]
) -> tuple[float, float]:
    """Return the operations in products of a search, and the weights that all of its steps read."""
    config = find_model().config
    width, encoder, decoder, inner, inner_decoder, vocabulary = (
        int(str(config[name]))
        for name in (
            "d_model", "encoder_layers", "decoder_layers", "encoder_ffn_dim", "decoder_ffn_dim", "vocab_size",
        )
    )  # fmt: skip
    reading = encoder * (4 * width**2 + 2 * width * inner) + decoder * 2 * width**2
    saying = decoder * (6 * width**2 + 2 * width * inner_decoder) + vocabulary * width
    sources = sum(len(request.source) + 1 for request in asked)
    said = [len(hypothesis.pieces) + 1 for hypothesis in found]
    operations = 2 * (reading * sources + saying * engine.beam * sum(said))
    cut = batches(list(range(len(asked))), asked, engine.largest)
    steps = sum(max(said[index] for index in batch) for batch in cut)
    return float(operations), float(len(cut) * reading + steps * saying)
