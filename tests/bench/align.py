"""How well two documents are aligned: strict F1 over pairs and over sentences left alone, beside other ways.

A pair counts when both its sides are exactly those of the gold standard (Langlais et al. 1998, ARCADE). The
weights were fitted on these very documents; `--fit` fits them anew, four times with a quarter of the
documents left out, and shows figures for those left out. `--growth` shows seconds by length, without and with
translations; `--strangers` aligns documents that have nothing to do with each other.
"""

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import numpy as np

from aligned.align import Bead, Judge
from aligned.align.second import WEIGHTS
from aligned.align.similarity import FEATURES, WITH_TRANSLATION, WITHOUT_TRANSLATION, align_sentences
from mt.aligning import GREEDY, align, judge_of, translate, unlike
from mt.engines.registry import load_engine
from tests.align_fit import Document, Example, Fitted, Sides, fit_both, held_out, mixtures, strangers
from tests.bench.data import folder
from tests.counts import Counts

SETS = ("clean", "easy", "hard")
CONFIDENCES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)
Aligner = Callable[[Sequence[str], Sequence[str]], list[Bead]]
Found = list[tuple[Document, list[Bead]]]


def main(arguments: list[str]) -> None:
    """Print a row for each way and set, then how often beads of a given confidence are right."""
    if "--growth" in arguments:
        print_growth()
        return
    data = folder([argument for argument in arguments if not argument.startswith("--")])
    sets = {name: _read(data / f"alignment.{name}.json") for name in SETS}
    if "--strangers" in arguments:
        print_strangers(sets["clean"])
        return
    print(f"{'way':34} {'set':6} {'P':>6} {'R':>6} {'F1':>6} {'null F1':>8} {'seconds':>8}")
    if "--fit" in arguments:
        print_fit(sets)
        return
    ways: dict[str, Aligner] = {
        "targem": align,
        "targem, no translation": lambda one, two: align(one, two, translating=False),
        **_peers(),
        "diagonal": lambda one, two: [Bead((at,), (at,)) for at in range(min(len(one), len(two)))],
    }
    for way, aligner in ways.items():
        for name, documents in sets.items():
            begun = time.process_time()
            found = [(document, aligner(document.sources, document.targets)) for document in documents]
            print_row(way, name, found, time.process_time() - begun)


def print_fit(sets: dict[str, list[Document]]) -> None:
    """Print the weights, with the model and without, and the figures on documents seen and left out."""
    engine = load_engine(beam=GREEDY)
    said = dict(zip(texts := _sources(sets), translate(texts, engine), strict=True))
    known = Remembering(judge_of(engine))
    translated = {name: [_translated(document, said) for document in sets[name]] for name in SETS}
    fit_way("no translation", sets, None, Fitted(np.array(WITHOUT_TRANSLATION)))
    fit_way("no second look", translated, None, Fitted(np.array(WITH_TRANSLATION)))
    fit_way("targem", translated, known, Fitted(np.array(WITH_TRANSLATION), np.array(WEIGHTS)))


def fit_way(way: str, sets: dict[str, list[Document]], judge: Judge | None, start: Fitted) -> None:
    """Print the weights of one way, and its figures."""
    examples = [Example(document) for name in SETS for document in sets[name]]
    more = [*mixtures(sets["clean"]), *strangers(sets["clean"])]
    fitted = fit_both([*examples, *more], judge, start)
    seen = [(example.document, fitted.beads(example, judge)) for example in examples]
    left_out = held_out(examples, more, judge, fitted)
    for kind, found in ((f"{way}, seen", seen), (f"{way}, left out", left_out)):
        for name in SETS:
            inside = {id(document) for document in sets[name]}
            print_row(kind, name, [(d, beads) for d, beads in found if id(d) in inside])
    print(f"\nweights, {way}: {dict(zip(FEATURES, fitted.first.round(2).tolist(), strict=True))}")
    print("second look:", None if fitted.second is None else fitted.second.round(2).tolist(), "\n")
    print_confidence(left_out)


class Remembering:
    """A judge that is asked of each pair of texts once."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[tuple[str, str], float] = {}

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return what the judge says of the pairs."""
        asked = [pair for pair in pairs if pair not in self._known]
        self._known |= dict(zip(asked, self._judge(asked) if asked else (), strict=True))
        return [self._known[pair] for pair in pairs]


def print_row(way: str, name: str, found: Found, seconds: float = 0.0) -> None:
    """Print precision, recall and F1 of pairs and F1 of null beads."""
    pairs, nulls = (_counts(found, null) for null in (False, True))
    values = (pairs.precision, pairs.recall, pairs.f1)
    cells = " ".join(f"{100 * value:6.1f}" for value in values)
    print(f"{way:34} {name:6} {cells} {100 * nulls.f1:8.1f} {seconds:8.1f}", flush=True)


