"""A store in the place of a translation: the pairs of one of its documents, and where their scores go."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aligned.paging import Filter
from aligned.records import StoredPair
from aligned.references import Reference
from aligned.store import Store, require_store
from aligned.walking import every_pair
from mt.errors import DocumentError
from mt.scoring.against import chrf_signature, rescore
from mt.scoring.history import test_set_digest
from mt.scoring.report import Report, Task
from mt.scoring.sources import Source
from mt.scoring.tasks import Files, System

_SQLITE = b"SQLite format 3\0"
_DIGITS = 12
# As engines sign what they translate.
_MODEL = re.compile(r"\|model:([0-9a-f]+)\|")


def is_store(address: str) -> bool:
    """Tell a store from a file of text: an address, or what SQLite wrote (1.3 of its file format)."""
    if "://" in address:
        return True
    try:
        with Path(address).open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Chosen:
    """A document of a store: its number, its name, and the pairs that it shows, in order."""

    number: int
    name: str
    pairs: tuple[StoredPair, ...]

    @property
    def system(self) -> System:
        """What the pairs say, as if it had come out of files."""
        sources = [Source(one.pair.source, (one.pair.id,), one.pair.segment.repair) for one in self.pairs]
        return System([one.pair.target for one in self.pairs], sources)

    @property
    def model(self) -> str:
        """The first digits of the digest of the one model that made all pairs; nothing where there is none.

        What a person has judged may be that person's text.
        """
        found = [one.version == 0 and _MODEL.search(one.pair.signature) for one in self.pairs]
        made = {match[1] if match else "" for match in found}
        return made.pop() if len(made) == 1 else ""


def read_stored(address: str, wanted: str) -> Chosen:
    """Read the document that is wanted by number or name, or the only one.

    Raises DocumentError where there is none, or more than one, StoreError for a store that cannot be read.
    """
    require_store(address)
    with Store.open(address) as store:
        shown = store.progress_by_document()
        known = {one.id: one.name for one in store.documents() if one.id in shown}
        found = [key for key, name in known.items() if wanted in {"", str(key), name}]
        if len(found) != 1:
            raise DocumentError(*_unclear(wanted, known, bool(found)))
        pairs = every_pair(store, Filter(document=found[0]))
        return Chosen(found[0], known[found[0]], tuple(pairs))


def _unclear(wanted: str, known: Mapping[int, str], several: bool) -> tuple[str, str]:
    if not known:
        return "the store has no pairs", "translate or import first"
    called = f" called {wanted}" if wanted else ""
    what = f"the store has several documents{called}" if several else f"the store has no document {wanted}"
    return what, f"give --document {' or '.join(f'{key} ({name})' for key, name in known.items())}"


def keep_references(address: str, chosen: Chosen, task: Task, report: Report, files: Files) -> None:
    """Keep what the pairs of a document were compared with, and their scores, in the place of any before."""
    stretches = {one.pair.id: (one.segments[0].position, one.segments[-1].position) for one in chosen.pairs}
    how = "line by line" if task.matching is None else "aligned"
    count = len(task.references)
    digest = test_set_digest(files.references)[:_DIGITS]
    signature = f"{files.references[0].name} {digest}, {how}|{chrf_signature(count)}"
    kept: dict[tuple[int, int], Reference] = {}
    for line, texts in zip(report.lines, zip(*task.references, strict=True), strict=True):
        ends = [stretches[key] for key in line.source.pairs]
        first, last = min(low for low, _ in ends), max(high for _, high in ends)
        for place, text in enumerate(texts):
            # The parts of a segment that was split have a line each, and one reference together.
            before = kept.get((place, first))
            said, span = (f"{before.text} {text}", before.span) if before else (text, 1)
            span = max(span, last - first + 1)
            kept[place, first] = Reference(first, span, said, signature, place)
    with Store.open(address) as store:
        store.keep_references(chosen.number, kept.values())
        rescore(store, chosen.number)
