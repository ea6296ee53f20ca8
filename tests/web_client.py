"""Clients of a server whose model says words of a dictionary."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from aligned.store import Store
from glossary.terms import Glossary
from mt.web.app import make_app
from mt.web.batcher import Batcher
from mt.web.settings import Settings
from tests.fake_engine import FakeEngine

HERE = "http://127.0.0.1"
NONE = Glossary(())

App = Callable[..., TestClient]


@contextmanager
def clients(folder: Path, words: dict[str, str], glossary: Glossary = NONE) -> Iterator[App]:
    """Yield what makes a client of a server with given settings, over a store in a folder."""
    with ExitStack() as closing:

        def make(**settings: Any) -> TestClient:
            store = closing.enter_context(Store.open(str(folder / "store.db")))
            batcher = Batcher(lambda: FakeEngine(words), glossary, 100)
            closing.callback(batcher.close)
            app = make_app(Settings(**settings), store, batcher, glossary, folder / "terms.tsv")
            return TestClient(app, base_url=HERE, follow_redirects=False)

        yield make
