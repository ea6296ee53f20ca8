"""The templates of the pages, and what all of them know."""

from pathlib import Path

from starlette.requests import Request
from starlette.templating import Jinja2Templates

FOLDER = Path(__file__).resolve().parent


def _common(request: Request) -> dict[str, object]:
    return {"reviewer": request.session.get("name", "")}


templates = Jinja2Templates(directory=FOLDER / "templates", context_processors=[_common])
