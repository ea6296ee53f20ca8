"""LibreTranslate's HTTP API, so that its clients use this model and this glossary as they are."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def health(request: Request) -> Response:  # noqa: ARG001 every route is given the request
    """Say that the server is up."""
    return JSONResponse({"status": "ok"})


routes = [Route("/health", health)]
