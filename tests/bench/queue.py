"""The review queue at size: pages, counts and saves in a store of many pairs.

`python -m tests.bench queue [PAIRS …]`: a thousand and a hundred thousand unless told otherwise. The store is
SQLite unless `--store ADDRESS` names an empty one.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from aligned.paging import Filter, Order
from aligned.qa.issues import Severity
from aligned.records import ChangeKind, KeptFinding, Pair, Status, StoredPair
from aligned.store import Store
from aligned.structure import merge, split
from glossary.receipt import Method, Receipt
from mt.web.review import most_counted
from tests.bench.exchange import made, timed

SIZES = (1000, 100_000)
PAGES = 10
SAVES = 30
WHO = "bench"


def main(arguments: list[str]) -> None:
    """Print a table for each size."""
    address = ""
    if "--store" in arguments:
        at = arguments.index("--store")
        address = arguments[at + 1]
        arguments = arguments[:at] + arguments[at + 2 :]
    for size in map(int, arguments or SIZES):
        with tempfile.TemporaryDirectory() as folder, Store.open(address or f"{folder}/x.db") as store:
            seconds = timed(lambda store=store, size=size: store.import_pairs(queued(size), str(size), "own"))  # type: ignore[misc]
            found = {pair.id: faults(number) for number, pair in enumerate(store.pairs()) if number % 5 == 0}
            kept = timed(lambda store=store, found=found: store.keep_findings(found))  # type: ignore[misc]
            indexing = timed(store.index_texts)
            print(f"\n{size:,} pairs: imported at {size / seconds:,.0f} a second, ", end="")
            print(f"texts indexed at {size / indexing:,.0f}, ", end="")
            print(f"findings of {len(found):,} kept in {kept:.1f} s\n")
            print("Milliseconds, medians by the processor and by the clock, then the slowest by both.\n")
            print("| filter | order | pairs | count | page |\n| --- | --- | --- | --- | --- |")
            for name, wanted in filters(store):
                print(row(store, name, wanted))
            print("\n| save | time |\n| --- | --- |")
            for line in saves(store):
                print(line)


def queued(size: int) -> Iterator[Pair]:
    """Pairs as in the exchange bench, with scores, and one in ten with the receipt of a forced term."""
    for number, pair in enumerate(made(size, own=True)):
        price = number * 7919 % 1000 / 100
        receipt = Receipt("מים", 0, 3, "", "water", 0, 5, Method.FORCED, price)
        yield replace(
            pair,
            score=-(number * 104_729 % 10_007) / 5000,
            receipts=(receipt,) if number % 10 == 0 else (),
        )


def faults(number: int) -> list[KeptFinding]:
    """One finding, now and then of a check that seldom finds anything."""
    name = "numbers" if number % 1000 else "source-copied"
    return [KeptFinding(name, Severity.WARNING, "the numbers differ", ((0, 3),), ())]


def filters(store: Store) -> Iterator[tuple[str, Filter]]:
    """Filters that pass many pairs, few and none, each in every order."""
    document = store.documents()[0].id
    for order in Order:
        for name, wanted in (
            ("all", Filter()),
            ("status, common", Filter(Status.NEW)),
            ("status, rare", Filter(Status.UNSURE)),
            ("document", Filter(document=document)),
            ("check, common", Filter(check="numbers")),
            ("check, rare", Filter(check="source-copied")),
            ("check, none", Filter(check="none")),
            ("any check and status", Filter(Status.EDITED, check="any")),
            ("price at least 9", Filter(price=9.0)),
            ("score at most -2", Filter(score=-2.0)),
            ("text, common", Filter(text="REPORT")),
            ("text, rare", Filter(text="sentence 777 ")),
            ("text, none", Filter(text="nowhere to be found")),
            ("text and status", Filter(Status.ACCEPTED, text="מים")),
        ):
            yield name, replace(wanted, order=order)


def row(store: Store, name: str, wanted: Filter) -> str:
    """Walk the first pages; return a row of the table."""
    counted = [measured(lambda: store.count(wanted, most_counted(wanted)))]
    times = []
    after = None
    for _ in range(PAGES):
        times.append(measured(lambda after=after: store.page(wanted, after)))  # type: ignore[misc]
        after = store.page(wanted, after).after
        if after is None:
            break
    return f"| {name} | {wanted.order} | {store.count(wanted):,} | {told(counted)} | {told(times)} |"


def measured(act: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds that something takes by the clock and by the processor of this process."""
    clock, processor = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - clock) * 1000, (time.process_time() - processor) * 1000


def told(times: list[tuple[float, float]]) -> str:
    """Return the median by the processor and by the clock, then the slowest, where there are several."""
    clock, processor = ([time[at] for time in times] for at in (0, 1))
    cells = [statistics.median(processor), statistics.median(clock)]
    if len(times) > 1:
        cells += [max(processor), max(clock)]
    return " / ".join(f"{cell:.1f}" for cell in cells)


def saves(store: Store) -> Iterator[str]:
    """Save verdicts, edits, comments, splits and merges of pairs of one document; yield rows of a table."""
    items = store.page(size=500).items[::5][:SAVES]
    document = items[0].document

    def edit(item: StoredPair) -> None:
        store.edit(item.pair.id, item.pair.target + "!", WHO, store.pair(item.pair.id).version)

    def cut(item: StoredPair) -> None:
        stored = store.pair(item.pair.id)
        pieces = split(stored, len(stored.pair.source) // 2, 5)
        both = store.restructure([(stored.pair.id, stored.version)], pieces, WHO, ChangeKind.SPLIT)
        ids = [(one.pair.id, one.version) for one in both]
        store.restructure(ids, merge(*both), WHO, ChangeKind.MERGE)

    acts: dict[str, Callable[[StoredPair], object]] = {
        "verdict": lambda item: store.set_status(item.pair.id, Status.REJECTED, WHO),
        "edit": edit,
        "comment": lambda item: store.comment(item.pair.id, "look again", WHO),
        "history": lambda item: store.history(item.pair.id),
        "the pair and six around it": lambda item: store.around(item.pair.id),
        "progress of all": lambda _: store.progress(),
        "split and merge": cut,
        "undo": lambda _: store.undo_last(document, WHO),
        "redo": lambda _: store.redo_last(document, WHO),
    }
    for name, act in acts.items():
        times = [measured(lambda act=act, item=item: act(item)) for item in items]  # type: ignore[misc]
        yield f"| {name} | {told(times)} |"
