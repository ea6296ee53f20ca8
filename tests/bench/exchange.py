"""The store and files of pairs at size: import, pages, and a memory read in constant memory.

`python -m tests.bench exchange [PAIRS] [MEGABYTES]`: a million pairs and 50 MB unless told otherwise.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from aligned.exchange import export_file
from aligned.formats import WRITERS, read_pairs, write_pairs
from aligned.paging import Filter, Place
from aligned.records import Origin, Pair, Segment, Status
from aligned.store import Store

PAGES = 20
STATUSES = tuple(Status)


def made(count: int, own: bool) -> Iterator[Pair]:
    """Pairs of documents with 500 sentences each; `own` ones as an export of ours has them."""
    for number in range(count):
        document, position = divmod(number, 500)
        source = f"המשפט ה-{number} בדוח על מחירי המים בישראל ובשכנותיה."
        yield Pair(
            id=f"{number:016x}" if own else "",
            source=source,
            target=f"Sentence {number} of the report on water prices in Israel and its neighbours.",
            origin=Origin.TRANSLATION if own else Origin.IMPORT,
            status=STATUSES[number % 97 % 5],
            document=f"{document:064x}" if own else "",
            name=f"brief {document}.docx" if own else "",
            segment=Segment(
                position if own else number, source, position, "paragraph", 0, len(source), 1, 2, 3
            ),
            signature="ctranslate2 4.6, model 1f3a",
            glossary="glossary 77",
            score=-0.5,
        )


def main(arguments: list[str]) -> None:
    """Print the tables."""
    size, megabytes = (
        int(arguments[at]) if len(arguments) > at else default for at, default in ((0, 10**6), (1, 50))
    )
    with tempfile.TemporaryDirectory() as folder:
        formats(Path(folder))
        streamed(Path(folder), megabytes)
        stored(Path(folder), size)


def timed(act: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def formats(folder: Path, count: int = 20_000) -> None:
    """Print how many pairs a second each format writes, reads, and brings into a store."""
    pairs = list(made(count, own=True))
    print("| format | pairs/s written | pairs/s read | pairs/s from file into store |")
    print("| --- | --- | --- | --- |")
    for ending in WRITERS:
        path = folder / f"x{ending}"
        write = timed(lambda path=path: write_pairs(pairs, path))  # type: ignore[misc]
        read = timed(lambda path=path: sum(1 for _ in read_pairs(path)))  # type: ignore[misc]
        with Store.open(str(folder / f"x{ending}.db")) as store:
            keep = timed(lambda path=path, store=store: store.import_pairs(read_pairs(path), "d", "x"))  # type: ignore[misc]
        print(f"| {ending} | {count / write:,.0f} | {count / read:,.0f} | {count / keep:,.0f} |")


def streamed(folder: Path, megabytes: int) -> None:
    """Print what reading a memory of that size adds to the memory of the process, after a small one."""
    small, large = folder / "small.tmx", folder / "large.tmx"
    write_pairs(made(2000, own=True), small)
    count = 2000 * megabytes * 10**6 // small.stat().st_size
    write_pairs(made(count, own=True), large)
    before = peak() if sum(1 for _ in read_pairs(small)) else 0
    seconds = timed(lambda: sum(1 for _ in read_pairs(large)))
    print(
        f"\nTMX of {large.stat().st_size / 10**6:.0f} MB, {count:,} pairs: read in {seconds:.1f} s, "
        f"peak memory {before:.0f} MB before, {peak():.0f} MB after"
    )


def peak() -> float:
    """Return the largest memory that the process has had, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 10**6


def stored(folder: Path, size: int) -> None:
    """Print the rate of an import and the slowest page of every filter."""
    with Store.open(str(folder / "x.db")) as store:
        half = size // 2
        own = timed(lambda: store.import_pairs(made(half, own=True), "own", "own.tmx"))
        rest = timed(lambda: store.import_pairs(made(size - half, own=False), "foreign", "foreign.tmx"))
        print(
            f"\nimport of {size:,}: {half / own:,.0f} pairs/s of our exports, {half / rest:,.0f} of others'"
        )
        print("\n| filter | pairs | counted in ms | slowest of pages in ms |\n| --- | --- | --- | --- |")
        last = store.documents()[-1].id if size <= 10_000 else size // 1000 + 1
        for wanted in filters(last):
            print(row(store, wanted))
        first = next(iter(store.page().items)).pair
        verdict = timed(lambda: store.set_status(first.id, Status.UNSURE, "bench"))
        print(f"\na verdict: {verdict * 1000:.1f} ms")
        write = timed(lambda: export_file(store, folder / "all.tmx"))
        print(f"export of all to TMX: {size / write:,.0f} pairs/s, peak memory {peak():.0f} MB")


def filters(document: int) -> list[Filter]:
    """Every combination, each with a common and a rare status."""
    statuses = (None, Status.NEW, Status.EDITED)
    origins = (None, Origin.TRANSLATION, Origin.IMPORT)
    places = (None, 1, document)
    return [Filter(s, d, o) for s in statuses for o in origins for d in places]


def row(store: Store, wanted: Filter) -> str:
    """Walk a few pages from the start and from far into the store; return a row of the table."""
    begun = time.perf_counter()
    count = store.count(wanted)
    counted = time.perf_counter() - begun
    slowest = max(islice(page_times(store, wanted), 3 * PAGES), default=0.0)
    name = ", ".join(str(part) for part in (wanted.status, wanted.origin, wanted.document) if part) or "all"
    return f"| {name} | {count:,} | {counted * 1000:.0f} | {slowest * 1000:.1f} |"


def page_times(store: Store, wanted: Filter) -> Iterator[float]:
    """Yield the seconds of pages at the beginning and at places all over the store."""
    for document in range(0, 1100, 55):
        after: Place = (document, 250)
        for _ in range(3):
            begun = time.perf_counter()
            page = store.page(wanted, after)
            yield time.perf_counter() - begun
            if page.after is None:
                break
            after = page.after
