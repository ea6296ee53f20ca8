"""How good the shipped model is, what int8 costs and what the beam brings: BLEU and chrF on both dev sets."""

import time

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from glossary.terms import Glossary
from mt.engines.base import Engine
from mt.engines.ctranslate2 import CTranslate2Engine
from mt.engines.folder import find_model
from mt.translate import Translator
from tests.bench.data import folder, pairs

SETS = ("policy.tsv", "flores-dev.tsv")
# What CTranslate2 offers on a processor (get_supported_compute_types): no bfloat16, on whatever processor.
COMPUTES = ("float32", "int16", "int8")
WIDE = 6


def main(arguments: list[str]) -> None:
    """Print a row for each set and arithmetic, then int8 with a wider beam; a second argument is a model."""
    data = folder(arguments)
    model = find_model(*arguments[1:2])
    engines = [(compute, CTranslate2Engine(model, compute=compute)) for compute in COMPUTES]
    engines.append((COMPUTES[-1], CTranslate2Engine(model, WIDE, COMPUTES[-1])))
    bleu, chrf = BLEU(), CHRF()
    print(f"{'set':16} {'compute':8} {'beam':>4} {'BLEU':>6} {'chrF2':>6} {'seconds':>8}")
    for name in SETS:
        rows = pairs(data / name)
        for compute, engine in engines:
            begun = time.perf_counter()
            target = translate(engine, [source for source, _ in rows])
            seconds = time.perf_counter() - begun
            references = [[reference for _, reference in rows]]
            scores = [metric.corpus_score(target, references).score for metric in (bleu, chrf)]
            print(f"{name:16} {compute:8} {engine.beam:4} {scores[0]:6.2f} {scores[1]:6.2f} {seconds:8.1f}")
    print(f"BLEU {bleu.get_signature()}\nchrF2 {chrf.get_signature()}")


def translate(engine: Engine, sources: list[str]) -> list[str]:
    """Translate without a glossary, as the program does."""
    return [made.target for made in Translator(engine, Glossary(())).translate(sources)]
