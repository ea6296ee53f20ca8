"""`targem glossary …`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from mt.cli.common import GlossaryOption, JsonOption, glossary_of, print_json
from mt.errors import DocumentError

glossary_app = typer.Typer(help="Find, check and convert terms.", no_args_is_help=True)


@glossary_app.command("find")
def glossary_find(
    file: Annotated[Path, typer.Argument(help="A Hebrew text file.")],
    glossary: GlossaryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the terms in a text: where each stands, and behind which prefix."""
    from glossary.match import SourceMatcher
    from mt.readers import read_text

    text = read_text(file)
    matches = SourceMatcher(glossary_of(glossary)).find(text)
    if as_json:
        print_json(
            [
                {
                    "start": m.start,
                    "end": m.end,
                    "prefix": m.prefix,
                    "term": m.term.source,
                    "target": m.term.targets[0],
                }
                for m in matches
            ]
        )
        return
    for m in matches:
        sys.stdout.write(f"{m.start}\t{m.end}\t{m.prefix}\t{m.term.source}\t{m.term.targets[0]}\n")


@glossary_app.command("check")
def glossary_check(
    pairs: Annotated[Path, typer.Argument(help="Hebrew and English, tab-separated.")],
    glossary: GlossaryOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when a term is missing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the pairs whose English lacks a term of their Hebrew."""
    from glossary.check import missing
    from glossary.match import SourceMatcher, TargetMatcher

    terms = glossary_of(glossary)
    matchers = SourceMatcher(terms), TargetMatcher(terms)
    rows = [
        {
            "line": number,
            "term": f.term.source,
            "target": f.term.targets[0],
            "expected": f.expected,
            "found": f.found,
        }
        for number, source, target in _pairs(pairs)
        for f in missing(source, target, *matchers)
    ]
    if as_json:
        print_json(rows)
    else:
        sys.stdout.write("".join("\t".join(map(str, row.values())) + "\n" for row in rows))
    if strict and rows:
        raise typer.Exit(1)


@glossary_app.command("convert")
def glossary_convert(
    source: Annotated[Path, typer.Argument(help="A glossary in TSV or CSV.")],
    target: Annotated[Path, typer.Argument(help="The file to write; its ending picks the format.")],
) -> None:
    """Convert a glossary between formats."""
    from glossary.terms import read_glossary, write_glossary

    write_glossary(read_glossary(source), target)


def _pairs(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line number, Hebrew and English: the last two columns of a TSV."""
    from mt.readers import read_text

    for number, line in enumerate(read_text(path).splitlines(), 1):
        cells = line.split("\t")
        if len(cells) > 1:
            yield number, cells[-2], cells[-1]
        elif line.strip():
            raise DocumentError(
                f"{path.name} line {number} has no tab", "give Hebrew and English, tab-separated"
            )
