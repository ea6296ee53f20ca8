"""Two documents read, the Hebrew translated, their sentences aligned."""

from collections.abc import Sequence
from pathlib import Path

from aligned.align import Bead, align_sentences
from glossary.terms import Glossary
from mt.engines.registry import load_engine
from mt.readers import read_bytes, read_document, read_text
from mt.repair import leave_alone, repair_lines
from mt.segment import segment
from mt.translate import Translator

GREEDY = 1  # a beam of one is enough to tell which sentence is meant


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


def translate(sources: Sequence[str]) -> list[str]:
    """Return quick translations, good enough to tell which sentence is meant."""
    translator = Translator(load_engine(beam=GREEDY), Glossary(()))
    return [translation.target for translation in translator.translate(sources)]


def align(sources: Sequence[str], targets: Sequence[str], translating: bool = True) -> list[Bead]:
    """Return the beads of two lists of sentences, by our own translation too unless told otherwise."""
    translating = translating and bool(sources and targets)
    return align_sentences(sources, targets, translate(sources) if translating else None)
