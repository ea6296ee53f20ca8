"""The store and files of pairs at size: import, pages, and a memory read in constant memory.

`python -m tests.bench exchange [PAIRS] [MEGABYTES]`: a million pairs and 50 MB unless told otherwise. With
`--postgresql`, the store is on a server of PostgreSQL that is started for it, and files are left out.
Times are those of the processor: of this program, and of the server's process that works for it.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from aligned.exchange import export_file, import_file
from aligned.formats import WRITERS, read_pairs, write_pairs
from aligned.formats.columns import pair_from
from aligned.paging import Filter
from aligned.records import Origin, Pair, Segment, Status
from aligned.store import Store
from tests.postgres import programs, started

PAGES = 5
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
    on_server = "--postgresql" in arguments
    numbers = [int(argument) for argument in arguments if argument != "--postgresql"]
    size, megabytes = (*numbers, *(10**6, 50)[len(numbers) :])
    with tempfile.TemporaryDirectory() as folder:
        if on_server:
            programs_folder = programs()
            if programs_folder is None:
                sys.exit("PostgreSQL is not installed")
            with started(programs_folder) as server, Store.open(server.new_address()) as store:
                stored(store, Path(folder), size, backend(store))
            return
        formats(Path(folder))
        streamed(Path(folder), megabytes)
        with Store.open(str(Path(folder, "x.db"))) as store:
            stored(store, Path(folder), size)


def backend(store: Store) -> int:
    """Return the number of the server's process for a store, which has one connection."""
    with store._reading() as connection:
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def worked(act: Callable[[], object], server: int = 0) -> float:
    """Return the processor seconds that something takes here and in a process of the server (Linux)."""
    begun = time.process_time() + _seconds(server)
    act()
    return time.process_time() + _seconds(server) - begun


def _seconds(process: int) -> float:
    if not process:
        return 0.0
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(act: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def formats(folder: Path, count: int = 20_000) -> None:
    """Print how many pairs a second each format writes, reads, and brings into a store.

    The last column is for files that hold two texts a pair and no provenance, as those of other tools do.
    """
    pairs = list(made(count, own=True))
    bare = [pair_from({"source": pair.source, "target": pair.target}, 0) for pair in pairs]
    print("| format | pairs/s written | pairs/s read | pairs/s from file into store | without provenance |")
    print("| --- | --- | --- | --- | --- |")
    for ending in WRITERS:
        path = folder / f"x{ending}"
        write = worked(lambda path=path: write_pairs(pairs, path))  # type: ignore[misc]
        read = worked(lambda path=path: sum(1 for _ in read_pairs(path)))  # type: ignore[misc]
        keep = imported(path)
        write_pairs(bare, path)
        times = write, read, keep, imported(path)
        print(f"| {ending} | " + " | ".join(f"{count / seconds:,.0f}" for seconds in times) + " |")


def imported(path: Path) -> float:
    """Return the processor seconds that it takes to bring a file into a new store."""
    with tempfile.TemporaryDirectory() as folder, Store.open(str(Path(folder, "x.db"))) as store:
        return worked(lambda: import_file(store, path))


def streamed(folder: Path, megabytes: int) -> None:
    """Print what reading a memory of that size adds to the memory of the process, after a small one."""
    small, large = folder / "small.tmx", folder / "large.tmx"
    write_pairs(made(2000, own=True), small)
    count = 2000 * megabytes * 10**6 // small.stat().st_size
    write_pairs(made(count, own=True), large)
    before = peak() if sum(1 for _ in read_pairs(small)) else 0
    seconds = worked(lambda: sum(1 for _ in read_pairs(large)))
    print(
        f"\nTMX of {large.stat().st_size / 10**6:.0f} MB, {count:,} pairs: read in {seconds:.1f} s, "
        f"peak memory {before:.0f} MB before, {peak():.0f} MB after"
    )


def peak() -> float:
    """Return the largest memory that the process has had, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 10**6


def stored(store: Store, folder: Path, size: int, server: int = 0) -> None:
    """Print the rate of an import and the dearest page of every filter."""
    half = size // 2
    making = worked(lambda: sum(1 for _ in made(half, own=True)))
    own = worked(lambda: store.import_pairs(made(half, own=True), "own", "own.tmx"), server) - making
    rest = worked(lambda: store.import_pairs(made(size - half, own=False), "foreign", "foreign.tmx"), server)
    rest -= making
    print(f"\nimport of {size:,}: {half / own:,.0f} pairs/s of our exports, {half / rest:,.0f} of others'")
    indexing = worked(store.index_texts, server)
    print(f"texts indexed: {size / indexing:,.0f} pairs/s")
    print("\n| filter | pairs | counted in ms | a page in ms, the dearest |\n| --- | --- | --- | --- |")
    last = store.documents()[-1].id if size <= 10_000 else size // 1000 + 1
    for wanted in filters(last):
        print(row(store, wanted, server), flush=True)
    first = next(iter(store.page().items)).pair
    verdict = worked(lambda: store.set_status(first.id, Status.UNSURE, "bench"), server)
    print(f"\na verdict: {verdict * 1000:.1f} ms")
    write = worked(lambda: export_file(store, folder / "all.tmx"), server)
    print(f"export of all to TMX: {size / write:,.0f} pairs/s, peak memory {peak():.0f} MB")


def filters(document: int) -> list[Filter]:
    """Every combination, each with a common and a rare status; texts and a finding that few have, or none."""
    statuses = (None, Status.NEW, Status.EDITED)
    origins = (None, Origin.TRANSLATION, Origin.IMPORT)
    places = (None, 1, document)
    texts = "report", "sentence 777 ", "המשפט ה-777 ", "nowhere to be found", "s", "qx", "ףץ"
    sought = [Filter(text=text) for text in texts]
    sought += [Filter(text="nowhere", document=document), Filter(check="numbers")]
    return [Filter(s, d, o) for s in statuses for o in origins for d in places] + sought


def row(store: Store, wanted: Filter, server: int) -> str:
    """Ask for pages from the start and from far into the store; return a row of the table."""
    count = store.count(wanted)
    counted = worked(lambda: store.count(wanted), server)
    # The server's time comes in steps of ten milliseconds, so several pages are taken together.
    dearest = max(
        worked(lambda place=place: [store.page(wanted, place) for _ in range(PAGES)], server) / PAGES  # type: ignore[misc]
        for place in (None, *((document, 250) for document in range(0, 1100, 220)))
    )
    parts = wanted.status, wanted.origin, wanted.document, wanted.text.strip(), wanted.check
    name = ", ".join(str(part) for part in parts if part) or "all"
    return f"| {name} | {count:,} | {counted * 1000:.0f} | {dearest * 1000:.1f} |"
