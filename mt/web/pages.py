"""The pages that a person sees."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route


def index(request: Request) -> Response:
    """List the documents."""
    names = [document.name for document in request.app.state.store.documents()]
    return PlainTextResponse("\n".join(names) + "\n")


routes: list[BaseRoute] = [Route("/", index)]
