"""The runs of damaged lines in reading order: exact search over all ways to cut all lines of a text.

The text is read run by run, the last run of a line first. What a run is worth hangs on its two edges, and on
what it meets: the end of the run before. That chain goes on from line to line, so that lines are decided
together: a second-order semi-Markov chain (Sarawagi & Cohen 2004), its best path found as Viterbi (1967) did.
Other ways to cut a line are drawn from its probabilities, for `consensus` to choose among.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from mt.repair.counts import Floats
from mt.repair.features import Numbers
from mt.repair.network import Network, Text, candidates

_IMPOSSIBLE = np.float32(-1e4)
# A line is as sure as this, or others are drawn; so many, and always the same ones.
SURE, DRAWN, _SEED = 0.97, 512, 1


@dataclass(frozen=True, slots=True)
class Cut:
    """A line's runs: `edges` from 0 to its length, `blanks` between run k + 1 and run k of the damaged line.

    `confidence` is the probability of these edges, `intact` that of the line as it is, both given how the
    line before ends.
    """

    edges: tuple[int, ...]
    blanks: tuple[bool, ...]
    confidence: float
    intact: float


@dataclass(frozen=True, slots=True)
class _Line:
    """A line's candidate places and potentials, and the search's state when it left the line.

    `meeting` and `blank` are (end before, begin), `run` is (end, begin), counted in candidates; `entering`
    is (entries, begin). `best` is (end, begin), `back` the candidate
    where the run before ended, for the line's last run an entry.
    """

    places: Numbers
    meeting: Floats
    blank: Floats
    run: Floats
    entering: Floats
    best: Floats
    back: Numbers


def cut_lines(lines: Sequence[str], network: Network) -> list[Cut]:
    """Return the most probable runs of consecutive lines, none empty, each shorter than LONGEST_LINE."""
    return [cuts[0] for cuts in likely_cuts(lines, network, 0)]


def likely_cuts(lines: Sequence[str], network: Network, drawn: int = DRAWN) -> list[list[Cut]]:
    """Return of each line its most probable runs and, where these are not sure, others that were drawn.

    Each stands once; a draw of `drawn` ways is by probability, given how the line before ends.
    """
    if not lines:
        return []
    # Products are small here: a second thread would mostly wait, on a busy machine ten times as long.
    with threadpool_limits(1, user_api="blas"):
        return _likely_cuts(lines, network, drawn)


def _likely_cuts(lines: Sequence[str], network: Network, drawn: int) -> list[list[Cut]]:
    text = network.read(lines)
    starts = text.places.starts.tolist()
    walked: list[_Line] = []
    entries, scores = np.array([-1]), np.zeros(1, np.float32)
    for first, after in itertools.pairwise(starts):
        places = first + candidates(text.cut[first:after, 0], np.zeros(0, np.int64))
        line = _walk(text, network, places, entries, scores)
        walked.append(line)
        entries, scores = places[1:], line.best[1:, 0] - line.best[1:, 0].max()
    cuts: list[list[Cut]] = []
    end: int | None = None
    for line in reversed(walked):
        edges, entry = _trace(line, end)
        totals = _totals(line, entry)
        total = float(_log_sum(totals[1:, :1])[0])
        found = [_cut(line, entry, edges, total)]
        if found[0].confidence < SURE and drawn:
            others = dict.fromkeys(_drawn(line, totals, drawn))
            found += [_cut(line, entry, each, total) for each in others if each != edges]
        cuts.append(found)
        end = entry
    return cuts[::-1]


def _walk(text: Text, network: Network, places: Numbers, entries: Numbers, scores: Floats) -> _Line:
    meeting, blank = network.meetings(text, places, places)
    entering, _ = network.meetings(text, entries, places[:-1])
    run = network.runs(text, places, places).T
    count = len(places)
    best = np.full((count, count), _IMPOSSIBLE, np.float32)
    back = np.zeros((count, count), np.int64)
    reached = scores[:, None] + entering
    back[-1, :-1] = reached.argmax(0)
    best[-1, :-1] = reached.max(0) + run[-1, :-1]
    for end in range(count - 2, 0, -1):
        reached = best[end + 1 :, end, None] + meeting[end + 1 :, :end]
        back[end, :end] = reached.argmax(0) + end + 1
        best[end, :end] = reached.max(0) + run[end, :end]
    return _Line(places, meeting, blank, run, entering, best, back)


def _trace(line: _Line, end: int | None) -> tuple[tuple[int, ...], int]:
    """Return a line's best edges, as candidates, and the one of the line before at which that line ends.

    `end` is the candidate at which this line's own last run in reading order ends, if the next line says so.
    """
    last = len(line.places) - 1
    end = int(line.best[1:, 0].argmax()) if end is None else end
    edges = [0, end + 1]
    while edges[-1] != last:
        edges.append(int(line.back[edges[-1], edges[-2]]))
    return tuple(edges), int(line.back[last, edges[-2]])


def _cut(line: _Line, entry: int, edges: tuple[int, ...], total: float) -> Cut:
    """Return the runs between edges; `total` is the logarithm of the sum over all ways to cut the line."""
    last = len(line.places) - 1
    score = line.entering[entry, edges[-2]] + line.run[last, edges[-2]]
    for begin, own, before in zip(edges, edges[1:], edges[2:], strict=False):
        score += line.meeting[before, begin] + line.run[own, begin]
    intact = line.entering[entry, 0] + line.run[last, 0]
    offsets = tuple(int(line.places[edge] - line.places[0]) for edge in edges)
    blanks = tuple(
        bool(line.blank[before, begin] > 0) for begin, before in zip(edges, edges[2:], strict=False)
    )
    return Cut(offsets, blanks, float(np.exp(score - total)), float(np.exp(intact - total)))


def _totals(line: _Line, entry: int) -> Floats:
    """Return for (end, begin) the logarithm of the sum over all ways to read as far as that run."""
    count = len(line.places)
    totals = np.full((count, count), _IMPOSSIBLE, np.float32)
    totals[-1, :-1] = line.entering[entry] + line.run[-1, :-1]
    for end in range(count - 2, 0, -1):
        totals[end, :end] = (
            _log_sum(totals[end + 1 :, end, None] + line.meeting[end + 1 :, :end]) + line.run[end, :end]
        )
    return totals


def _drawn(line: _Line, totals: Floats, count: int) -> list[tuple[int, ...]]:
    """Draw edges by their probability, run by run from the line's last one in reading order.

    Sums forward, draws backward (Scott 2002), each by the greatest of noisy scores (Gumbel 1954).
    """
    noise = np.random.default_rng(_SEED)
    places = np.arange(len(line.places))
    begins = np.zeros(count, np.int64)
    ends = 1 + (totals[1:, 0] + noise.gumbel(size=(count, len(places) - 1))).argmax(1)
    steps = [begins, ends]
    while (open_ := ends < places[-1]).any():
        scores = totals[:, ends].T + line.meeting[:, begins].T + noise.gumbel(size=(count, len(places)))
        following = np.where(places > ends[:, None], scores, -np.inf)[open_].argmax(1)
        begins, ends = ends, ends.copy()
        ends[open_] = following
        steps.append(ends)
    last = int(places[-1])
    return [tuple(row[: row.index(last) + 1]) for row in np.stack(steps, 1).tolist()]


def _log_sum(values: Floats) -> Floats:
    most = values.max(0)
    return np.asarray(most + np.log(np.exp(values - most).sum(0)))
