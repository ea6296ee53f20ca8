"""The store and files of pairs: one into the other, whole or not at all."""

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

from aligned.errors import FormatError
from aligned.formats import read_pairs, write_pairs
from aligned.formats.reading import opened
from aligned.importing import Imported
from aligned.records import Pair, Status
from aligned.store import Store


def import_file(store: Store, path: Path) -> Imported:
    """Add the pairs of a file to the store, all of them or none.

    Raises:
        FormatError: the file cannot be read as its ending says.
        StoreError: the store cannot be written.
    """
    pairs = read_pairs(path)
    with opened(path) as stream:
        digest = hashlib.sha256()
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return store.import_pairs(pairs, digest.hexdigest(), path.name)


def export_file(store: Store, path: Path, statuses: Collection[Status] = tuple(Status)) -> int:
    """Write the shown pairs that have one of the statuses, in document order; return how many.

    Raises:
        FormatError: the ending is unknown, there is no such pair, or the file cannot be written.
        StoreError: the store cannot be read.
    """
    count = 0

    def counted() -> Iterator[Pair]:
        nonlocal count
        for count, pair in enumerate(chosen_pairs(store, statuses), 1):  # noqa: B007 it is returned
            yield pair

    write_pairs(counted(), path)
    return count


def chosen_pairs(store: Store, statuses: Collection[Status]) -> Iterator[Pair]:
    """Yield the shown pairs that have one of the statuses, in document order.

    Raises:
        FormatError: there is none; raised here, no file is written and an old one stays.
        StoreError: the store cannot be read.
    """
    is_empty = True
    for pair in store.pairs():
        if pair.status in statuses:
            is_empty = False
            yield pair
    if is_empty:
        named = "" if len(statuses) == len(Status) else " that is " + " or ".join(statuses)
        raise FormatError(f"the store has no pair{named}", "translate, import or review some first")
