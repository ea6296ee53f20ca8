"""The JSON API for documents, pairs and reviews: one table of what it does."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from aligned.errors import MissingError
from aligned.paging import LARGEST_PAGE, PAGE_SIZE, Filter, Order, Place
from aligned.records import Change, ChangeKind, KeptFinding, Origin, Segment, Status, StoredPair
from aligned.references import Compared
from aligned.store import StoredDocument
from aligned.structure import Piece, merge, move, split
from glossary.receipt import Receipt
from mt.web.desk import Desk
from mt.web.login import MAX_NAME
from mt.web.operations import ROOT, Call, Operation, describe, route_of
from mt.web.schema import Schema, body, choice, text, whole

MAX_TEXT = 20_000
MAX_NEIGHBOURS = 50
# JSON's numbers are exact up to here, and no database takes less.
MAX_NUMBER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair as it stands; a change of it must name its `version`. `checks` are the findings of checks.

    `chrf` is its chrF2 against a reference, null without one.
    """

    id: str
    version: int
    document: int
    name: str
    source: str
    target: str
    status: Status
    origin: Origin
    score: float
    chrf: float | None
    changed: str
    signature: str
    glossary: str
    receipts: tuple[Receipt, ...]
    findings: tuple[str, ...]
    checks: tuple[KeptFinding, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """Pairs that pass a filter, and what `after` must be for the next ones; null where these are the last."""

    pairs: tuple[PairView, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document and how many of its pairs have each status."""

    document: StoredDocument
    progress: dict[Status, int]


def documents(call: Call) -> list[StoredDocument]:
    """List the documents."""
    return call.desk.store.documents()


def document(call: Call) -> DocumentView:
    """Tell of a document how far its review is."""
    found = _document(call)
    return DocumentView(found, call.desk.store.progress(found.id))


def pairs(call: Call) -> PageView:
    """List the pairs that pass a filter, a page at a time."""
    wanted = Filter(
        status=Status(call["status"]) if "status" in call.values else None,
        document=call.get("document"),
        origin=Origin(call["origin"]) if "origin" in call.values else None,
        text=call.get("text", ""),
        check=call.get("check", ""),
        order=Order(call.get("order", Order.DOCUMENT)),
        price=call.get("price"),
        score=call.get("score"),
        chrf=call.get("chrf"),
    )
    after = _place(call["after"], wanted.order) if "after" in call.values else None
    page = call.desk.store.page(wanted, after, call.get("size", PAGE_SIZE))
    # Written out, numbers keep all of their digits.
    place = None if page.after is None else ",".join(map(repr, page.after))
    return PageView(tuple(_views(call.desk, page.items)), place)


def pair(call: Call) -> PairView:
    """Show a pair as it stands."""
    return _view(call, call["pair"])


def around(call: Call) -> list[PairView]:
    """Show a pair with its neighbours."""
    found = call.desk.store.around(call["pair"], call.get("before", 3), call.get("after", 3))
    return _views(call.desk, found)


def history(call: Call) -> list[Change]:
    """List every change of a pair, comments too."""
    return call.desk.store.history(call["pair"])


def compared(call: Call) -> list[Compared]:
    """Show what a pair's English is compared with: nothing where there is no reference."""
    stored = call.desk.store.pair(call["pair"])
    found = call.desk.store.compared(stored.document, stored.pair.id)
    return [one for one in found if one.references]


def verdict(call: Call) -> PairView:
    """Give a pair a status, a target or both."""
    store, key, version = call.desk.store, call["pair"], call["version"]
    if "target" in call.values:
        version = store.edit(key, call["target"], call.who, version)
        call.desk.checked_row(store.pair(key))
    if "status" in call.values:
        store.set_status(key, Status(call["status"]), call.who, version)
    elif "target" not in call.values:
        raise HTTPException(400, "a verdict has a status, a target or both")
    return _view(call, key)


def comment(call: Call) -> list[Change]:
    """Say something of a pair."""
    call.desk.store.comment(call["pair"], call["text"], call.who)
    return history(call)


def split_pair(call: Call) -> list[PairView]:
    """Cut a pair in two, each side before a character."""
    pieces = split(call.desk.store.pair(call["pair"]), call["source_at"], call["target_at"])
    return _replaced(call, pieces, ChangeKind.SPLIT)


def merge_pairs(call: Call) -> list[PairView]:
    """Join a pair and the next."""
    return _replaced(call, merge(*_both(call)), ChangeKind.MERGE)


def move_boundary(call: Call) -> list[PairView]:
    """Move the boundary between a pair and the next, in characters of both joined by a blank."""
    return _replaced(call, move(*_both(call), call["source_at"], call["target_at"]), ChangeKind.MOVE)


def undo(call: Call) -> list[PairView]:
    """Take back somebody's last change in a document, of whatever kind."""
    found = call.desk.undo_last(_document(call).id, call.who)
    return [_view(call, key) for key in found]


def redo(call: Call) -> list[PairView]:
    """Do again what somebody took back last."""
    found = call.desk.redo_last(_document(call).id, call.who)
    return [_view(call, key) for key in found]


def _document(call: Call) -> StoredDocument:
    for found in call.desk.store.documents():
        if found.id == call["document"]:
            return found
    raise MissingError(f"the store has no document {call['document']}", "give the id of a document")


def _both(call: Call) -> tuple[StoredPair, StoredPair]:
    return call.desk.store.pair(call["pair"]), call.desk.store.pair(call["next"])


def _replaced(call: Call, pieces: Sequence[Piece], kind: ChangeKind) -> list[PairView]:
    before = [(call["pair"], call["version"])]
    if "next" in call.values:
        before.append((call["next"], call["next_version"]))
    made = call.desk.store.restructure(before, pieces, call.who, kind)
    for stored in made:
        call.desk.checked_row(stored)
    return _views(call.desk, made)


def _view(call: Call, key: str) -> PairView:
    return _views(call.desk, [call.desk.store.pair(key)])[0]


def _views(desk: Desk, found: Sequence[StoredPair]) -> list[PairView]:
    checks = desk.store.findings([stored.pair.id for stored in found])
    return [
        PairView(
            id=stored.pair.id,
            version=stored.version,
            document=stored.document,
            name=stored.pair.name,
            source=stored.pair.source,
            target=stored.pair.target,
            status=stored.pair.status,
            origin=stored.pair.origin,
            score=stored.pair.score,
            chrf=stored.chrf,
            changed=stored.pair.changed,
            signature=stored.pair.signature,
            glossary=stored.pair.glossary,
            receipts=stored.pair.receipts,
            findings=stored.pair.findings,
            checks=checks.get(stored.pair.id, ()),
            segments=stored.segments,
        )
        for stored in found
    ]


def _place(given: str, order: Order) -> Place:
    """Return where a page ended; in a queue, what it goes by stands before document, position and part."""
    parts = given.split(",")
    if len(parts) != (3 if order == Order.DOCUMENT else 4):
        raise HTTPException(400, "after is not what was given")
    where = tuple(int(part) for part in parts[-3:] if part.isdecimal())
    if len(where) != 3 or max(where) > MAX_NUMBER:
        raise HTTPException(400, "after is not what was given")
    return (*map(float, parts[:-3]), *where)


NUMBER = whole(0, MAX_NUMBER)
PAIR: dict[str, Schema] = {"pair": text(100, minLength=1)}
DOCUMENT: dict[str, Schema] = {"document": whole(1, MAX_NUMBER)}
WHO = text(MAX_NAME, minLength=1, description="Who changes; without it, the name of the session.")
FILTER: dict[str, Schema] = {
    "document": whole(1, MAX_NUMBER),
    "status": choice(Status),
    "origin": choice(Origin),
    "text": text(1000, description="Looked for in source and target, whatever its case."),
    "check": text(100, description="The name of a check that found something, or any."),
    "order": choice(Order, default=Order.DOCUMENT.value),
    "price": {"type": "number", "description": "The least price of a forced term, in nats."},
    "score": {"type": "number", "description": "The highest score, in nats."},
    "chrf": {"type": "number", "description": "The highest chrF2 against a reference, 0 to 100."},
    "after": text(
        100, pattern=r"^(-?[0-9]{1,16}(\.[0-9]{1,32})?(e[-+]?[0-9]{1,3})?,)?([0-9]{1,16},){2}[0-9]{1,16}$"
    ),
    "size": whole(1, LARGEST_PAGE, default=PAGE_SIZE),
}
NEIGHBOURS: dict[str, Schema] = {name: whole(0, MAX_NEIGHBOURS, default=3) for name in ("before", "after")}
VERDICT: Schema = {
    **body(("version",), version=NUMBER, status=choice(Status), target=text(MAX_TEXT), who=WHO),
    "anyOf": [{"required": ["status"]}, {"required": ["target"]}],
}
COMMENT = body(("text",), text=text(MAX_TEXT, minLength=1), who=WHO)
SPLIT = body(
    ("version", "source_at", "target_at"), version=NUMBER, source_at=NUMBER, target_at=NUMBER, who=WHO
)
_TWO = {"version": NUMBER, "next": PAIR["pair"], "next_version": NUMBER, "who": WHO}
MERGE = body(("version", "next", "next_version"), **_TWO)
MOVE = body(
    ("version", "next", "next_version", "source_at", "target_at"), **_TWO, source_at=NUMBER, target_at=NUMBER
)
BY = body((), who=WHO)

OPERATIONS = (
    Operation("GET", "/documents", documents),
    Operation("GET", "/documents/{document}", document, DOCUMENT),
    Operation("POST", "/documents/{document}/undo", undo, DOCUMENT, BY),
    Operation("POST", "/documents/{document}/redo", redo, DOCUMENT, BY),
    Operation("GET", "/pairs", pairs, FILTER),
    Operation("GET", "/pairs/{pair}", pair, PAIR),
    Operation("GET", "/pairs/{pair}/around", around, PAIR | NEIGHBOURS),
    Operation("GET", "/pairs/{pair}/history", history, PAIR),
    Operation("GET", "/pairs/{pair}/compared", compared, PAIR),
    Operation("POST", "/pairs/{pair}/verdict", verdict, PAIR, VERDICT),
    Operation("POST", "/pairs/{pair}/comment", comment, PAIR, COMMENT),
    Operation("POST", "/pairs/{pair}/split", split_pair, PAIR, SPLIT),
    Operation("POST", "/pairs/{pair}/merge", merge_pairs, PAIR, MERGE),
    Operation("POST", "/pairs/{pair}/move", move_boundary, PAIR, MOVE),
)
DESCRIPTION = describe(OPERATIONS)


def openapi(request: Request) -> Response:  # noqa: ARG001 every route is given the request
    """Describe the API."""
    return JSONResponse(DESCRIPTION)


routes: list[BaseRoute] = [Route(f"{ROOT}/openapi.json", openapi), *map(route_of, OPERATIONS)]
