"""Pairs split, merged, and moved over a boundary: texts, terms and places of the pieces, nothing kept."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate

from aligned.errors import StoreError
from aligned.records import Pair, Segment, StoredPair, Translation
from glossary.receipt import Method, Receipt

INTACT = "intact"
PARTED = "its English went to the other piece"


@dataclass(frozen=True, slots=True)
class Piece:
    """A pair to be made, over the segments of its document from position `first` to `last`.

    Without a translation, one is made of the two texts.
    """

    source: str
    target: str
    first: int
    last: int
    translation: Translation | None = None


def split(stored: StoredPair, source_at: int, target_at: int) -> tuple[Piece, Piece]:
    """Cut a pair in two, each side before a character.

    Raises:
        StoreError: a piece would have no source.
    """
    pair = stored.pair
    sources, targets = _cut(pair.source, source_at), _cut(pair.target, target_at)
    if not all(text for text, _ in sources):
        raise StoreError("a piece would have no source", "cut inside the text")
    first, last = _ends(stored.segments)
    until, start = _boundary(stored.segments, pair.source, sources[0][0])
    one = _piece(pair, sources[0], targets[0], first, until)
    return one, _piece(pair, sources[1], targets[1], start, last)


def merge(stored: StoredPair, following: StoredPair) -> tuple[Piece]:
    """Join a pair and the one after it."""
    both = _both(stored, following)
    pair = both.pair
    return (_piece(pair, (pair.source, 0), (pair.target, 0), *_ends(both.segments)),)


def move(stored: StoredPair, following: StoredPair, source_at: int, target_at: int) -> tuple[Piece, Piece]:
    """Move the boundary between a pair and the one after it.

    Offsets count characters of the two sources, and of the two targets, joined by a blank.

    Raises:
        StoreError: a piece would have no source.
    """
    return split(_both(stored, following), source_at, target_at)


def joined(segments: Sequence[Segment]) -> Segment:
    """Return one segment that reads as all of these, from where the first begins to the last's end.

    Where they lie in two blocks, `end` counts in the block of the last, as `last_line` does in its page.
    """
    if len(segments) == 1:
        return segments[0]
    repairs = dict.fromkeys(part for item in segments for part in item.repair.split("+") if part != INTACT)
    return replace(
        segments[0],
        text=" ".join(item.text for item in segments),
        end=segments[-1].end,
        last_line=segments[-1].last_line,
        damaged=_damaged(segments),
        repair="+".join(repairs) or INTACT,
    )


# A piece of a text, and where it begins there.
_Part = tuple[str, int]


def _cut(text: str, at: int) -> tuple[_Part, _Part]:
    at = min(max(at, 0), len(text))
    head, tail = text[:at], text[at:]
    return (
        (head.strip(), len(head) - len(head.lstrip())),
        (tail.strip(), at + len(tail) - len(tail.lstrip())),
    )


def _ends(segments: Sequence[Segment]) -> tuple[int, int]:
    return segments[0].position, segments[-1].position


def _boundary(segments: Sequence[Segment], source: str, head: str) -> tuple[int, int]:
    """Return the last segment of the head and the first of what follows it in the source.

    A source that is not the segments' own tells nothing: each piece then covers them all.
    """
    texts = [solid(item.text) for item in segments]
    at = "".join(texts).find(solid(source))
    if at < 0:
        return segments[-1].position, segments[0].position
    at += len(solid(head))
    ends = list(accumulate(map(len, texts)))
    until = next(item for item, end in zip(segments, ends, strict=True) if end >= at)
    start = next(item for item, end in zip(segments, ends, strict=True) if end > at)
    return until.position, start.position


def solid(text: str) -> str:
    """Return a text without its white space."""
    return "".join(text.split())


def _piece(pair: Pair, source: _Part, target: _Part, first: int, last: int) -> Piece:
    """Make a piece of a pair, with the receipts of the terms in it."""
    receipts = tuple(
        _moved(receipt, source[1], target)
        for receipt in pair.receipts
        if source[1] <= receipt.source_start and receipt.source_end <= source[1] + len(source[0])
    )
    made = translation_of(source[0], target[0], pair.signature, pair.score, receipts, pair.findings)
    return Piece(source[0], target[0], first, last, made)


def translation_of(
    source: str,
    target: str,
    signature: str,
    score: float,
    receipts: tuple[Receipt, ...] = (),
    findings: tuple[str, ...] = (),
) -> Translation:
    """Return what stands for a translation in a pair that a person made; all of it makes its key."""
    content = [source, target, signature, score, [asdict(receipt) for receipt in receipts], findings]
    key = hashlib.sha256(json.dumps(["structure", *content]).encode()).hexdigest()
    return Translation(key, source, target, score, signature, receipts, findings)


def _moved(receipt: Receipt, source_at: int, target: _Part) -> Receipt:
    """Return a receipt whose spans count from the beginning of its piece."""
    moved = _shifted(receipt, -source_at, -target[1])
    if moved.target_start is None or moved.target_end is None:
        return moved
    if moved.target_start < 0 or moved.target_end > len(target[0]):
        return replace(moved, target_start=None, target_end=None, method=Method.FAILED, reason=PARTED)
    return moved


def _shifted(receipt: Receipt, source: int, target: int) -> Receipt:
    start, end = receipt.target_start, receipt.target_end
    return replace(
        receipt,
        source_start=receipt.source_start + source,
        source_end=receipt.source_end + source,
        target_start=None if start is None else start + target,
        target_end=None if end is None else end + target,
    )


def _both(one: StoredPair, other: StoredPair) -> StoredPair:
    """Return two neighbours as one pair, as if it had been made whole."""
    first, second = one.pair, other.pair
    source_at, target = len(first.source) + 1, first.target + " "
    if not first.target or not second.target:
        target = first.target
    shifted = (_shifted(receipt, source_at, len(target)) for receipt in second.receipts)
    pair = replace(
        first,
        source=f"{first.source} {second.source}",
        target=target + second.target,
        signature=" + ".join(dict.fromkeys((first.signature, second.signature))),
        score=min(first.score, second.score),
        receipts=(*first.receipts, *shifted),
        findings=tuple(dict.fromkeys((*first.findings, *second.findings))),
    )
    covered = {item.position: item for item in (*one.segments, *other.segments)}
    return replace(one, pair=pair, segments=tuple(covered[position] for position in sorted(covered)))


def _damaged(segments: Sequence[Segment]) -> str | None:
    """Return the lines of all, those once that two segments share."""
    kept: list[str] = []
    before: Segment | None = None
    for segment in segments:
        lines = segment.damaged.split("\n") if segment.damaged is not None else []
        shares = before and (before.page, before.last_line) == (segment.page, segment.first_line)
        kept += lines[1:] if shares and lines and kept and kept[-1] == lines[0] else lines
        before = segment
    return "\n".join(kept) if kept else None
