"""A Marian model's tokenizer: SentencePiece and a vocabulary, with character offsets.

`transformers.MarianTokenizer` gives the same pieces; this one exists because importing that one costs
seconds and torch, and because forcing terms needs to know which characters a piece stands for.
"""

import json
import re
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

import sentencepiece

from glossary.hebrew import DOUBLED_MARKS, PLAIN_MARKS

END = "</s>"
UNKNOWN = "<unk>"
# Models for several target languages want the language named first (Tiedemann & Thottingal 2020).
ENGLISH_CODE = ">>eng<<"
# How terms are marked in a source, for models that learned to obey: `ב<t> חיפה <=> Haifa </t>`. The
# configuration of such a model has the second line.
TERM_MARKS = ("<t>", "<=>", "</t>")
OBEYS_MARKS = "term_marks"
_SPACE = "▁"
# Weak models stutter (smugggled); no English word has a letter thrice, but for www and the numeral iii.
_STUTTER = re.compile(r"([a-hj-vx-z])\1{2,}")
_SURPLUS = "\0"  # stands in no piece


class Pieces:
    """Cut text into a model's pieces and join pieces to text.

    `obeys_marks` says whether the model has learned to write the English of marked terms.
    """

    def __init__(self, folder: Path) -> None:
        self._source = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
        self._target = sentencepiece.SentencePieceProcessor(model_file=str(folder / "target.spm"))
        self.vocabulary: dict[str, int] = json.loads((folder / "vocab.json").read_text("utf-8"))
        self.obeys_marks = bool(json.loads((folder / "config.json").read_text("utf-8")).get(OBEYS_MARKS))
        self._code = (ENGLISH_CODE,) if ENGLISH_CODE in self.vocabulary else ()

    def source(self, text: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
        """Return the pieces of a source text and the characters (start, end) each stands for.

        Marian models are trained on text whose punctuation was made plain first (Moses'
        normalize-punctuation, which has no Hebrew marks), so it is made plain here; a quotation mark
        that a table in CSV doubled is one.
        """
        plain = text.translate(PLAIN_MARKS)
        encoded = self._source.encode(DOUBLED_MARKS.sub('"', plain), return_type="offset_mapping")
        offsets = [tuple(offset) for offset in encoded["offsets"]]
        if '""' in plain:
            places = [at for at in range(len(plain)) if plain[at - 1 : at + 1] != '""'] + [len(plain)]
            offsets = [(places[start], places[end]) for start, end in offsets]
        return self._code + tuple(encoded["pieces"]), [(0, 0)] * len(self._code) + offsets

    def marked_source(
        self, text: str, terms: Sequence[tuple[int, int, str]]
    ) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
        """Return the same as `source` with terms (start, end, English), in order, marked.

        What is not in the text stands for the characters of its term.
        """
        if not terms:
            return self.source(text)
        parts = marked_parts(text, terms)
        places: list[tuple[int, int]] = []
        for part, start, end in parts:
            is_plain = len(part) == end - start
            places += [(at, at + 1) for at in range(start, end)] if is_plain else [(start, end)] * len(part)
        pieces, offsets = self.source("".join(part for part, _, _ in parts))
        return pieces, [
            (places[start][0], places[end - 1][1]) if start < end else (0, 0) for start, end in offsets
        ]

    def target(self, text: str) -> tuple[str, ...]:
        """Return the pieces of a target text, as they stand at the beginning of a word."""
        return tuple(self._target.encode(text, out_type=str))

    def text(self, pieces: tuple[str, ...]) -> str:
        """Join target pieces to text; a piece that is not in the vocabulary stands for itself.

        A letter that is repeated more than once stands twice.
        """
        return "".join(_spelled(pieces)).strip()

    def ends(self, pieces: tuple[str, ...]) -> list[int]:
        """Return for each piece the offset in `text(pieces)` at which it ends."""
        spelled = _spelled(pieces)
        joined = "".join(spelled)
        shift = len(joined) - len(joined.lstrip())
        length = len(joined.strip())
        return [min(max(end - shift, 0), length) for end in accumulate(map(len, spelled))]


def marked_parts(text: str, terms: Sequence[tuple[int, int, str]]) -> list[tuple[str, int, int]]:
    """Return the parts of a source with terms (start, end, English), in order, marked.

    Each has the characters (start, end) of the text that it stands for: plain ones as they are, a term with
    its English.
    """
    begin, middle, close = TERM_MARKS
    parts, done = [], 0
    for start, end, target in terms:
        parts.append((text[done:start], done, start))
        parts.append((f"{begin} {text[start:end]} {middle} {target} {close}", start, end))
        done = end
    return [*parts, (text[done:], done, len(text))]


def _spelled(pieces: tuple[str, ...]) -> list[str]:
    """Return the text of each piece, without what makes a letter stand a third time in a row."""
    joined = "".join(pieces).replace(_SPACE, " ")
    marked = _STUTTER.sub(lambda run: run[0][:2] + _SURPLUS * (len(run[0]) - 2), joined)
    bounds = pairwise(accumulate(map(len, pieces), initial=0))
    return [marked[start:end].replace(_SURPLUS, "") for start, end in bounds]
