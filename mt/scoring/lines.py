"""The segments of a report, each with its scores and all that is known of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mt.repair import INTACT
from mt.scoring.errors import Faults, faults
from mt.scoring.frequency import rare_words
from mt.scoring.sources import Source
from mt.scoring.terms import TermScore


@dataclass(frozen=True, slots=True)
class Line:
    """One segment; `number` counts from 1, `chrf` is its chrF2, the metric of choice for single sentences.

    `baselines` has each baseline's text and chrF2. `terms` counts those that the source owes.
    """

    number: int
    source: Source
    hypothesis: str
    reference: str
    chrf: float
    baselines: tuple[tuple[str, float], ...]
    faults: Faults
    terms: int
    missing_terms: tuple[str, ...]
    rare: tuple[str, ...]

    @property
    def gain(self) -> float | None:
        """By how much the segment's chrF2 is above the first baseline's."""
        return self.chrf - self.baselines[0][1] if self.baselines else None

    @property
    def complaints(self) -> list[str]:
        """Say what is wrong, in words."""
        found = self.faults
        kinds = [
            ("missing number", found.missing_numbers),
            ("wrong number", found.wrong_numbers),
            ("missing name", found.missing_names),
            ("wrong name", found.wrong_names),
            ("missing term", self.missing_terms),
            ("left out:", found.left_out),
            ("added:", found.added),
        ]
        said = [f"{kind} {what}" for kind, all_of_it in kinds for what in all_of_it]
        return [*said, f"damaged source: {self.source.damage}"] if self.source.damage != INTACT else said

    def as_json(self) -> dict[str, Any]:
        """Return what is not in the files themselves, as plain values."""
        return {
            "number": self.number,
            "chrf": self.chrf,
            "baseline_chrf": self.baselines[0][1] if self.baselines else None,
            **{name: list(value) for name, value in asdict(self.faults).items()},
            "missing_terms": list(self.missing_terms),
            "rare_words": list(self.rare),
            "damage": self.source.damage,
            "repair_confidence": self.source.confidence,
            "pair": self.source.pair or None,
            "baselines_chrf": [score for _, score in self.baselines],
        }


def make_lines(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    sources: Sequence[Source],
    chrf: Sequence[float],
    baselines: Sequence[tuple[Sequence[str], Sequence[float]]],
    terms: TermScore | None,
) -> list[Line]:
    """Return the segments of references of shape (references, segments); baselines are (texts, chrF2)."""
    rare = rare_words([source.text for source in sources]) if sources else [()] * len(hypotheses)
    return [
        Line(
            number=at + 1,
            source=sources[at] if sources else Source(""),
            hypothesis=hypothesis,
            reference=given[0],
            chrf=chrf[at],
            baselines=tuple((texts[at], scores[at]) for texts, scores in baselines),
            faults=faults(hypothesis, given),
            terms=terms.owed_in[at] if terms else 0,
            missing_terms=terms.lost[at] if terms else (),
            rare=rare[at],
        )
        for at, (hypothesis, *given) in enumerate(zip(hypotheses, *references, strict=True))
    ]
