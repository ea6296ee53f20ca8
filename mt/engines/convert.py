"""Convert models to CTranslate2, once, each in a process of its own.

Its own process, because conversion loads torch, and for Marian folders transformers, and nothing after does.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from mt.engines.folder import ModelFolder, cache_folder
from mt.errors import ModelError

DEFAULT_COMPUTE = "int8"
# CTranslate2's quantization names; activations stay in float32 on a CPU whatever the weights are.
QUANTIZATION = {"int8": "int8_float32", "int16": "int16", "float32": "float32"}


def converted(folder: ModelFolder, compute: str = DEFAULT_COMPUTE) -> Path:
    """Return the CTranslate2 form of a model from the cache, converting it first if need be.

    Raises ModelError when the conversion fails or the cache cannot be written.
    """
    name = f"{folder.digest[:32]}-{compute}"
    return cached(name, lambda target: _run(folder.path, target, compute))


def cached(name: str, convert: Callable[[Path], None]) -> Path:
    """Return a folder of the cache that holds a model, made by `convert` if it is not there yet.

    Two processes may do this at once: each converts into a folder of its own and the first rename wins.
    Raises ModelError when the cache cannot be written.
    """
    home = cache_folder() / "ctranslate2"
    ready = home / name
    if (ready / "model.bin").is_file():
        return ready
    try:
        home.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="converting-", dir=home))
    except OSError as error:
        raise ModelError(
            f"cache folder '{home}' cannot be written ({error.strerror})",
            "set TARGEM_CACHE to a folder that can",
        ) from error
    try:
        convert(work / "model")
        try:
            (work / "model").rename(ready)
        except OSError:
            if not (ready / "model.bin").is_file():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return ready


def _run(source: Path, target: Path, compute: str) -> None:
    if reason := run_apart("mt.engines.convert", str(source), str(target), compute):
        raise ModelError(f"model '{source}' cannot be converted ({reason})", "try --engine transformers")


def run_apart(module: str, *arguments: str) -> str:
    """Run a module in a process of its own; return why it failed, or nothing."""
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 our own module
    lines = done.stderr.strip().splitlines() or ["no reason given"]
    return lines[-1] if done.returncode else ""


def _convert(source: str, target: str, compute: str) -> None:
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):
        """Keep the mean of all heads as attention: the first head alone need not look at words."""

        def _load(self) -> object:
            spec = super()._load()
            heads = spec.decoder.num_heads
            spec.decoder.alignment_heads = heads.dtype.type(heads)
            return spec

    Converter(source).convert(target, quantization=QUANTIZATION[compute])


if __name__ == "__main__":
    _convert(*sys.argv[1:])
