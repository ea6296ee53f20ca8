"""The review page over a large store: how long the server takes for a page and for a save.

`python -m tests.bench review [PAIRS]`: 100,000 pairs unless told otherwise, in documents of 500 and in one
document. The times are those of the processor, client included, so that other work on the machine does not
count; the aims are 100 ms for a page and 30 ms for what a pause in typing saves.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from starlette.testclient import TestClient

from aligned.records import Status
from aligned.store import Store
from glossary.terms import shipped
from mt.engines.base import Engine
from mt.web.app import make_app
from mt.web.batcher import Batcher
from mt.web.settings import Settings
from tests.bench.exchange import made

REPEATS = 9


def main(arguments: list[str]) -> None:
    """Print the table."""
    count = int(arguments[0]) if arguments else 100_000
    print(f"{count} pairs: milliseconds of processor time, median and worst of {REPEATS}")
    for in_one in (False, True):
        with tempfile.TemporaryDirectory() as folder, Store.open(str(Path(folder) / "bench.db")) as store:
            pairs = made(count, own=True)
            if in_one:
                whole = (replace(pair, document="d" * 64, name="one.docx") for pair in pairs)
                pairs = (
                    replace(pair, segment=replace(pair.segment, position=at)) for at, pair in enumerate(whole)
                )
            store.import_pairs(pairs, "bench", "bench.jsonl")
            print("in one document" if in_one else "in documents of 500")
            times(store, Path(folder) / "terms.tsv")


def times(store: Store, terms: Path) -> None:
    glossary = shipped()
    batcher = Batcher(no_model, glossary, 1)
    app = make_app(Settings(), store, batcher, glossary, terms)
    with TestClient(app, base_url="http://localhost") as client:
        first = store.page().items[0]
        client.get("/")
        token = client.get("/terms").text.split('name="csrf" content="')[1].split('"')[0]
        client.headers["X-CSRF-Token"] = token
        document = f"/documents/{first.document}"
        for path in (
            "/",
            "/queue",
            "/queue?order=price",
            "/queue?order=certainty&status=new",
            "/queue?text=99999",
            "/queue?check=any",
            document,
            f"{document}?status=unsure",
            f"{document}?order=certainty",
            f"/pairs/{first.pair.id}/panel",
        ):
            print_times(path, lambda path=path: client.get(path))  # type: ignore[misc]
        texts = iter(range(10_000))

        def save() -> object:
            version = store.pair(first.pair.id).version
            fields = {"target": f"Sentence {next(texts)}.", "version": str(version)}
            return client.put(f"/pairs/{first.pair.id}/target", data=fields)

        def judge() -> object:
            version = store.pair(first.pair.id).version
            fields = {"status": list(Status)[next(texts) % 5].value, "version": str(version)}
            return client.post(f"/pairs/{first.pair.id}/status", data=fields)

        print_times("save after a pause in typing", save)
        print_times("verdict", judge)


def print_times(name: str, ask: Callable[[], object]) -> None:
    spent = []
    for _ in range(REPEATS + 1):
        begun = time.process_time()
        answer = ask()
        spent.append(1000 * (time.process_time() - begun))
        assert getattr(answer, "status_code", 0) == 200, answer
    spent = spent[1:]
    print(f"  {name:40} {statistics.median(spent):7.1f} {max(spent):7.1f}")


def no_model() -> Engine:
    raise NotImplementedError("no page of this table needs a model")
