"""`targem score`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import JsonOption, glossary_of, print_json, refuse, say

if TYPE_CHECKING:
    from mt.scoring.report import Report, Task

# Segments shown as the worst ones.
WORST = 5


def score(
    hypothesis: Annotated[Path, typer.Argument(metavar="HYP", help="A translation, a segment a line.")],
    reference: Annotated[Path, typer.Argument(metavar="REF", help="Its reference, line by line.")],
    more: Annotated[
        list[Path] | None, typer.Option("--ref", help="A further reference; may be repeated.")
    ] = None,
    source: Annotated[Path | None, typer.Option("--source", help="The Hebrew, line by line.")] = None,
    glossary: Annotated[
        list[Path] | None, typer.Option("--glossary", "-g", help="Terms to look for; needs --source.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="Another translation to be compared with.")
    ] = None,
    unaligned: Annotated[
        bool,
        typer.Option("--unaligned", help="HYP and REF are documents that do not go sentence for sentence."),
    ] = False,
    as_json: JsonOption = False,
    as_markdown: Annotated[bool, typer.Option("--md", help="Write Markdown tables.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report as a page.")] = None,
) -> None:
    """Score a translation: BLEU, chrF and TER with 95% intervals, its terms, and against a baseline."""
    refuse(as_json and as_markdown, "--json and --md exclude each other", "choose one")
    refuse(bool(glossary) and source is None, "--glossary needs the Hebrew", "give --source too")
    refuse(unaligned and bool(more or baseline), "--unaligned takes one HYP and REF", "leave the others out")
    if unaligned:
        task = _unaligned_task(hypothesis, reference, source, glossary)
    else:
        task = _task(hypothesis, [reference, *(more or [])], source, baseline, glossary)
    from mt.scoring.report import report

    found = report(task)
    if html is not None:
        from aligned.formats.atomic import write_atomically
        from mt.scoring.page import page

        write_atomically(html, page(found, hypothesis.name).encode())
    if as_json:
        print_json(found.as_json())
    elif as_markdown:
        from mt.scoring.tables import markdown

        sys.stdout.write(markdown(found))
    else:
        sys.stdout.write(_text(found))
    for number in found.hebrew:
        say(f"targem: {hypothesis.name} line {number}: Hebrew was left in it")


def _task(
    hypothesis: Path,
    references: list[Path],
    source: Path | None,
    baseline: Path | None,
    glossary: list[Path] | None,
) -> "Task":
    from mt.scoring.files import read_segments, require_parallel, require_references
    from mt.scoring.report import Task

    named = [(path.name, read_segments(path)) for path in (hypothesis, *references)]
    given = named[1:]
    others = [(path.name, read_segments(path)) for path in (source, baseline) if path]
    require_parallel([*named, *others])
    require_references(given)
    read = dict(
        zip([path for path in (source, baseline) if path], (lines for _, lines in others), strict=True)
    )
    return Task(
        hypotheses=tuple(named[0][1]),
        references=tuple(tuple(lines) for _, lines in given),
        sources=tuple(read[source]) if source else (),
        baseline=tuple(read[baseline]) if baseline else (),
        glossary=glossary_of(glossary) if source else None,
    )


def _unaligned_task(
    hypothesis: Path, reference: Path, source: Path | None, glossary: list[Path] | None
) -> "Task":
    """Return the pairs of two documents; with a source, that and HYP have a line for each segment."""
    from mt.aligning import read_sentences
    from mt.errors import DocumentError
    from mt.scoring.files import read_segments, require_parallel
    from mt.scoring.report import Task
    from mt.scoring.unaligned import bring_together

    said = read_segments(hypothesis) if source else read_sentences(hypothesis, "en")
    sources = read_segments(source) if source else []
    if source:
        require_parallel([(hypothesis.name, said), (source.name, sources)])
    segments, matching = bring_together(said, read_sentences(reference, "en"), sources)
    if not segments:
        raise DocumentError(
            f"nothing in {hypothesis.name} was matched with {reference.name}",
            "give a version of the same text",
        )
    columns = tuple(zip(*segments, strict=True))
    return Task(
        hypotheses=columns[1],
        references=(columns[2],),
        sources=columns[0] if source else (),
        glossary=glossary_of(glossary) if source else None,
        matching=matching,
    )


def _text(found: "Report") -> str:
    """Return what a person reads."""
    from mt.scoring.tables import bucket_table, metric_table, notes, plain, signatures

    worst = sorted(found.lines, key=lambda line: line.chrf)[:WORST]
    lines = [
        *notes(found),
        *plain(metric_table(found)),
        *plain(bucket_table(found)),
        "signatures:",
        *(f"  {one}" for one in signatures(found)),
        "worst segments by chrF2:",
        *(f"  line {line.number}: {line.chrf:.1f}  {line.hypothesis}  [{line.reference}]" for line in worst),
    ]
    return "\n".join(lines) + "\n"
