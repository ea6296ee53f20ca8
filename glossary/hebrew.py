"""Hebrew as written: one normal form for text, one key for words, and the clitics fused to them."""

import re
import unicodedata
from collections.abc import Iterator

# Unicode 16, block Hebrew: points and cantillation marks. Left out as punctuation: maqaf (05BE),
# paseq (05C0), sof pasuq (05C3), inverted nun (05C6).
NIQQUD = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
# Bidi controls (UAX #9), zero-width characters, soft hyphen, grapheme joiner and byte order mark.
INVISIBLE = "\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
LINE_BREAKS = "\u2028\u2029"
PRESENTATION = range(0xFB1D, 0xFB50)
YIDDISH_DIGRAPHS = {"\u05f0": "וו", "\u05f1": "וי", "\u05f2": "יי"}

HEBREW_LETTERS = "\u05d0-\u05ea\u05f0-\u05f2\ufb1d-\ufb28\ufb2a-\ufb4f"
MAQAF = "\u05be"
HYPHENS = MAQAF + "\u2010\u2011-"
# What typists put for geresh (U+05F3) and gershayim (U+05F4); two apostrophes in a row are gershayim as well.
GERESH = "'\u05f3\u2018\u2019\u201b\u2032\u00b4`"
GERSHAYIM = '"\u05f4\u201c\u201d\u201e\u201f\u2033'
# Models see plain marks only: typists take these for one another. One character for one, so offsets hold.
DASHES = HYPHENS + "\u2012\u2013\u2014\u2015\u2212"
PLAIN_MARKS = str.maketrans(
    {**dict.fromkeys(GERESH, "'"), **dict.fromkeys(GERSHAYIM, '"'), **dict.fromkeys(DASHES, "-")}
)
# Tables in CSV double the quotation marks of their cells (RFC 4180).
DOUBLED_MARKS = re.compile('""+')
# A word keeps the marks inside it (צה"ל, ג'נין) and one geresh after it (פרופ').
_LETTER = f"[0-9A-Za-z\u00c0-\u024f{HEBREW_LETTERS}{NIQQUD}]"
WORD = re.compile(f"{_LETTER}+(?:[{INVISIBLE}{GERESH}{GERSHAYIM}]{{1,4}}{_LETTER}+)*[{GERESH}]?")

FINAL_LETTERS = {"ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ"}

# Particles fused to a word, in the order they stack: and; that; when/from/in (that); in/as/to/from; the.
# The article is swallowed by ב כ ל, stays after מ and ש, and stands after all others (Academy of the Hebrew
# Language, on the particles משה וכלב). Two of ב כ ל מ do not meet before a name or a noun (לב, מל, מב and
# their like open other words: לבקו, מלבנון), nor does ה stand before another particle.
CLITICS = re.compile("ו?(?:ש?(?:לכש|כש)|מש|בש|ש)?(?:[בכל]|מ?ה?)")
LONGEST_CLITICS = len("ושלכשמה")


def _spread(ranges: str) -> Iterator[str]:
    """Yield every character of a regular-expression class without escapes."""
    for first, last in re.findall("(.)(?:-(.))?", ranges):
        yield from map(chr, range(ord(first), ord(last or first) + 1))


def _plain(code: int) -> str:
    decomposed = unicodedata.normalize("NFKD", chr(code))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


_CLEAN: dict[int, str] = {
    **{ord(char): "" for char in _spread(NIQQUD + INVISIBLE)},
    **{ord(char): " " for char in _spread(SPACES)},
    **{ord(char): "\n" for char in LINE_BREAKS},
    **{code: _plain(code) for code in PRESENTATION},
}
_FOLD: dict[int, str] = {
    **_CLEAN,
    **{ord(digraph): letters for digraph, letters in YIDDISH_DIGRAPHS.items()},
    **{ord(final): plain for final, plain in FINAL_LETTERS.items()},
    **{ord(char): "'" for char in GERESH},
    **{ord(char): '"' for char in GERSHAYIM},
}
_HEBREW = re.compile(f"[{HEBREW_LETTERS}]")
_DOUBLED = re.compile("(ו)ו+|(י)י+")
# A quotation opened after a prefix has two letters at least; with one it is an abbreviation (ב"כ).
_JOINED = re.compile(
    f"(?P<joint>[\u2013{HYPHENS}]?(?:[{GERESH}]{{1,2}}|[{GERSHAYIM}])|[\u2013{HYPHENS}])(?P<rest>.+)", re.S
)
_CLOSING = GERESH + GERSHAYIM


