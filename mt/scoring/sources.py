"""The Hebrew of a score, with what is known of it: a text, the JSON of `targem repair`, or pairs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aligned.formats import read_pairs
from mt.errors import DocumentError
from mt.repair import INTACT, repair_lines
from mt.scoring.files import read_segments


@dataclass(frozen=True, slots=True)
class Source:
    """One segment's Hebrew; `pairs` are those of a store that it is of, by id, where they are known.

    `damage` is the verdict of repair, `confidence` how sure it was; None where nobody looked.
    """

    text: str
    pairs: tuple[str, ...] = ()
    damage: str = INTACT
    confidence: float | None = None

    @property
    def pair(self) -> str:
        """The first of the pairs, or nothing."""
        return self.pairs[0] if self.pairs else ""


def read_sources(path: Path) -> list[Source]:
    """Return the segments of a file, by its ending: .jsonl (pairs), .json (repaired lines) or a line each.

    The lines of a text are looked at for damage and stay as they are. Raises TargemError for a file that
    cannot be read.
    """
    if path.suffix == ".jsonl":
        pairs = read_pairs(path)
        return [Source(pair.source, (pair.id,) if pair.id else (), pair.segment.repair) for pair in pairs]
    if path.suffix == ".json":
        return _repaired(path)
    return look_at(read_segments(path))


def look_at(lines: Sequence[str]) -> list[Source]:
    """Return lines as they are with what repair thinks of them."""
    seen = repair_lines(lines)
    return [
        Source(line, (), repair.verdict, repair.confidence) for line, repair in zip(lines, seen, strict=True)
    ]


def joined(sources: Sequence[Source]) -> Source:
    """Return neighbouring segments as one: damaged as any of them, and as sure as the least sure."""
    damage = dict.fromkeys(source.damage for source in sources if source.damage != INTACT)
    confidences = [source.confidence for source in sources if source.confidence is not None]
    return Source(
        " ".join(source.text for source in sources).strip(),
        tuple(key for source in sources for key in source.pairs),
        "+".join(damage) or INTACT,
        min(confidences, default=None),
    )


def _repaired(path: Path) -> list[Source]:
    text = "\n".join(read_segments(path))
    try:
        rows = json.loads(text)
        return [
            Source(str(row["repaired"]), (), str(row["verdict"]), float(row["confidence"])) for row in rows
        ]
    except (ValueError, TypeError, KeyError):
        raise DocumentError(
            f"{path.name} is not what targem repair --json writes", "give that, or a line for each segment"
        ) from None
