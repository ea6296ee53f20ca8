"""Who looks at which pair just now: kept in memory, forgotten after half a minute of silence."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

# The page says every ten seconds where it is; three missed calls mean that it is gone.
STAY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser, the name that its user gave, the pair under the cursor, and when it last said so."""

    visitor: str
    name: str
    pair_id: str
    at: float


class Presence:
    """The visits of all browsers; safe to call from several threads.

    It warns people of each other and locks nothing: what guards a text is its version.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._visits: dict[str, Visit] = {}
        self._lock = Lock()

    def enter(self, visitor: str, name: str, pair_id: str) -> None:
        """Note that a browser is at a pair, and at no other."""
        with self._lock:
            self._visits[visitor] = Visit(visitor, name, pair_id, self._clock())

    def others(self, visitor: str) -> dict[str, str]:
        """Return the names of the others by the pair that each is at."""
        with self._lock:
            oldest = self._clock() - STAY_SECONDS
            self._visits = {key: visit for key, visit in self._visits.items() if visit.at >= oldest}
            return {visit.pair_id: visit.name for key, visit in self._visits.items() if key != visitor}
