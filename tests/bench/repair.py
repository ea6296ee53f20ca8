"""How well damaged lines are put back: character and word error rates beside the raw damage and naive ways.

Argument: the folder with `dev`. Lines are compared as they stand, white space collapsed.
"""

import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance.Levenshtein import distance

from mt.repair import repair_lines
from tests.bench.data import folder as data_folder

Repair = Callable[[Sequence[str]], list[str]]


class Mute:
    """Finds all texts alike: repair without a language model."""

    def log_probabilities(self, texts: Sequence[tuple[str, str, str]]) -> npt.NDArray[np.float32]:
        return np.zeros(len(texts), np.float32)


def _without_language(lines: Sequence[str]) -> list[str]:
    with patch("mt.repair.load_language", Mute):
        return [line.repaired for line in repair_lines(lines)]


WAYS: dict[str, Repair] = {
    "as extracted": list,
    "characters reversed": lambda lines: [line[::-1] for line in lines],
    "words reversed": lambda lines: [" ".join(reversed(line.split())) for line in lines],
    "no language model": _without_language,
    "targem repair": lambda lines: [line.repaired for line in repair_lines(lines)],
}
MODES = ("seed", "visual", "words", "numbers")


def main(arguments: list[str]) -> None:
    """Print a table of modes and ways, what repair does to clean lines, and how long it takes."""
    folder = data_folder(arguments)
    documents: list[dict[str, Any]] = json.loads((folder / "repair.json").read_text("utf-8"))
    print(f"{'way':20} " + " ".join(f"{mode + ' CER/WER':>16}" for mode in MODES))
    for name, way in WAYS.items():
        cells = []
        for mode in MODES:
            chosen = [document for document in documents if document["mode"] == mode]
            pairs = [pair for document in chosen for pair in paired(document, way)]
            cells.append("{:7.2f} / {:6.2f}".format(*error_rates(pairs)))
        print(f"{name:20} " + " ".join(f"{cell:>16}" for cell in cells))
    clean = [document["clean"] for document in documents if document["mode"] == MODES[0]]
    clean += clean_lines(folder)
    changed = sum(line.repaired != line.damaged for lines in clean for line in repair_lines(lines))
    print(f"clean lines changed: {changed} of {sum(map(len, clean))}")
    _times(documents, clean)


def paired(document: dict[str, list[str]], way: Repair) -> list[tuple[str, str]]:
    """Return a document's lines after repair, each with the clean one."""
    return list(zip(way(document["damaged"]), document["clean"], strict=True))


def _times(documents: Sequence[dict[str, Any]], clean: Sequence[list[str]]) -> None:
    damaged = [line for document in documents if document["mode"] == MODES[0] for line in document["damaged"]]
    whole = [line for lines in clean for line in lines]
    whole = (whole * (1000 // len(whole) + 1))[:1000]
    for name, lines in (("100 damaged lines", damaged[:100]), ("1,000 clean lines", whole)):
        begun = time.perf_counter()
        repair_lines(lines)
        print(f"{name}: {time.perf_counter() - begun:.2f} s")


def clean_lines(folder: Path) -> list[list[str]]:
    """Return the lines of each clean document of the segmentation set, wrapped as a page is."""
    found = json.loads((folder / "segmentation.iahlt-dev.json").read_text("utf-8"))
    return [
        [line for paragraph in document["text"].split("\n") for line in wrapped(paragraph)]
        for document in found["documents"]
    ]


def wrapped(paragraph: str, width: int = 78) -> list[str]:
    """Cut a paragraph into lines at its blanks."""
    return [match.group().rstrip() for match in re.finditer(rf"\S.{{0,{width}}}(?=\s|$)|\S+", paragraph)]


def error_rates(pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Return character and word error rates in percent over (hypothesis, reference) lines."""
    letters = words = letters_of = words_of = 0
    for after, clean in pairs:
        ours, theirs = after.split(), clean.split()
        letters += distance(" ".join(ours), " ".join(theirs))
        letters_of += len(" ".join(theirs))
        words += distance(ours, theirs)
        words_of += len(theirs)
    return 100 * letters / letters_of, 100 * words / words_of
