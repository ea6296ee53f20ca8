"""Sentence boundaries against UD_Hebrew-IAHLTwiki: ours, sentencex and the `[.!?]` rule in one run.

A boundary is the offset after a sentence's last character; the last one of a document does not count.
"running" is text without line ends, "par" has one line a paragraph.
"""

import argparse
import json
import re
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mt.segment import segment
from tests.counts import Counts

DEFAULT_DATA = Path(__file__).parents[2].parent / "shared" / "dev" / "segmentation.iahlt-dev.json"
VARIANTS = ("running", "par")
SPEED_CHARACTERS = 1_000_000

Splitter = Callable[[str], set[int]]

_RULE = re.compile(r"[.!?]+[\"”'’)\]]*(?=\s)|\n")


def count(documents: list[dict[str, Any]], splitter: Splitter) -> Counts:
    """Compare a splitter's boundaries with the gold ones, summed over the documents."""
    right = wrong = missed = 0
    for document in documents:
        gold = set(document["boundaries"])
        found = {end for end in splitter(document["text"]) if end < len(document["text"].rstrip())}
        right += len(gold & found)
        wrong += len(found - gold)
        missed += len(gold - found)
    return Counts(right, wrong, missed)


def ours(text: str) -> set[int]:
    return {sentence.end for sentence in segment(text, "he")}


def by_rule(text: str) -> set[int]:
    return {match.start() if match.group() == "\n" else match.end() for match in _RULE.finditer(text)}


def sentencex_splitter() -> Splitter | None:
    """Return sentencex as a splitter, or None where it is not installed."""
    try:
        from sentencex import get_sentence_boundaries
    except ImportError:
        return None

    def split(text: str) -> set[int]:
        spans = [(one["start_index"], one["end_index"]) for one in get_sentence_boundaries("he", text)]
        return {start + len(text[start:end].rstrip()) for start, end in spans}

    return split


def sentences_per_second(splitter: Splitter, text: str) -> float:
    """Time one pass over the text; the fastest of three."""
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        sentences = len(splitter(text))
        seconds.append(time.perf_counter() - began)
    return sentences / min(seconds)


def main(arguments: list[str]) -> None:
    """Print precision, recall and F1 of each splitter on each variant, then the speeds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench segment", description=__doc__)
    parser.add_argument("data", nargs="?", type=Path, default=DEFAULT_DATA)
    data = parser.parse_args(arguments).data
    if not data.is_file():
        parser.exit(2, f"no data at {data}: give the path of segmentation.iahlt-dev.json\n")
    documents = json.loads(data.read_text(encoding="utf-8"))["documents"]
    splitters: dict[str, Splitter] = {"ours": ours, "[.!?] rule": by_rule}
    if other := sentencex_splitter():
        splitters[f"sentencex {_version()}"] = other
    else:
        print('skipped: sentencex (pip install "targem[bench]")')
    _print_quality(documents, splitters)
    _print_speed(documents, splitters)


def _version() -> str:
    try:
        return version("sentencex")
    except PackageNotFoundError:
        return ""


def _print_quality(documents: list[dict[str, Any]], splitters: dict[str, Splitter]) -> None:
    print(f"{'variant':9}{'splitter':20}{'P':>8}{'R':>8}{'F1':>8}   right/wrong/missed")
    for variant in VARIANTS:
        chosen = [one for one in documents if one["variant"] == variant]
        for name, splitter in splitters.items():
            counts = count(chosen, splitter)
            row = f"{counts.precision:8.4f}{counts.recall:8.4f}{counts.f1:8.4f}"
            print(f"{variant:9}{name:20}{row}   {counts.right}/{counts.wrong}/{counts.missed}")


def _print_speed(documents: list[dict[str, Any]], splitters: dict[str, Splitter]) -> None:
    running = " ".join(one["text"] for one in documents if one["variant"] == "running")
    text = (running + "\n\n") * (SPEED_CHARACTERS // len(running) + 1)
    speeds = {name: sentences_per_second(splitter, text) for name, splitter in splitters.items()}
    print(f"\nspeed on {len(text):,} characters")
    for name, speed in speeds.items():
        print(f"{name:20}{speed:12,.0f} sentences/s")
    for name in speeds:
        if name.startswith("sentencex"):
            print(f"ours / sentencex: {speeds['ours'] / speeds[name]:.2f}")
