"""Word links against 40 pairs linked by hand: precision, recall and alignment error rate of each way.

A threshold is fitted for each way on the first half of the pairs; the figures are those of the second.
Target words without a sure link are not judged: "the" and "of" may go anywhere.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from aligned.align.lexicon import folded_lexicon
from aligned.links import Matrix, by_lexicon, diagonal, from_matrix, mean, rates, source_words, target_words
from mt.engines.ctranslate2 import CTranslate2Engine
from mt.engines.folder import find_model
from mt.engines.pieces import END
from mt.engines.transformers import TransformersEngine
from mt.linking import attention, target_offsets, to_words

MARKED = Path(__file__).resolve().parent.parent / "data" / "links_sure.txt"
THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


class Marked(NamedTuple):
    """A pair and its sure links (source word, target word)."""

    source: str
    target: str
    sure: frozenset[tuple[int, int]]


def main(arguments: list[str]) -> None:
    """Print a row for each way; there are no arguments."""
    if arguments:
        raise SystemExit("links takes no arguments")
    marked = read(MARKED)
    exact, fast = TransformersEngine(find_model()), CTranslate2Engine(find_model())
    heads = [all_heads(exact, pair) for pair in marked]
    matrices: dict[str, list[Matrix]] = {
        "diagonal": [
            diagonal(len(source_words(pair.source)), len(target_words(pair.target))) for pair in marked
        ],
        "attention, ctranslate2": [attention(fast, pair.source, pair.target) for pair in marked],
        "attention, last layer": [attention(exact, pair.source, pair.target) for pair in marked],
    }
    matrices |= {f"attention, {name}": [head[name] for head in heads] for name in heads[0]}
    known = [by_lexicon(*words(pair), folded_lexicon()) for pair in marked]
    matrices["lexicon"] = known
    both = zip(matrices["attention, ctranslate2"], known, strict=True)
    matrices["ctranslate2 and lexicon"] = [mean(attended, listed) for attended, listed in both]
    print(f"{'way':26} {'least':>5} {'precision':>9} {'recall':>7} {'AER':>6}")
    half = len(marked) // 2
    for name, found in matrices.items():
        least = min(THRESHOLDS, key=lambda t: total(found[:half], marked[:half], t)[2])
        precision, recall, error = total(found[half:], marked[half:], least)
        print(f"{name:26} {least:5.2f} {100 * precision:8.1f}% {100 * recall:6.1f}% {100 * error:5.1f}%")


def read(path: Path) -> list[Marked]:
    """Read pairs with their links: Hebrew, English and `source-target` word numbers from 0, by tabs."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return [Marked(he, en, frozenset(_link(link) for link in links.split())) for he, en, links in rows]


def _link(text: str) -> tuple[int, int]:
    source, _, target = text.partition("-")
    return int(source), int(target)


def words(pair: Marked) -> tuple[list[str], list[str]]:
    """Return the words of both sides."""
    return (
        [pair.source[slice(*span)] for span in source_words(pair.source)],
        [pair.target[slice(*span)] for span in target_words(pair.target)],
    )


def total(found: Sequence[Matrix], marked: Sequence[Marked], least: float) -> tuple[float, float, float]:
    """Return precision, recall and error rate over all pairs together."""
    links = {(at, link) for at, matrix in enumerate(found) for link in from_matrix(matrix, least)}
    sure = {(at, link) for at, pair in enumerate(marked) for link in pair.sure}
    # Words that carry no sure link are no judge of precision: "the" and "of" may go anywhere.
    seen = {(at, t) for at, (_, t) in sure}
    numbered = {(at * 1000 + s, at * 1000 + t) for at, (s, t) in links if (at, t) in seen}
    return rates(numbered, {(at * 1000 + s, at * 1000 + t) for at, (s, t) in sure})


@torch.inference_mode()
def all_heads(engine: TransformersEngine, pair: Marked) -> dict[str, Matrix]:
    """Return the cross-attention of every layer and head, brought to words."""
    pieces, offsets = engine.pieces.source(pair.source)
    prefix = engine.pieces.target(pair.target)
    output: Any = engine._forward(engine._ids([*pieces, END]), engine._ids([*prefix, END]), attention=True)
    places = target_offsets(engine, prefix, pair.target)
    return {
        f"layer {layer} head {head}": to_words(
            weights[: len(prefix), : len(pieces)].numpy(), offsets, places, pair.source, pair.target
        )
        for layer, found in enumerate(output.cross_attentions)
        for head, weights in enumerate(found[0])
    }
