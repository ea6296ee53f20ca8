"""The runs of damaged lines in reading order: exact search over all ways to cut all lines of a text.

The text is read run by run, the last run of a line first. What a run is worth hangs on its two edges, and on
what it meets: the end of the run before. That chain goes on from line to line, so that lines are decided
together: a second-order semi-Markov chain (Sarawagi & Cohen 2004), its best path found as Viterbi (1967) did.
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
    if not lines:
        return []
    # Products are small here: a second thread would mostly wait, on a busy machine ten times as long.
    with threadpool_limits(1, user_api="blas"):
        return _cut_lines(lines, network)


def _cut_lines(lines: Sequence[str], network: Network) -> list[Cut]:
    text = network.read(lines)
    starts = text.places.starts.tolist()
    walked: list[_Line] = []
    entries, scores = np.array([-1]), np.zeros(1, np.float32)
    for first, after in itertools.pairwise(starts):
        places = first + candidates(text.cut[first:after, 0], np.zeros(0, np.int64))
        line = _walk(text, network, places, entries, scores)
        walked.append(line)
        entries, scores = places[1:], line.best[1:, 0] - line.best[1:, 0].max()
    cuts: list[Cut] = []
    end: int | None = None
    for line in reversed(walked):
        cut, end = _trace(line, end)
        cuts.append(cut)
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


def _trace(line: _Line, end: int | None) -> tuple[Cut, int]:
    """Return a line's runs and the candidate of the line before at which that line ends.

    `end` is the candidate at which this line's own last run in reading order ends, if the next line says so.
    """
    last = len(line.places) - 1
    end = int(line.best[1:, 0].argmax()) if end is None else end
    edges = [0, end + 1]
    while edges[-1] != last:
        edges.append(int(line.back[edges[-1], edges[-2]]))
    entry = int(line.back[last, edges[-2]])
    logits = [line.blank[before, begin] for begin, before in zip(edges, edges[2:], strict=False)]
    total = _total(line, entry)
    score = line.entering[entry, edges[-2]] + line.run[last, edges[-2]]
    for begin, own, before in zip(edges, edges[1:], edges[2:], strict=False):
        score += line.meeting[before, begin] + line.run[own, begin]
    intact = line.entering[entry, 0] + line.run[last, 0]
    offsets = tuple(int(line.places[edge] - line.places[0]) for edge in edges)
    blanks = tuple(bool(logit > 0) for logit in logits)
    return Cut(offsets, blanks, float(np.exp(score - total)), float(np.exp(intact - total))), entry


def _total(line: _Line, entry: int) -> float:
    """Return the logarithm of the sum over all ways to cut the line, given the entry."""
    count = len(line.places)
    totals = np.full((count, count), _IMPOSSIBLE, np.float32)
    totals[-1, :-1] = line.entering[entry] + line.run[-1, :-1]
    for end in range(count - 2, 0, -1):
        totals[end, :end] = (
            _log_sum(totals[end + 1 :, end, None] + line.meeting[end + 1 :, :end]) + line.run[end, :end]
        )
    return float(_log_sum(totals[1:, :1])[0])


def _log_sum(values: Floats) -> Floats:
    most = values.max(0)
    return np.asarray(most + np.log(np.exp(values - most).sum(0)))