def print_confidence(found: Found) -> None:
    """Print for pairs and for null beads how many of a given confidence are right."""
    print(f"{'beads':6} {'confidence':12} {'number':>7} {'mean':>6} {'right':>6}")
    for kind, null in (("pairs", False), ("nulls", True)):
        judged = [
            (bead.score, (bead.source, bead.target) in document.gold)
            for document, beads in found
            for bead in beads
            if null == (not bead.source or not bead.target)
        ]
        for low, high in pairwise(CONFIDENCES):
            inside = [(score, right) for score, right in judged if low <= score < high]
            if inside:
                mean, right = (100 * sum(values) / len(inside) for values in zip(*inside, strict=True))
                reach = f"{low:.2f}-{min(high, 1):.2f}"
                print(f"{kind:6} {reach:12} {len(inside):7} {mean:5.1f}% {right:5.1f}%")
    print()


def print_growth() -> None:
    """Print seconds for documents of made-up sentences, each length twice the one before.

    Translation is free of charge here: the made-up words stand for their own translation too.
    """
    print(f"{'sentences':>10} {'without':>8} {'with translations':>18}")
    chance = random.Random(1)
    words = [f"w{number}" for number in range(5000)]
    for size in (1250, 2500, 5000, 10_000, 20_000):
        texts = [" ".join(chance.choices(words, k=15)) for _ in range(size)]
        kept = [text for text in texts if chance.random() > 0.05]
        seconds = []
        for translations in (None, texts):
            begun = time.process_time()
            align_sentences(texts, kept, translations)
            seconds.append(time.process_time() - begun)
        print(f"{size:10} {seconds[0]:8.1f} {seconds[1]:18.1f}", flush=True)


def print_strangers(documents: list[Document]) -> None:
    """Print how much is paired of each document and the English of the next, and how surely."""
    print(f"{'way':24} {'documents':>9} {'sentences':>9} {'paired':>7} {'confidence':>10} {'told':>5}")
    engine = load_engine(beam=GREEDY)
    said = dict(zip(texts := _sources({"": documents}), translate(texts, engine), strict=True))
    for way, judge in (("targem", judge_of(engine)), ("targem, no translation", None)):
        sentences = paired = told = 0
        scores = []
        for one, two in zip(documents, [*documents[1:], documents[0]], strict=True):
            translations = [said[text] for text in one.sources] if judge else None
            beads = align_sentences(one.sources, two.targets, translations, judge=judge)
            both = [bead for bead in beads if bead.source and bead.target]
            sentences += len(one.sources)
            paired += sum(len(bead.source) for bead in both)
            scores += [bead.score for bead in both]
            told += unlike(beads) is not None
        mean = sum(scores) / max(len(scores), 1)
        print(f"{way:24} {len(documents):9} {sentences:9} {paired / sentences:7.1%} {mean:10.2f} {told:5}")


def _read(path: Path) -> list[Document]:
    documents = []
    for row in json.loads(path.read_text("utf-8"))["documents"]:
        gold = [(tuple(source), tuple(target)) for source, target in row["gold"]]
        documents.append(Document(row["id"], row["he"], row["en"], None, gold))
    return documents


def _translated(document: Document, said: Mapping[str, str]) -> Document:
    return replace(document, translations=[said[text] for text in document.sources])


def _sources(sets: dict[str, list[Document]]) -> list[str]:
    return list(dict.fromkeys(text for documents in sets.values() for d in documents for text in d.sources))


def _counts(found: Found, null: bool) -> Counts:
    right = wrong = missed = 0
    for document, beads in found:
        gold = {sides for sides in document.gold if null == (not all(sides))}
        ours: set[Sides] = {
            (bead.source, bead.target) for bead in beads if null == (not bead.source or not bead.target)
        }
        right += len(ours & gold)
        wrong += len(ours - gold)
        missed += len(gold - ours)
    return Counts(right, wrong, missed)


def _peers() -> dict[str, Aligner]:
    """Return Gale & Church's method as others wrote it, where it is installed."""
    try:
        galechurch, gale_church = import_module("galechurch"), import_module("nltk.translate.gale_church")
    except ImportError:
        print('skipped: galechurch and nltk (pip install "targem[bench]")')
        return {}

    def by_galechurch(one: Sequence[str], two: Sequence[str]) -> list[Bead]:
        return [
            Bead(
                tuple(range(bead.source_start, bead.source_end)),
                tuple(range(bead.target_start, bead.target_end)),
            )
            for bead in galechurch.align(one, two).beads
        ]

    def by_nltk(one: Sequence[str], two: Sequence[str]) -> list[Bead]:
        links = gale_church.align_blocks([len(text) for text in one], [len(text) for text in two])
        return _joined(links, len(one), len(two))

    return {"galechurch": by_galechurch, "nltk": by_nltk}


def _joined(links: Sequence[tuple[int, int]], sources: int, targets: int) -> list[Bead]:
    """Return beads from links between sentences; what has no link stands alone."""
    beads: list[tuple[set[int], set[int]]] = []
    for source, target in links:
        if beads and (source in beads[-1][0] or target in beads[-1][1]):
            beads[-1][0].add(source)
            beads[-1][1].add(target)
        else:
            beads.append(({source}, {target}))
    met = [set().union(*(bead[side] for bead in beads)) for side in (0, 1)]
    alone = [Bead((at,), ()) for at in range(sources) if at not in met[0]]
    alone += [Bead((), (at,)) for at in range(targets) if at not in met[1]]
    return [*(Bead(tuple(sorted(one)), tuple(sorted(two))) for one, two in beads), *alone]
