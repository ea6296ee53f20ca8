"""One model for all clients: their sentences are joined to batches and translated in one thread."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from threading import Condition, Thread
from typing import Any, TypeVar

from aligned.records import Translation
from glossary.errors import TargemError
from glossary.terms import Glossary
from mt.engines.base import Engine
from mt.translate import BATCH_SENTENCES, Translator

# After so many sentences a long text lets others go first.
TURN_SENTENCES = 8
# Glossaries that are ready for use at the same time.
KEPT_GLOSSARIES = 8
# How long a client that finds the queue full is told to wait.
RETRY_SECONDS = 5

_T = TypeVar("_T")


class BusyError(TargemError):
    """More sentences wait for the model than the server keeps."""

    def __init__(self) -> None:
        super().__init__("too many texts wait for the model", f"try again in {RETRY_SECONDS} seconds")


@dataclass(slots=True)
class _Job:
    """One call: its sentences, those that are done a prefix of them; or something else to do, `call`."""

    glossary: Glossary
    sources: Sequence[str] = ()
    call: Callable[[Translator], Any] | None = None
    future: Future[Any] = field(default_factory=Future)
    done: list[Translation] = field(default_factory=list)

    @property
    def turn(self) -> Sequence[str]:
        """Return the sentences to translate next."""
        return self.sources[len(self.done) : len(self.done) + TURN_SENTENCES]


class Batcher:
    """Translate for many clients at once; each gets its own sentences, in order.

    The engine is loaded when it is first needed. Sentences under one glossary that wait at the same time go
    to the model together, equal ones once. Long calls take turns with the others.
    """

    def __init__(self, load: Callable[[], Engine], glossary: Glossary, limit: int) -> None:
        """Take what loads an engine, the glossary of calls without one, and how many sentences may wait."""
        self._load = load
        self._glossary = glossary
        self._limit = limit
        self._queue: deque[_Job] = deque()
        self._waiting = 0
        self.is_closed = False
        self._wake = Condition()
        self._translator = lru_cache(maxsize=KEPT_GLOSSARIES)(self._make_translator)
        self._thread = Thread(target=self._work, name="batcher", daemon=True)
        self._thread.start()

    async def translate(self, sources: Sequence[str], glossary: Glossary | None = None) -> list[Translation]:
        """Translate sentences in order; raises BusyError where too many wait, and what the model raises."""
        return await asyncio.wrap_future(self.submit(sources, glossary))

    def submit(self, sources: Sequence[str], glossary: Glossary | None = None) -> Future[list[Translation]]:
        """Do as `translate` does, for a caller in a thread of its own; the future's `result()` waits."""
        return self._enqueue(_Job(self._chosen(glossary), tuple(sources)))

    async def run(self, call: Callable[[Translator], _T], glossary: Glossary | None = None) -> _T:
        """Call a function with a glossary's translator, in the model's thread and in its turn."""
        return await asyncio.wrap_future(self.submit_call(call, glossary))

    def submit_call(self, call: Callable[[Translator], _T], glossary: Glossary | None = None) -> Future[_T]:
        """Do as `run` does, for a caller in a thread of its own."""
        return self._enqueue(_Job(self._chosen(glossary), call=call))

    def close(self) -> None:
        """Stop after the batch under work; who still waits is told that the server is busy."""
        with self._wake:
            self.is_closed = True
            self._wake.notify()
        self._thread.join()

    def _chosen(self, glossary: Glossary | None) -> Glossary:
        return self._glossary if glossary is None else glossary

    def _enqueue(self, job: _Job) -> Future[Any]:
        size = max(len(job.sources), 1)
        with self._wake:
            # A call that finds nobody before it is served, whatever its size.
            if self.is_closed or (self._waiting and self._waiting + size > self._limit):
                raise BusyError
            self._waiting += size
            self._queue.append(job)
            self._wake.notify()
        job.future.add_done_callback(lambda _: self._leave(size))
        return job.future

    def _leave(self, size: int) -> None:
        with self._wake:
            self._waiting -= size

    def _work(self) -> None:
        while batch := self._next():
            try:
                self._serve(batch)
            except Exception as error:
                for job in batch:
                    job.future.set_exception(error)
        for job in self._queue:
            if job.future.running() or job.future.set_running_or_notify_cancel():
                job.future.set_exception(BusyError())

    def _next(self) -> list[_Job]:
        """Wait for work; return the first job, and those of the same glossary that fit into a batch with it.

        Nothing is returned when the batcher was closed.
        """
        with self._wake:
            batch: list[_Job] = []
            while not batch and not self.is_closed:
                self._wake.wait_for(lambda: self._queue or self.is_closed)
                waiting, size = list(self._queue), 0
                self._queue.clear()
                for job in waiting:
                    fits = not batch or (_joins(job, batch[0]) and size + len(job.turn) <= BATCH_SENTENCES)
                    if self.is_closed or not fits:
                        self._queue.append(job)
                    elif job.future.running() or job.future.set_running_or_notify_cancel():
                        batch.append(job)
                        size += len(job.turn)
            return batch

    def _serve(self, batch: list[_Job]) -> None:
        translator = self._translator(batch[0].glossary)
        if call := batch[0].call:
            batch[0].future.set_result(call(translator))
            return
        turns = [job.turn for job in batch]
        made = iter(translator.translate([source for turn in turns for source in turn]))
        for job, turn in zip(batch, turns, strict=True):
            job.done += [next(made) for _ in turn]
        unfinished = [job for job in batch if len(job.done) < len(job.sources)]
        for job in batch:
            if job not in unfinished:
                job.future.set_result(job.done)
        with self._wake:
            self._queue.extend(unfinished)

    @cached_property
    def _engine(self) -> Engine:
        return self._load()

    def _make_translator(self, glossary: Glossary) -> Translator:
        return Translator(self._engine, glossary)


def _joins(job: _Job, first: _Job) -> bool:
    return job.call is None and first.call is None and job.glossary == first.glossary
