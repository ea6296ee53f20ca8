"""Windows of damaged lines → padded arrays, and the pairs of places that their runs may have as edges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mt.repair.counts import JOINED, alone, joined
from mt.repair.features import Numbers, Places, places_of
from mt.repair.network import CANDIDATES, candidates, rows_of
from mt.train.order.corpus import Window
from mt.train.order.counting import FoldedCounts


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a batch: its first and last place, its runs' edges, and where the line before ends (-1).

    All are counted over the padded windows laid end to end.
    """

    first: int
    last: int
    edges: tuple[int, ...]
    blanks: tuple[bool, ...]
    entry: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows as arrays (windows, places, …), padded, and their lines."""

    left: Numbers
    right: Numbers
    counts: npt.NDArray[np.float32]
    mask: npt.NDArray[np.bool_]
    inside: Numbers
    slot: Numbers
    places: Places
    # Where a place of the padded windows stands in `places`, and the fold of its document.
    rows: Numbers
    folds: Numbers
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Beginnings of runs with an end of the run before and, at the same place, an end of the run itself.

    `inner` and `entry` are pairs within a line and at its start, `cell` where each stands in the grid of
    (lines, candidates, candidates) or (lines, candidates); `gold` are the true ones, in line `gold_line`
    and with a blank or not (-1: unknown).
    """

    lines: int
    candidates: int
    before: Numbers
    begin: Numbers
    end: Numbers
    met: npt.NDArray[np.float32]
    cell: Numbers
    inner: Numbers
    entry: Numbers
    first: Numbers
    gold: Numbers
    gold_line: Numbers
    gold_run: Numbers
    gold_blank: Numbers


def collate(windows: Sequence[Window], counts: FoldedCounts) -> Batch:
    """Return windows as one padded batch."""
    texts = [line.text for window in windows for line in window.lines]
    places = places_of(texts, counts.classes)
    here = np.arange(len(places.left))
    owner = np.repeat(
        np.arange(len(windows)), [sum(len(line.text) + 1 for line in window.lines) for window in windows]
    )
    folds = np.array([window.fold for window in windows])
    lookup = counts.without(folds[owner])
    known = np.concatenate([*alone(places, lookup), joined(places, here, here, lookup)], 1)
    sizes = np.bincount(owner)
    shape = (len(windows), int(sizes.max()))
    inside_window = here - np.repeat(np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
    line_sizes = np.diff(places.starts)
    number = np.concatenate([np.arange(len(window.lines)) for window in windows])

    def padded(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        result = np.zeros((*shape, *values.shape[1:]), values.dtype)
        result[owner, inside_window] = values
        return result

    left, right = rows_of(places)
    flat = owner * shape[1] + inside_window
    return Batch(
        padded(left), padded(right), padded(known), padded(np.ones(len(here), bool)),
        padded(here - np.repeat(places.starts[:-1], line_sizes)), padded(np.repeat(number, line_sizes)),
        places, padded(here).ravel(), np.repeat(folds, shape[1]), tuple(_lines(windows, places.starts, flat)),
    )  # fmt: skip


def _lines(windows: Sequence[Window], starts: Numbers, flat: Numbers) -> Iterator[Line]:
    at = 0
    for window in windows:
        entry = -1
        for line in window.lines:
            first = int(flat[starts[at]])
            at += 1
            edges = tuple(first + edge for edge in line.edges)
            yield Line(first, edges[-1], edges, line.blanks, entry)
            entry = edges[1]


def pair_up(batch: Batch, cuts: npt.NDArray[np.float32], counts: FoldedCounts) -> Pairs:
    """Return the pairs of the likeliest places of each line, the true ones among them; `cuts` are logits."""
    count = CANDIDATES
    columns: list[Numbers] = []
    firsts, gold, gold_line, gold_run, gold_blank = [], [], [], [], []
    total = 0
    for number, line in enumerate(batch.lines):
        chosen = candidates(cuts[line.first : line.last + 1], np.array(line.edges) - line.first) + line.first
        offset = count - len(chosen)
        later, sooner = np.tril_indices(len(chosen), -1)
        cell = (number * count + later + offset) * count + sooner + offset
        entering = np.arange(len(chosen) - 1)
        columns.append(np.stack([
            np.concatenate([chosen[later], np.full(len(entering), line.entry)]),
            np.concatenate([chosen[sooner], chosen[:-1]]),
            np.concatenate([chosen[later], np.full(len(entering), line.last)]),
            np.concatenate([cell, number * count + entering + offset]),
            np.concatenate([np.ones(len(later), np.int64), np.zeros(len(entering), np.int64)]),
        ]))  # fmt: skip
        firsts.append(offset)
        # Where a run's meeting, and its two edges, stand among the pairs.
        index = {int(place): at for at, place in enumerate(chosen)}
        within = {(int(a), int(b)): at for at, (a, b) in enumerate(zip(later, sooner, strict=True))}
        edges = [index[edge] for edge in line.edges]
        for run in range(len(edges) - 2, -1, -1):
            start, end = edges[run], edges[run + 1]
            last = run == len(edges) - 2
            gold.append(total + (len(later) + start if last else within[edges[run + 2], start]))
            gold_run.append(total + (len(later) + start if last else within[end, start]))
            gold_line.append(number)
            gold_blank.append(line.blanks[run] if run < len(line.blanks) else -1)
        total += columns[-1].shape[1]
    before, begin, end, cell, inner = np.concatenate(columns, 1)
    known = before >= 0
    met = np.zeros((len(before), JOINED), np.float32)
    lookup = counts.without(batch.folds[begin[known]])
    met[known] = joined(batch.places, batch.rows[before[known]], batch.rows[begin[known]], lookup)
    return Pairs(
        len(batch.lines), count, before, begin, end, met, cell,
        np.flatnonzero(inner), np.flatnonzero(1 - inner),
        *(np.array(x, np.int64) for x in (firsts, gold, gold_line, gold_run, gold_blank)),
    )  # fmt: skip
