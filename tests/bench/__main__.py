"""Run one benchmark: `python -m tests.bench NAME [ARGUMENTS]`."""

import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(p.stem for p in Path(__file__).parent.glob("[a-z]*.py") if p.stem != "data")


def main() -> None:
    """Call the named benchmark's `main`."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        sys.exit(f"give one of: {' '.join(NAMES)}")
    import_module(f"tests.bench.{sys.argv[1]}").main(sys.argv[2:])


main()
