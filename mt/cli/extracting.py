"""`targem glossary extract`."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import CommandError, GlossaryOption, JsonOption, glossary_of, print_json, refuse, say
from mt.engines.settings import DEFAULT_BEAM, DEFAULT_MODEL, ENGINES

if TYPE_CHECKING:
    from aligned.records import Segment
    from glossary.extract import Candidate

# Mean log-probability of a piece from which the model's word for a name is taken before its sound.
CONFIDENT = -0.3
# Characters of the example that the table shows on either side of the candidate.
AROUND = 30


def glossary_extract(
    file: Annotated[Path, typer.Argument(help="A Hebrew brief: txt, md, docx, pdf or html.")],
    glossary: GlossaryOption = None,
    no_glossary: Annotated[bool, typer.Option("--no-glossary", help="Take no term as known.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write a glossary to look through (TSV, CSV or TBX)."),
    ] = None,
    least: Annotated[
        int | None, typer.Option("--min", min=1, help="Least count. Default: 1 for names, 2 for terms.")
    ] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Only so many, the best first.")] = None,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Suggest English by sound alone, without the model.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List names and recurring terms of a document that no glossary knows, with English suggestions."""
    from glossary.extract import LEAST_NAMES, LEAST_TERMS, as_glossary, extract
    from glossary.terms import WRITTEN, Glossary, write_glossary
    from mt.brief import open_brief

    refuse(bool(glossary) and no_glossary, "-g and --no-glossary exclude each other", "choose one")
    refuse(as_json and output is not None, "--json and -o exclude each other", "choose one")
    if output and output.suffix.lower() not in WRITTEN:
        raise CommandError(f"{output.name} is no glossary", f"end the name in {', '.join(WRITTEN)}")
    known = Glossary(()) if no_glossary else glossary_of(glossary)
    segments = open_brief(file).record.segments
    texts = [segment.text for segment in segments]
    found = extract(
        texts,
        known,
        least_names=least or LEAST_NAMES,
        least_terms=least or LEAST_TERMS,
    )
    found = suggested(found[:top], no_model=no_model)
    if as_json:
        print_json([_row(item, segments) for item in found])
    elif output and found:
        write_glossary(as_glossary(found, [_place(segment) for segment in segments]), output)
    else:
        sys.stdout.write(_table(found, segments))
    if output and found:
        say(f"targem: {len(found)} candidates in {output}: look through the English, then give -g {output}")
    elif not found:
        say("targem: nothing that the glossary does not know")


def suggested(found: Sequence["Candidate"], *, no_model: bool) -> list["Candidate"]:
    """Give every candidate an English form: the model's where it is sure or must be, else by sound."""
    from glossary.extract import NAME
    from glossary.hebrew import has_hebrew
    from glossary.transliterate import transliterate
    from mt.cli.common import translator_of

    sounds = [transliterate(item.source)[0] for item in found]
    if no_model or not found:
        return [replace(item, target=sound) for item, sound in zip(found, sounds, strict=True)]
    translator = translator_of(None, True, DEFAULT_MODEL, ENGINES[0], DEFAULT_BEAM)
    chosen = []
    translations = translator.translate([item.source for item in found])
    for item, sound, translation in zip(found, sounds, translations, strict=True):
        said = translation.target.strip(" .,:;\"'")
        sure = translation.score >= CONFIDENT and said[:1].isupper()
        is_said = said and not has_hebrew(said) and (sure or item.kind != NAME or item.has_head)
        target = said if is_said else sound
        chosen.append(replace(item, target=target if item.kind == NAME else target.removeprefix("the ")))
    return chosen


def _place(segment: "Segment") -> str:
    line = f"line {segment.first_line}"
    return f"page {segment.page}, {line}" if segment.page else line


def _row(item: "Candidate", segments: Sequence["Segment"]) -> dict[str, object]:
    segment = segments[item.place]
    return {
        "source": item.source,
        "target": item.target,
        "kind": item.kind,
        "count": item.count,
        "prefixes": list(item.prefixes),
        "variants": list(item.variants),
        "likeness": item.likeness,
        "page": segment.page,
        "line": segment.first_line,
        "example": segment.text,
    }


def _table(found: Sequence["Candidate"], segments: Sequence["Segment"]) -> str:
    """Return the candidates in columns, a line each; the example is cut around the candidate."""
    if not found:
        return ""
    rows = [("hebrew", "english", "kind", "count", "name", "prefixes", "where", "example")]
    for item in found:
        segment = segments[item.place]
        prefixes = " ".join(prefix + "-" for prefix in item.prefixes)
        rows.append(
            (
                item.source,
                item.target,
                item.kind,
                str(item.count),
                f"{item.likeness:.2f}",
                prefixes,
                _place(segment),
                _example(item.source, segment.text),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(line.rstrip() + "\n" for line in lines)


def _example(source: str, text: str) -> str:
    """Return the words around a candidate, with dots where the sentence goes on."""
    text = " ".join(text.split())
    at = max(0, text.find(source))
    start, end = max(0, at - AROUND), at + len(source) + AROUND
    start = text.rfind(" ", 0, start) + 1
    stop = text.find(" ", end)
    return "…" * (start > 0) + text[start : stop if stop > 0 else None] + "…" * (stop > 0)
