"""Encoded pairs → batches of like length, in an order that follows from seed and position alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mt.errors import TrainingError
from mt.train.cleaning import TextPair
from mt.train.recipe import Phase
from mt.train.tokenizer import Tokenizer

Numbers = npt.NDArray[np.int64]
# Pieces by which lengths are blurred before sorting, so that batches differ from pass to pass.
BLUR = 2.0
_ENCODED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of numbers, end to end: row i is values[starts[i]:starts[i + 1]]."""

    values: npt.NDArray[np.int32]
    starts: Numbers

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> Numbers:
        return np.diff(self.starts)

    def row(self, index: int) -> npt.NDArray[np.int32]:
        return self.values[self.starts[index] : self.starts[index + 1]]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Pairs as piece numbers, each side ended by the end mark."""

    source: Rows
    target: Rows

    def __len__(self) -> int:
        return len(self.source)

    @property
    def lengths(self) -> Numbers:
        """Return the pieces of each pair's longer side, end mark included."""
        return np.maximum(self.source.lengths, self.target.lengths)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded piece numbers: `source` of shape (pairs, longest source), `target` (pairs, longest target)."""

    source: Numbers
    target: Numbers


@dataclass(frozen=True, slots=True)
class Position:
    """How far the data have been read: updates of which phase, batches of which pass through its mixture."""

    phase: int = 0
    update: int = 0
    epoch: int = 0
    batch: int = 0


def encode(pairs: Sequence[TextPair], tokenizer: Tokenizer) -> Encoded:
    """Return the pairs as piece numbers."""
    sources: list[npt.NDArray[np.int32]] = []
    targets: list[npt.NDArray[np.int32]] = []
    for first in range(0, len(pairs), _ENCODED_AT_ONCE):
        part = pairs[first : first + _ENCODED_AT_ONCE]
        sources += (np.array(r, np.int32) for r in tokenizer.encode_sources([p.source for p in part]))
        targets += (np.array(r, np.int32) for r in tokenizer.encode_targets([p.target for p in part]))
    return Encoded(_rows(sources), _rows(targets))


def updates(
    data: Mapping[str, Encoded], phases: Sequence[Phase], tokens: int, accumulate: int, seed: int, pad: int,
    position: Position = Position(),
) -> Iterator[tuple[Position, list[Batch]]]:  # fmt: skip
    """Yield the batches of each update from a position on, and the position after it.

    A batch holds at most `tokens` padded pieces a side, an update up to `accumulate` batches of one pass.
    """
    while position.phase < len(phases):
        here = position
        phase = phases[here.phase]
        plan = pass_plan(data, phase, tokens, (seed, here.phase, here.epoch))
        for first in range(here.batch, len(plan), accumulate):
            position = replace(position, update=position.update + 1, batch=first + accumulate)
            if position.update == phase.steps:
                position = Position(here.phase + 1)
            yield position, [_collate(data, draws, pad) for draws in plan[first : first + accumulate]]
            if position.phase > here.phase:
                break
        else:
            position = replace(position, epoch=here.epoch + 1, batch=0)


def pass_plan(
    data: Mapping[str, Encoded], phase: Phase, tokens: int, seed: Sequence[int]
) -> list[list[tuple[str, int]]]:
    """Return one pass through a phase's mixture: its batches as (source, row), in random order.

    Raises TrainingError where no pair is short enough.
    """
    if not eligible(data, phase):
        raise TrainingError(f"no pairs are left for phase '{phase.name}'", "check its weights and `longest`")
    random = np.random.default_rng(list(seed))
    names = [name for name, weight in phase.weights.items() if weight > 0 and name in data]
    drawn = [_draw(data[name], phase, phase.weights[name], random) for name in names]
    lengths = np.concatenate([data[name].lengths[rows] for name, rows in zip(names, drawn, strict=True)])
    origin = np.repeat(np.arange(len(names)), [len(rows) for rows in drawn]).tolist()
    rows = np.concatenate(drawn).tolist()
    order = np.argsort(lengths + BLUR * random.random(len(lengths)), kind="stable")
    cut = _cut(order.tolist(), lengths.tolist(), tokens)
    batches = [[(names[origin[i]], rows[i]) for i in batch] for batch in cut]
    return [batches[i] for i in random.permutation(len(batches))]


def eligible(data: Mapping[str, Encoded], phase: Phase) -> int:
    """Return how many pairs a pass through the phase draws, of those that are short enough."""
    return sum(
        round(phase.weights.get(name, 0) * int((pairs.lengths <= phase.longest + 1).sum()))
        for name, pairs in data.items()
    )


def mean_pieces(data: Mapping[str, Encoded], phase: Phase, tokens: int) -> tuple[int, float]:
    """Return the pairs of one pass through a phase, and the mean of target pieces in its batches."""
    plan = pass_plan(data, phase, tokens, (0,))
    lengths = {name: pairs.target.lengths for name, pairs in data.items()}
    pieces = sum(int(lengths[name][row]) for batch in plan for name, row in batch)
    return sum(map(len, plan)), pieces / len(plan)


def _draw(pairs: Encoded, phase: Phase, weight: float, random: np.random.Generator) -> Numbers:
    rows = np.flatnonzero(pairs.lengths <= phase.longest + 1)  # the end mark does not count
    whole = int(weight)
    part = random.permutation(rows)[: round((weight - whole) * len(rows))]
    return np.concatenate([*[rows] * whole, part])


def _cut(order: list[int], lengths: list[int], tokens: int) -> list[list[int]]:
    """Cut sorted rows into batches that fit, padding included; a row that never fits goes alone."""
    batches: list[list[int]] = []
    longest = 0
    for row in order:
        longest = max(longest, lengths[row])
        if not batches or longest * (len(batches[-1]) + 1) > tokens:
            batches.append([])
            longest = lengths[row]
        batches[-1].append(row)
    return batches


def _collate(data: Mapping[str, Encoded], draws: Sequence[tuple[str, int]], pad: int) -> Batch:
    return Batch(
        padded([data[name].source.row(row) for name, row in draws], pad),
        padded([data[name].target.row(row) for name, row in draws], pad),
    )


def padded(rows: Sequence[Sequence[int] | npt.NDArray[np.int32]], pad: int) -> Numbers:
    """Return rows as one matrix, padded on the right."""
    matrix = np.full((len(rows), max(map(len, rows))), pad, np.int64)
    for index, row in enumerate(rows):
        matrix[index, : len(row)] = row
    return matrix


def _rows(rows: Sequence[npt.NDArray[np.int32]]) -> Rows:
    starts = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return Rows(np.concatenate(rows) if rows else np.zeros(0, np.int32), starts)
