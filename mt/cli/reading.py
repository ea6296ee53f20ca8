"""`targem repair` and `targem segment`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mt.cli.common import JsonOption, print_json


def repair(
    file: Annotated[Path, typer.Argument(help="Hebrew text as a PDF extractor left it.")],
    lines: Annotated[bool, typer.Option("--lines", help="One line out per non-empty line in.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put damaged Hebrew lines back in reading order."""
    from mt.readers import read_text
    from mt.repair import repair_lines

    text = read_text(file)
    source = [line for line in text.splitlines() if line.strip()] if lines else text.splitlines()
    repaired = repair_lines(source)
    if as_json:
        print_json(
            [
                {
                    "line": number,
                    "damaged": line.damaged,
                    "repaired": line.repaired,
                    "verdict": line.verdict,
                    "confidence": line.confidence,
                }
                for number, line in enumerate(repaired, 1)
            ]
        )
        return
    sys.stdout.write("".join(line.repaired + "\n" for line in repaired))


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
