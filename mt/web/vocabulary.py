"""Terms on the page: listed, added from a selection, and applied to the pairs that have them otherwise."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from aligned.errors import StaleError
from aligned.paging import Filter
from aligned.records import ChangeKind
from aligned.walking import every_pair
from glossary.errors import GlossaryError
from glossary.hebrew import has_hebrew
from glossary.terms import Term
from mt.web.changes import piece_of
from mt.web.desk import Desk, desk_of, reviewer_of
from mt.web.replacing import chosen_pairs
from mt.web.rows import Row
from mt.web.templating import templates

# Pairs that are translated again at one time.
MOST = 200


def show(request: Request) -> Response:
    """List the terms in force."""
    desk = desk_of(request)
    context = {"terms": desk.glossary.terms, "file": desk.terms_file.name, "here": "terms"}
    return templates.TemplateResponse(request, "terms.html", context)


async def add(request: Request) -> Response:
    """Add a term, and tell which pairs have it otherwise."""
    form = await request.form()
    return await run_in_threadpool(_add, request, form)


def _add(request: Request, form: Mapping[str, Any]) -> Response:
    desk = desk_of(request)
    source, target = (" ".join(str(form.get(name, "")).split()) for name in ("source", "target"))
    number = str(form.get("document", ""))
    context = {"source": source, "target": target, "file": desk.terms_file.name, "document": number}
    if fault := _fault(source, target):
        return templates.TemplateResponse(request, "term_added.html", context | {"fault": fault})
    term = Term(source, (target,))
    try:
        desk.add_term(term)
    except GlossaryError as error:
        return templates.TemplateResponse(request, "term_added.html", context | {"fault": str(error)})
    concerned = _concerned(desk, term, int(number) if number.isdecimal() else None)
    return templates.TemplateResponse(request, "term_added.html", context | {"concerned": concerned})


def _fault(source: str, target: str) -> str:
    if not has_hebrew(source):
        return "The first field needs Hebrew."
    if not target or has_hebrew(target):
        return "The second field needs English."
    return ""


def _concerned(desk: Desk, term: Term, document: int | None) -> list[Row]:
    """Return the first pairs that owe a term and lack it."""
    maker = desk.maker
    pairs = every_pair(desk.store, Filter(document=document))
    return [maker.row(stored) for stored in islice((s for s in pairs if maker.owes(s.pair, term)), MOST)]


async def apply(request: Request) -> Response:
    """Translate pairs again under the terms in force; those that somebody changed meanwhile stay."""
    form = await request.form()
    desk, who = desk_of(request), reviewer_of(request)
    wanted = dict(chosen_pairs(form)[:MOST])
    found = await run_in_threadpool(lambda: [desk.store.pair(key) for key in wanted])
    sources = [stored.pair.source for stored in found]
    made = await desk.batcher.translate(sources, desk.glossary)

    def keep() -> tuple[int, int]:
        done = 0
        for stored, translation in zip(found, made, strict=True):
            key = stored.pair.id
            piece = piece_of(stored, translation)
            try:
                fresh = desk.store.restructure([(key, wanted[key])], [piece], who, ChangeKind.SOURCE)
            except StaleError:
                continue
            done += 1
            for item in fresh:
                desk.checked_row(item)
        return done, len(found) - done

    done, stale = await run_in_threadpool(keep)
    context = {"hits": [], "find": "", "done": done, "stale": stale}
    return templates.TemplateResponse(request, "replace.html", context)


routes: list[BaseRoute] = [
    Route("/terms", show, methods=["GET"]),
    Route("/terms", add, methods=["POST"]),
    Route("/terms/apply", apply, methods=["POST"]),
]
