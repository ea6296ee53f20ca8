"""`targem translate` of a corpus: JSON Lines, TSV or Parquet of any size."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mt.cli.common import CommandError, refuse, say

if TYPE_CHECKING:
    from mt.cluster import Cluster, Job
    from mt.corpus import CorpusProgress
    from mt.repair import Repairer
    from mt.translate import Translator


def translate_file(
    path: Path, output: Path | None, load: Callable[[], "Translator"], repair: "Repairer"
) -> None:
    """Translate a corpus to a file of the same format, going on where an earlier run ended."""
    from mt.corpus import CorpusTranslator, translate_corpus
    from mt.corpus_rows import open_corpus

    ending = path.suffix.lower()
    if output is None:
        raise CommandError("a corpus is translated to a file", f"give -o OUT{ending}")
    refuse(output.suffix.lower() != ending, f"{output.name} is of another format", f"give -o OUT{ending}")
    refuse(output.resolve() == path.resolve(), f"{output.name} is the corpus itself", "give another output")
    corpus = open_corpus(path)
    begun = time.monotonic()
    progress = None
    with _bar() as watch:
        for progress in translate_corpus(corpus, output, CorpusTranslator(load(), repair)):
            watch(progress)
    if progress:
        seconds = time.monotonic() - begun
        say(
            f"targem: {progress.rows} rows ({progress.fresh} new) in {seconds:.1f} s, "
            f"written to {output.name}"
        )


def translate_on_cluster(path: Path, output: Path | None, job: "Job", cluster: "Cluster") -> None:
    """Translate a corpus on Ray to a new folder of Parquet files."""
    from mt.cluster import translate_on_ray
    from mt.corpus_rows import FORMATS, open_corpus

    refuse(path.suffix.lower() not in FORMATS, "--ray is for corpora", f"give one of {', '.join(FORMATS)}")
    if output is None:
        raise CommandError("a cluster writes a folder of Parquet files", "give -o FOLDER")
    begun = time.monotonic()
    rows = translate_on_ray(open_corpus(path), output, job, cluster)
    say(f"targem: {rows} rows in {time.monotonic() - begun:.1f} s, written to {output.name}")


@contextmanager
def _bar() -> Iterator[Callable[["CorpusProgress"], None]]:
    """Show a progress bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("translating"), BarColumn(), TextColumn("{task.description}"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=1.0)

        def watch(progress: "CorpusProgress") -> None:
            left = _duration(progress.seconds_left)
            bar.update(task, completed=progress.share, description=f"{progress.rows:,} rows, {left}")

        yield watch


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "time left not known yet"
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"about {seconds / size:.0f} {unit} left"
    return f"about {seconds:.0f} seconds left"
