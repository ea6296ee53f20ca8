"""The list of pairs, and what opens under each: read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from aligned.links import Link, Span, source_words, target_words
from aligned.paging import Filter, Order
from aligned.qa.checks import NAMES
from aligned.records import Pair, Status, StoredPair
from mt.outputs import ENDINGS
from mt.translate import Translator
from mt.web.choices import CHRFS, KEYS, ORDERS, PRICES, SCORES, VERBS
from mt.web.desk import Desk, desk_of
from mt.web.markup import difference
from mt.web.rows import Row
from mt.web.telling import machine_text, told
from mt.web.templating import templates

SIZE = 50
FILTERS = ("status", "check", "price", "score", "chrf", "order", "text")
SHOWN_ALTERNATIVES = 4
# So many pairs of a list are counted, and of those with a text, through which all would have to be read.
COUNTED, COUNTED_BY_TEXT = 10_000, 1000
# Pairs shown before the one that a link leads to.
CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """One document, by its number in the store, or all of them."""

    document: int | None
    title: str
    base: str


def document_page(request: Request) -> Response:
    """Show the pairs of one document."""
    desk, number = desk_of(request), request.path_params["document"]
    scope = scope_of(desk, f"/documents/{number}")
    desk.check_once(number)
    return templates.TemplateResponse(request, "review.html", _page(request, scope))


def document_pairs(request: Request) -> Response:
    """Return the list alone, for another filter."""
    scope = scope_of(desk_of(request), f"/documents/{request.path_params['document']}")
    return _list(request, scope)


def queue_page(request: Request) -> Response:
    """Show the pairs of all documents."""
    context = _page(request, scope_of(desk_of(request), "/queue"))
    return templates.TemplateResponse(request, "review.html", context | {"here": "queue"})


def queue_pairs(request: Request) -> Response:
    """Return the list of all documents alone, for another filter."""
    return _list(request, scope_of(desk_of(request), "/queue"))


def progress(request: Request) -> Response:
    """Return how much of a document, or of all, has been judged."""
    document = request.path_params.get("document")
    return templates.TemplateResponse(request, "progress.html", _progress(desk_of(request), document))


def find_pair(request: Request) -> Response:
    """Lead to a pair in its document."""
    key = request.path_params["id"]
    context = desk_of(request).store.around(key, CONTEXT, 0)
    first = context[0]
    # The page begins after the pair before the first one shown, if there is one.
    before = desk_of(request).store.around(first.pair.id, 1, 0)
    after = {"after": _written(before[0].place)} if before[0].pair.id != first.pair.id else {}
    query = f"?{urlencode(after)}" if after else ""
    return RedirectResponse(f"/documents/{first.document}{query}#pair-{key}", 303)


def show_row(request: Request) -> Response:
    """Return one pair as it stands in the list."""
    return row_response(request, desk_of(request).store.pair(request.path_params["id"]))


def row_response(request: Request, stored: StoredPair) -> Response:
    """Return the row of a pair; in a list of all documents it names its own."""
    is_queue = request.query_params.get("base") == "/queue"
    row = desk_of(request).maker.row(stored)
    context = {"row": row, "document": None if is_queue else stored.document}
    return templates.TemplateResponse(request, "row.html", context)


def show_panel(request: Request) -> Response:
    """Return what opens under a pair: its terms, where it comes from, what became of it."""
    return panel_response(request, request.path_params["id"])


def panel_response(request: Request, key: str) -> Response:
    """Return the panel of a pair."""
    desk = desk_of(request)
    stored = desk.store.pair(key)
    changes = desk.store.history(key)
    machine = machine_text(changes)
    compared = next((one for one in desk.store.compared(stored.document, key) if one.references), None)
    context = {
        "row": desk.maker.row(stored),
        "history": told(changes),
        "machine": machine,
        "change": None if machine is None else difference(machine, stored.pair.target),
        "compared": compared,
    }
    return templates.TemplateResponse(request, "panel.html", context)


async def alternatives(request: Request) -> Response:
    """Return other translations that the model's beam holds, the terms forced in each."""
    desk = desk_of(request)
    pair = (await run_in_threadpool(desk.store.pair, request.path_params["id"])).pair

    def find(translator: Translator) -> list[str]:
        return [text for text in translator.alternatives(pair.source) if text != pair.target]

    texts = (await desk.batcher.run(find, desk.glossary))[:SHOWN_ALTERNATIVES]
    shown = [(text, difference(pair.target, text)) for text in texts]
    return templates.TemplateResponse(request, "alternatives.html", {"alternatives": shown})


