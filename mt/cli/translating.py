"""`targem translate`."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mt.cli.common import CommandError, GlossaryOption, glossary_of, refuse, say, translator_of
from mt.cli.corpora import translate_file, translate_on_cluster
from mt.engines.settings import DEFAULT_BEAM, DEFAULT_MODEL, ENGINES
from mt.errors import DocumentError

if TYPE_CHECKING:
    from mt.brief import Summary
    from mt.repair import Repairer
    from mt.translate import Progress, Translator

STORE_VARIABLE = "TARGEM_STORE"
SHOWN_FINDINGS = 10
LINES_AT_ONCE = 512


def translate(
    file: Annotated[
        Path | None,
        typer.Argument(help="A Hebrew brief: txt, md, docx, pdf, html; or a corpus: jsonl, tsv, parquet."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here; the ending picks the format.")
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Translate the brief that ships with the program.")
    ] = False,
    lines: Annotated[
        bool, typer.Option("--lines", help="One line in, one line out; no document, no store.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --lines: one JSON object a line.")] = False,
    glossary: GlossaryOption = None,
    no_glossary: Annotated[bool, typer.Option("--no-glossary", help="Force no terms.")] = False,
    no_repair: Annotated[
        bool, typer.Option("--no-repair", help="Leave the lines as the file has them.")
    ] = False,
    bilingual: Annotated[
        bool, typer.Option("--bilingual", help="With -o FILE.docx: both languages side by side.")
    ] = False,
    model: Annotated[str, typer.Option(help="Shipped model, folder or hub name.")] = DEFAULT_MODEL,
    engine: Annotated[str, typer.Option(help=" or ".join(ENGINES) + ".")] = ENGINES[0],
    beam: Annotated[int, typer.Option(help="Beam size.")] = DEFAULT_BEAM,
    store: Annotated[
        str, typer.Option(envvar=STORE_VARIABLE, help="Where the pairs are kept.")
    ] = "targem.db",
    ray: Annotated[
        str | None, typer.Option(help="Translate a corpus on a Ray cluster: local, or its address.")
    ] = None,
    workers: Annotated[int, typer.Option(help="With --ray: models at most.", min=1)] = 2,
    gpus: Annotated[float, typer.Option(help="With --ray: share of a GPU for each model.", min=0.0)] = 0.0,
) -> None:
    """Translate a brief, with --lines a stream of sentences, or a corpus."""

    def load() -> "Translator":
        return translator_of(glossary, no_glossary, model, engine, beam)

    refuse(bool(glossary) and no_glossary, "-g and --no-glossary exclude each other", "choose one")
    if lines:
        refuse(
            bool(file or output or sample), "--lines reads standard input", "drop the file, -o or --sample"
        )
        _translate_lines(load(), as_json)
        return
    from mt.corpus_rows import FORMATS
    from mt.repair import leave_alone, repair_lines

    repair = leave_alone if no_repair else repair_lines
    refuse(as_json, "--json goes with --lines", "for pairs as JSON give -o FILE.jsonl")
    refuse(sample and file is not None, "--sample needs no file", "give one of them")
    path = _sample() if sample else file
    refuse(bilingual and output is None, "--bilingual needs a file", "give -o FILE.docx")
    if ray is not None:
        from glossary.terms import Glossary
        from mt.cluster import Cluster, Job

        refuse(path is None or bilingual, "--ray is for corpora", "give one, and -o FOLDER")
        refuse(gpus > 0 and engine == ENGINES[0], f"{engine} uses no GPU", f"add --engine {ENGINES[1]}")
        terms = Glossary(()) if no_glossary else glossary_of(glossary)
        job = Job(model, engine, beam, terms, repair)
        translate_on_cluster(path or Path(), output, job, Cluster(ray, workers, gpus))
        return
    if path and path.suffix.lower() in FORMATS:
        refuse(bilingual, "--bilingual is for briefs", "drop it: a corpus keeps its sources")
        translate_file(path, output, load, repair)
        return
    if output:
        from mt.outputs import check_output

        check_output(output, bilingual)
    if path is None:
        raise CommandError("no brief to translate", "give a file, or --sample")
    _translate_file(path, output, bilingual, repair, store, load)


def _translate_file(
    path: Path,
    output: Path | None,
    bilingual: bool,
    repair: "Repairer",
    store: str,
    load: Callable[[], "Translator"],
) -> None:
    from aligned.store import Store
    from mt.brief import open_brief, translate_brief
    from mt.outputs import render_text, write_output

    begun = time.monotonic()
    brief = open_brief(path, repair)  # what is wrong with a file is said before a model is loaded
    with Store.open(store) as kept:
        translator = load()
        with _bar() as watch:
            translated, summary = translate_brief(brief, translator, kept, watch)
    if output:
        write_output(translated, output, bilingual)
    else:
        sys.stdout.write(render_text(translated))
    _close(summary, time.monotonic() - begun, store)


def _close(summary: "Summary", seconds: float, store: str) -> None:
    for line in summary.doubtful[:SHOWN_FINDINGS]:
        say(f"targem: {_place(line.page)} {line.number}: repaired with confidence {line.confidence:.2f}")
    if len(summary.doubtful) > SHOWN_FINDINGS:
        say(f"targem: and {len(summary.doubtful) - SHOWN_FINDINGS} more lines of doubtful repair")
    for segment, finding in summary.findings[:SHOWN_FINDINGS]:
        say(f"targem: {_place(segment.page)} {segment.first_line}: {finding}")
    if len(summary.findings) > SHOWN_FINDINGS:
        say(f"targem: and {len(summary.findings) - SHOWN_FINDINGS} more findings, kept in the store")
    say(
        f"targem: {summary.sentences} sentences ({summary.fresh} new) in {seconds:.1f} s, "
        f"{summary.terms - summary.failed} of {summary.terms} terms in place ({summary.forced} forced), "
        f"{len(summary.findings)} findings, {summary.set_apart} running titles and the like set apart, "
        f"pairs in {store}"
    )


def _place(page: int | None) -> str:
    return f"page {page}, line" if page else "line"


def _translate_lines(translator: "Translator", as_json: bool) -> None:
    from itertools import islice

    from mt.translate import BATCH_SENTENCES

    size = 1 if sys.stdin.isatty() else BATCH_SENTENCES
    largest = LINES_AT_ONCE if size > 1 else 1
    source = _input_lines()
    while batch := list(islice(source, size)):
        for translation in translator.translate(batch):
            if as_json:
                row = {
                    "source": translation.source,
                    "target": translation.target,
                    "score": round(translation.score, 4),
                    "receipts": [asdict(receipt) for receipt in translation.receipts],
                }
                sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            else:
                sys.stdout.write(" ".join(translation.target.split()) + "\n")
        sys.stdout.flush()
        size = min(2 * size, largest)  # the first lines come soon, and of many the alike go together


def _input_lines() -> Iterator[str]:
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise DocumentError(f"line {number} of standard input is not UTF-8", "convert it first") from None


def _sample() -> Path:
    from mt.sample import sample_path

    return sample_path()


@contextmanager
def _bar() -> Iterator[Callable[["Progress"], None]]:
    """Show a progress bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (TextColumn("translating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)
        yield lambda progress: bar.update(task, completed=progress.done, total=progress.total)