# fmt: off
# Everyday words that are names now and then; such a name is taken for one only without a prefix.
COMMON_WORDS = frozenset((
    "אני", "אתה", "הוא", "היא", "זאת", "אבל", "כאן", "מאז", "היום", "יום", "שנה", "דרך", "דבר", "בית",
    "איש", "אדם", "עיר", "ארץ", "חוק", "דין", "שור", "דור", "בין", "אחד", "עוד", "כמו", "יותר",
))
# Everyday words that read as a prefix and a name (direction: "like Greece", cage: "like Libya").
LOOKALIKES = frozenset((
    "כיוון", "כיון", "ליון", "כלוב", "שלוב", "העזה", "מעדן", "הרמוז", "שמאלי", "כמאלי", "מורשה", "הורשה",
    "מיון",
))
# fmt: on


def clean_text(text: str) -> str:
    """Return the text in its normal form: plain letters, no points, no invisible characters, plain spaces.

    Newlines, tabs and maqaf stay; cleaning twice is cleaning once.
    """
    return text.translate(_CLEAN)


def has_hebrew(text: str) -> bool:
    """Tell whether a Hebrew letter stands in the text."""
    return _HEBREW.search(text) is not None


def spell(word: str) -> str:
    """Return the word's letters and marks: one geresh, one gershayim, no final letters, nothing invisible.

    A mark that a table in CSV doubled is one.
    """
    return DOUBLED_MARKS.sub('"', word.translate(_FOLD).replace("''", '"'))


def fold(word: str) -> str:
    """Return the key under which spellings of one word meet: spelled, and no doubled vav or yod.

    Folding twice is folding once.
    """
    return _DOUBLED.sub(r"\1\2", spell(word))


def word_keys(text: str) -> list[str]:
    """Return the folded words of a text; what stands between them, hyphen or space, does not count."""
    return [fold(word) for word in WORD.findall(text)]


def is_prefix(letters: str) -> bool:
    """Tell whether the letters are a legal chain of fused clitics and nothing else."""
    return bool(letters) and CLITICS.fullmatch(letters) is not None


def prefix_spans(word: str) -> list[tuple[int, int]]:
    """Return every legal split as (end of the prefix, start of the rest), shortest prefix first.

    The two differ where a hyphen or an opening quotation mark stands between (ב-NATO, ה"ניצחון").
    """
    spans: list[tuple[int, int]] = []
    for end in range(1, min(LONGEST_CLITICS, len(word) - 1) + 1):
        if not is_prefix(word[:end]):
            continue
        if joined := _JOINED.fullmatch(word, end):
            if _is_quotable(joined):
                spans.append((end, joined.start("rest")))
        elif word[end].isalnum() and (len(word) - end > 1 or not has_hebrew(word[end:])):
            spans.append((end, end))
    return spans


def _is_quotable(joined: re.Match[str]) -> bool:
    rest = joined["rest"].rstrip(_CLOSING)
    return rest[:1].isalnum() and (len(rest) > 1 or not has_hebrew(rest))


def prefixes(word: str) -> list[tuple[str, str]]:
    """Return every legal split of fused clitics as (prefix, rest), shortest prefix first.

    A hyphen or an opening quotation mark after the prefix, and the mark that closes it, belong to neither.
    """
    word = clean_text(word)
    splits = []
    for end, start in prefix_spans(word):
        quoted = start > end and word[start - 1] in _CLOSING
        splits.append((word[:end], word[start:].rstrip(_CLOSING) if quoted else word[start:]))
    return splits
