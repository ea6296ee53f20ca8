"""The JSON API: what a program reads and does to pairs, and that nothing sent to it breaks the server."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.applications import Starlette
from starlette.testclient import TestClient

from aligned.records import DocumentRecord, Segment, StoredPair
from aligned.references import Reference
from aligned.store import Store
from glossary.terms import Glossary
from mt.scoring.against import rescore
from mt.translate import Translator
from mt.web.api import DESCRIPTION, OPERATIONS
from mt.web.app import make_app
from mt.web.batcher import Batcher
from mt.web.operations import ROOT, Operation
from mt.web.schema import schema_of
from mt.web.settings import Settings, digest
from tests.fake_engine import FakeEngine

NONE = Glossary(())
KEY = "a key of the tests"
BEARER = {"Authorization": f"Bearer {KEY}"}
# Of each kind for each operation; there are 26.
EXAMPLES = 25
SENTENCES = ("שלום לכולם", "הבית גדול", "האיש הלך הביתה", "זה הסוף")


def filled(path: Path) -> Store:
    """Return a store with a document of four pairs."""
    store = Store.open(str(path / "store.db"))
    segments = tuple(Segment(n, s, n, "paragraph", 0, len(s)) for n, s in enumerate(SENTENCES))
    number = store.add_document(DocumentRecord("ab" * 32, "reading:1", "brief.txt", "txt", segments))
    made = Translator(FakeEngine({"גדול": "great", "הבית": "The house"}), NONE).translate(SENTENCES)
    store.add_translations(made)
    store.add_pairs(number, list(enumerate(one.key for one in made)), "g")
    return store


def serving(store: Store, path: Path, **options: Any) -> tuple[Starlette, Batcher]:
    batcher = Batcher(lambda: FakeEngine({}), NONE, 100)
    return make_app(Settings(**options), store, batcher, NONE, path / "terms.tsv"), batcher


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with filled(tmp_path) as store:
        app, batcher = serving(store, tmp_path)
        yield TestClient(app, base_url="http://127.0.0.1")
        batcher.close()


Get = Callable[..., Any]


@pytest.fixture
def get(client: TestClient) -> Get:
    def get(path: str, **query: object) -> Any:
        answer = client.get(ROOT + path, params={name: str(value) for name, value in query.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


def post(client: TestClient, path: str, expected: int = 200, **fields: object) -> Any:
    answer = client.post(ROOT + path, json=fields)
    assert answer.status_code == expected, answer.text
    return answer.json()


def test_documents_tell_how_far_their_review_is(client: TestClient, get: Get) -> None:
    (document,) = get("/documents")
    assert (document["name"], document["pairs"]) == ("brief.txt", 4)
    key = get("/pairs")["pairs"][0]["id"]
    post(client, f"/pairs/{key}/verdict", version=0, status="accepted")
    found = get(f"/documents/{document['id']}")
    assert found["progress"] == {"new": 3, "accepted": 1, "edited": 0, "rejected": 0, "unsure": 0}


@pytest.mark.parametrize("order", ["document", "price", "certainty"])
def test_pages_follow_one_another(get: Get, order: str) -> None:
    whole_page = get("/pairs", order=order)
    assert whole_page["after"] is None
    found = []
    after: dict[str, str] = {}
    while True:
        page = get("/pairs", order=order, size=1, **after)
        found += page["pairs"]
        if page["after"] is None:
            break
        after = {"after": page["after"]}
    assert found == whole_page["pairs"]
    assert len(found) == len(SENTENCES)


def test_filters(client: TestClient, get: Get) -> None:
    assert [pair["target"] for pair in get("/pairs", text="GREAT")["pairs"]] == ["The house great"]
    assert get("/pairs", status="accepted")["pairs"] == []
    assert get("/pairs", document=2)["pairs"] == []
    assert len(get("/pairs", document=1, origin="translation", score=0)["pairs"]) == 4
    key = get("/pairs")["pairs"][0]["id"]
    post(client, f"/pairs/{key}/verdict", version=0, target="")
    assert [pair["id"] for pair in get("/pairs", check="any")["pairs"]] == [key]


def test_a_verdict_by_somebody(client: TestClient, get: Get) -> None:
    key = get("/pairs")["pairs"][1]["id"]
    done = post(
        client, f"/pairs/{key}/verdict", version=0, target="A big house", status="accepted", who="Dana"
    )
    assert (done["target"], done["status"], done["version"]) == ("A big house", "accepted", 2)
    assert get(f"/pairs/{key}") == done
    post(client, f"/pairs/{key}/comment", text="Or mansion?")
    changes = get(f"/pairs/{key}/history")
    assert [(change["kind"], change["who"]) for change in changes] == [
        ("verdict", "Dana"), ("verdict", "Dana"), ("comment", "reviewer"),
    ]  # fmt: skip
    assert changes[-1]["comment"] == "Or mansion?"


def test_a_stale_verdict_gets_both_texts(client: TestClient, get: Get) -> None:
    key = get("/pairs")["pairs"][0]["id"]
    post(client, f"/pairs/{key}/verdict", version=0, target="hers")
    answer = post(client, f"/pairs/{key}/verdict", 409, version=0, target="his")
    assert (answer["stored"], answer["given"], answer["version"]) == ("hers", "his", 1)
    assert answer["pair"] == key
    assert get(f"/pairs/{key}")["target"] == "hers"


def test_pairs_are_found_and_ordered_by_their_references(client: TestClient, get: Get) -> None:
    store: Store = client.app.state.desk.store  # type: ignore[attr-defined]
    store.keep_references(
        1, [Reference(0, 1, "Peace", "r|chrF2"), Reference(1, 1, "The house great", "r|chrF2")]
    )
    rescore(store, 1)
    first, second = get("/pairs", order="reference")["pairs"]
    assert first["chrf"] < second["chrf"] == 100
    assert get("/pairs", chrf=99.5)["pairs"] == [first]
    [found] = get(f"/pairs/{first['id']}/compared")
    assert (found["references"], found["chrf"]) == (["Peace"], [first["chrf"]])
    post(client, f"/pairs/{first['id']}/verdict", version=0, target="Peace", who="Dana")
    assert get(f"/pairs/{first['id']}")["chrf"] == 100
    post(client, "/documents/1/undo", who="Dana")
    assert get(f"/pairs/{first['id']}")["chrf"] == first["chrf"]
    assert get(f"/pairs/{get('/pairs')['pairs'][3]['id']}/compared") == []


def test_pairs_are_cut_joined_and_moved_and_all_of_it_undone(client: TestClient, get: Get) -> None:
    before = [pair["source"] for pair in get("/pairs")["pairs"]]
    first, second = get("/pairs")["pairs"][:2]
    two = {"version": 0, "next": second["id"], "next_version": 0, "who": "Dana"}
    (one,) = post(client, f"/pairs/{first['id']}/merge", **two)
    assert one["source"] == f"{SENTENCES[0]} {SENTENCES[1]}"
    assert [segment["position"] for segment in one["segments"]] == [0, 1]
    at = {"source_at": 4, "target_at": 0, "version": one["version"], "who": "Dana"}
    pieces = post(client, f"/pairs/{one['id']}/split", **at)
    assert [piece["source"] for piece in pieces] == ["שלום", "לכולם הבית גדול"]
    assert [pair["id"] for pair in get(f"/pairs/{pieces[0]['id']}/around", after=1)] == [
        p["id"] for p in pieces
    ]
    two |= {"next": pieces[1]["id"], "source_at": 10, "target_at": 0}
    moved = post(client, f"/pairs/{pieces[0]['id']}/move", **two)
    assert moved[0]["source"] == "שלום לכולם"
    document = f"/documents/{first['document']}"
    while post(client, f"{document}/undo", who="Dana"):
        pass
    assert [pair["source"] for pair in get("/pairs")["pairs"]] == before
    assert [pair["id"] for pair in post(client, f"{document}/redo", who="Dana")] == [one["id"]]
    assert post(client, f"{document}/redo", who="Noa") == []


REFUSED: list[tuple[str, str, object, int, str]] = [
    ("GET", "/pairs/none", None, 404, "no pair none"),
    ("GET", "/documents/9", None, 404, "no document 9"),
    ("GET", "/documents/x", None, 400, "document must be an integer"),
    ("GET", "/documents/99999999999999999999", None, 400, "document must be"),
    ("GET", "/pairs?status=good", None, 400, "status must be one of new, accepted"),
    ("GET", "/pairs?size=0", None, 400, "size must be 1 to 500"),
    ("GET", "/pairs?score=nan", None, 400, "score must be a number"),
    ("GET", "/pairs?statsu=new", None, 400, "there is no parameter 'statsu'"),
    ("GET", "/pairs?after=1,2", None, 400, "after is not what was given"),
    ("GET", "/pairs?after=1,2,3,4", None, 400, "after is not what was given"),
    ("POST", "/pairs/none/verdict", {"version": 0, "status": "new"}, 404, "no pair none"),
    ("POST", "/pairs/none/verdict", {"version": 0}, 400, "a status, a target or both"),
    ("POST", "/pairs/none/verdict", {"status": "new"}, 400, "lacks version"),
    ("POST", "/pairs/none/verdict", {"version": True}, 400, "version must be an integer"),
    ("POST", "/pairs/none/verdict", {"version": 0, "sttus": "new"}, 400, "has no field 'sttus'"),
    ("POST", "/pairs/none/verdict", {"version": 0, "target": "x" * 20_001}, 400, "longer than 20000"),
    ("POST", "/pairs/none/verdict", [], 400, "the body must be an object"),
    ("POST", "/pairs/none/comment", {"text": ""}, 400, "text must not be empty"),
    ("POST", "/pairs/none/comment", {"text": "\ud800"}, 400, "half a character"),
    ("DELETE", "/pairs/none", None, 405, "Method Not Allowed"),
    ("GET", "/none", None, 404, "Not Found"),
]


@pytest.mark.parametrize(("method", "path", "sent", "status", "message"), REFUSED)
def test_what_cannot_be_is_refused_in_a_line(
    client: TestClient, method: str, path: str, sent: object, status: int, message: str
) -> None:
    body = None if sent is None else json.dumps(sent)
    answer = client.request(method, ROOT + path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert message in answer.json()["error"]


def test_a_piece_without_a_source_is_refused(client: TestClient, get: Get) -> None:
    key = get("/pairs")["pairs"][0]["id"]
    answer = post(client, f"/pairs/{key}/split", 409, version=0, source_at=0, target_at=0)
    assert "no source" in answer["error"]
    answer = client.post(f"{ROOT}/pairs/{key}/verdict", content="version=0")
    assert answer.status_code == 415
    answer = client.post(
        f"{ROOT}/pairs/{key}/verdict", content="{", headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()) == (400, {"error": "the body is not JSON"})


def test_the_description_is_served_and_whole(client: TestClient) -> None:
    assert client.get(f"{ROOT}/openapi.json").json() == DESCRIPTION
    assert {(path, method.upper()) for path, of in DESCRIPTION["paths"].items() for method in of} == {
        (ROOT + operation.path, operation.method) for operation in OPERATIONS
    }
    names = [operation.name for operation in OPERATIONS]
    assert len(set(names)) == len(names)


def test_schemas_of_records() -> None:
    known: dict[str, Any] = {}
    assert schema_of(tuple[int, str], known)["prefixItems"] == [{"type": "integer"}, {"type": "string"}]
    assert schema_of(int | None, known) == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert schema_of(Segment, known) == {"$ref": "#/components/schemas/Segment"}
    assert known["Segment"]["properties"]["page"] == schema_of(int | None, known)


# Half of the requests are what the description allows, and half are not.
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
FUZZED = [(operation, mode) for operation in OPERATIONS for mode in MODES[: 1 + bool(operation.parameters)]]


@pytest.mark.parametrize(("operation", "mode"), FUZZED, ids=lambda of: getattr(of, "name", "").lower())
def test_no_request_is_a_server_error(operation: Operation, mode: GenerationMode, tmp_path: Path) -> None:
    """Let schemathesis send what it likes, to pairs that there are too, and look at what comes back."""
    keys = frozenset([digest(KEY)])
    with filled(tmp_path) as store:
        # Away from loopback, so that any name of the host will do.
        app, batcher = serving(
            store, tmp_path, host="192.0.2.1", password=digest("long enough"), api_keys=keys
        )
        schema = schemathesis.openapi.from_asgi(f"{ROOT}/openapi.json", app, headers=BEARER)
        cases = schema[ROOT + operation.path][operation.method].as_strategy(generation_mode=mode)

        @settings(max_examples=EXAMPLES)
        @given(cases, st.integers(0), st.booleans())
        def send(case: Any, number: int, is_known: bool) -> None:
            if is_known and mode == GenerationMode.POSITIVE:
                aim(case, list(store.page().items), number)
            # What `after` may be depends on the order, which no schema says.
            excluded = [positive_data_acceptance] if "after" in case.query else []
            case.call_and_validate(headers=BEARER, excluded_checks=excluded)

        send()
        batcher.close()


def aim(case: Any, pairs: list[StoredPair], number: int) -> None:
    """Turn a request to a pair that there is, in the version that it has."""
    at = number % len(pairs)
    if "pair" in (case.path_parameters or {}):
        case.path_parameters["pair"] = pairs[at].pair.id
    if isinstance(case.body, dict) and "version" in case.body:
        case.body["version"] = pairs[at].version
        if "next" in case.body and at + 1 < len(pairs):
            case.body |= {"next": pairs[at + 1].pair.id, "next_version": pairs[at + 1].version}
