"""Scores against references that are merged, dropped and swapped, by each way, beside the true alignment.

The shipped model translates the Hebrew of the development sets for alignment sentence by sentence; the
English side is the reference. Then the brief that ships, translated as a document, against its English.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glossary.terms import Glossary
from mt import sample
from mt.aligning import read_sentences
from mt.engines.registry import load_engine
from mt.scoring.metrics import score
from mt.scoring.resegment import resegment
from mt.scoring.sources import Source
from mt.scoring.unaligned import bring_together
from mt.translate import Translator
from tests.bench.align import SETS
from tests.bench.data import folder

Columns = tuple[list[str], list[str]]


def main(arguments: list[str]) -> None:
    """Print a row for each set and way."""
    data = folder(arguments)
    translator = Translator(load_engine(), Glossary(()))
    print(f"{'set':8} {'way':32} {'BLEU':>6} {'chrF2':>6} {'matched':>8} {'confidence':>10} {'seconds':>8}")
    sets = {name: _documents(data / f"alignment.{name}.json") for name in SETS}
    # Most sentences stand in every set.
    hebrew = list(dict.fromkeys(text for kept in sets.values() for one in kept for text in one["he"]))
    said = dict(zip(hebrew, (found.target for found in translator.translate(hebrew)), strict=True))
    for name, documents in sets.items():
        for document in documents:
            document["said"] = [said[text] for text in document["he"]]
        _set(name, documents)
    _brief(translator)


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
    figures = {found.name: found.score for found in score(columns[0], [columns[1]], samples=1)}
    last = "" if seconds is None else f"{seconds:8.1f}"
    print(f"{name:8} {way:32} {figures['BLEU']:6.2f} {figures['chrF2']:6.2f} {matched:19} {last}", flush=True)


def _brief(translator: Translator) -> None:
    home = Path(sample.__file__).parent
    hebrew = read_sentences(home / "brief.he.txt", "he")
    english = read_sentences(home / "brief.en.txt", "en")
    said = [found.target for found in translator.translate(hebrew)]
    begun = time.process_time()
    found = bring_together(said, [english], [Source(text) for text in hebrew])
    seconds = time.process_time() - begun
    matched = f"{found.matching.reference_share:8.1%} {found.matching.confidence:10.2f}"
    columns = list(found.hypotheses), list(found.references[0])
    _row("brief", "targem --unaligned --source", columns, seconds, matched)
    _row("brief", "cut by least word error rate", (resegment(" ".join(said), english) or [], english))
    _row("brief", "documents as segments", ([" ".join(said)], [" ".join(english)]))
