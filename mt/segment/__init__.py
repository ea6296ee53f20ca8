"""Split Hebrew and English text into sentences by rule, with exact offsets.

A sentence ends at a stop that belongs to no abbreviation, initial, number, address, marker or aside
(`stops`), at the end of a line that is not a hard wrap (`lines`), and in running Hebrew after a heading
that lost its line (`headings`). The conventions are those of UD_Hebrew-IAHLTwiki: closing marks go to the
sentence they close, a semicolon ends nothing, speech of several sentences is split.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mt.errors import SettingError
from mt.segment.headings import heading_ends, sentence_starts
from mt.segment.lines import paragraphs
from mt.segment.stops import sentence_ends

__all__ = ["LANGUAGES", "Sentence", "segment"]

LANGUAGES = ("he", "en")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its place: `text` is exactly `source[start:end]`, in characters."""

    start: int
    end: int
    text: str


def segment(text: str, language: str = "he") -> list[Sentence]:
    """Split `text` into sentences that tile it but for white space, in linear time.

    Raise SettingError for a language other than those in `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise SettingError(
            f"no sentence rules for language {language!r}", f"choose one of {', '.join(LANGUAGES)}"
        )
    sentences = [
        sentence
        for start, end in paragraphs(text)
        for sentence in _cut(text, start, end, sentence_ends(text, start, end, language))
    ]
    return _without_headings(text, sentences) if language == "he" else sentences


def _without_headings(text: str, sentences: list[Sentence]) -> list[Sentence]:
    starts = sentence_starts(sentence.text for sentence in sentences)
    return [
        piece
        for one in sentences
        for piece in _cut(
            text, one.start, one.end, (one.start + end for end in heading_ends(one.text, starts))
        )
    ]


def _cut(text: str, start: int, end: int, cuts: Iterable[int]) -> list[Sentence]:
    pieces: list[Sentence] = []
    for cut in (*cuts, end):
        pieces += _trimmed(text, start, cut)
        start = cut
    return pieces


def _trimmed(text: str, start: int, end: int) -> list[Sentence]:
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    inner = inner.strip()
    return [Sentence(start, start + len(inner), inner)] if inner else []
