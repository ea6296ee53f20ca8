"""Run every check of the project, as `python -m tests`; arguments go to pytest."""

import subprocess
import sys
import time

CHECKS = (
    ("ruff format", ["ruff", "format", "--check", "."]),
    ("ruff check", ["ruff", "check", "."]),
    ("mypy", ["mypy"]),
    ("pytest", ["pytest", *sys.argv[1:]]),
)


def main() -> int:
    """Run the checks in order; stop at the first that fails."""
    for name, command in CHECKS:
        begun = time.monotonic()
        done = subprocess.run([sys.executable, "-m", *command], check=False)
        print(
            f"{name}: {'ok' if not done.returncode else 'FAILED'} ({time.monotonic() - begun:.0f} s)",
            flush=True,
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