async def links(request: Request) -> Response:
    """Return which words of a pair belong together, by their numbers in the two texts."""
    desk = desk_of(request)
    pair = (await run_in_threadpool(desk.store.pair, request.path_params["id"])).pair

    def find(translator: Translator) -> list[Link]:
        return desk.maker.linker(translator.engine).links(pair.source, pair.target)

    return JSONResponse(_numbered(pair, await desk.batcher.run(find, desk.glossary)))


def scope_of(desk: Desk, base: str) -> Scope:
    """Return the document, or the whole store, that an address names."""
    if base == "/queue":
        return Scope(None, "Queue", base)
    number = int(base.rpartition("/")[2])
    return Scope(number, desk.store.document_name(number), base)


def _page(request: Request, scope: Scope) -> dict[str, Any]:
    shown = _listed(request, scope)
    fixed = {
        "title": scope.title,
        "statuses": [status.value for status in Status],
        "checks": NAMES,
        "prices": PRICES,
        "scores": SCORES,
        "chrfs": CHRFS,
        "orders": ORDERS,
        "verbs": VERBS,
        "keys": KEYS,
        "formats": [ending[1:] for ending in ENDINGS],
    }
    return fixed | shown | _progress(desk_of(request), scope.document)


def _list(request: Request, scope: Scope) -> Response:
    context = _listed(request, scope)
    # The address bar follows the filter, so that a reload and a bookmark show the same.
    headers = {"HX-Replace-Url": context["page_url"]}
    return templates.TemplateResponse(request, "pairs.html", context, headers=headers)


def _listed(request: Request, scope: Scope) -> dict[str, Any]:
    desk, query = desk_of(request), request.query_params
    wanted = _filter(query.get, scope.document)
    chosen = {name: query.get(name, "") for name in FILTERS}
    chosen = {name: value for name, value in chosen.items() if value}
    after = query.get("after")
    page = desk.store.page(wanted, None if after is None else _place(after), SIZE)
    rows: list[Row] = [desk.maker.row(stored) for stored in page.items]
    here = chosen | ({"after": after} if after else {})
    most = most_counted(wanted)
    count = desk.store.count(wanted, most)
    return {
        "rows": rows,
        "count": f"more than {most:,}" if count > most else count,
        "document": scope.document,
        "base": scope.base,
        "wanted": wanted,
        "url": _address(scope.base + "/pairs", here),
        "page_url": _address(scope.base, here),
        "first_url": _address(scope.base, chosen) if after else None,
        "next_url": page.after and _address(scope.base, chosen | {"after": _written(page.after)}),
    }


def most_counted(wanted: Filter) -> int:
    """Return how many pairs are counted at most."""
    return COUNTED_BY_TEXT if wanted.text else COUNTED


def _filter(get: Any, document: int | None) -> Filter:
    try:
        return Filter(
            status=Status(get("status")) if get("status") else None,
            document=document,
            text=get("text", "").strip(),
            check=get("check", ""),
            order=Order(get("order") or Order.DOCUMENT),
            price=float(get("price")) if get("price") else None,
            score=float(get("score")) if get("score") else None,
            chrf=float(get("chrf")) if get("chrf") else None,
        )
    except ValueError as error:
        raise HTTPException(400, "there is no such filter") from error


def _progress(desk: Desk, document: int | None) -> dict[str, Any]:
    found = {status.value: number for status, number in desk.store.progress(document).items()}
    return {"progress": found, "total": sum(found.values())}


def _address(base: str, query: dict[str, str]) -> str:
    return f"{base}?{urlencode(query)}" if query else base


def _written(place: Sequence[float]) -> str:
    return ",".join(repr(part) for part in place)


def _place(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) if "." in part or "e" in part else int(part) for part in text.split(","))
    except ValueError as error:
        raise HTTPException(400, "there is no such page") from error


def _numbered(pair: Pair, found: Sequence[Link]) -> list[dict[str, list[int]]]:
    sources, targets = source_words(pair.source), target_words(pair.target)
    return [
        {"source": _inside(link.source, sources), "target": _inside(link.target, targets)} for link in found
    ]


def _inside(span: Span, words: Sequence[Span]) -> list[int]:
    return [number for number, (start, end) in enumerate(words) if start < span[1] and span[0] < end]


routes: list[BaseRoute] = [
    Route("/documents/{document:int}", document_page),
    Route("/documents/{document:int}/pairs", document_pairs),
    Route("/documents/{document:int}/progress", progress),
    Route("/queue", queue_page),
    Route("/queue/pairs", queue_pairs),
    Route("/queue/progress", progress),
    Route("/pairs/{id}", find_pair, methods=["GET"]),
    Route("/pairs/{id}/row", show_row),
    Route("/pairs/{id}/panel", show_panel),
    Route("/pairs/{id}/alternatives", alternatives),
    Route("/pairs/{id}/links", links),
]
