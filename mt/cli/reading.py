"""`targem repair` and `targem segment`."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import JsonOption, print_json, say

if TYPE_CHECKING:
    from mt.repair import LineRepair


def repair(
    file: Annotated[Path, typer.Argument(help="Hebrew text as a PDF extractor left it, or the PDF itself.")],
    lines: Annotated[bool, typer.Option("--lines", help="One line out per non-empty line in.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put damaged Hebrew lines back in reading order."""
    from mt.readers import read_raw_lines
    from mt.repair import repair_lines

    source = read_raw_lines(file)
    if lines:
        source = [line for line in source if line.strip()]
    repaired = repair_lines(source)
    if as_json:
        rows = [
            (number, line)
            for number, line in enumerate(repaired, 1)
            if line.damaged or number < len(repaired)
        ]
        print_json([_row(number, line) for number, line in rows])
    else:
        # Joined as they were split, so that a text that needs nothing comes back byte for byte.
        sys.stdout.write("\n".join(line.repaired for line in repaired) + "\n" * lines)
    _close(repaired)


def _close(lines: "Sequence[LineRepair]") -> None:
    """Say what was done, and which lines a person should look at."""
    from mt.repair import INTACT, LOW_CONFIDENCE

    kinds = Counter(line.verdict for line in lines if line.verdict != INTACT)
    if not kinds:
        return
    doubtful = [number for number, line in enumerate(lines, 1) if line.confidence < LOW_CONFIDENCE]
    done = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    total = sum(bool(line.damaged.strip()) for line in lines)
    say(f"targem: {kinds.total()} of {total} lines repaired ({done})")
    if doubtful:
        say(f"targem: look at {len(doubtful)} lines of low confidence: {', '.join(map(str, doubtful))}")


def _row(number: int, line: "LineRepair") -> dict[str, object]:
    return {
        "line": number,
        "damaged": line.damaged.rstrip("\r"),
        "repaired": line.repaired.rstrip("\r"),
        "verdict": line.verdict,
        "confidence": round(line.confidence, 4),
        "evidence": list(line.evidence),
        "gain": round(line.gain, 2),
        "runs": [{"from": [run.start, run.end], "to": [run.new_start, run.new_end]} for run in line.runs],
    }


def segment(
    file: Annotated[Path, typer.Argument(help="A text file.")],
    lang: Annotated[str, typer.Option(help="he or en.")] = "he",
    as_json: JsonOption = False,
) -> None:
    """Split text into sentences."""
    from mt.readers import read_text
    from mt.segment import segment as sentences_of

    sentences = sentences_of(read_text(file), lang)
    if as_json:
        print_json([{"start": s.start, "end": s.end, "text": s.text} for s in sentences])
        return
    sys.stdout.write("".join(" ".join(s.text.split()) + "\n" for s in sentences))
