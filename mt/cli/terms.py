"""`targem glossary …`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mt.cli.checking import glossary_check, glossary_report
from mt.cli.common import GlossaryOption, JsonOption, glossary_of, print_json
from mt.cli.extracting import glossary_extract

glossary_app = typer.Typer(help="Find, check and convert terms.", no_args_is_help=True)
glossary_app.command("check")(glossary_check)
glossary_app.command("report")(glossary_report)
glossary_app.command("extract")(glossary_extract)


@glossary_app.command("find")
def glossary_find(
    file: Annotated[Path, typer.Argument(help="A Hebrew text file.")],
    glossary: GlossaryOption = None,
    typos: Annotated[
        bool, typer.Option("--typos", help="Find long names with one letter wrong too, flagged.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the terms in a text: where each stands, behind which prefix, and in which form."""
    from glossary.match import SourceMatcher
    from mt.readers import read_text

    text = read_text(file)
    matches = SourceMatcher(glossary_of(glossary), typos=typos).find(text)
    if as_json:
        print_json(
            [
                {
                    "start": m.start,
                    "end": m.end,
                    "prefix": m.prefix,
                    "term": m.term.source,
                    "target": m.term.targets[0],
                    "form": m.form,
                }
                for m in matches
            ]
        )
        return
    for m in matches:
        form = f"\t{m.form}" if m.form else ""
        sys.stdout.write(f"{m.start}\t{m.end}\t{m.prefix}\t{m.term.source}\t{m.term.targets[0]}{form}\n")


@glossary_app.command("convert")
def glossary_convert(
    source: Annotated[Path, typer.Argument(help="A glossary in TSV, CSV or TBX.")],
    target: Annotated[Path, typer.Argument(help="The file to write; .tsv, .csv or .tbx picks the format.")],
) -> None:
    """Convert a glossary between formats."""
    from glossary.terms import read_glossary, write_glossary

    write_glossary(read_glossary(source), target)
