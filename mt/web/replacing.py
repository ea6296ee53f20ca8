"""Find and replace in the English, with a look before anything is changed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from aligned.errors import StaleError
from aligned.paging import Filter
from aligned.walking import every_pair
from mt.web.desk import desk_of, reviewer_of
from mt.web.markup import difference
from mt.web.templating import templates

# Hits that are shown and replaced at one time.
MOST = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A pair that has the text, and what replacing would make of it."""

    id: str
    version: int
    number: int
    after: str
    change: Markup


def preview(request: Request) -> Response:
    """Show what would change."""
    query = request.query_params
    context = _context(request, query)
    hits = list(islice(_hits(request, query), MOST + 1))
    shown = {"hits": hits[:MOST], "more": len(hits) > MOST, "done": None}
    return templates.TemplateResponse(request, "replace.html", context | shown)


async def replace_all(request: Request) -> Response:
    """Replace in the pairs that were marked, each as an edit of its own."""
    form = await request.form()
    return await run_in_threadpool(_replace_all, request, form)


def _replace_all(request: Request, form: Any) -> Response:
    desk, done, stale = desk_of(request), 0, 0
    find = _pattern(form)
    for key, version in chosen_pairs(form)[:MOST]:
        stored = desk.store.pair(key)
        after = _replaced(find, str(form.get("with", "")), stored.pair.target)
        try:
            desk.store.edit(key, after, reviewer_of(request), version)
        except StaleError:
            stale += 1
            continue
        desk.checked_row(desk.store.pair(key))
        done += 1
    context = _context(request, form) | {"hits": [], "done": done, "stale": stale}
    return templates.TemplateResponse(request, "replace.html", context)


def chosen_pairs(form: Any) -> list[tuple[str, int]]:
    """Return the pairs that were marked in a form, each with the version that was shown."""
    marked = (str(value).rpartition(":") for value in form.getlist("pair"))
    return [(key, int(version)) for key, _, version in marked if version.isdecimal()]


def _hits(request: Request, query: Mapping[str, str]) -> Iterator[Hit]:
    if not query.get("find"):
        return
    desk, find = desk_of(request), _pattern(query)
    wanted = Filter(document=request.path_params.get("document"), text=query["find"])
    for stored in every_pair(desk.store, wanted):
        before = stored.pair.target
        after = _replaced(find, query.get("with", ""), before)
        if find.search(before):
            number = stored.pair.segment.position + 1
            yield Hit(stored.pair.id, stored.version, number, after, difference(before, after))


def _pattern(query: Mapping[str, Any]) -> re.Pattern[str]:
    return re.compile(re.escape(str(query.get("find", ""))), 0 if query.get("case") else re.IGNORECASE)


def _replaced(find: re.Pattern[str], instead: str, text: str) -> str:
    # Not as a template: a backslash in what a person writes is a backslash.
    return find.sub(lambda _: instead, text)


def _context(request: Request, query: Mapping[str, Any]) -> dict[str, Any]:
    document = request.path_params.get("document")
    return {
        "base": f"/documents/{document}" if document else "/queue",
        "find": query.get("find", ""),
        "instead": query.get("with", ""),
        "case": query.get("case", ""),
    }


routes: list[BaseRoute] = [
    Route("/documents/{document:int}/replace", preview, methods=["GET"]),
    Route("/documents/{document:int}/replace", replace_all, methods=["POST"]),
    Route("/queue/replace", preview, methods=["GET"]),
    Route("/queue/replace", replace_all, methods=["POST"]),
]
