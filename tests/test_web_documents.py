"""What the pages take in and give out: kinds of files, broken ones, odd addresses, every format."""

import re
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from aligned.records import Status
from aligned.store import Store
from glossary.terms import Glossary
from mt.outputs import ENDINGS
from mt.web.app import make_app
from mt.web.batcher import Batcher
from mt.web.settings import Settings
from tests.fake_engine import FakeEngine

NONE = Glossary(())
BRIEF = "שלום לכולם. המכון פרסם מסמך.".encode()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with Store.open(str(tmp_path / "store.db")) as store:
        batcher = Batcher(lambda: FakeEngine({}), NONE, 100)
        app = make_app(Settings(), store, batcher, NONE, tmp_path / "terms.tsv")
        with TestClient(app, base_url="http://127.0.0.1") as found:
            page = found.get("/").text
            found.headers["X-CSRF-Token"] = re.findall(r'name="csrf" content="([^"]+)"', page)[0]
            yield found


def uploaded(client: TestClient, *files: tuple[str, bytes]) -> Any:
    return client.post("/documents", files=[("files", file) for file in files], follow_redirects=False)


def job(client: TestClient) -> str:
    """Wait until nothing is under work; return what the page says of the jobs, without its tags."""
    until = time.monotonic() + 60
    while (answer := client.get("/jobs")).status_code == 200 and time.monotonic() < until:
        time.sleep(0.05)
    assert answer.status_code == 286
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def test_a_brief_comes_in_and_goes_out_in_every_format(client: TestClient) -> None:
    assert uploaded(client, ("brief.txt", BRIEF)).status_code == 303
    assert "2 sentences translated" in job(client)
    assert "brief.txt" in client.get("/").text
    for ending in ENDINGS:
        answer = client.get(f"/documents/1/download/{ending[1:]}")
        assert answer.status_code == 200, ending
        assert answer.content, ending
        assert f"brief{ending}" in answer.headers["content-disposition"]
    assert zipfile.is_zipfile(BytesIO(client.get("/documents/1/download/docx").content))


def test_what_many_pairs_have_is_not_counted_to_the_end(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded(client, ("brief.txt", BRIEF))
    job(client)
    monkeypatch.setattr("mt.web.review.COUNTED_BY_TEXT", 1)
    assert ">2 pairs<" in client.get("/queue/pairs").text
    assert ">1 pair<" in client.get("/queue/pairs?text=פרסם").text
    assert ">more than 1 pairs<" in client.get("/queue/pairs?text=ם").text


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([], 400),
        ([("a.exe", BRIEF)], 415),
        ([("a", BRIEF)], 415),
        ([("a.txt", BRIEF), ("b.txt", BRIEF), ("c.txt", BRIEF)], 400),
    ],
)
def test_other_files_are_refused(client: TestClient, files: list[tuple[str, bytes]], status: int) -> None:
    answer = uploaded(client, *files) if files else client.post("/documents", data={"x": "y"})
    assert answer.status_code == status
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", b"", "empty"),
        ("english.txt", b"No Hebrew at all.", "Hebrew"),
        ("broken.docx", b"PK\x03\x04 not a package", "docx"),
        ("../../broken.pdf", b"%PDF-1.7 and no more", "pdf"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(
    client: TestClient, name: str, content: bytes, said: str
) -> None:
    uploaded(client, (name, content))
    told = job(client)
    assert said in told
    assert "Traceback" not in told
    assert client.app.state.desk.store.documents() == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/documents/99", 404),
        ("/documents/99/download/docx", 404),
        ("/documents/x", 404),
        ("/pairs/none", 404),
        ("/pairs/none/panel", 404),
        ("/queue?status=odd", 400),
        ("/queue?order=odd", 400),
        ("/queue?price=odd", 400),
        ("/queue?after=odd", 400),
        ("/queue/replace?find=(", 200),
    ],
)
def test_odd_addresses_are_answered(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_odd_changes_are_refused(client: TestClient) -> None:
    uploaded(client, ("brief.txt", BRIEF))
    job(client)
    store: Store = client.app.state.desk.store  # type: ignore[attr-defined]
    first = store.page().items[0].pair
    for method, path, fields in (
        ("POST", "status", {"status": "odd", "version": "0"}),
        ("POST", "status", {"status": "accepted", "version": "x"}),
        ("PUT", "target", {"target": "x"}),
        ("POST", "split", {"source_at": "0", "target_at": "0", "version": "0"}),
        ("POST", "source", {"source": " ", "version": "0"}),
        ("POST", "comment", {"text": " "}),
    ):
        answer = client.request(method, f"/pairs/{first.id}/{path}", data=fields)
        assert answer.status_code in (400, 409), (path, answer.status_code)
    assert store.pair(first.id).version == 0
    stale = client.post(f"/pairs/{first.id}/status", data={"status": "accepted", "version": "7"})
    assert stale.status_code == 409
    assert stale.json()["stored"] == first.target
    assert store.pair(first.id).pair.status == Status.NEW


def test_a_term_must_be_one(client: TestClient) -> None:
    for source, target in (("London", "London"), ("לונדון", ""), ("לונדון", "לונדון")):
        answer = client.post("/terms", data={"source": source, "target": target, "document": ""})
        assert "needs" in answer.text
    assert not client.app.state.desk.terms_file.exists()  # type: ignore[attr-defined]
    client.post("/terms", data={"source": "לונדון", "target": "London", "document": ""})
    assert "London" in client.get("/terms").text
