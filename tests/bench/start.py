"""How long a new process takes to its first sentence, and to a brief, beside argostranslate's.

`python -m tests.bench start [--rounds N]`. argostranslate is asked by its own command, over this program's
int8 model put up as one of its packages; it is left out where it is not installed.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ONE = "הנשיא ביקר בבאקו."
OURS = {
    "one sentence": ("translate", "--lines"),
    "one sentence, no glossary": ("translate", "--lines", "--no-glossary"),
    "the sample brief": ("translate", "--sample"),
}
ARGOS = "one sentence, argos-translate"
NAMES = {"from_code": "he", "from_name": "Hebrew", "to_code": "en", "to_name": "English"}
# It looks for a sentence splitter of spaCy's on the network at every start; this address refuses at once.
NOWHERE = "http://127.0.0.1:9"


def main(arguments: list[str]) -> None:
    """Print medians of wall and processor seconds; the commands take turns."""
    parser = argparse.ArgumentParser(prog="tests.bench start")
    parser.add_argument("--rounds", type=int, default=5)
    compare(parser.parse_args(arguments).rounds)


def compare(rounds: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        commands = {name: ["-m", "mt", *words] for name, words in OURS.items()}
        extra: dict[str, str] = {}
        if find_spec("argostranslate"):
            extra = package(home)
            code = "from argostranslate.cli import main; main()"
            commands[ARGOS] = ["-W", "ignore", "-c", code, "-f", "he", "-t", "en", ONE]
        else:
            print("argostranslate is not installed")
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                (home / "targem.db").unlink(missing_ok=True)  # a brief is translated anew
                found[name].append(process(command, home, extra if name == ARGOS else {}))
    print("| a new process | seconds | of processor | the first row's share, by processor time |")
    print("|---|---|---|---|")
    first = found[next(iter(found))]
    for name, made in found.items():
        wall, cpu = (statistics.median(values) for values in zip(*made, strict=True))
        share = statistics.median(a[1] / b[1] for a, b in zip(first, made, strict=True))
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {share:.2f} |")


def process(arguments: Sequence[str], place: Path, extra: Mapping[str, str]) -> tuple[float, float]:
    """Return wall and processor seconds of one process of Python."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], input=f"{ONE}\n".encode(), cwd=place, check=True, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **extra},
    )  # fmt: skip
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def package(home: Path) -> dict[str, str]:
    """Put our int8 model up as a package of argostranslate's; return the environment that finds it."""
    import spacy  # type: ignore[import-not-found]

    from mt.engines.convert import converted
    from mt.engines.folder import find_model

    model, own = find_model(), home / "packages" / "translate-he_en"
    shutil.copytree(converted(model), own / "model")
    shutil.copy(model.path / "source.spm", own / "sentencepiece.model")
    (own / "metadata.json").write_text(json.dumps({**NAMES, "type": "translate", "argos_version": "1.11"}))
    spacy.blank("xx").to_disk(own / "spacy")
    chosen = {"ARGOS_PACKAGES_DIR": str(home / "packages"), "ARGOS_CHUNK_TYPE": "SPACY"}
    return {**chosen, "HOME": str(home), "HTTPS_PROXY": NOWHERE}
