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

    def chosen() -> Iterator[Pair]:
        nonlocal count
        for pair in store.pairs():
            if pair.status in statuses:
                count += 1
                yield pair
        # Raised here, the file is not written and an old one stays.
        if not count:
            named = "" if len(statuses) == len(Status) else " that is " + " or ".join(statuses)
            raise FormatError(f"the store has no pair{named}", "translate, import or review some first")

    write_pairs(chosen(), path)
    return count
