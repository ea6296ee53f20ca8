"""Words a second, memory and start-up of this program beside its peers, on one document and in one run.

`python -m tests.bench speed [DATA] [--rounds N] [--sentences N]`. Every measurement is a process
of its own, the systems take turns, and medians are printed. Speeds leave loading out; processor time is that
of the process, all threads. All search with the same beam, all cut text into pieces and join them again.
The same run prints how long a new process takes (start.py) and what bounds the search (bounds.py).
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from mt.engines.settings import DEFAULT_BEAM
from tests.bench import start
from tests.bench.data import document, parser

Way = Callable[[Sequence[str]], Sequence[str]]
BATCH = 32
COMPUTES = ("float32", "int16", "int8")


def main(arguments: list[str]) -> None:
    """Print the tables, or with `--one` measure one system."""
    options = parser("speed", 200)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--one")
    chosen = options.parse_args(arguments)
    texts = document(chosen)
    if chosen.one:
        print(json.dumps(measure(WAYS[chosen.one], texts)))
        return
    compare(arguments, chosen.rounds)
    print()
    start.compare(chosen.rounds)
    print()
    from tests.bench import bounds  # not sooner: every system is to load only what it needs

    bounds.compare(texts)


def compare(arguments: Sequence[str], rounds: int) -> None:
    """Print what each system does with the document, and how much faster ours is."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, made in found.items():
            command = [sys.executable, "-m", "tests.bench", "speed", *arguments, "--one", name]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{name}: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
                continue
            made.append(json.loads(done.stdout.splitlines()[-1]))
    first = next(iter(WAYS))
    print("| system | words/s | words/s of processor | ours is, by processor time | peak MB |")
    print("|---|---|---|---|---|")
    for name, made in found.items():
        if made:
            row = {key: statistics.median(each[key] for each in made) for key in made[0]}
            ratios = [a["cpu"] / b["cpu"] for a, b in zip(made, found[first], strict=False)]
            print(
                f"| {name} | {row['words'] / row['wall']:.0f} | {row['words'] / row['cpu']:.0f} "
                f"| {statistics.median(ratios):.2f} | {row['peak']:.0f} |"
            )


def measure(make: Callable[[], Way], document: Sequence[str]) -> dict[str, float]:
    """Load a system, let it translate a little, and measure it on the document."""
    translate = make()
    translate(document[:4])
    wall, cpu = time.perf_counter(), time.process_time()
    found = translate(document)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if len(found) != len(document):
        raise SystemExit("a sentence is missing")
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 10**6
    return {"words": sum(len(text.split()) for text in document), "wall": wall, "cpu": cpu, "peak": peak}


def ours(glossary: bool) -> Way:
    """Return `Translator.translate` with the shipped glossary, or with none."""
    from glossary.terms import Glossary, shipped
    from mt.engines.registry import load_engine
    from mt.translate import Translator

    made = Translator(load_engine(), shipped() if glossary else Glossary(()))
    return lambda texts: [found.target for found in made.translate(texts)]


def decoding(compute: str) -> Way:
    """Return our engine with another arithmetic, without glossary and without mending."""
    from mt.engines.base import Request
    from mt.engines.ctranslate2 import CTranslate2Engine
    from mt.engines.folder import find_model

    engine = CTranslate2Engine(find_model(), compute=compute)

    def translate(texts: Sequence[str]) -> list[str]:
        asked = [Request(engine.pieces.source(text)[0], wants_attention=False) for text in texts]
        return [engine.pieces.text(found.pieces) for found in engine.decode(asked)]

    return translate


def plain(size: int, threads: int = 0, **options: Any) -> Way:
    """Return `translate_batch` as its guide shows it, on our int8 model; `size` sentences at a time."""
    import ctranslate2

    from mt.engines.convert import converted
    from mt.engines.folder import find_model
    from mt.engines.pieces import END, Pieces

    model = find_model()
    pieces = Pieces(model.path)
    translator = ctranslate2.Translator(str(converted(model)), device="cpu", intra_threads=threads)

    def translate(texts: Sequence[str]) -> list[str]:
        found = []
        for batch in batches(texts, size or len(texts)):
            asked = [[*pieces.source(text)[0], END] for text in batch]
            results = translator.translate_batch(asked, beam_size=DEFAULT_BEAM, **options)
            found += [pieces.text(tuple(result.hypotheses[0])) for result in results]
        return found

    return translate


def reference() -> Way:
    """Return `generate` of transformers in float32, in batches of texts as they come."""
    import torch
    import transformers

    from mt.engines.folder import find_model

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    path = find_model().path
    tokenizer = transformers.MarianTokenizer.from_pretrained(path)
    model = transformers.MarianMTModel.from_pretrained(path, dtype=torch.float32).eval()

    def translate(texts: Sequence[str]) -> list[str]:
        found: list[str] = []
        for batch in batches(texts, BATCH):
            with torch.inference_mode():
                asked = tokenizer(list(batch), return_tensors="pt", padding=True)
                made = model.generate(**asked, num_beams=DEFAULT_BEAM, max_new_tokens=256)
            found += tokenizer.batch_decode(made, skip_special_tokens=True)
        return found

    return translate


def argos() -> Way:
    """Return argostranslate's own path over our int8 model: sentence by sentence, four hypotheses asked for.

    Its packages are not needed: what it calls a package is a folder with a model and a SentencePiece file.
    """
    import ctranslate2
    from argostranslate.package import Package  # type: ignore[import-not-found]
    from argostranslate.tokenizer import SentencePieceTokenizer  # type: ignore[import-not-found]
    from argostranslate.translate import apply_packaged_translation  # type: ignore[import-not-found]

    from mt.engines.convert import converted
    from mt.engines.folder import find_model

    model = find_model()
    package = object.__new__(Package)
    package.tokenizer = SentencePieceTokenizer(model.path / "source.spm")
    package.target_prefix, package.from_code, package.to_code = "", "he", "en"
    translator = ctranslate2.Translator(str(converted(model)), device="cpu", intra_threads=0)

    class Whole:
        """Take every text for one sentence."""

        def split_sentences(self, text: str) -> list[str]:
            """Return the text alone."""
            return [text]

    def translate(texts: Sequence[str]) -> list[str]:
        made = (apply_packaged_translation(package, text, translator, Whole(), 4) for text in texts)
        return [hypotheses[0].value for hypotheses in made]

    return translate


def batches(texts: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Cut texts into batches as they come."""
    return [tuple(texts[first : first + size]) for first in range(0, len(texts), size)]


WAYS: dict[str, Callable[[], Way]] = {
    "targem": lambda: ours(glossary=False),
    "targem with the shipped glossary": lambda: ours(glossary=True),
    "translate_batch, the document in one call": lambda: plain(0),
    "translate_batch, 32 at a time": lambda: plain(BATCH),
    "translate_batch, one call, max_batch_size=32": lambda: plain(0, max_batch_size=BATCH),
    "translate_batch, a sentence at a time": lambda: plain(1),
    "transformers float32, 32 at a time": reference,
    "argostranslate over the same model": argos,
    **{f"our engine alone, {compute}": partial(decoding, compute) for compute in COMPUTES},
}
