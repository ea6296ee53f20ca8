"""What a run says of itself: a log for people, one for programs, and the curve drawn from the latter."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aligned.formats.atomic import write_atomically
from mt.train.checkpoint import written
from mt.train.curve import draw_curve

LOG, RECORDS, CURVE = "train.log", "train.jsonl", "curve.html"


@dataclass(frozen=True, slots=True)
class Progress:
    """The mean over the last updates: loss in nats a piece, target pieces a second; minutes of this piece."""

    step: int
    phase: str
    loss: float
    rate: float
    pieces_per_second: float
    minutes: float

    def __str__(self) -> str:
        return (
            f"step {self.step}  {self.phase}  loss {self.loss:.3f}  rate {self.rate:.2e}  "
            f"{self.pieces_per_second:.0f} pieces/s  {self.minutes:.1f} min"
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """BLEU and chrF by set after a step, and whether the mean chrF is the best so far."""

    step: int
    scores: Mapping[str, Mapping[str, float]]
    chrf: float
    best: bool

    def __str__(self) -> str:
        sets = "  ".join(
            f"{name} BLEU {s['bleu']:.2f} chrF {s['chrf']:.2f}" for name, s in self.scores.items()
        )
        return f"step {self.step}  {sets}" + ("  best so far" if self.best else "")


Event = Progress | Evaluation
Watch = Callable[[str], None]


class Journal:
    """Write down events in a run's folder; what happened after `step`, before a kill, is forgotten."""

    def __init__(self, folder: Path, name: str, step: int = 0, watch: Watch = lambda _: None) -> None:
        self._folder = folder
        self._name = name
        self._watch = watch
        self.records = [record for record in _read(folder / RECORDS) if record["step"] <= step]
        lines = "".join(json.dumps(record) + "\n" for record in self.records)
        write_atomically(folder / RECORDS, lines.encode())

    def say(self, text: str) -> None:
        """Write a line to the log and show it."""
        self._append(LOG, text)
        self._watch(text)

    def add(self, event: Event) -> None:
        """Write an event to both logs; an evaluation redraws the curve."""
        record = {"kind": type(event).__name__.lower(), **asdict(event)}
        self.records.append(record)
        self._append(RECORDS, json.dumps(record))
        self.say(str(event))
        if isinstance(event, Evaluation):
            self.draw()

    def draw(self) -> None:
        """Write the curve."""
        write_atomically(self._folder / CURVE, draw_curve(self._name, self.records).encode())

    def _append(self, name: str, line: str) -> None:
        with written(self._folder / name), (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _read(path: Path) -> list[dict[str, Any]]:
    """Return the records of an earlier piece; a last line that a kill cut short does not count."""
    if not path.is_file():
        return []
    records = []
    for line in path.read_text("utf-8", errors="replace").splitlines():
        try:
            records.append(json.loads(line))
        except ValueError:
            break
    return records
