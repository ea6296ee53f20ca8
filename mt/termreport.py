"""What a glossary does to a document: translated with its terms, with random terms and with none.

After the shared tasks on terminology of WMT (Alam et al. 2021; Semenov et al. 2023, "Findings of the WMT 2023
Shared Task on Machine Translation with Terminologies"; the edition of 2025). The success rate is the share of
owed occurrences that stand in the output, in the listed form or in any form of its lemma. Consistency is
that of Semenov & Bojar 2022 ("Automated Evaluation Metric for Terminology Consistency in MT"): the most
frequent rendering of a term stands in for its reference, and the share of occurrences so rendered counts.
Three things differ. Random terms there are ordinary words of the text with their translations, drawn from a
reference; here the glossary's targets change places, so that no reference is needed and the source gives no
reason for any of them. No aligner is at work, so renderings that the glossary does not list count as none.
And consistency is over the terms that are owed more than once.
"""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from aligned.records import Translation
from glossary.check import serve
from glossary.checker import ANY_FORM, LISTED_FORM, allowing
from glossary.english import TargetMatch
from glossary.match import SourceMatcher, TargetMatcher
from glossary.terms import Glossary, Term
from mt.engines.base import Engine
from mt.errors import DocumentError, SettingError
from mt.translate import BATCH_SENTENCES, Translator

SEED = 1
# Nats that a whole sentence lost by forcing: from here on a person should look at it.
HIGH_PRICE = 20.0
# Sentences translated before the clock starts, so that loading the weights is in nobody's time.
WARM_UP = 2


class Terms(StrEnum):
    """Which terms are forced."""

    NONE = "none"
    PROPER = "proper"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Task:
    """Sentences to translate, and a reference for each, if there is one."""

    sources: tuple[str, ...]
    references: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Occurrences of terms that the sources owe, and what became of them.

    `found` ones stand as the glossary allows, `exact` ones as it lists them, `lemma` ones in any form of the
    words. Of the terms owed more than once, `several`, `uniform` have one rendering throughout; of their
    `repeated` occurrences, `consistent` have their term's most frequent rendering.
    """

    owed: int
    found: int
    exact: int
    lemma: int
    several: int
    uniform: int
    repeated: int
    consistent: int

    def rates(self) -> dict[str, float | None]:
        """Return shares from 0 to 1 by name, None where there is nothing to have a share of."""
        return {
            "success_rate": _share(self.found, self.owed),
            "exact_rate": _share(self.exact, self.owed),
            "lemma_rate": _share(self.lemma, self.owed),
            "consistency": _share(self.consistent, self.repeated),
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One translation of the document, judged by the terms it was given (by the proper ones if by none).

    BLEU and chrF run from 0 to 100; `time` is in the free translation's; `costly` pairs lost HIGH_PRICE or
    more.
    """

    terms: Terms
    tally: Tally
    chrf: float | None
    bleu: float | None
    time: float
    costly: int


@dataclass(frozen=True, slots=True)
class Report:
    """The rows for none, the proper and random terms; without a reference, scores are against the first."""

    rows: tuple[Row, ...]
    sentences: int
    has_reference: bool
    signature: str
    glossary: str

    def as_json(self) -> dict[str, Any]:
        """Return everything by name, with the rates as shares from 0 to 1."""
        rows = []
        for row in self.rows:
            flat = asdict(row)
            tally = flat.pop("tally")
            rows.append({"terms": flat.pop("terms").value, **tally, **row.tally.rates(), **flat})
        return {**asdict(self), "seed": SEED, "high_price": HIGH_PRICE, "rows": rows}


def read_task(file: Path, reference: Path | None = None) -> Task:
    """Read the sentences of a document, or a file of pairs, and the reference line for each.

    Raises DocumentError for what cannot be read and for a reference of another length; SettingError where
    pairs are given a second reference.
    """
    from mt import pairfile

    if file.suffix.lower() in pairfile.ENDINGS:
        if reference is not None:
            raise SettingError(f"{file.name} has its own reference", "drop --reference")
        pairs = [pair for pair in pairfile.read_pairs(file) if pair[1].strip()]
        if not pairs:
            raise DocumentError(f"{file.name} has no pairs", "give Hebrew and English")
        return Task(tuple(source for _, source, _ in pairs), tuple(target for _, _, target in pairs))
    from mt.brief import open_brief

    sources = tuple(segment.text for segment in open_brief(file).record.segments)
    return Task(sources, None if reference is None else _references(reference, len(sources)))


def _references(path: Path, sentences: int) -> tuple[str, ...]:
    from mt.readers import read_text

    lines = read_text(path).splitlines()
    if len(lines) != sentences:
        raise DocumentError(
            f"{path.name} has {len(lines)} lines for {sentences} sentences",
            "give a line for each; `targem segment` shows them",
        )
    return tuple(lines)


