"""`targem review`."""

import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import GlossaryOption, glossary_of
from mt.cli.translating import STORE_VARIABLE
from mt.engines.settings import DEFAULT_BEAM, DEFAULT_MODEL, ENGINES
from mt.errors import SettingError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from mt.engines.base import Engine
    from mt.web.settings import Settings

# How long open requests may take to end when the server is told to stop.
_LAST_SECONDS = 3


def review(
    host: Annotated[str, typer.Option(help="Address to listen on; any but loopback needs a password.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes one that is free.")] = 5000,
    store: Annotated[
        str, typer.Option(envvar=STORE_VARIABLE, help="Where the pairs are kept.")
    ] = "targem.db",
    password_file: Annotated[
        Path | None, typer.Option(help="File with the password of the pages, or set TARGEM_PASSWORD.")
    ] = None,
    key_file: Annotated[Path | None, typer.Option(help="File with the keys of the API, one a line.")] = None,
    glossary: GlossaryOption = None,
    model: Annotated[str, typer.Option(help="Shipped model, folder or hub name.")] = DEFAULT_MODEL,
    engine: Annotated[str, typer.Option(help=" or ".join(ENGINES) + ".")] = ENGINES[0],
    beam: Annotated[int, typer.Option(help="Beam size.")] = DEFAULT_BEAM,
) -> None:
    """Serve the review page and the HTTP API; the page's address is printed first."""
    from mt.web.settings import make_settings

    settings = make_settings(host, port, password_file, key_file)

    def load() -> "Engine":
        from mt.engines.registry import load_engine

        return load_engine(model, engine, beam)

    terms = glossary_of(glossary)
    listener = _listen(host, port)
    with listener:
        from aligned.store import Store
        from mt.web.app import make_app
        from mt.web.batcher import Batcher
        from mt.web.desk import terms_path

        with Store.open(store) as kept:
            batcher = Batcher(load, terms, settings.queue)
            _serve(make_app(settings, kept, batcher, terms, terms_path(store)), listener, settings)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port; the first address that the host has decides between IPv4 and IPv6."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise SettingError(
            f"{host} port {port} cannot be listened on ({error.strerror or error})",
            "give another --port, or 0 for any that is free",
        ) from error


def _serve(app: "ASGIApp", listener: socket.socket, settings: "Settings") -> None:
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    sys.stdout.write(f"http://{host}:{listener.getsockname()[1]}/\n")
    sys.stdout.flush()
    # uvicorn ends in order at either signal and then sends it once more, to whoever handled it before.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    uvicorn.Server(config).run(sockets=[listener])
