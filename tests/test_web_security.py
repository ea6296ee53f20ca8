"""Who gets in: hosts, sizes, sessions, forged requests, guesses, and a start that is safe or none."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mt.errors import SettingError
from mt.registry.home import home_folder
from mt.web.login import Attempts
from mt.web.security import HEADERS
from mt.web.settings import digest, is_loopback, make_settings
from tests.conftest import Run
from tests.web_client import App, clients

PASSWORD = "שבעה ברווזים"  # noqa: S105 of the tests
KEY = "a key of the tests"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with clients(tmp_path, {}) as make:
        yield make


def token(client: TestClient, path: str = "/login") -> str:
    found = re.search(r'name="csrf" value="([^"]{20,})"', client.get(path).text)
    assert found
    return found[1]


def log_in(client: TestClient, password: str = PASSWORD, **fields: str) -> Any:
    query = fields.pop("query", "")
    form = {"csrf": token(client), "name": "Dana", "password": password, **fields}
    return client.post(f"/login{query}", data=form)


def test_every_answer_binds_the_browser(app: App) -> None:
    client = app(password=digest(PASSWORD))
    for path in ("/", "/login", "/health", "/static/htmx.min.js", "/static/none", "/none", "/api/v1/none"):
        answer = client.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        assert ("no-store" in answer.headers.get("cache-control", "")) != path.startswith("/static/")


def test_a_name_made_to_point_here_is_refused(app: App) -> None:
    client = app()
    for host in ("127.0.0.1:5000", "localhost", "[::1]:80", "LOCALHOST:1"):
        assert client.get("/health", headers={"Host": host}).status_code == 200, host
    for host in ("evil.example", "127.0.0.1.evil.example", "[", "", "localhost@evil.example"):
        assert client.get("/health", headers={"Host": host}).status_code == 400, host
    other = app(host="192.0.2.1", password=digest(PASSWORD))
    assert other.get("/health", headers={"Host": "team.example"}).status_code == 200


def test_large_bodies_are_refused_counted_or_declared(app: App) -> None:
    client = app(body_bytes=100)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for content in (b"x" * 101, iter([b"x" * 60] * 2)):
        answer = client.post("/translate", content=content, headers=form)
        assert (answer.status_code, answer.json()) == (413, {"error": "the request is too large"})
    assert client.post("/translate", content=b"q=x", headers=form).status_code == 400


def test_without_a_password_everybody_is_in(app: App) -> None:
    client = app()
    assert client.get("/").status_code == 200
    assert client.get("/login").headers["location"] == "/"


def test_with_a_password_nobody_is_in_before_he_said_it(app: App) -> None:
    client = app(password=digest(PASSWORD))
    assert (
        client.get("/documents/1?x=1&y=2").headers["location"]
        == "/login?next=%2Fdocuments%2F1%3Fx%3D1%26y%3D2"
    )
    assert client.get("/", headers={"HX-Request": "true"}).headers["hx-redirect"] == "/login"
    assert client.post("/name").status_code == 401
    answer = client.get("/api/v1/documents")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert log_in(client, "wrong").status_code == 403
    assert client.get("/").status_code == 303
    answer = log_in(client, query="?next=/documents/1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/documents/1")
    assert client.get("/").status_code == 200


def test_the_cookie_is_for_the_browser_alone(app: App) -> None:
    client = app(password=digest(PASSWORD))
    cookie = log_in(client).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    name, _, value = cookie.partition(";")[0].partition("=")
    client.cookies.clear()
    client.cookies.set(name, value[:-1])
    assert client.get("/").status_code == 303


def test_a_session_begins_afresh_and_ends(app: App) -> None:
    client = app(password=digest(PASSWORD))
    before = token(client)
    assert log_in(client).status_code == 303
    after = token(client)
    assert after != before
    assert client.post("/logout", data={"csrf": before}).status_code == 403
    assert client.post("/logout", data={"csrf": after}).headers["location"] == "/login"
    assert client.get("/").status_code == 303


def test_another_password_ends_all_sessions(app: App) -> None:
    client, other = app(password=digest(PASSWORD), secret=b"s"), app(password=digest("another"), secret=b"s")
    log_in(client)
    other.cookies = client.cookies
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 303


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\tx", "x"])
def test_the_way_in_leads_nowhere_else(app: App, where: str) -> None:
    client = app(password=digest(PASSWORD))
    form = {"csrf": token(client), "name": "Dana", "password": PASSWORD}
    assert client.post("/login", params={"next": where}, data=form).headers["location"] == "/"


def test_guesses_are_counted_by_address(app: App) -> None:
    client = app(password=digest(PASSWORD), logins=2)
    assert [log_in(client, "wrong").status_code for _ in range(3)] == [403, 403, 429]
    answer = log_in(client)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 61


def test_a_minute_forgives() -> None:
    now = [0.0]
    attempts = Attempts(2, lambda: now[0])
    assert [attempts.wait("192.0.2.1") for _ in range(3)] == [0, 0, 61]
    assert attempts.wait("192.0.2.2") == 0
    assert [attempts.wait(f"2001:db8::{n}") for n in range(3)] == [0, 0, 61]
    now[0] = 60.0
    assert attempts.wait("192.0.2.1") == 0


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/name", "/translate", "/api/v1/pairs/x/undo"])
def test_what_another_site_sends_is_refused(app: App, headers: dict[str, str], path: str) -> None:
    client = app()
    given = {"csrf": token(client, "/")}
    assert client.post(path, data=given, headers=headers).status_code == 403


def test_a_page_shows_its_token(app: App) -> None:
    client = app()
    own = token(client, "/")
    ours = {"Sec-Fetch-Site": "same-origin"}
    assert client.post("/name", data={"name": "Dana"}, headers=ours).status_code == 403
    assert client.post("/name", data={"name": "Dana", "csrf": own + "x"}, headers=ours).status_code == 403
    assert client.post("/name", data={"name": "Dana", "csrf": own}, headers=ours).status_code < 400
    assert client.post("/name", data={"name": "Noa"}, headers={"X-CSRF-Token": own}).status_code < 400
    assert client.post("/api/v1/undo", json={}).status_code == 403
    client.cookies.clear()
    assert client.post("/name", data={"name": "Dana", "csrf": own}).status_code == 403


def test_a_key_opens_the_programs_door_only(app: App) -> None:
    client = app(password=digest(PASSWORD), api_keys=frozenset([digest(KEY)]))
    bearer = {"Authorization": f"Bearer {KEY}"}
    assert client.get("/api/v1/documents", headers=bearer).status_code == 200
    assert client.get("/", headers=bearer).status_code == 303
    assert client.get("/api/v1/documents", headers={"Authorization": f"Basic {KEY}"}).status_code == 401
    assert client.get("/api/v1/documents", headers={"Authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        *((host, True) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost")),
        *((host, False) for host in ("0.0.0.0", "::", "192.0.2.1", "example.org")),  # noqa: S104
    ],
)
def test_only_a_loopback_address_needs_no_password(host: str, alone: bool, tmp_path: Path) -> None:
    assert is_loopback(host) == alone
    if alone:
        assert make_settings(host).password is None
        return
    with pytest.raises(SettingError, match="no password"):
        make_settings(host)
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n", "utf-8")
    assert make_settings(host, password_file=file).is_password(PASSWORD)


def test_secrets_that_cannot_be_used_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    for text in ("", "\n\n", "short"):
        file.write_text(text)
        with pytest.raises(SettingError):
            make_settings(password_file=file)
        with pytest.raises(SettingError):
            make_settings(key_file=file)
    with pytest.raises(SettingError, match="cannot be read"):
        make_settings(password_file=tmp_path)
    monkeypatch.setenv("TARGEM_PASSWORD", "short")
    with pytest.raises(SettingError, match="too short"):
        make_settings()
    file.write_text(f"{KEY}\n{KEY}2\n")
    monkeypatch.setenv("TARGEM_PASSWORD", PASSWORD)
    settings = make_settings("192.0.2.1", key_file=file)
    assert settings.is_key(KEY + "2")
    assert not settings.is_key("")
    assert not settings.is_password("")
    assert PASSWORD not in repr(settings)
    assert digest(PASSWORD).hex() not in repr(settings)


def test_sessions_outlive_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TARGEM_HOME", str(tmp_path / "home"))
    assert make_settings().session_key == make_settings().session_key
    file = home_folder() / "session.key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_bytes(b"cut")
    assert make_settings().session_key != make_settings().session_key


def test_the_program_serves_and_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mt", "review", "--port", "0"]
    root = str(Path(__file__).resolve().parent.parent)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": root}, **pipes) as server:  # type: ignore[call-overload]
        address = server.stdout.readline().decode().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        with urllib.request.urlopen(address + "health") as answer:  # noqa: S310 our own address
            assert answer.status == 200
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=30)
    assert (server.returncode, out, err) == (0, b"", b"")


def test_what_keeps_the_program_from_serving_is_said_in_a_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = {
            ("--port", port): rb"targem: 127\.0\.0\.1 port \d+ cannot be listened on .*\n",
            ("--host", "0.0.0.0"): rb"targem: other machines could reach 0\.0\.0\.0 .*--password-file.*\n",  # noqa: S104
            (
                "--host",
                "no.such.host.invalid",
                "--password-file",
                "none",
            ): rb"targem: none cannot be read.*\n",
        }
        for arguments, message in refused.items():
            done = run("review", *arguments)
            assert (done.returncode, done.stdout) == (1, b"")
            assert re.fullmatch(message, done.stderr)
