"""What PDF extractors do to Hebrew lines, done on purpose: damaged lines whose truth is known.

The law, as measured on a brief: the runs of a page come last run first; a run with a Hebrew letter keeps its
characters in order, brackets mirrored; one without comes in visual order. Runs begin and end at numbers, at
marks, at words, behind prefixes and inside words; a blank at a run's edge may get lost or be doubled.
"""

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from glossary.hebrew import HEBREW_LETTERS, has_hebrew
from mt.repair.visual import MIRRORED, visual_order

PREFIXES = "ובהלמשכ"
_NUMBER = re.compile(r"[-\u2013]?\d+(?:[.,:/]\d+)*%?[.,:;]?\s*")
_MARK = re.compile(rf"\s*[,.;:]\s+|(?<=[{HEBREW_LETTERS}])-(?=[{HEBREW_LETTERS}])")
_WORD = re.compile(r"\S+")
_THREE_LETTERS = re.compile(f"[{HEBREW_LETTERS}]{{3}}")


@dataclass(frozen=True, slots=True)
class Habits:
    """How often an extractor cuts (at a number, a mark, a word, behind a prefix, inside a word).

    `blank` is how often a run's edge loses or gains a blank, `intact` how often a line comes out whole.
    """

    number: float = 0.9
    mark: float = 0.42
    word: float = 0.27
    prefix: float = 0.10
    inside: float = 0.045
    blank: float = 0.10
    intact: float = 0.08


@dataclass(frozen=True, slots=True)
class DamagedLine:
    """A damaged line, its runs' edges (0 and its length included), and where the text has blanks.

    `blanks[k]` tells whether the text has a blank between run k + 1 and run k, which follows it.
    """

    text: str
    clean: str
    edges: tuple[int, ...]
    blanks: tuple[bool, ...]


def draw_habits(draw: random.Random) -> Habits:
    """Return the habits of one more extractor, around those that were measured."""
    return Habits(
        number=draw.uniform(0.7, 1.0),
        mark=draw.uniform(0.2, 0.6),
        word=draw.uniform(0.12, 0.36),
        prefix=draw.uniform(0.02, 0.16),
        inside=draw.uniform(0.01, 0.08),
        blank=draw.choice((0.0, 0.1, 0.1, 0.2)),
        intact=draw.uniform(0.02, 0.2),
    )


def damage(line: str, draw: random.Random, habits: Habits = Habits()) -> DamagedLine:
    """Damage a line; its outer blanks are lost."""
    clean = line.strip()
    if draw.random() < habits.intact:
        return DamagedLine(clean, clean, (0, len(clean)), ())
    runs = _runs(clean, draw, habits)
    parts = [_edged(_as_extracted(run), draw, habits) for run in reversed(runs)]
    text = "".join(parts)
    lead, size = len(text) - len(text.lstrip()), len(text.strip())
    edges, blanks, place = [0], [], 0
    order = list(reversed(runs))
    for index, part in enumerate(parts):
        place += len(part)
        edge = min(max(place - lead, 0), size)
        if edges[-1] < edge < size:
            edges.append(edge)
            earlier, later = order[index + 1], order[index]
            blanks.append(earlier[-1:].isspace() or later[:1].isspace())
    return DamagedLine(text.strip(), clean, (*edges, size), tuple(blanks))


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield a paragraph's lines of at most `width` characters, longer words alone."""
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line


def _as_extracted(run: str) -> str:
    return run.translate(MIRRORED) if has_hebrew(run) else visual_order(run)


def _edged(run: str, draw: random.Random, habits: Habits) -> str:
    if draw.random() >= habits.blank:
        return run
    return draw.choice((run.strip() or run, run + " ", " " + run))


def _runs(line: str, draw: random.Random, habits: Habits) -> list[str]:
    cuts = {0, len(line)}
    for pattern, often in ((_NUMBER, habits.number), (_MARK, habits.mark)):
        for match in pattern.finditer(line):
            if draw.random() < often:
                cuts |= set(match.span())
    for match in _WORD.finditer(line):
        first, last = match.span()
        long = last - first > 3
        if first and draw.random() < habits.word:
            cuts.add(first)
        prefixed = long and line[first] in PREFIXES and _THREE_LETTERS.match(line, first)
        if prefixed and draw.random() < habits.prefix:
            cuts.add(first + 1)
        if long and draw.random() < habits.inside:
            cuts.add(draw.randrange(first + 1, last))
    places = sorted(cuts)
    return [line[a:b] for a, b in itertools.pairwise(places)]
