"""Documents that were uploaded and are being translated or aligned: one thread each, seen by all pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Lock, Thread

from glossary.errors import TargemError

# Jobs that the page still lists when they are over.
KEPT = 5
# At the same time; each holds a document in memory.
RUNNING = 4


class TooManyJobsError(TargemError):
    """As many documents as the server takes at once are under work."""

    def __init__(self) -> None:
        super().__init__(f"{RUNNING} documents are under work", "wait for one of them")


@dataclass(slots=True)
class Job:
    """One upload: what it is, how far, and what became of it; `state` is running, done or failed.

    `preview` are the last sentences and their translations."""

    number: int
    name: str
    state: str = "running"
    message: str = "reading"
    done: int = 0
    total: int = 0
    document: int | None = None
    preview: list[tuple[str, str]] = field(default_factory=list)


class Jobs:
    """Runs jobs and remembers the last ones; safe to call from several threads."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._numbers = count(1)
        self._lock = Lock()

    def start(self, name: str, work: Callable[[Job], str]) -> Job:
        """Run `work` in a thread; it returns the closing message.

        Raises TooManyJobsError where as many are running as may.
        """
        with self._lock:
            running = [job for job in self._jobs if job.state == "running"]
            if len(running) >= RUNNING:
                raise TooManyJobsError
            over = [job for job in self._jobs if job.state != "running"]
            job = Job(next(self._numbers), name)
            self._jobs = [*over[-KEPT:], *running, job]
        Thread(target=self._run, args=(job, work), name=f"job {job.number}", daemon=True).start()
        return job

    def all(self) -> list[Job]:
        """Return the jobs, the newest first."""
        with self._lock:
            return self._jobs[::-1]

    @staticmethod
    def _run(job: Job, work: Callable[[Job], str]) -> None:
        try:
            job.message = work(job)
            job.state = "done"
        except TargemError as error:
            job.message, job.state = str(error), "failed"
        except Exception:
            job.message, job.state = "this document cannot be worked on: it broke the reader", "failed"
            raise
