"""Memory of `targem translate --lines` by the lines that go through it: it is to stay where it is.

`python -m tests.bench lines [LINES]`: 200,000 lines, a tenth and a hundredth of them, each count a process of
its own. Half of them are short sentences that occur once, half are figures, which need no model; the beam is
1, so that it takes minutes.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

LINES = 200_000
COMMAND = ("-m", "mt", "translate", "--lines", "--beam", "1")


def main(arguments: list[str]) -> None:
    """Print the table, or with `--one` the peak of one process."""
    if arguments[:1] == ["--one"]:
        print(peak(int(arguments[1])))
        return
    most = int(arguments[0]) if arguments else LINES
    print("| lines | seconds of processor | peak MB |\n|---|---|---|")
    for lines in (most // 100, most // 10, most):
        begun = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        command = [sys.executable, "-m", "tests.bench", "lines", "--one", str(lines)]
        megabytes = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - begun
        print(f"| {lines:,} | {seconds:.0f} | {megabytes:.0f} |", flush=True)


def peak(lines: int) -> float:
    """Return the most memory, in MB, of a process that so many lines go through."""
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as place:
        source, target = Path(place) / "in.txt", Path(place) / "out.txt"
        with source.open("w", encoding="utf-8") as file:
            file.writelines(
                f"{number}\n" if number % 2 else f"הוא ביקר {number}.\n" for number in range(lines)
            )
        with source.open("rb") as given, target.open("wb") as made:
            subprocess.run([sys.executable, *COMMAND], cwd=root, stdin=given, stdout=made, check=True)
        with target.open("rb") as file:
            if sum(1 for _ in file) != lines:
                raise SystemExit("a line is missing")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 10**6
