"""General text, mixed in so that a model that learns a new domain forgets little of what it knew.

Training on old and new together is Chu et al. 2017 ("mixed fine-tuning"). Where there are no old pairs, the
model's own translations stand in for them (Dakwale & Monz 2017, with Kim & Rush 2016's sequences as teacher):
what they teach is to go on as before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from glossary.terms import Glossary
from mt.engines.base import Engine
from mt.engines.canary import fault
from mt.errors import TrainingError
from mt.sample import sample_path
from mt.segment import segment
from mt.train.cleaning import TextPair
from mt.train.corpora import PROSE, read_pairs
from mt.train.normal import normal_form
from mt.train.reviewed import Parts, chance, cleaned, read_all
from mt.translate import Translator

SHIPPED = Path(__file__).with_name("general.tsv")
# Most pairs of a general corpus that judge, that say when to stop, and that teach: the first for a verdict
# that is worth something, the second for speed, the last since adapting is over long before they are used.
MAX_TEST, MAX_WATCH, MAX_TRAIN = 200, 60, 20_000
MIN_GENERAL = 40
_TEST_SHARE, _WATCH_SHARE, _SHIPPED_TEST_SHARE = 0.25, 0.125, 0.7


@dataclass(frozen=True, slots=True)
class General:
    """General pairs in their parts, and Hebrew sentences that the model is to translate as it did before."""

    parts: Parts
    mixed: tuple[str, ...] = ()


def general_from(paths: Iterable[Path]) -> General:
    """Return the general pairs of TMX, TSV and JSONL files; raises TrainingError for too few of them."""
    pairs = _ordered(read_all(paths))
    if len(pairs) < MIN_GENERAL:
        raise TrainingError(
            f"{len(pairs)} general pairs are too few", f"give at least {MIN_GENERAL}, or no --general"
        )
    test = min(MAX_TEST, int(len(pairs) * _TEST_SHARE))
    watch = test + min(MAX_WATCH, int(len(pairs) * _WATCH_SHARE))
    return General(
        Parts(
            tuple(pairs[watch : watch + MAX_TRAIN]), watch=tuple(pairs[test:watch]), test=tuple(pairs[:test])
        )
    )


def shipped_general() -> General:
    """Return what ships: everyday sentences, most to judge; the rest, prose and the sample brief mixed."""
    pairs = _ordered(read_pairs(SHIPPED))
    test = int(len(pairs) * _SHIPPED_TEST_SHARE)
    sample = [normal_form(each.text) for each in segment(sample_path().read_text("utf-8"))]
    prose = _ordered(read_pairs(PROSE))
    parts = Parts(tuple(prose[MAX_WATCH:]), watch=tuple(prose[:MAX_WATCH]), test=tuple(pairs[:test]))
    return General(parts, (*(pair.source for pair in pairs[test:]), *sample))


def own_translations(engine: Engine, sources: Sequence[str]) -> list[TextPair]:
    """Return what a model makes of sentences, without a glossary; babble is left out."""
    made = Translator(engine, Glossary(())).translate(sources)
    pairs = (
        TextPair(normal_form(one.source), normal_form(one.target))
        for one in made
        if not one.findings and fault(one.target, finished=True) is None
    )
    return cleaned(pairs)[0]


def _ordered(pairs: Iterable[TextPair]) -> list[TextPair]:
    """Return what can be learnt from, in an order that hangs on the sources alone."""
    return sorted(cleaned(pairs)[0], key=lambda pair: (chance(pair.source), pair.target))
