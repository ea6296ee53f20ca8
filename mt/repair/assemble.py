"""Runs put end to end in reading order, with a receipt of what went where."""

import re

from glossary.hebrew import has_hebrew
from mt.repair.records import Run
from mt.repair.search import Cut
from mt.repair.visual import MIRRORED, visual_order


def assemble(line: str, cut: Cut) -> tuple[str, tuple[Run, ...]]:
    """Return the line in reading order, blanks collapsed, and its runs in that order."""
    text, runs = "", []
    for at in range(len(cut.edges) - 2, -1, -1):
        start, end = cut.edges[at], cut.edges[at + 1]
        raw = line[start:end]
        run = " ".join(in_reading_order(raw).split())
        if text and run and cut.blanks[at]:
            text += " "
        runs.append(Run(end - len(raw.lstrip()), start + len(raw.rstrip()), len(text), len(text) + len(run)))
        text += run
    return text.strip(), tuple(run for run in runs if run.start < run.end)


def in_reading_order(run: str) -> str:
    """Return one run's characters in reading order: its brackets turned, or all of it if it has no Hebrew."""
    return run.translate(MIRRORED) if has_hebrew(run) else visual_order(run)


def moved(damaged: str, repaired: str) -> tuple[Run, ...]:
    """Return the words that changed in a line of unchanged length, each where it was."""
    words = ((word.start(), word.end()) for word in re.finditer(r"\S+", damaged))
    return tuple(Run(*span, *span) for span in words if damaged[slice(*span)] != repaired[slice(*span)])
