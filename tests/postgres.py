"""A server of PostgreSQL that lives as long as the tests, where its programs are installed."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine

USER = "targem"
# Debian keeps the programs of each release in a folder of its own, off PATH.
FOLDERS = "/usr/lib/postgresql/*/bin"
DRIVERS = ("postgresql+psycopg", "postgresql+pg8000")


@dataclass(frozen=True, slots=True)
class Server:
    """A server on this machine and a connection to it; every call of `new_address` makes an empty store."""

    port: int
    password: str
    _connection: Connection
    _numbers: Iterator[int] = field(default_factory=count)

    def address(self, driver: str = DRIVERS[0], user: str = USER, database: str = "postgres") -> str:
        """Return the address of a database."""
        url = URL.create(driver, user, self.password, "127.0.0.1", self.port, database)
        return url.render_as_string(hide_password=False)

    def new_address(self, driver: str = DRIVERS[0]) -> str:
        """Make a user with an empty schema, much sooner made than a database, and return its address."""
        name = f"user_{next(self._numbers)}"
        self.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{self.password}'")
        self.execute(f"CREATE SCHEMA AUTHORIZATION {name}")
        return self.address(driver, name)

    def execute(self, statement: str) -> None:
        """Run a statement by itself, with all rights."""
        # Past SQLAlchemy, which would take the password for a statement with places for values.
        self._connection.connection.cursor().execute(statement)


def programs() -> Path | None:
    """Return the folder of the newest server that is installed, None where there is none."""
    if found := shutil.which("postgres"):
        return Path(found).parent
    folders = sorted(Path("/").glob(FOLDERS[1:]), key=lambda path: float(path.parent.name))
    return folders[-1] if folders else None


@contextmanager
def started(folder: Path) -> Iterator[Server]:
    """Start a server of the programs in `folder`, and stop and forget it at the end."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Signs that an address must quote, and that no message may show.
    password = f"p@ss:/%?#{secrets.token_hex(8)}"
    # Not under pytest's folder, into which another user may not look.
    with tempfile.TemporaryDirectory(prefix="targem-postgresql-") as place:
        user = _other_user(place)
        data, secret = Path(place, "data"), Path(place, "secret")
        secret.write_text(password)
        if user:
            shutil.chown(secret, user["user"])
        _call(
            folder / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", f"--pwfile={secret}",
            "-E", "UTF8", "--no-locale", "--no-sync", **user,
        )  # fmt: skip
        # Nothing in it outlives the tests, so nothing is forced to the disk.
        settings = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off -c full_page_writes=off"
        _call(folder / "pg_ctl", "-D", data, "-w", "-l", Path(place, "log"), "-o", settings, "start", **user)
        address = URL.create(DRIVERS[0], USER, password, "127.0.0.1", port, "postgres")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                # Users of the tests may not.
                connection.exec_driver_sql("CREATE EXTENSION pg_trgm")
                yield Server(port, password, connection)
        finally:
            engine.dispose()
            _call(folder / "pg_ctl", "-D", data, "-m", "immediate", "stop", **user)


def _other_user(place: str) -> dict[str, Any]:
    """Give the folder to a user without rights where root runs the tests: the server refuses root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    shutil.chown(place, name)
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": [], "cwd": place}


def _call(*command: str | Path, **options: Any) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, **options)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
