"""A brief and its published English: aligned, and kept as pairs like those that were translated."""

import hashlib
import json
import math
from collections.abc import Sequence

from aligned.align import Bead, Judge, align_sentences
from aligned.paging import Filter
from aligned.records import ChangeKind, DocumentRecord, Origin, Translation
from aligned.store import Store
from aligned.structure import Piece
from aligned.walking import every_pair

# Changes when the same two texts would be aligned otherwise.
SIGNATURE = "aligner:3"
# Under this name the aligner joins sentences that stand against one.
ALIGNER = "aligner"
# A confidence of nothing has no logarithm.
_LEAST = 1e-6


def align_brief(
    record: DocumentRecord, targets: Sequence[str], translations: Sequence[str], judge: Judge, store: Store,
    glossary: str,
) -> tuple[int, str]:  # fmt: skip
    """Align a brief with English sentences, keep its pairs, and return its number and what became of it.

    `translations` are of the record's segments, to compare with; `judge` is asked of what is in doubt;
    `glossary` is the digest of the one in force. A Hebrew sentence without English makes a pair without
    target, for a person to see; English without Hebrew makes none and is counted. A pair's score is the
    logarithm of the bead's confidence.
    """
    sources = [segment.text for segment in record.segments]
    beads = align_sentences(sources, targets, translations, judge=judge)
    paired = sorted((bead for bead in beads if bead.source), key=lambda bead: bead.source)
    made = {bead.source: _translation(bead, sources, targets) for bead in paired}
    number = store.add_document(record)
    # Every segment gets a pair; those of one bead then give way to one, as if a person joined them.
    alone = {at: _texts(sources[at], "") for bead in paired if len(bead.source) > 1 for at in bead.source}
    alone |= {bead.source[0]: made[bead.source] for bead in paired if len(bead.source) == 1}
    store.add_translations([*made.values(), *alone.values()])
    keys = [(at, alone[at].key) for at in sorted(alone)]
    store.add_pairs(number, keys, glossary, Origin.ALIGNMENT)
    _join(store, number, {bead.source: made[bead.source] for bead in paired if len(bead.source) > 1})
    return number, _told(beads)


def _join(store: Store, number: int, joined: dict[tuple[int, ...], Translation]) -> None:
    stored = every_pair(store, Filter(document=number)) if joined else ()
    versions = {item.pair.segment.position: (item.pair.id, item.version) for item in stored}
    changes = [
        (
            [versions[at] for at in positions],
            [Piece(made.source, made.target, positions[0], positions[-1], made)],
        )
        for positions, made in joined.items()
        if all(at in versions for at in positions)  # else somebody joined them already
    ]
    store.restructure_all(changes, ALIGNER, ChangeKind.MERGE)


def _translation(bead: Bead, sources: Sequence[str], targets: Sequence[str]) -> Translation:
    source = " ".join(sources[at] for at in bead.source)
    return _texts(source, " ".join(targets[at] for at in bead.target), bead.score)


def _texts(source: str, target: str, confidence: float = _LEAST) -> Translation:
    score = math.log(max(confidence, _LEAST)) if target else math.log(_LEAST)
    key = hashlib.sha256(json.dumps([SIGNATURE, source, target, score]).encode()).hexdigest()
    return Translation(key, source, target, score, SIGNATURE)


def _told(beads: Sequence[Bead]) -> str:
    both = [bead for bead in beads if bead.source and bead.target]
    parts = [f"{len(both)} pairs"]
    for what, count in (
        ("Hebrew without English", sum(not bead.target for bead in beads)),
        ("English without Hebrew", sum(not bead.source for bead in beads)),
        ("out of order", sum(bead.crossing for bead in both)),
    ):
        if count:
            parts.append(f"{count} {what}")
    return ", ".join(parts)
