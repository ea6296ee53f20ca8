"""How long a new process takes to its first sentence, and to a brief, beside two peers.

`python -m tests.bench start [--rounds N]`. argos-translate and LibreTranslate are asked by their own
commands, over this program's int8 model put up as a package of argostranslate's, and left out where they are
not installed. LibreTranslate wants older packages than this program: its command is looked for on PATH, with
spaCy in its environment.
"""

import argparse
import http.client
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ONE = "הנשיא ביקר בבאקו."
OURS = {
    "one sentence": ("translate", "--lines"),
    "one sentence, no glossary": ("translate", "--lines", "--no-glossary"),
    "the sample brief": ("translate", "--sample"),
}
ARGOS = "one sentence, argos-translate"
LIBRE = "one sentence, LibreTranslate"
PATIENCE = 120  # seconds that a server is waited for
# It looks for a sentence splitter of spaCy's on the network at every start; this address refuses at once.
NOWHERE = "http://127.0.0.1:9"


def main(arguments: list[str]) -> None:
    """Print medians of wall and processor seconds; the commands take turns."""
    parser = argparse.ArgumentParser(prog="tests.bench start")
    parser.add_argument("--rounds", type=int, default=5)
    compare(parser.parse_args(arguments).rounds)


def compare(rounds: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        ways = {name: partial(process, ["-m", "mt", *words], home, {}) for name, words in OURS.items()}
        server = shutil.which("libretranslate")
        if find_spec("argostranslate"):
            extra = package(home, sys.executable)
            code = "from argostranslate.cli import main; main()"
            ways[ARGOS] = partial(
                process, ["-W", "ignore", "-c", code, "-f", "he", "-t", "en", ONE], home, extra
            )
        if server:
            ways[LIBRE] = partial(served, server, package(home, str(Path(server).parent / "python")))
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                (home / "targem.db").unlink(missing_ok=True)  # a brief is translated anew
                found[name].append(way())
    for name in {ARGOS, LIBRE} - set(ways):
        print(f"{name}: not installed")
    print("| a new process | seconds | of processor | the first row's share, by processor time |")
    print("|---|---|---|---|")
    first = found[next(iter(found))]
    for name, made in found.items():
        wall, cpu = (statistics.median(values) for values in zip(*made, strict=True))
        share = statistics.median(a[1] / b[1] for a, b in zip(first, made, strict=True))
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {share:.2f} |")


def process(arguments: Sequence[str], place: Path, extra: Mapping[str, str]) -> tuple[float, float]:
    """Return wall and processor seconds of one process of Python."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], input=f"{ONE}\n".encode(), cwd=place, check=True, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **extra},
    )  # fmt: skip
    return time.perf_counter() - begun, _spent(before)


def served(command: str, extra: Mapping[str, str]) -> tuple[float, float]:
    """Return wall and processor seconds of a server from its start to its first answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [command, "--port", str(port), "--load-only", "he,en", "--disable-files-translation"]
    asked = json.dumps({"q": ONE, "source": "he", "target": "en"}).encode()
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        words, env={**os.environ, **extra}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        while server.poll() is None and time.perf_counter() - begun < PATIENCE:
            try:
                link = http.client.HTTPConnection("127.0.0.1", port)
                link.request("POST", "/translate", asked, {"Content-Type": "application/json"})
                status = link.getresponse().status
                break
            except OSError:
                time.sleep(0.05)
        wall = time.perf_counter() - begun
        server.terminate()
    if status != http.HTTPStatus.OK:
        raise SystemExit(f"{LIBRE} does not answer")
    return wall, _spent(before)


def _spent(before: resource.struct_rusage) -> float:
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def package(home: Path, python: str) -> dict[str, str]:
    """Put our int8 model up as a package of argostranslate's; return the environment that finds it.

    LibreTranslate looks for packages on the network unless it finds two, so there is one for the way back.
    The interpreter named is one that has spaCy.
    """
    from mt.engines.convert import converted
    from mt.engines.folder import find_model

    model = find_model()
    for first, second in (("he", "en"), ("en", "he")):
        own = home / "packages" / f"translate-{first}_{second}"
        shutil.copytree(converted(model), own / "model", dirs_exist_ok=True)
        shutil.copy(model.path / "source.spm", own / "sentencepiece.model")
        names = {"from_code": first, "from_name": first, "to_code": second, "to_name": second}
        kind = {"type": "translate", "argos_version": "1.11", "package_version": "1.0"}
        (own / "metadata.json").write_text(json.dumps({**names, **kind}))
        splitter = f"import spacy; spacy.blank('xx').to_disk({str(own / 'spacy')!r})"
        subprocess.run([python, "-W", "ignore", "-c", splitter], check=True)
    chosen = {"ARGOS_PACKAGES_DIR": str(home / "packages"), "ARGOS_CHUNK_TYPE": "SPACY"}
    return {**chosen, "HOME": str(home), "HTTPS_PROXY": NOWHERE}
