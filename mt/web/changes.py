"""What a person does to pairs: verdicts, edits, cuts, comments, other Hebrew, and taking all of it back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from aligned.errors import StaleError
from aligned.records import ChangeKind, Status, StoredPair, Translation
from aligned.structure import Piece, merge, move, split
from glossary.hebrew import clean_text
from mt.web.desk import Desk, desk_of, reviewer_of, visitor_of
from mt.web.operations import stale_answer
from mt.web.review import panel_response, row_response
from mt.web.templating import templates

Form = Mapping[str, Any]


async def judge(request: Request) -> Response:
    """Give a verdict; answers with the pair's row."""
    form = await request.form()
    return await run_in_threadpool(_judge, request, form)


def _judge(request: Request, form: Form) -> Response:
    desk, key = desk_of(request), request.path_params["id"]
    try:
        status = Status(str(form.get("status")))
    except ValueError as error:
        raise HTTPException(400, "there is no such status") from error
    try:
        desk.store.set_status(key, status, reviewer_of(request), number(form, "version"))
    except StaleError as error:
        return stale(desk, error)
    return row_response(request, desk.store.pair(key))


async def write(request: Request) -> Response:
    """Save the English as it is now; answers with the new version, the status and what is wrong with it."""
    form = await request.form()
    return await run_in_threadpool(_write, request, form)


def _write(request: Request, form: Form) -> Response:
    desk, key = desk_of(request), request.path_params["id"]
    target = str(form.get("target", ""))
    try:
        desk.store.edit(key, target, reviewer_of(request), number(form, "version"))
    except StaleError as error:
        return stale(desk, error)
    stored = desk.store.pair(key)
    notes = templates.get_template("notes.html").render(row=desk.checked_row(stored))
    return JSONResponse({"version": stored.version, "status": stored.pair.status, "notes": notes})


async def say(request: Request) -> Response:
    """Keep a comment; answers with the pair's panel."""
    form = await request.form()
    return await run_in_threadpool(_say, request, form)


def _say(request: Request, form: Form) -> Response:
    key = request.path_params["id"]
    text = str(form.get("text", "")).strip()
    if not text:
        raise HTTPException(400, "a comment needs words")
    desk_of(request).store.comment(key, text, reviewer_of(request))
    return panel_response(request, key)


async def cut(request: Request) -> Response:
    """Make two pairs of one; answers with the ids of both."""
    form = await request.form()

    def pieces(stored: StoredPair) -> Sequence[Piece]:
        return split(stored, number(form, "source_at"), number(form, "target_at"))

    return await run_in_threadpool(_restructure, request, form, pieces, ChangeKind.SPLIT)


async def join(request: Request) -> Response:
    """Make one pair of two neighbours; answers with its id."""
    form = await request.form()
    return await run_in_threadpool(_restructure, request, form, merge, ChangeKind.MERGE)


async def shift(request: Request) -> Response:
    """Give the rest of a pair to the next one, or its beginning to the one before; answers with both ids."""
    form = await request.form()
    source_at, target_at = number(form, "source_at"), number(form, "target_at")
    is_forward = form.get("to") == "next"

    def pieces(first: StoredPair, second: StoredPair) -> Sequence[Piece]:
        if is_forward:
            return move(first, second, source_at, target_at)
        # The cut is in the second of the two, whose texts follow those of the first and a blank.
        before = [len(text) + 1 if text else 0 for text in (first.pair.source, first.pair.target)]
        return move(first, second, before[0] + source_at, before[1] + target_at)

    return await run_in_threadpool(_restructure, request, form, pieces, ChangeKind.MOVE)


async def other_source(request: Request) -> Response:
    """Translate other Hebrew under the terms in force in a pair's place; answers with its new id."""
    form = await request.form()
    desk, key = desk_of(request), request.path_params["id"]
    source = clean_text(str(form.get("source", ""))).strip()
    if not source:
        raise HTTPException(400, "there is no Hebrew to translate")
    (translation,) = await desk.batcher.translate([source], desk.glossary)

    def replace() -> Response:
        stored = desk.store.pair(key)
        before = [(key, number(form, "version"))]
        return _replaced(
            desk, before, [piece_of(stored, translation)], reviewer_of(request), ChangeKind.SOURCE
        )

    return await run_in_threadpool(replace)


