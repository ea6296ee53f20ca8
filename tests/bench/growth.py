"""How seconds and memory of every stage grow with the text: 1, 10 and 100 times as many sentences.

`python -m tests.bench growth [SENTENCES]`. The text is the sample brief over and over, with a number in each
sentence that no other has, so that nothing is known already. Each cell is a process of its own: processor
time of the stage alone, and by how much it raised the peak of memory.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aligned.records import Origin, Pair, Segment, Status

SENTENCES = 20
TIMES = (1, 10, 100)
# A stage that takes more than twice what ten times the text should take is not linear.
BENT = 2
Stage = Callable[[Sequence[str], Path], Callable[[], object]]


def main(arguments: list[str]) -> None:
    """Print the table, or with a stage's name before the number measure it."""
    if arguments and arguments[0] in STAGES:
        print(json.dumps(measure(STAGES[arguments[0]], int(arguments[1]))))
        return
    base = int(arguments[0]) if arguments else SENTENCES
    heads = " | ".join(f"{base * times:,}" for times in TIMES)
    print(f"| stage | seconds for {heads} sentences | last / 10 times the one before | MB for {heads} |")
    print("|---|" + "---|" * (2 * len(TIMES) + 1))
    for name in STAGES:
        cells = [run(name, base * times) for times in TIMES]
        bend = cells[-1][0] / max(10 * cells[-2][0], 1e-9)
        seconds = " | ".join(f"{seconds:.2f}" for seconds, _ in cells)
        memory = " | ".join(f"{megabytes:.0f}" for _, megabytes in cells)
        print(f"| {name} | {seconds} | {bend:.2f}{' (not linear)' if bend >= BENT else ''} | {memory} |")


def run(name: str, size: int) -> tuple[float, float]:
    """Measure one cell in a process of its own."""
    command = [sys.executable, "-m", "tests.bench", "growth", name, str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def measure(stage: Stage, size: int) -> tuple[float, float]:
    """Return processor seconds and added megabytes of a stage, ready to go, on so many sentences."""
    with tempfile.TemporaryDirectory() as place:
        work = stage(sentences(size), Path(place))
        before, begun = peak(), time.process_time()
        work()
        return time.process_time() - begun, peak() - before


def peak() -> float:
    """Return the largest memory that the process has had, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 10**6


def sentences(size: int) -> list[str]:
    """Return so many different sentences."""
    from mt.sample import sample_path
    from mt.segment import segment

    own = [found.text for found in segment(sample_path().read_text("utf-8"), "he")]
    return [f"{number}: {own[number % len(own)]}" for number in range(1, size + 1)]


def read(texts: Sequence[str], place: Path) -> Callable[[], object]:
    """Read a text file into blocks, without repair."""
    from mt.readers import read_document

    path = place / "brief.txt"
    path.write_text("\n\n".join(texts), "utf-8")
    return lambda: read_document(path)


def repair(texts: Sequence[str], place: Path) -> Callable[[], object]:  # noqa: ARG001 a stage's form
    """Look at every line, where nothing is damaged."""
    from mt.repair import repair_lines

    repair_lines(texts[:1])
    return lambda: repair_lines(texts)


def segmenting(texts: Sequence[str], place: Path) -> Callable[[], object]:  # noqa: ARG001
    """Cut running text."""
    from mt.segment import segment

    text = " ".join(texts)
    return lambda: segment(text, "he")


def match(texts: Sequence[str], place: Path) -> Callable[[], object]:  # noqa: ARG001
    """Find the shipped terms."""
    from glossary.match import SourceMatcher
    from glossary.terms import shipped

    matcher = SourceMatcher(shipped())
    return lambda: [matcher.find(text) for text in texts]


def translate(texts: Sequence[str], place: Path) -> Callable[[], object]:  # noqa: ARG001
    """Translate under the shipped glossary."""
    from glossary.terms import shipped
    from mt.engines.registry import load_engine
    from mt.translate import BATCH_SENTENCES, Translator

    made = Translator(load_engine(), shipped())
    made.translate(texts[:1])
    starts = range(0, len(texts), BATCH_SENTENCES)
    return lambda: [made.translate(texts[first : first + BATCH_SENTENCES]) for first in starts]


def long_sentence(texts: Sequence[str], place: Path) -> Callable[[], object]:  # noqa: ARG001
    """Translate all of it as one sentence."""
    from glossary.terms import shipped
    from mt.engines.registry import load_engine
    from mt.translate import Translator

    made, text = Translator(load_engine(), shipped()), ", ".join(text.strip(".") for text in texts)
    made.translate(texts[:1])
    return lambda: made.translate([text])


def align(texts: Sequence[str], place: Path) -> Callable[[], object]:  # noqa: ARG001
    """Align with as many sentences of English, without translation."""
    from mt.aligning import align as aligned

    other = [f"Sentence {text.split(':')[0]} is about trade." for text in texts]
    return lambda: aligned(texts, other, translating=False)


def check(texts: Sequence[str], place: Path) -> Callable[[], object]:  # noqa: ARG001
    """Run every check of pairs."""
    from aligned.qa.checks import check as checked
    from aligned.qa.issues import NumberedPair
    from glossary.checker import Checker
    from glossary.terms import shipped

    checker = Checker(shipped())
    pairs = [NumberedPair(pair.segment.position, pair.source, pair.target) for pair in made(texts)]
    return lambda: checked(pairs, checker)


def store(texts: Sequence[str], place: Path) -> Callable[[], object]:
    """Bring pairs into the store."""
    from aligned.store import Store

    kept = Store.open(str(place / "x.db"))
    return lambda: kept.import_pairs(made(texts), "d", "x")


def export(texts: Sequence[str], place: Path) -> Callable[[], object]:
    """Write pairs as TMX."""
    from aligned.formats import write_pairs

    return lambda: write_pairs(made(texts), place / "x.tmx")


def made(texts: Sequence[str]) -> list[Pair]:
    """Return pairs with some English."""
    return [
        Pair(
            id="",
            source=text,
            target=f"Sentence {number} is about trade.",
            origin=Origin.IMPORT,
            status=Status.NEW,
            document="",
            name="x",
            segment=Segment(number, text, number, "paragraph", 0, len(text)),
            signature="",
            glossary="",
            score=0.0,
        )
        for number, text in enumerate(texts)
    ]


STAGES: dict[str, Stage] = {
    "read": read,
    "repair": repair,
    "segment": segmenting,
    "match terms": match,
    "translate": translate,
    "translate, one long sentence": long_sentence,
    "align": align,
    "check": check,
    "store": store,
    "export": export,
}
