"""How good a model is on development sets: its translations, scored by sacrebleu."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mt.engines.base import OUTPUT_RATIO, OUTPUT_ROOM
from mt.errors import TrainingError
from mt.train.batches import padded
from mt.train.corpora import read_pairs
from mt.train.tokenizer import Tokenizer

# Longest source, in pieces, that is translated whole; the rest of a longer one is left out.
LONGEST = 240
_PIECES_AT_ONCE = 4000


@dataclass(frozen=True, slots=True)
class DevSet:
    """Sentences and their reference translations, in order."""

    sources: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """BLEU and chrF of one set, 0 to 100."""

    bleu: float
    chrf: float


def read_dev(path: Path) -> DevSet:
    """Read a development set in any format of corpora; raises TrainingError for one without pairs."""
    pairs = list(read_pairs(path))
    if not pairs:
        raise TrainingError(f"{path.name} has no pairs", "give a development set with some")
    return DevSet(tuple(pair.source for pair in pairs), tuple(pair.target for pair in pairs))


def score_sets(
    model: Any, tokenizer: Tokenizer, sets: Mapping[str, DevSet], beam: int = 1
) -> dict[str, Score]:
    """Translate each set and score it with sacrebleu's defaults."""
    return {
        name: score(translate(model, tokenizer, dev.sources, beam), dev.references)
        for name, dev in sets.items()
    }


def score(hypotheses: Sequence[str], references: Sequence[str]) -> Score:
    """Return BLEU (Post 2018) and chrF (Popović 2015) of hypotheses against one reference each."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    given = list(hypotheses), [list(references)]
    return Score(BLEU(force=True).corpus_score(*given).score, CHRF().corpus_score(*given).score)


def mean_chrf(scores: Mapping[str, Score]) -> float:
    """Return the mean chrF of all sets, by which models are compared; 0 where there are none."""
    return sum(score.chrf for score in scores.values()) / len(scores) if scores else 0.0


@torch.inference_mode()
def translate(model: Any, tokenizer: Tokenizer, sources: Sequence[str], beam: int = 1) -> list[str]:
    """Return the model's translations, in order; the model is left in the mode it was in."""
    mode = model.training
    model.eval()
    rows = [
        row[: LONGEST - 1] + row[-1:] if len(row) > LONGEST else row
        for row in tokenizer.encode_sources(sources)
    ]
    results: dict[int, str] = {}
    for batch in _batches(rows):
        output = _generate(model, tokenizer, [rows[i] for i in batch], beam)
        results |= {i: tokenizer.decode(row[1:]) for i, row in zip(batch, output, strict=True)}
    model.train(mode)
    return [results[i] for i in range(len(rows))]


def _generate(model: Any, tokenizer: Tokenizer, rows: list[list[int]], beam: int) -> list[list[int]]:
    source = torch.from_numpy(padded(rows, tokenizer.pad)).to(model.device)
    output: list[list[int]] = model.generate(
        input_ids=source,
        attention_mask=(source != tokenizer.pad).long(),
        num_beams=beam,
        do_sample=False,
        max_length=1 + OUTPUT_RATIO * source.shape[1] + OUTPUT_ROOM,
        bad_words_ids=[[tokenizer.pad], [tokenizer.unknown]],
        forced_eos_token_id=None,
    ).tolist()
    return output


def _batches(rows: Sequence[Sequence[int]]) -> list[list[int]]:
    batches: list[list[int]] = []
    for index in sorted(range(len(rows)), key=lambda i: len(rows[i])):
        if not batches or (len(batches[-1]) + 1) * len(rows[index]) > _PIECES_AT_ONCE:
            batches.append([])
        batches[-1].append(index)
    return batches
