"""What is done with an uploaded file: it is read, translated or aligned, kept and checked."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from aligned.align import Judge
from aligned.records import DocumentRecord, Translation
from glossary.hebrew import HEBREW_LETTERS
from glossary.terms import Glossary
from mt.aligned_brief import align_brief
from mt.aligning import judge_of, read_sentences
from mt.brief import Brief, open_brief
from mt.readers import read_document
from mt.translate import BATCH_SENTENCES
from mt.web.batcher import RETRY_SECONDS, BusyError
from mt.web.bounded import read_bounded
from mt.web.desk import Desk
from mt.web.jobs import Job

# Pairs that the page shows of a document under work.
PREVIEW = 3
_T = TypeVar("_T")


def translate_upload(desk: Desk, job: Job, paths: Sequence[Path], names: Sequence[str]) -> str:
    """Translate a brief and keep its pairs as they are made; return what to say at the end."""
    record = _named(read_bounded(open_brief, paths[0]), names[0])
    job.document = desk.store.add_document(record)
    job.total, job.message = len(record.segments), "translating"
    glossary = desk.glossary
    for first in range(0, len(record.segments), BATCH_SENTENCES):
        batch = record.segments[first : first + BATCH_SENTENCES]
        made = _translate(desk, [segment.text for segment in batch], glossary)
        desk.store.add_translations(made)
        keys = [(segment.position, item.key) for segment, item in zip(batch, made, strict=True)]
        desk.store.add_pairs(job.document, keys, glossary.digest)
        job.done += len(batch)
        job.preview = [(item.source, item.target) for item in made[-PREVIEW:]]
    return _closing(desk, job.document, f"{job.total} sentences translated")


def align_upload(desk: Desk, job: Job, paths: Sequence[Path], names: Sequence[str]) -> str:
    """Align two documents, whichever is the Hebrew one, and keep the pairs; return what to say at the end."""
    hebrew, english = sorted((0, 1), key=lambda at: -_hebrew_share(paths[at]))
    record = _named(read_bounded(open_brief, paths[hebrew]), names[hebrew])
    targets = read_bounded(_english_sentences, paths[english])
    job.total, job.message = len(record.segments), "translating, to compare"
    made: list[str] = []
    for first in range(0, len(record.segments), BATCH_SENTENCES):
        batch = record.segments[first : first + BATCH_SENTENCES]
        made += [item.target for item in _translate(desk, [segment.text for segment in batch], Glossary(()))]
        job.done += len(batch)
    job.message = "aligning"
    job.document, summary = align_brief(record, targets, made, _judge(desk), desk.store, desk.glossary.digest)
    return _closing(desk, job.document, summary)


def _closing(desk: Desk, document: int, what: str) -> str:
    found = desk.check_document(document)
    return f"{what}, {found} with findings"


def _named(brief: Brief, name: str) -> DocumentRecord:
    return replace(brief.record, name=name)


def _translate(desk: Desk, sources: Sequence[str], glossary: Glossary) -> list[Translation]:
    return _waited_for(lambda: desk.batcher.submit(sources, glossary))


def _judge(desk: Desk) -> Judge:
    def judge(pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        return _waited_for(
            lambda: desk.batcher.submit_call(lambda translator: judge_of(translator.engine)(pairs))
        )

    return judge


def _waited_for(submit: Callable[[], Future[_T]]) -> _T:
    """Return what the model says, behind whoever else is waiting: a document has time."""
    while True:
        try:
            return submit().result()
        except BusyError:
            time.sleep(RETRY_SECONDS)


def _english_sentences(path: Path) -> list[str]:
    return read_sentences(path, "en")


def _hebrew_share(path: Path) -> float:
    return read_bounded(_share_of_hebrew, path)


def _share_of_hebrew(path: Path) -> float:
    letters = [char for block in read_document(path).blocks for char in block.text if char.isalpha()]
    return sum(char in HEBREW_LETTERS for char in letters) / max(1, len(letters))
