"""Two documents read, the Hebrew translated, their sentences aligned."""

from collections.abc import Sequence
from pathlib import Path

from aligned.align import Bead, Judge, align_sentences
from glossary.terms import Glossary
from mt.engines.base import Engine
from mt.engines.registry import load_engine
from mt.readers import read_bytes, read_document, read_text
from mt.repair import leave_alone, repair_lines
from mt.segment import segment
from mt.translate import Translator

GREEDY = 1  # a beam of one is enough to tell which sentence is meant
JUDGED_PIECES = 200  # more of a text need not be seen to judge it
# Of two documents that belong together at least this share of the shorter one's sentences is paired.
LEAST_PAIRED = 1 / 3


def read_sentences(path: Path, language: str, lines: bool = False) -> list[str]:
    """Return a document's sentences, or with `lines` its non-empty lines; an empty file has none.

    Raises DocumentError for a file that cannot be read.
    """
    if path.is_file() and not path.stat().st_size:
        return []
    if lines:
        return [" ".join(line.split()) for line in read_text(path).split("\n") if line.strip()]
    read_bytes(path)
    document = read_document(path, repair_lines if language == "he" else leave_alone)
    texts = [block.text for block in document.blocks if not block.is_furniture]
    return [" ".join(sentence.text.split()) for text in texts for sentence in segment(text, language)]


def translate(sources: Sequence[str], engine: Engine | None = None) -> list[str]:
    """Return quick translations, good enough to tell which sentence is meant."""
    translator = Translator(engine or load_engine(beam=GREEDY), Glossary(()))
    return [translation.target for translation in translator.translate(sources)]


def judge_of(engine: Engine) -> Judge:
    """Return what tells how likely the engine's model finds an English text, given the Hebrew."""

    def judge(pairs: Sequence[tuple[str, str]]) -> list[float]:
        sources = [engine.pieces.source(source)[0][:JUDGED_PIECES] for source, _ in pairs]
        targets = [engine.pieces.target(target)[:JUDGED_PIECES] for _, target in pairs]
        scores = engine.score(sources, targets)
        return [score / (len(target) + 1) for score, target in zip(scores, targets, strict=True)]

    return judge


def align(sources: Sequence[str], targets: Sequence[str], translating: bool = True) -> list[Bead]:
    """Return the beads of two lists of sentences, by the shipped model too unless told otherwise.

    It translates the sources, and judges the beads that are in doubt.
    """
    if not (translating and sources and targets):
        return align_sentences(sources, targets)
    engine = load_engine(beam=GREEDY)
    return align_sentences(sources, targets, translate(sources, engine), judge=judge_of(engine))


def unlike(beads: Sequence[Bead]) -> tuple[int, int] | None:
    """Return how many sentences of the shorter side are paired, of how many, where that is too few.

    Returns None for documents that look like translations of each other, and where a side is empty.
    """
    sides = ([bead.source for bead in beads], [bead.target for bead in beads])
    count, side = min((sum(map(len, side)), at) for at, side in enumerate(sides))
    paired = sum(len(sides[side][at]) for at, bead in enumerate(beads) if bead.source and bead.target)
    return (paired, count) if paired < LEAST_PAIRED * count else None
