"""What tests share: one cache, so that the model is converted once, databases, the program as a process."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mt.engines.base import Engine
from mt.engines.folder import CACHE_VARIABLE
from tests.postgres import Server, programs, started

Done = subprocess.CompletedProcess[bytes]
# A busy machine is no fault of the program; on CI the examples are the same every time.
settings.register_profile(
    "targem", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("targem")

Run = Callable[..., Done]
NewAddress = Callable[[], str]


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the tests away from the user's cache and models."""
    folder = Path(os.environ.get(CACHE_VARIABLE) or tmp_path_factory.mktemp("cache"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder))
        patch.setenv("TARGEM_HOME", str(tmp_path_factory.mktemp("home")))
        patch.delenv("TARGEM_STORE", raising=False)
        yield folder


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Return the shipped model on CTranslate2 as users get it."""
    from mt.engines.registry import load_engine

    return load_engine()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Return a server of PostgreSQL that this session has to itself."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with started(folder) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewAddress:
    """Return a function whose every call gives the address of an empty store, on each kind of database."""
    if request.param == "sqlite":
        return lambda: str(tmp_path_factory.mktemp("store") / "targem.db")
    server: Server = request.getfixturevalue("postgresql")
    return server.new_address


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that runs `targem` in an empty folder."""

    def run(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Done:
        command = [sys.executable, "-m", "mt", *map(str, arguments)]
        root = str(Path(__file__).resolve().parent.parent)
        variables = {**os.environ, "PYTHONPATH": root, **environment}
        return subprocess.run(
            command, input=stdin, capture_output=True, cwd=tmp_path, env=variables, check=False
        )

    return run
