"""The normal form of training text, in Python and as the rules that a tokenizer carries with it."""

import unicodedata
from collections.abc import Iterator

from glossary.hebrew import PLAIN_MARKS, clean_text

# Where composed letters end in Unicode 16 (CJK compatibility supplement), without Hangul and surrogates.
_CODES = (*range(1, 0xAC00), *range(0xE000, 0x2FA20))


def normal_form(text: str) -> str:
    """Return text as models see it: no niqqud, nothing invisible, plain quotes and dashes, single spaces."""
    return " ".join(_plain(text).split())


def rules() -> str:
    """Return SentencePiece's `nmt_nfkc` with `normal_form` worked in, as a table of code points.

    Format: https://github.com/google/sentencepiece/blob/master/doc/normalization.md
    """
    from sentencepiece import SentencePieceNormalizer

    base = SentencePieceNormalizer(
        rule_name="nmt_nfkc",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        escape_whitespaces=False,
    )
    single = ((chr(code), _plain(base.normalize(_plain(chr(code))))) for code in _CODES)
    table = {**{a: b for a, b in single if a != b}, **dict(_compositions())}
    return "".join(f"{_hexadecimal(a)}\t{_hexadecimal(b)}\n" for a, b in sorted(table.items()))


def _plain(text: str) -> str:
    return clean_text(text).replace("\n", " ").translate(PLAIN_MARKS)


def _compositions() -> Iterator[tuple[str, str]]:
    """Yield each letter written in parts, and the one that stands for it."""
    for char in map(chr, _CODES):
        parts = unicodedata.normalize("NFD", char)
        # Hebrew letters with points are parts too, but the points go away.
        if len(parts) > 1 and unicodedata.normalize("NFC", parts) == char and _plain(parts) == parts:
            yield parts, char


def _hexadecimal(text: str) -> str:
    return " ".join(f"{ord(char):X}" for char in text)
