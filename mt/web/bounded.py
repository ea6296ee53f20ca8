"""Files of strangers are read in a process of their own, under bounds of time and memory."""

import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar, cast

from glossary.errors import TargemError
from mt.errors import DocumentError

_T = TypeVar("_T")

SECONDS = 120
# Address space: the program's own libraries take about two thirds of it.
MEMORY_BYTES = 3 * 2**30


def read_bounded(read: Callable[[Path], _T], path: Path, seconds: int = SECONDS) -> _T:
    """Return what `read`, a function of a module, makes of a file.

    Raises DocumentError where it takes too much time or memory or dies, and where it refuses the file.
    """
    # Not forked: the server has threads, whose locks a fork would copy as they are.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, read, path, seconds), daemon=True)
    process.start()
    theirs.close()
    try:
        answer = ours.recv() if ours.poll(seconds) else None
    except EOFError:
        answer = None
    finally:
        process.kill()
        process.join()
        ours.close()
    if answer is None:
        raise DocumentError(f"{path.name} takes too much time or memory to read", "give a smaller file")
    result, fault = answer
    if fault:
        raise DocumentError(*fault)
    return cast(_T, result)


def _work(out: Connection, read: Callable[[Path], Any], path: Path, seconds: int) -> None:
    _bound(seconds)
    try:
        out.send((read(path), None))
    except TargemError as error:
        out.send((None, (error.what, error.do)))


def _bound(seconds: int) -> None:
    if sys.platform == "win32":
        return  # no such bounds there; the parent's clock still runs
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
