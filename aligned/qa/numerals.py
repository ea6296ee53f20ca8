"""Numbers written in words, in Hebrew and in English, and Hebrew years written in letters."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from glossary.hebrew import WORD, prefixes, spell

SCALES_EN = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "k": 10**3,
    "m": 10**6,
    "bn": 10**9,
    "mn": 10**6,
}
SCALES_HE = {
    "אלף": 10**3,
    "אלפי": 10**3,
    "אלפים": 10**3,
    "מיליון": 10**6,
    "מליון": 10**6,
    "מיליונים": 10**6,
    "מיליוני": 10**6,
    "מיליארד": 10**9,
    "מיליארדי": 10**9,
    "מיליארדים": 10**9,
    "טריליון": 10**12,
}
_SMALL_EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_ORDINALS_EN = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_TENS_EN = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
# Words that say a number without being a numeral.
_OTHER_EN = {
    "once": 1,
    "single": 1,
    "twice": 2,
    "double": 2,
    "doubled": 2,
    "pair": 2,
    "both": 2,
    "couple": 2,
    "half": 2,
    "triple": 3,
    "tripled": 3,
    "thrice": 3,
    "quarter": 4,
    "decade": 10,
    "decades": 10,
    "dozen": 12,
    "century": 100,
}
ENGLISH = {
    **{word: n for n, word in enumerate(_SMALL_EN)},
    **{word: n for n, word in enumerate(_ORDINALS_EN)},
    **{word + "s": n for n, word in enumerate(_ORDINALS_EN)},
    **{word: 10 * n for n, word in enumerate(_TENS_EN, 2)},
    **{word[:-1] + "ieth": 10 * n for n, word in enumerate(_TENS_EN, 2)},
    **{word[:-1] + "ies": 10 * n for n, word in enumerate(_TENS_EN, 2)},
    **_OTHER_EN,
}
_HEBREW_ROWS = {
    0: "אפס",
    1: "אחד אחת ראשון ראשונה יחיד",
    2: "שניים שתיים שני שתי שנייה שניה פעמיים שנתיים יומיים חודשיים שבועיים שעתיים כפול כפליים",
    3: "שלושה שלוש שלושת שלישי שלישית שליש",
    4: "ארבעה ארבע ארבעת רביעי רביעית רבע",
    5: "חמישה חמש חמשת חמישי חמישית",
    6: "שישה שש ששת שישי שישית",
    7: "שבעה שבע שבעת שביעי שביעית",
    8: "שמונה שמונת שמיני שמינית",
    9: "תשעה תשע תשעת תשיעי תשיעית",
    10: "עשרה עשר עשרת עשירי עשירית עשור עשורים",
    20: "עשרים",
    30: "שלושים",
    40: "ארבעים",
    50: "חמישים",
    60: "שישים",
    70: "שבעים",
    80: "שמונים",
    90: "תשעים",
    100: "מאה מאת",
    200: "מאתיים",
    2000: "אלפיים",
    12: "תריסר",
}
HEBREW = {word: n for n, words in _HEBREW_ROWS.items() for word in words.split()}
_HEBREW_SCALES = {**SCALES_HE, "מאות": 100}
_ENGLISH_WORD = re.compile(r"[A-Za-z]+")
_ROMAN = re.compile(r"\b(?=[IVX]{2,6}\b)X{0,3}(?:IX|IV|V?I{0,3})\b")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}
_LETTERS = {
    letter: value
    for letters, unit in (("אבגדהוזחט", 1), ("יכלמנסעפצ", 10), ("קרשת", 100))
    for value, letter in zip(range(unit, 10 * unit, unit), letters, strict=False)
}
# A year in letters leaves out its thousands, which are five now; it begins in the autumn of the year before.
_THOUSANDS, _BEFORE_GREGORIAN = 5000, 3760
_YEAR = re.compile("ה?'?(ת[א-ת]{0,2}\"[א-ת])")


def spoken_english(text: str) -> set[int]:
    """Return every number that words of an English text may say, Roman numerals included."""
    words = [word.lower() for word in _ENGLISH_WORD.findall(text)]
    found = _values(words, lambda word: ENGLISH.get(word), _plural(SCALES_EN), {"and", "a", "of"})
    return found | {_roman(match[0]) for match in _ROMAN.finditer(text)}


def spoken_hebrew(text: str) -> set[int]:
    """Return every number that words of a Hebrew text may say, its years in letters in both calendars."""
    words = [word for match in WORD.finditer(text) for word in match[0].split("-")]
    found = _values(
        words,
        lambda word: _known(word, HEBREW),
        {w: n for w in words if (n := _known(w, _HEBREW_SCALES))},
        set(),
    )
    for match in _YEAR.finditer(spell(text)):
        year = _THOUSANDS + sum(_LETTERS.get(letter, 0) for letter in match[1])
        found |= {year, year - _BEFORE_GREGORIAN, year - _BEFORE_GREGORIAN - 1}
    return found


def _plural(scales: Mapping[str, int]) -> dict[str, int]:
    return {**scales, **{word + "s": scale for word, scale in scales.items()}}


def _known(word: str, numbers: Mapping[str, int]) -> int | None:
    """Return the number of a word, with a prefix or without."""
    for form in (word, *(rest for _, rest in prefixes(word))):
        if form in numbers:
            return numbers[form]
    return None


def _values(
    words: Sequence[str], unit: Callable[[str], int | None], scales: Mapping[str, int], between: set[str]
) -> set[int]:
    """Return each number word by itself and the sum of every run of them."""
    found: set[int] = set()
    for run in _runs(words, lambda word: unit(word) is not None or word in scales, between):
        total = part = 0
        for word in run:
            value = unit(word)
            if value is None:
                part = max(part, 1) * scales[word]
                found.add(scales[word])
                if scales[word] > SCALES_EN["hundred"]:
                    total, part = total + part, 0
            else:
                part += value
                found.add(value)
            found |= {part, total + part}
    return found


def _runs(words: Sequence[str], is_number: Callable[[str], bool], between: set[str]) -> Iterator[list[str]]:
    run: list[str] = []
    for word in words:
        if is_number(word):
            run.append(word)
        elif run and word not in between:
            yield run
            run = []
    if run:
        yield run


def _roman(numeral: str) -> int:
    digits = [_ROMAN_DIGITS[letter] for letter in numeral]
    return sum(-d if any(after > d for after in digits[i + 1 :]) else d for i, d in enumerate(digits))
