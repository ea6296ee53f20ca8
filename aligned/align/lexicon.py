"""What each frequent Hebrew word form may become in English, as stems of words."""

import lzma
import re
from functools import cache
from pathlib import Path

from glossary.hebrew import fold

STEM_LENGTH = 5  # English words count as one when they begin alike
MONTHS = {
    "ינואר": "january",
    "פברואר": "february",
    "מרץ": "march",
    "אפריל": "april",
    "מאי": "may",
    "יוני": "june",
    "יולי": "july",
    "אוגוסט": "august",
    "ספטמבר": "september",
    "אוקטובר": "october",
    "נובמבר": "november",
    "דצמבר": "december",
}
STEMS = Path(__file__).parent / "data" / "stems.tsv.xz"
_NUMBER = r"\d+(?:[.,:]\d+)*"
NUMBER = re.compile(_NUMBER)
_THOUSANDS = re.compile(r",(?=\d{3})")
WORD = re.compile(rf"{_NUMBER}|[^\W\d_]+(?:[\"'\u05f3\u05f4][^\W\d_]+)*")


def stems(text: str) -> list[str]:
    """Return the stems of a text's words; numbers lose their separators of thousands."""
    words = WORD.findall(text.lower().replace("’", "'"))
    return [
        _THOUSANDS.sub("", word) if word[0].isdigit() else word.removesuffix("'s")[:STEM_LENGTH]
        for word in words
    ]


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in digits of a text, without separators of thousands."""
    return frozenset(_THOUSANDS.sub("", number) for number in NUMBER.findall(text))


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """Return the stems of each Hebrew word form's renderings."""
    with lzma.open(STEMS, "rt", encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines)
        known = {word: tuple(found.split()) for word, found in rows}
    return known | {month: (english[:STEM_LENGTH],) for month, english in MONTHS.items()}


@cache
def folded_lexicon() -> dict[str, frozenset[str]]:
    """Return the lexicon by folded word forms, in which spellings do not differ."""
    found: dict[str, frozenset[str]] = {}
    for word, made in lexicon().items():
        found[fold(word)] = found.get(fold(word), frozenset()) | frozenset(made)
    return found


def compile_lexicon(source: Path, target: Path = STEMS) -> None:
    """Write the stems of a lexicon of `hebrew<TAB>english` lines, xz-compressed, one line a Hebrew form."""
    found: dict[str, dict[str, None]] = {}
    with lzma.open(source, "rt", encoding="utf-8") as lines:
        for line in lines:
            word, _, english = line.rstrip("\n").partition("\t")
            found.setdefault(word, {}).update(dict.fromkeys(stems(english)))
    text = "".join(f"{word}\t{' '.join(made)}\n" for word, made in sorted(found.items()))
    target.write_bytes(lzma.compress(text.encode(), preset=9))
