"""Pairs that reviewers accepted, from the store or from files: those to learn from, those to hold out."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from aligned.errors import StoreError
from aligned.records import Status
from aligned.store import Store
from mt.errors import SettingError, TrainingError
from mt.train.cleaning import Counts, Limits, TextPair, clean
from mt.train.corpora import read_pairs
from mt.train.heldout import Guard
from mt.train.normal import normal_form

ACCEPTED = (Status.ACCEPTED, Status.EDITED)
# Fewer to learn from change nothing, and fewer to test on say nothing. Hashes fall like dice, so that half of
# these may do.
MIN_TRAIN, MIN_HELD, LEAST_HELD = 30, 10, 5
MIN_PART, MAX_PART = 0.02, 0.4
_HASHED = 1 << 64


@dataclass(frozen=True, slots=True)
class Parts:
    """Pairs to learn from, pairs that say when to stop, and pairs that only judge."""

    train: tuple[TextPair, ...] = ()
    watch: tuple[TextPair, ...] = ()
    test: tuple[TextPair, ...] = ()


def parse_statuses(text: str) -> tuple[Status, ...]:
    """Read statuses separated by commas; raises SettingError that lists the known ones."""
    try:
        return tuple(Status(name.strip()) for name in text.split(","))
    except ValueError:
        known = ", ".join(Status)
        raise SettingError(f"'{text}' holds an unknown status", f"choose among {known}") from None


def from_store(address: str, statuses: Collection[Status] = ACCEPTED) -> list[TextPair]:
    """Return the pairs in a store that have one of the statuses, in normal form.

    Raises StoreError where there is no such store, TrainingError where it has no such pair.
    """
    path = address.removeprefix("sqlite:///")
    # To open a store that is not there would make one.
    if "://" not in path and not Path(path).is_file():
        raise StoreError(
            f"there is no store at '{path}'", "give --store, or files of pairs that were accepted"
        )
    with Store.open(address) as store:
        found = [
            TextPair(normal_form(p.source), normal_form(p.target), 0, p.document, p.status)
            for status in dict.fromkeys(statuses)
            for p in store.pairs(status=status)
        ]
    if not found:
        raise TrainingError(
            f"the store {address} has no pair that is {' or '.join(statuses)}", "review some pairs first"
        )
    return found


def from_files(paths: Iterable[Path], statuses: Collection[Status] = ACCEPTED) -> list[TextPair]:
    """Return the pairs in TMX, TSV and JSONL files; of those with a status, the ones that have one of these.

    Raises TrainingError for what cannot be read, and where nothing was accepted.
    """
    found = list(read_all(paths))
    accepted = [pair for pair in found if not pair.status or pair.status in statuses]
    if found and not accepted:
        raise TrainingError(
            f"none of the {len(found)} pairs is {' or '.join(statuses)}", "review some, or choose --status"
        )
    return accepted


def read_all(paths: Iterable[Path]) -> Iterator[TextPair]:
    """Yield the pairs of files, in normal form; raises TrainingError for what cannot be read."""
    for path in paths:
        if not path.is_file():
            raise TrainingError(f"{path} is not a file", "give TMX, TSV or JSONL")
        yield from read_pairs(path)


def cleaned(pairs: Iterable[TextPair]) -> tuple[list[TextPair], Counts]:
    """Return the pairs that can be learnt from, each once, and what became of the others."""
    counts = Counts()
    return list(clean(pairs, Limits(), set(), counts)), counts


def split(pairs: Sequence[TextPair], part: float) -> Parts:
    """Hold a part of the pairs out twice: to say when to stop, and to judge.

    Whole documents are held out where that leaves enough in each part, else single pairs. Which, hangs on
    a hash of the document's name or the source alone: what once judged a model never teaches its children.
    Raises SettingError for a part out of range, TrainingError where there are too few pairs.
    """
    if not MIN_PART <= part <= MAX_PART:
        raise SettingError(f"test part {part:g} is out of range", f"choose {MIN_PART:g} to {MAX_PART:g}")
    needed = needed_pairs(part)
    if len(pairs) < needed:
        raise TrainingError(
            f"{len(pairs)} pairs are too few to adapt to", f"accept at least {needed}, or see --test-part"
        )
    parts = _split_by([pair.document for pair in pairs], pairs, part)
    if not all(pair.document for pair in pairs) or _lacks(parts, MIN_HELD) or not _is_even(parts, part):
        parts = _split_by([pair.source for pair in pairs], pairs, part)
    if _lacks(parts, LEAST_HELD):
        raise TrainingError(
            f"{len(pairs)} pairs leave {len(parts.train)} to learn from, {len(parts.watch)} to stop by and "
            f"{len(parts.test)} to test on",
            f"accept more: {MIN_TRAIN}, {LEAST_HELD} and {LEAST_HELD} are needed",
        )
    return parts


def needed_pairs(part: float) -> int:
    """Return how many pairs are needed when such a part is held out twice."""
    return ceil(round(max(MIN_HELD / part, MIN_TRAIN / (1 - 2 * part)), 6))


def without_held_out(new: Parts, general: Parts, mixed: Sequence[str]) -> tuple[Parts, Parts, list[str]]:
    """Take out of everything that teaches what judges, and out of what says when to stop what judges.

    Raises TrainingError where nothing is left to learn from.
    """
    judges = Guard(_texts((*new.test, *general.test)))
    held = Guard(_texts((*new.test, *general.test, *new.watch, *general.watch)))

    def kept(pairs: Sequence[TextPair], guard: Guard) -> tuple[TextPair, ...]:
        return tuple(pair for pair in pairs if not guard(pair))

    left = [Parts(kept(parts.train, held), kept(parts.watch, judges), parts.test) for parts in (new, general)]
    if not left[0].train or not left[0].watch:
        raise TrainingError(
            f"all {len(new.train)} pairs to learn from are held out as well", "give pairs that are not tests"
        )
    return left[0], left[1], [text for text in mixed if not held(TextPair(text, ""))]


def data_digest(pairs: Iterable[TextPair]) -> str:
    """Return the SHA-256 of pairs, in any order."""
    lines = sorted(f"{pair.source}\t{pair.target}\n" for pair in pairs)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def chance(key: str) -> float:
    """Return a number from 0 to below 1 that a text has for good."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / _HASHED


def _split_by(keys: Sequence[str], pairs: Sequence[TextPair], part: float) -> Parts:
    drawn = [(chance(key), pair) for key, pair in zip(keys, pairs, strict=True)]
    return Parts(
        train=tuple(pair for number, pair in drawn if number >= 2 * part),
        watch=tuple(pair for number, pair in drawn if part <= number < 2 * part),
        test=tuple(pair for number, pair in drawn if number < part),
    )


def _lacks(parts: Parts, held: int) -> bool:
    return len(parts.train) < MIN_TRAIN or min(len(parts.watch), len(parts.test)) < held


def _is_even(parts: Parts, part: float) -> bool:
    """Tell whether no part that is held out is more than twice as large as asked for."""
    held = len(parts.watch), len(parts.test)
    return max(held) <= 2 * part * (len(parts.train) + sum(held))


def _texts(pairs: Iterable[TextPair]) -> Iterator[str]:
    for pair in pairs:
        yield from (pair.source, pair.target)
