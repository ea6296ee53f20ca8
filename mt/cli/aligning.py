"""`targem align`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mt.cli.common import JsonOption, print_json, say


def align(
    source: Annotated[Path, typer.Argument(help="The Hebrew document: txt, md, docx, pdf or html.")],
    target: Annotated[Path, typer.Argument(help="Its English version.")],
    lines: Annotated[bool, typer.Option("--lines", help="Both files hold one sentence a line.")] = False,
    as_json: JsonOption = False,
    no_translate: Annotated[
        bool, typer.Option("--no-translate", help="Go by lexicon, names and numbers alone: faster.")
    ] = False,
) -> None:
    """Pair the sentences of two documents; what has no counterpart stays alone."""
    from mt import aligning

    sources = aligning.read_sentences(source, "he", lines)
    targets = aligning.read_sentences(target, "en", lines)
    beads = aligning.align(sources, targets, not no_translate)
    if as_json:
        rows: list[dict[str, object]] = []
        for bead in beads:
            row = {"source": bead.source, "target": bead.target, "score": round(bead.score, 4)}
            rows.append(row | ({"crossing": True} if bead.crossing else {}))
        print_json({"beads": rows})
    else:
        for bead in beads:
            hebrew = " ".join(sources[i].replace("\t", " ") for i in bead.source)
            english = " ".join(targets[j].replace("\t", " ") for j in bead.target)
            sys.stdout.write(f"{hebrew}\t{english}\n")
    crossings = sum(bead.crossing for bead in beads)
    if crossings:
        say(f"targem: {crossings} pairs stand out of order")
    if few := aligning.unlike(beads):
        paired, count = few
        say(
            f"targem: these do not look like translations of each other: {paired} of {count} sentences paired"
        )
