"""Clean Hebrew → windows of damaged lines, drawn anew in every pass."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from mt.repair.features import LONGEST_LINE
from mt.repair.network import CANDIDATES, WINDOW
from mt.repair.simulate import DamagedLine, Habits, damage, draw_habits, wrap
from mt.train.corpora import files_of, find_corpus, read_pairs, read_sentences

WIDTHS = (58, 104)
# Sentences that make a document where a corpus does not say.
CHUNK = 30
# How often a document is left clean, is damaged by the habits that were measured, is one paragraph.
CLEAN_DOCUMENTS, MEASURED_HABITS, WHOLE_DOCUMENTS = 0.15, 0.5, 0.5
LONGEST_PARAGRAPH = 6
# Parts of the corpora; what a document has is looked up in the counts of the other parts.
FOLDS = 8
_MIXED_AT_ONCE = 200

Documents = Mapping[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive lines of one document; `fold` is the part of the corpora that it was counted in."""

    lines: tuple[DamagedLine, ...]
    fold: int = 0


def read_documents(folder: Path, names: Sequence[str]) -> dict[str, list[list[str]]]:
    """Return the sentences of each corpus by document, Hebrew side alone."""
    return {name: _documents(folder, name) for name in names}


def _documents(folder: Path, name: str) -> list[list[str]]:
    listed = find_corpus(folder, name)
    listed = listed if listed.is_dir() else folder / f"{name}.docs.tsv"
    if listed.exists():
        lines = (line for file in files_of(listed) for line in file.read_text("utf-8").splitlines())
        rows = [line.split("\t") for line in lines if line.strip()]
        return [[row[2] for row in group] for _, group in groupby(rows, key=lambda row: row[0])]
    packed = folder / f"{name}.tsv.xz"
    if packed.is_file():
        sentences = [pair.source for pair in read_pairs(packed)]
    else:
        sentences = list(read_sentences(folder / f"{name}.he.txt.xz"))
    return [sentences[at : at + CHUNK] for at in range(0, len(sentences), CHUNK)]


def one_pass(documents: Documents, weights: Mapping[str, float], seed: Sequence[int]) -> Iterator[Window]:
    """Yield the windows of one pass in random order; a weight of 2.5 draws a document twice or thrice."""
    draw = random.Random(repr(seed))  # noqa: S311 it simulates, it does not encrypt
    chosen = [
        (name, at)
        for name, weight in weights.items()
        for at in range(len(documents[name]))
        for _ in range(int(weight) + (draw.random() < weight % 1))
    ]
    draw.shuffle(chosen)
    for first in range(0, len(chosen), _MIXED_AT_ONCE):
        windows = [
            window
            for name, at in chosen[first : first + _MIXED_AT_ONCE]
            for window in _windows(documents[name][at], at % FOLDS, draw)
        ]
        draw.shuffle(windows)
        yield from windows


def _windows(sentences: Sequence[str], fold: int, draw: random.Random) -> Iterator[Window]:
    width = draw.randint(*WIDTHS)
    habits = Habits() if draw.random() < MEASURED_HABITS else draw_habits(draw)
    if draw.random() < CLEAN_DOCUMENTS:
        habits = Habits(intact=1.0)
    lines = [
        damage(line, draw, habits)
        for paragraph in _paragraphs(sentences, draw)
        for line in wrap(paragraph, width)
    ]
    # The network sees no longer lines, and the search no more places of one.
    lines = [line for line in lines if 0 < len(line.text) < LONGEST_LINE and len(line.edges) <= CANDIDATES]
    offset = draw.randrange(WINDOW)
    for at in range(-offset, len(lines), WINDOW):
        if part := lines[max(at, 0) : at + WINDOW]:
            yield Window(tuple(part), fold)


def _paragraphs(sentences: Sequence[str], draw: random.Random) -> Iterator[str]:
    longest = len(sentences) if draw.random() < WHOLE_DOCUMENTS else LONGEST_PARAGRAPH
    at = 0
    while at < len(sentences):
        size = longest if longest > LONGEST_PARAGRAPH else draw.randint(1, longest)
        yield " ".join(sentences[at : at + size])
        at += size
