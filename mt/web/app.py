"""The server put together: routes, what guards them, and what they share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from aligned.errors import MissingError, StoreError
from aligned.store import Store
from glossary.errors import TargemError
from glossary.terms import Glossary
from mt.errors import ModelError
from mt.web import api, libre, login, pages
from mt.web.batcher import RETRY_SECONDS, Batcher, BusyError
from mt.web.desk import TERMS_FILE, Desk
from mt.web.security import Fence, Guard, refusal
from mt.web.settings import Settings
from mt.web.templating import FOLDER


def make_app(
    settings: Settings, store: Store, batcher: Batcher, glossary: Glossary, terms_file: Path = TERMS_FILE
) -> Starlette:
    """Return the server; routes find what is given here in `request.app.state`.

    `terms_file` keeps the terms that are added on the pages. The batcher is closed with the server, the store
    is not.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        batcher.close()

    app = Starlette(
        routes=[
            Mount("/static", StaticFiles(directory=FOLDER / "static"), name="static"),
            *login.routes,
            *libre.routes,
            *api.routes,
            *pages.routes,
        ],
        middleware=[
            Middleware(Fence, settings),
            Middleware(SessionMiddleware, settings.session_key, session_cookie="targem"),
            Middleware(Guard, settings),
        ],
        exception_handlers=dict.fromkeys((HTTPException, TargemError), _refused),
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.store = store
    app.state.batcher = batcher
    app.state.glossary = glossary
    app.state.desk = Desk(store, batcher, glossary, terms_file)
    app.state.attempts = login.Attempts(settings.logins)
    return app


def _refused(request: Request, error: Exception) -> Response:
    """Answer what a client, or the machine around us, can cause: in the one line that the error is."""
    if not isinstance(error, HTTPException):
        headers = {"Retry-After": str(RETRY_SECONDS)} if isinstance(error, BusyError) else None
        error = HTTPException(_status(error), str(error), headers)
    return refusal(request.url.path, error)


def _status(error: Exception) -> int:
    if isinstance(error, BusyError):
        return 503
    if isinstance(error, MissingError):
        return 404
    if isinstance(error, StoreError):
        # What the store says of its database has the database's own error behind it; all else is a change
        # that cannot be made to the pairs as they stand.
        return 500 if error.__cause__ else 409
    return 500 if isinstance(error, ModelError) else 400