def compare(
    task: Task, glossary: Glossary, engine: Engine, clock: Callable[[], float] = time.perf_counter
) -> Report:
    """Translate the sentences three times and judge each translation.

    Raises SettingError for a glossary of fewer than two terms, which cannot change places.
    """
    wrong = permuted(glossary)
    Translator(engine, Glossary(())).translate(task.sources[:WARM_UP])
    rows: list[Row] = []
    free: list[str] = []
    free_time = 0.0
    for terms, forced, judge in (
        (Terms.NONE, Glossary(()), glossary),
        (Terms.PROPER, glossary, glossary),
        (Terms.RANDOM, wrong, wrong),
    ):
        begun = clock()
        made = _translate(Translator(engine, forced), task.sources)
        seconds = clock() - begun
        free_time = free_time or seconds
        targets = [translation.target for translation in made]
        chrf, bleu = _scores(targets, free if task.references is None else task.references)
        free = free or targets
        costly = sum(_is_costly(translation) for translation in made)
        ratio = round(seconds / free_time, 4) if free_time else 1.0
        rows.append(Row(terms, _tally(task.sources, targets, judge), chrf, bleu, ratio, costly))
    has_reference = task.references is not None
    return Report(tuple(rows), len(task.sources), has_reference, engine.signature, glossary.digest)


def permuted(glossary: Glossary, seed: int = SEED) -> Glossary:
    """Return the glossary with every term under the targets of another, the same for the same seed.

    The terms are shuffled and each takes the targets of the next in the circle. Raises SettingError where
    there are fewer than two.
    """
    if len(glossary) < 2:
        raise SettingError("a report needs two terms at least", "give a longer glossary")
    order = list(glossary)
    random.Random(seed).shuffle(order)  # noqa: S311 draws, does not encrypt
    given = dict(zip(order, [*order[1:], order[0]], strict=True))
    terms = (
        replace(term, targets=given[term].targets, forbidden=(), allow=given[term].allow) for term in glossary
    )
    return Glossary(tuple(terms))


def _translate(translator: Translator, sources: Sequence[str]) -> list[Translation]:
    """Translate in batches of like lengths, each text once; return the translations in order."""
    texts = sorted(dict.fromkeys(sources), key=len)
    made: dict[str, Translation] = {}
    for first in range(0, len(texts), BATCH_SENTENCES):
        batch = texts[first : first + BATCH_SENTENCES]
        made.update(zip(batch, translator.translate(batch), strict=True))
    return [made[source] for source in sources]


def _tally(sources: Sequence[str], targets: Sequence[str], glossary: Glossary) -> Tally:
    finder = SourceMatcher(glossary)
    owed = [Counter(match.term for match in finder.find(source)) for source in sources]
    allowed = _served(owed, targets, glossary, None)
    exact, lemma = (_served(owed, targets, glossary, allow) for allow in (LISTED_FORM, ANY_FORM))
    total = sum(owed, Counter[Term]())
    uses: defaultdict[Term, Counter[str]] = defaultdict(Counter)
    for term, form in allowed:
        uses[term][form.target] += 1
    several = {term: times for term, times in total.items() if times > 1}
    most = {term: max(uses[term].values(), default=0) for term in several}
    return Tally(
        owed=total.total(),
        found=len(allowed),
        exact=len(exact),
        lemma=len(lemma),
        several=len(several),
        uniform=sum(most[term] == times for term, times in several.items()),
        repeated=sum(several.values()),
        consistent=sum(most.values()),
    )


def _served(
    owed: Sequence[Counter[Term]], targets: Sequence[str], glossary: Glossary, allow: tuple[str, ...] | None
) -> list[tuple[Term, TargetMatch]]:
    """Return every owed term that stands in its target, in one of its forms as `allow` has it."""
    judged = {term if allow is None else allowing(term, allow): term for term in glossary}
    finder = TargetMatcher(Glossary(tuple(judged)))
    served = []
    for due, target in zip(owed, targets, strict=True):
        forms = finder.find(target) if due else []
        served += serve(due, [replace(f, terms=tuple(judged[term] for term in f.terms)) for f in forms])
    return served


def _scores(targets: Sequence[str], references: Sequence[str]) -> tuple[float | None, float | None]:
    """Return chrF2 and BLEU (sacrebleu's defaults); nothing where there is nothing to compare with."""
    if not references:
        return None, None
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    pairs = list(targets), [list(references)]
    return round(CHRF().corpus_score(*pairs).score, 4), round(BLEU().corpus_score(*pairs).score, 4)


def _is_costly(translation: Translation) -> bool:
    return any(receipt.price >= HIGH_PRICE for receipt in translation.receipts)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
