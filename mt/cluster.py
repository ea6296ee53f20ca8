"""A corpus translated on many machines: the stages of `mt.corpus` as stages of Ray Data.

Read, repair and segment, translate, check, write. Pieces of the file are read where they are wanted, so every
machine must see it under the same path. Translation runs in actors, one model in each; Ray starts more of
them while work waits, and does again what a lost worker had in hand. Rows keep their order, and carry in `at`
their place in the corpus.
"""

import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from glossary.checker import Checker
from glossary.errors import TargemError
from glossary.terms import Glossary
from mt.corpus import CorpusTranslator, checked, prepared
from mt.corpus_rows import Corpus, open_corpus
from mt.engines.registry import load_engine
from mt.errors import DocumentError, SettingError
from mt.repair import Repairer
from mt.translate import Translator

LOCAL = "local"
# Rows that an actor translates together: what a lost worker costs.
ROWS = 512
# Pieces of a corpus that is small: as many for each actor, so that all of them end at about the same time.
PIECES = 4


@dataclass(frozen=True, slots=True)
class Job:
    """What decides the translation of a corpus: everything but the corpus."""

    model: str
    engine: str
    beam: int
    glossary: Glossary
    repair: Repairer

    def worker(self) -> CorpusTranslator:
        """Load the model."""
        engine = load_engine(self.model, self.engine, self.beam)
        return CorpusTranslator(Translator(engine, self.glossary), self.repair)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where to run: `local` or a cluster's address; up to `workers` actors, each with a share of a GPU."""

    address: str = LOCAL
    workers: int = 2
    gpus: float = 0.0


def translate_on_ray(corpus: Corpus, output: Path, job: Job, cluster: Cluster, rows: int = ROWS) -> int:
    """Translate a corpus to a folder of Parquet files; return how many rows it has.

    Raises SettingError when Ray is not installed or does not answer, DocumentError when the folder exists or
    a row cannot be read, ModelError when the model cannot be loaded.
    """
    ray = _ray()
    if output.exists():
        raise DocumentError(f"{output} exists already", "give the name of a new folder")
    job.worker()  # what is wrong with a model is said here, and converted once, not in every actor
    _connect(ray, cluster)
    try:
        return _run(ray, corpus, output, job, cluster, rows)
    finally:
        ray.shutdown()


def _run(ray: Any, corpus: Corpus, output: Path, job: Job, cluster: Cluster, rows: int) -> int:
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    path = corpus.path.resolve()
    pieces = [{"first": first, "last": last} for first, last in corpus.pieces(PIECES * cluster.workers)]
    actors = ray.data.ActorPoolStrategy(min_size=1, max_size=cluster.workers)
    data = ray.data.from_items(pieces, override_num_blocks=len(pieces)).flat_map(_Read(path))
    data = data.map(_Prepare(job.repair)).map_batches(
        _Translate,
        fn_constructor_args=(job,),
        batch_size=rows,
        compute=actors,
        num_cpus=1,
        num_gpus=cluster.gpus,
    )
    parts = output.with_name(f"{output.name}.parts")
    shutil.rmtree(parts, ignore_errors=True)  # a run that was killed may have left some
    try:
        data.map(_Check(job.glossary)).write_parquet(str(parts.resolve()))
        parts.rename(output)
    except ray.exceptions.RayError as error:
        raise _reason(error) from error
    finally:
        shutil.rmtree(parts, ignore_errors=True)
    return int(import_module("pyarrow.dataset").dataset(output).count_rows())


@dataclass(frozen=True)
class _Read:
    """A piece of the file into rows."""

    path: Path

    def __call__(self, piece: dict[str, Any]) -> Iterator[dict[str, Any]]:
        try:
            for row in open_corpus(self.path).rows((int(piece["first"]), int(piece["last"]))):
                fields = json.dumps(dict(row.fields), ensure_ascii=False, default=str)
                yield {"at": row.at, "source": row.source, "fields": fields}
        except TargemError as error:
            # Ray carries what it can make again from its text alone.
            raise ValueError(json.dumps([error.what, error.do])) from None


@dataclass(frozen=True)
class _Prepare:
    """A row into sentences."""

    repair: Repairer

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        sentences = prepared(row["source"], self.repair)
        return {**row, "sentences": json.dumps(sentences, ensure_ascii=False)}


class _Translate:
    """Sentences into English; an actor, which keeps its model."""

    def __init__(self, job: Job) -> None:
        self._worker = job.worker()

    def __call__(self, rows: dict[str, Any]) -> dict[str, Any]:
        given = self._worker.translate([json.loads(text) for text in rows.pop("sentences")])
        return {**rows, "given": [json.dumps(row, ensure_ascii=False) for row in given]}


@dataclass(frozen=True)
class _Check:
    """A translated row with its findings, as it is written."""

    glossary: Glossary

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self.glossary)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        given = checked(json.loads(row.pop("given")), self._checker)
        lists = {name: json.dumps(given[name], ensure_ascii=False) for name in ("receipts", "findings")}
        return {**row, **given, **lists}


def _reason(error: BaseException) -> TargemError:
    """Return our own error behind one of Ray's, or Ray's own in one line."""
    said = re.search(r'ValueError: (\["(?:.*)"\])$', str(error), re.MULTILINE)
    if said:
        return DocumentError(*json.loads(said[1]))
    line = next((text for text in str(error).splitlines() if text.strip()), type(error).__name__)
    return SettingError(f"Ray gave up ({line.strip()})", "look at the cluster, then give the command again")


def _connect(ray: Any, cluster: Cluster) -> None:
    # One core more than actors: reading and checking must not wait for them.
    local = {"include_dashboard": False, "num_cpus": cluster.workers + 1} if cluster.address == LOCAL else {}
    # Ray writes what it does to files of its own; what it fails at is raised.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    try:
        ray.init(address=cluster.address, log_to_driver=False, logging_level="error", **local)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise SettingError(
            f"no Ray at '{cluster.address}'", "give the address of a cluster's head, or local"
        ) from error


def _ray() -> Any:
    try:
        import_module("ray.data")
        return import_module("ray")
    except ImportError as error:
        raise SettingError("--ray needs Ray, which is not installed", "pip install 'targem[ray]'") from error
