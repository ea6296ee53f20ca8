"""Who may ask for what: hosts, sizes, sessions, forged requests, and the headers that bind a browser."""

import secrets
from hmac import compare_digest
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mt.web.settings import Settings, is_loopback

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STATIC = "/static/"
# LibreTranslate's clients put their key into the body, so these two look for it themselves.
KEYED = ("/translate", "/detect")
# Answers that tell a stranger nothing, and the way in.
OPEN = ("/login", "/health", "/languages", "/frontend/settings")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def is_api(path: str) -> bool:
    """Tell whether a path is for programs, which are answered in JSON, and not for people."""
    return path.startswith("/api/") or path in (*KEYED, *OPEN[1:])


def refusal(path: str, error: HTTPException) -> Response:
    """Return the answer that says why a request is refused."""
    headers = dict(error.headers or {})
    if is_api(path):
        return JSONResponse({"error": error.detail}, error.status_code, headers)
    return PlainTextResponse(error.detail + "\n", error.status_code, headers)


class Fence:
    """Refuse foreign hosts and requests that are too large, and put the headers on every answer.

    On a loopback address the Host header must name this machine: with another name it comes from a page
    elsewhere, whose name was made to point here (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._settings = settings
        here = ("localhost", "127.0.0.1", "::1", settings.host)
        self._hosts = here if is_loopback(settings.host) else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"]

        async def send_bound(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out.setdefault(name, value)
                if not path.startswith(STATIC):
                    out.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            self._check(headers)
        except HTTPException as error:
            await refusal(path, error)(scope, receive, send_bound)
        else:
            await self.app(scope, _counted(receive, self._bound(headers)), send_bound)

    def _check(self, headers: Headers) -> None:
        if self._hosts and _host(headers) not in self._hosts:
            raise HTTPException(400, "this server does not go by that name")
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > self._bound(headers):
            raise HTTPException(413, "the request is too large")

    def _bound(self, headers: Headers) -> int:
        has_files = headers.get("content-type", "").lower().startswith(_FORMS[1])
        return self._settings.upload_bytes if has_files else self._settings.body_bytes


class Guard:
    """Let in who has logged in or has a key, and refuse what another site makes a browser send.

    Two guards against forgery: the browser's own word on where a request comes from, and a token that only
    our pages know. A program that has neither cookies nor an origin cannot be made to send anything.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            refused = None if self._may_enter(request) else _way_in(request)
            if refused is None:
                receive = await self._trusted(request)
        except HTTPException as error:
            refused = refusal(request.url.path, error)
        await (refused or self.app)(scope, receive, send)

    def _may_enter(self, request: Request) -> bool:
        path = request.url.path
        is_open = path in (*OPEN, *KEYED) or path.startswith(STATIC)
        return is_open or self._settings.password is None or "in" in request.session or self._has_key(request)

    def _has_key(self, request: Request) -> bool:
        return is_api(request.url.path) and self._settings.is_key(bearer(request))

    async def _trusted(self, request: Request) -> Receive:
        """Return how the body is to be received; raises HTTPException for a forged request."""
        path = request.url.path
        if request.method in ("GET", "HEAD", "OPTIONS"):
            if not is_api(path) and not path.startswith(STATIC):
                request.session.setdefault("csrf", secrets.token_urlsafe(24))
            return request.receive
        if _is_foreign(request.headers):
            raise HTTPException(403, "requests from other sites are refused")
        if path in KEYED or (is_api(path) and (not request.session or self._has_key(request))):
            return request.receive
        given, receive = request.headers.get("x-csrf-token"), request.receive
        if given is None and request.headers.get("content-type", "").lower().startswith(_FORMS):
            given, receive = await _form_token(request)
        if not _same(given or "", request.session.get("csrf", "")):
            raise HTTPException(403, "this page is out of date: load it again")
        return receive


def bearer(request: Request) -> str:
    """Return the key in the Authorization header, or nothing."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _way_in(request: Request) -> Response:
    """Send a person who has not logged in to the log-in page, and tell a program that it needs a key."""
    if is_api(request.url.path):
        raise HTTPException(401, "an API key is needed", {"WWW-Authenticate": "Bearer"})
    if "hx-request" in request.headers:
        raise HTTPException(401, "log in first", {"HX-Redirect": "/login"})
    if request.method not in ("GET", "HEAD"):
        raise HTTPException(401, "log in first")
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/login?next={quote(request.url.path + query, safe='')}", 303)


def _is_foreign(headers: Headers) -> bool:
    """Tell whether a browser says that a request comes from another origin.

    Sec-Fetch-Site says so, else Origin (the method of Go's http.CrossOriginProtection); with neither it is
    no browser.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


async def _form_token(request: Request) -> tuple[str, Receive]:
    """Return the token that a form carries, and a way to receive the form's body once more."""
    body = await request.body()
    form = await request.form()
    token = form.get("csrf")
    await form.close()
    rest: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return rest.pop() if rest else await request.receive()

    return token if isinstance(token, str) else "", receive


def _counted(receive: Receive, left: int) -> Receive:
    """Count a body as it comes in: one that is sent in chunks does not tell its length."""

    async def receive_counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413, "the request is too large")
        return message

    return receive_counted


def _host(headers: Headers) -> str:
    try:
        return urlsplit("//" + headers.get("host", "")).hostname or ""
    except ValueError:
        return ""


def _same(given: str, wanted: str) -> bool:
    return bool(wanted) and compare_digest(given.encode(), wanted.encode())