def undo(request: Request) -> Response:
    """Take back this person's last change in a document; answers with the ids of the pairs it was about."""
    desk = desk_of(request)
    return JSONResponse({"ids": desk.undo_last(request.path_params["document"], reviewer_of(request))})


def redo(request: Request) -> Response:
    """Take back what was taken back last."""
    desk = desk_of(request)
    return JSONResponse({"ids": desk.redo_last(request.path_params["document"], reviewer_of(request))})


def check_all(request: Request) -> Response:
    """Run every check over a document and keep what they find."""
    count = desk_of(request).check_document(request.path_params["document"])
    what = "no pair has a finding" if not count else f"{count} pair{'' if count == 1 else 's'} with findings"
    return JSONResponse({"message": what})


async def presence(request: Request) -> Response:
    """Note which pair a browser is at; answers with the names of others by pair."""
    form = await request.form()
    here = desk_of(request).presence
    here.enter(visitor_of(request), reviewer_of(request), str(form.get("pair", "")))
    return JSONResponse(here.others(visitor_of(request)))


def number(form: Form, name: str) -> int:
    """Return a whole number out of a form; raises HTTPException where it is none."""
    try:
        return int(str(form.get(name, "")))
    except ValueError as error:
        raise HTTPException(400, f"{name} must be a whole number") from error


def stale(desk: Desk, error: StaleError) -> Response:
    """Answer a change of a pair that somebody else changed first: as the API, and with who and the row."""
    stored = desk.store.pair(error.pair_id)
    changes = desk.store.history(error.pair_id)
    row = templates.get_template("row.html").render(row=desk.maker.row(stored), document=stored.document)
    return stale_answer(error, who=changes[-1].who if changes else "", row=row)


def _restructure(
    request: Request, form: Form, pieces: Callable[..., Sequence[Piece]], kind: ChangeKind
) -> Response:
    desk, before = desk_of(request), [(request.path_params["id"], number(form, "version"))]
    if "other" in form:
        before.append((str(form["other"]), number(form, "other_version")))
    if form.get("to") == "previous":
        before.reverse()
    made = pieces(*(desk.store.pair(key) for key, _ in before))
    return _replaced(desk, before, made, reviewer_of(request), kind)


def piece_of(stored: StoredPair, translation: Translation) -> Piece:
    """Return a new translation as what takes a pair's place."""
    first, last = (stored.segments[at].position for at in (0, -1))
    return Piece(translation.source, translation.target, first, last, translation)


def _replaced(
    desk: Desk, before: Sequence[tuple[str, int]], after: Sequence[Piece], who: str, kind: ChangeKind
) -> Response:
    try:
        made = desk.store.restructure(before, after, who, kind)
    except StaleError as error:
        return stale(desk, error)
    for stored in made:
        desk.checked_row(stored)
    return JSONResponse({"ids": [stored.pair.id for stored in made]})


routes: list[BaseRoute] = [
    Route("/pairs/{id}/status", judge, methods=["POST"]),
    Route("/pairs/{id}/target", write, methods=["PUT"]),
    Route("/pairs/{id}/source", other_source, methods=["POST"]),
    Route("/pairs/{id}/split", cut, methods=["POST"]),
    Route("/pairs/{id}/merge", join, methods=["POST"]),
    Route("/pairs/{id}/move", shift, methods=["POST"]),
    Route("/pairs/{id}/comment", say, methods=["POST"]),
    Route("/documents/{document:int}/undo", undo, methods=["POST"]),
    Route("/documents/{document:int}/redo", redo, methods=["POST"]),
    Route("/documents/{document:int}/check", check_all, methods=["POST"]),
    Route("/presence", presence, methods=["POST"]),
]
