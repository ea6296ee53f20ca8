"""What forcing a glossary brings and costs: terms present, BLEU, chrF and time, beside free decoding.

Then, on sentences that make forcing hard, the terms in place freely, with the right names, with wrong ones.
"""

import random
import time
from dataclasses import replace

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from glossary.check import missing
from glossary.match import SourceMatcher, TargetMatcher
from glossary.terms import Glossary, read_glossary
from mt.engines.base import Engine
from mt.engines.registry import load_engine
from mt.translate import Translator
from tests.bench.data import folder, pairs
from tests.stress_terms import CASES, with_wrong_targets


def print_stress(engine: Engine) -> None:
    """Print a row for each hard sentence."""
    print(f"\n{'sentence':30} {'terms':>5} {'free':>5} {'right':>5} {'wrong':>5}")
    for case in CASES:
        wrong = with_wrong_targets(case.glossary)
        kept = []
        for forced, judged in (
            (Glossary(()), case.glossary), (case.glossary, case.glossary), (wrong, wrong)
        ):  # fmt: skip
            (found,) = Translator(engine, forced).translate([case.source])
            lost = missing(case.source, found.target, SourceMatcher(judged), TargetMatcher(judged))
            kept.append(case.count - sum(finding.expected - finding.found for finding in lost))
        print(f"{case.name:30} {case.count:5} {kept[0]:5} {kept[1]:5} {kept[2]:5}")


def main(arguments: list[str]) -> None:
    """Print a row for no glossary, the proper one, and one whose targets are shuffled."""
    data = folder(arguments)
    rows = pairs(data / "policy.tsv")
    proper = read_glossary(data / "policy.terms.tsv")
    targets = [term.targets for term in proper]
    random.Random(1).shuffle(targets)
    wrong = Glossary(tuple(replace(t, targets=new) for t, new in zip(proper, targets, strict=True)))
    engine = load_engine()
    Translator(engine, Glossary(())).translate([source for source, _ in rows[:4]])  # weights in memory
    print(f"{'glossary':10} {'in place':>12} {'BLEU':>6} {'chrF2':>6} {'time':>6}")
    base = 0.0
    for name, forced, judged in (
        ("none", Glossary(()), proper),
        ("proper", proper, proper),
        ("shuffled", wrong, wrong),
    ):
        translator = Translator(engine, forced)
        begun = time.process_time()
        found = translator.translate([source for source, _ in rows])
        seconds = time.process_time() - begun
        base = base or seconds
        target = [translation.target for translation in found]
        references = [[reference for _, reference in rows]]
        matchers = SourceMatcher(judged), TargetMatcher(judged)
        owed = sum(len(matchers[0].find(source)) for source, _ in rows)
        lost = [f for (source, _), t in zip(rows, target, strict=True) for f in missing(source, t, *matchers)]
        kept = owed - sum(f.expected - f.found for f in lost)
        bleu, chrf = (
            BLEU().corpus_score(target, references).score,
            CHRF().corpus_score(target, references).score,
        )
        print(f"{name:10} {kept:5} of {owed:3} {bleu:6.2f} {chrf:6.2f} {seconds / base:6.2f}")
    print_stress(engine)
