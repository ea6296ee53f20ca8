"""Scores against references that are merged, dropped and swapped, by each way, beside the true alignment.

The shipped model translates the Hebrew of the development sets for alignment sentence by sentence; the
English side is the reference. The brief that ships, with its English, comes first.
"""

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glossary.terms import Glossary
from mt import sample
from mt.engines.registry import load_engine
from mt.scoring.metrics import count, scores
from mt.scoring.resegment import resegment
from mt.scoring.sources import Source
from mt.scoring.unaligned import bring_together
from mt.segment import segment
from mt.translate import Translator
from tests.bench.align import SETS
from tests.bench.data import folder

# TER of whole documents takes hours.
SHOWN = ("BLEU", "chrF2")

# The brief's sentences that do not go one to one, by hand: how many of each language begin with a Hebrew one.
BEADS = {
    11: (1, 2), 16: (2, 1), 18: (1, 2), 28: (4, 1), 35: (2, 1),
    43: (2, 1), 46: (1, 2), 50: (1, 2), 58: (2, 2), 62: (2, 1),
}  # fmt: skip

Columns = tuple[list[str], list[str]]


def main(arguments: list[str]) -> None:
    """Print a row for each set and way."""
    data = folder(arguments)
    translator = Translator(load_engine(), Glossary(()))
    print(f"{'set':8} {'way':32} {'BLEU':>6} {'chrF2':>6} {'matched':>8} {'confidence':>10} {'seconds':>8}")
    sets = {"brief": [_brief()]} | {name: _documents(data / f"alignment.{name}.json") for name in SETS}
    # Most sentences stand in every set.
    hebrew = list(dict.fromkeys(text for kept in sets.values() for one in kept for text in one["he"]))
    said = dict(zip(hebrew, (found.target for found in translator.translate(hebrew)), strict=True))
    for name, documents in sets.items():
        for document in documents:
            document["said"] = [said[text] for text in document["he"]]
        _set(name, documents)


def _documents(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["documents"]
    return found


def _set(name: str, documents: Sequence[dict[str, Any]]) -> None:
    true: Columns = [], []
    whole: Columns = [], []
    for document in documents:
        said, english = document["said"], document["en"]
        for source, target in document["gold"]:
            if source and target:
                true[0].append(" ".join(said[at] for at in source))
                true[1].append(" ".join(english[at] for at in target))
        whole[0].append(" ".join(said))
        whole[1].append(" ".join(english))
    _row(name, "true alignment", true)
    for way, hebrew in (("targem --unaligned --source", True), ("targem --unaligned", False)):
        _aligned(name, way, documents, hebrew)
    begun = time.process_time()
    cut: Columns = [], []
    for document in documents:
        cut[0].extend(resegment(" ".join(document["said"]), document["en"]) or [])
        cut[1].extend(document["en"])
    _row(name, "cut by least word error rate", cut, time.process_time() - begun)
    _row(name, "documents as segments", whole)


def _aligned(name: str, way: str, documents: Sequence[dict[str, Any]], hebrew: bool) -> None:
    begun = time.process_time()
    columns: Columns = [], []
    shares, confidences = [], []
    for document in documents:
        sources = [Source(text) for text in document["he"]] if hebrew else []
        found = bring_together(document["said"], [document["en"]], sources)
        columns[0].extend(found.hypotheses)
        columns[1].extend(found.references[0])
        shares.append(found.matching.reference_share)
        confidences.append(found.matching.confidence)
    seconds = time.process_time() - begun
    share, confidence = sum(shares) / len(shares), sum(confidences) / len(confidences)
    _row(name, way, columns, seconds, f"{share:8.1%} {confidence:10.2f}")


def _row(name: str, way: str, columns: Columns, seconds: float | None = None, matched: str = "") -> None:
    figures = {found.name: found.score for found in scores(count(columns[0], [columns[1]], SHOWN), samples=1)}
    last = "" if seconds is None else f"{seconds:8.1f}"
    print(f"{name:8} {way:32} {figures['BLEU']:6.2f} {figures['chrF2']:6.2f} {matched:19} {last}", flush=True)


def _brief() -> dict[str, Any]:
    """Return the brief's sentences with their true alignment."""
    home = Path(sample.__file__).parent
    hebrew, english = (_sentences(home / f"brief.{language}.txt", language) for language in ("he", "en"))
    gold = []
    source = target = 0
    while source < len(hebrew):
        ours, theirs = BEADS.get(source, (1, 1))
        gold.append((range(source, source + ours), range(target, target + theirs)))
        source, target = source + ours, target + theirs
    if (source, target) != (len(hebrew), len(english)):
        raise SystemExit("the brief is cut otherwise than when it was aligned: align it by hand again")
    return {"he": hebrew, "en": english, "gold": gold}


def _sentences(path: Path, language: str) -> list[str]:
    # By paragraph: what stands apart from the text is part of it here.
    parts = re.split(r"\n{2,}", path.read_text("utf-8").strip())
    return [" ".join(found.text.split()) for part in parts for found in segment(part, language)]
