"""Hebrew lines out of a PDF, put back in reading order.

Four kinds of damage are told apart: characters in visual order, words in visual order, the runs of a page in
reverse, and numbers that changed places with their prefixes.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from glossary.hebrew import has_hebrew
from mt.repair.assemble import assemble, moved
from mt.repair.consensus import consensus
from mt.repair.diagnose import document_kind, is_backwards, is_suspicious
from mt.repair.evidence import Evidence, evidence_of
from mt.repair.language import load_language
from mt.repair.network import is_readable, load_network
from mt.repair.numbers import mend_numbers, mend_ranges
from mt.repair.records import (
    INTACT,
    LOW_CONFIDENCE,
    NUMBERS,
    RUNS,
    VISUAL,
    WORDS,
    LineRepair,
    Repairer,
    Run,
)
from mt.repair.search import DRAWN, Cut, cut_lines, likely_cuts
from mt.repair.visual import logical_words, visual_order, word_runs

__all__ = [
    "INTACT", "LOW_CONFIDENCE", "NUMBERS", "RUNS", "VISUAL", "WORDS", "LineRepair", "Repairer", "Run",
    "leave_alone", "repair_lines",
]  # fmt: skip

# How often repairs by rule were right on simulated damage, rounded down.
RULE_CONFIDENCE = 0.99
# Share of the searched lines that must be torn for a document to be.
TORN = 0.25
# Mean probability of standing as they should from which a document's lines do, and the probability below
# which a single line of a whole document does not.
WHOLE_DOCUMENT, WHOLE = 0.5, 1e-4
# Lines around a suspicious one that help to judge it.
_AROUND = 2
# What is less likely is as good as impossible.
_LEAST = 1e-30
# Lines that are looked at when evidence does not suffice.
_SAMPLE = 20


def leave_alone(lines: Sequence[str]) -> list[LineRepair]:
    """Return every line as it is (`--no-repair`)."""
    return [LineRepair(line, line) for line in lines]


def repair_lines(lines: Sequence[str]) -> list[LineRepair]:
    """Repair the lines of one document; a line that needs nothing comes back as it is, to the last character.

    A repaired line has the characters of the damaged one, blanks and mirrored brackets aside.
    """
    bodies = [line.strip() for line in lines]
    seen = {at: evidence_of(body) for at, body in enumerate(bodies) if has_hebrew(body)}
    kind = _kind(bodies, seen)
    found = leave_alone(lines)
    torn = _torn(bodies, seen, kind)
    for at, evidence in seen.items():
        body = bodies[at]
        if kind == VISUAL or (kind != WORDS and is_backwards(evidence)):
            repair = LineRepair(
                body, visual_order(body), VISUAL, RULE_CONFIDENCE, runs=(Run(0, len(body), 0, len(body)),)
            )
        elif kind == WORDS:
            repair = LineRepair(body, logical_words(body), WORDS, RULE_CONFIDENCE, runs=word_runs(body))
        elif at in torn:
            repair = torn[at]
        else:
            repair = _mended(body, ranges=kind == NUMBERS)
        if repair.verdict != INTACT and repair.repaired != " ".join(body.split()):
            tail = "\r" if lines[at].endswith("\r") else ""
            found[at] = replace(
                repair, damaged=lines[at], repaired=repair.repaired + tail, evidence=evidence.names
            )
        elif repair.confidence < 1:
            found[at] = replace(found[at], confidence=repair.confidence)
    return found


def _kind(bodies: Sequence[str], seen: dict[int, Evidence]) -> str:
    """Return the document's kind of damage; where evidence is thin, what makes the most likely Hebrew."""
    kind, certain = document_kind(list(seen.values()))
    if certain or kind in (INTACT, NUMBERS):
        return kind
    sample = [bodies[at] for at in seen if is_readable(bodies[at])][:_SAMPLE]
    readings = {INTACT: sample, VISUAL: [*map(visual_order, sample)], WORDS: [*map(logical_words, sample)]}
    whole = {name: _wholeness(texts) for name, texts in readings.items()}
    best = max(whole, key=lambda name: whole[name])
    return RUNS if best == INTACT or whole[best] < WHOLE_DOCUMENT else best


def _wholeness(lines: Sequence[str]) -> float:
    """Return the mean probability that lines stand as they should."""
    cuts = cut_lines(lines, load_network()) if lines else []
    return sum(cut.intact for cut in cuts) / max(1, len(cuts))


def _torn(bodies: Sequence[str], seen: dict[int, Evidence], kind: str) -> dict[int, LineRepair]:
    """Return the repairs of lines whose runs are out of order, and how sure it is that others are whole."""
    if kind in (VISUAL, WORDS):
        return {}
    readable = [at for at in seen if is_readable(bodies[at]) and not is_backwards(seen[at])]
    if kind != RUNS:
        around = {
            at + near for at in readable if is_suspicious(seen[at]) for near in range(-_AROUND, _AROUND + 1)
        }
        readable = [at for at in readable if at in around]
    texts = [bodies[at] for at in readable]
    likely = likely_cuts(texts, load_network(), DRAWN if kind == RUNS else 0) if texts else []
    cuts = {at: found[0] for at, found in zip(readable, likely, strict=True)}
    changed = [at for at, cut in cuts.items() if len(cut.edges) > 2]
    if kind != RUNS or len(changed) < TORN * len(cuts):
        changed = [at for at in changed if is_suspicious(seen[at]) and _is_certain(cuts[at])]
        return {at: _reordered(bodies[at], cuts[at]) for at in changed}
    chosen = zip(readable, consensus(texts, likely, load_language), strict=True)
    return {at: _reordered(bodies[at], cut) for at, cut in chosen}


def _is_certain(cut: Cut) -> bool:
    """Tell whether a line is torn for sure, and its repair more likely right than not."""
    return cut.intact < WHOLE and cut.confidence > LOW_CONFIDENCE


def _reordered(body: str, cut: Cut) -> LineRepair:
    if len(cut.edges) == 2:
        return replace(_mended(body), confidence=cut.confidence)
    text, runs = assemble(body, cut)
    gain = math.log(max(cut.confidence, _LEAST) / max(cut.intact, _LEAST))
    return LineRepair(body, mend_numbers(text), RUNS, cut.confidence, gain=gain, runs=runs)


def _mended(body: str, *, ranges: bool = False) -> LineRepair:
    repaired = mend_numbers(body)
    if ranges or repaired != body:
        repaired = mend_ranges(repaired)
    if repaired == body:
        return LineRepair(body, body)
    return LineRepair(body, repaired, NUMBERS, RULE_CONFIDENCE, runs=moved(body, repaired))
