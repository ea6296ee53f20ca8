"""The command lines of what developers train for some minutes: the two networks behind repair."""

import argparse
import sys
from pathlib import Path


def arguments(name: str, rate: float) -> argparse.ArgumentParser:
    """Return the arguments of `python -m NAME`; `rate` is the one at which it learns if not told."""
    parser = argparse.ArgumentParser(prog=f"python -m {name}")
    parser.add_argument("corpora", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--more", action="store_true", help="go on from the output file's weights")
    return parser


def say(line: str) -> None:
    """Print what training has to say."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 a command for developers prints
