"""A real server and a real browser, for the tests of the pages."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
# What a container needs: no sandbox of its own, and no shared memory, of which it has little.
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def server(store: Path, *options: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start `targem review` over a store on a free port; yield its address and its process."""
    command = [sys.executable, "-m", "mt", "review", "--port", "0", "--store", str(store), *options]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=variables, cwd=store.parent)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().decode().strip()
        assert address.startswith("http"), "the server did not start"
        yield address.rstrip("/"), process
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start Chromium, or skip the test where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
