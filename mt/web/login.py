"""The way in: log-in and log-out, and a bound on guesses."""

import secrets
import time
from collections import deque
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mt.web.templating import templates

MAX_NAME = 60
_MINUTE = 60.0
# Addresses that are remembered at most; the oldest go first.
_REMEMBERED = 10_000


class Attempts:
    """Who tried to log in within the last minute, by network address."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def wait(self, address: str) -> int:
        """Count one try and return 0, or count none and return after how many seconds one is allowed."""
        now, network = self._clock(), _network(address)
        times = self._times.pop(network, deque())
        while times and times[0] <= now - _MINUTE:
            times.popleft()
        self._times[network] = times
        if len(self._times) > _REMEMBERED:
            del self._times[next(iter(self._times))]
        if len(times) >= self._limit:
            return int(times[0] + _MINUTE - now) + 1
        times.append(now)
        return 0


def _network(address: str) -> str:
    """Return what one client has: an IPv4 address, or the 64-bit network of an IPv6 address."""
    try:
        version = ip_address(address).version
    except ValueError:
        return address
    return address if version == 4 else str(ip_network(f"{address}/64", strict=False))


def show(request: Request) -> Response:
    """Show the log-in page; there is nothing to show where no password is needed."""
    if request.app.state.settings.password is None:
        return RedirectResponse("/", 303)
    return _page(request, "")


async def enter(request: Request) -> Response:
    """Check the password, and begin a session under the name that was given."""
    async with request.form() as form:
        name, password = (str(form.get(field, "")) for field in ("name", "password"))
    if wait := request.app.state.attempts.wait(request.client.host if request.client else ""):
        raise HTTPException(429, f"too many tries: wait {wait} seconds", {"Retry-After": str(wait)})
    name = " ".join(name.split())[:MAX_NAME]
    if not request.app.state.settings.is_password(password):
        return _page(request, "That is not the password.", 403)
    if not name:
        return _page(request, "Give a name, so that others see who you are.", 400)
    # Nothing of what the browser had before goes on: neither the token nor another person's name.
    request.session.clear()
    request.session.update({"in": True, "name": name, "csrf": secrets.token_urlsafe(24)})
    return RedirectResponse(inside(request.query_params.get("next", "/")), 303)


def leave(request: Request) -> Response:
    """End the session."""
    request.session.clear()
    return RedirectResponse("/login", 303)


def _page(request: Request, fault: str, status: int = 200) -> Response:
    return templates.TemplateResponse(request, "login.html", {"fault": fault}, status_code=status)


def inside(address: str) -> str:
    """Return the address of a page of ours; that of another site becomes our first page."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_ours else "/"


routes = [
    Route("/login", show, methods=["GET"]),
    Route("/login", enter, methods=["POST"]),
    Route("/logout", leave, methods=["POST"]),
]
