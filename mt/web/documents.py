"""Documents: listed, taken in, given out."""

import tempfile
from functools import partial
from pathlib import Path, PureWindowsPath
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from mt.outputs import ENDINGS as OUTPUTS
from mt.outputs import write_output
from mt.readers import ENDINGS as INPUTS
from mt.stored import stored_document
from mt.web.desk import Desk, desk_of
from mt.web.jobs import Job, TooManyJobsError
from mt.web.login import MAX_NAME, inside
from mt.web.templating import templates
from mt.web.uploads import align_upload, translate_upload

LONGEST_NAME = 120
_ACCEPTED = ",".join(INPUTS)
_FORMATS = [ending[1:] for ending in OUTPUTS]


def index(request: Request) -> Response:
    """List the documents, and take new ones."""
    context = {
        "jobs": desk_of(request).jobs.all(),
        "accepted": _ACCEPTED,
        "limit": request.app.state.settings.upload_bytes // 2**20,
        "here": "documents",
    }
    return templates.TemplateResponse(request, "documents.html", context | _listed(desk_of(request)))


def listed(request: Request) -> Response:
    """Return the list of documents alone."""
    return templates.TemplateResponse(request, "document_list.html", _listed(desk_of(request)))


def _listed(desk: Desk) -> dict[str, Any]:
    found = desk.store.progress_by_document()
    documents = [
        {
            "id": document.id,
            "name": document.name,
            "added": document.added,
            "pairs": sum(found[document.id].values()),
            "progress": {status.value: number for status, number in found[document.id].items()},
        }
        for document in desk.store.documents()
        if document.id in found
    ]
    return {"documents": documents[::-1], "formats": _FORMATS}


def jobs(request: Request) -> Response:
    """Show how far the uploads are."""
    shown = desk_of(request).jobs.all()
    if any(job.state == "running" for job in shown):
        return templates.TemplateResponse(request, "jobs.html", {"jobs": shown})
    # 286 tells htmx to ask no more, and the event to look at the documents again.
    headers = {"HX-Trigger": "documents"}
    return templates.TemplateResponse(request, "jobs.html", {"jobs": shown}, 286, headers)


async def upload(request: Request) -> Response:
    """Begin to translate one file, or to align two, the Hebrew first or second."""
    async with request.form(max_files=2, max_fields=4) as form:
        files = [item for item in form.getlist("files") if isinstance(item, UploadFile) and item.filename]
        if not 1 <= len(files) <= 2:
            raise HTTPException(400, "give one brief, or a brief and its English version")
        names = [shown_name(file.filename or "") for file in files]
        if unknown := [name for name in names if Path(name).suffix.lower() not in INPUTS]:
            raise HTTPException(415, f"{unknown[0]} is of no kind that can be read: use {_ACCEPTED}")
        contents = [await file.read() for file in files]
    try:
        await run_in_threadpool(_begin, desk_of(request), names, contents)
    except TooManyJobsError as error:
        raise HTTPException(503, str(error), {"Retry-After": "60"}) from error
    return RedirectResponse("/", 303)


def _begin(desk: Desk, names: list[str], contents: list[bytes]) -> Job:
    work = translate_upload if len(names) == 1 else align_upload
    return desk.jobs.start(" + ".join(names), partial(_work, desk, work, names, contents))


def _work(desk: Desk, work: Any, names: list[str], contents: list[bytes], job: Job) -> str:
    with tempfile.TemporaryDirectory(prefix="targem-") as folder:
        # The client's name is shown and never opened: ours says only what kind of file it is.
        paths = [Path(folder) / f"upload{at}{Path(name).suffix.lower()}" for at, name in enumerate(names)]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        message: str = work(desk, job, paths, names)
        return message


def shown_name(name: str) -> str:
    """Return the last part of a client's path, without what does not print."""
    last = PureWindowsPath(name).name
    return "".join(char for char in last if char.isprintable())[-LONGEST_NAME:]


async def rename(request: Request) -> Response:
    """Take the name under which a person's changes are kept, and go back to where they were."""
    form = await request.form()
    name = " ".join(str(form.get("name", "")).split())[:MAX_NAME]
    if name:
        request.session["name"] = name
    return RedirectResponse(inside(urlsplit(request.headers.get("referer", "/")).path), 303)


def download(request: Request) -> Response:
    """Give out a document in a format."""
    desk, number = desk_of(request), request.path_params["document"]
    ending = "." + request.path_params["format"]
    if ending not in OUTPUTS:
        raise HTTPException(404, f"there is no format {ending}: use one of {' '.join(OUTPUTS)}")
    document = stored_document(desk.store, number)
    with tempfile.TemporaryDirectory(prefix="targem-") as folder:
        path = Path(folder) / f"download{ending}"
        write_output(document, path)
        content = path.read_bytes()
    name = Path(document.document.name).stem + ending
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, headers=headers, media_type="application/octet-stream")


routes: list[BaseRoute] = [
    Route("/", index),
    Route("/jobs", jobs),
    Route("/name", rename, methods=["POST"]),
    Route("/documents", listed, methods=["GET"]),
    Route("/documents", upload, methods=["POST"]),
    Route("/documents/{document:int}/download/{format}", download),
]
