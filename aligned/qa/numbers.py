"""Numbers and dates of a pair, brought to one form in both languages and compared.

A figure of one side must stand on the other, in figures or in words, in whatever order; a number in words
binds neither side, since "one" and "second" are so often no numbers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from aligned.qa.issues import Fault, Span
from aligned.qa.numerals import SCALES_EN, SCALES_HE, spoken_english, spoken_hebrew

MONTHS_HE = (
    "ינואר", "פברואר", "מרץ|מרס|מארס", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר",
    "נובמבר", "דצמבר",
)  # fmt: skip
MONTHS_EN = (
    "January|Jan", "February|Feb", "March|Mar", "April|Apr", "May", "June|Jun", "July|Jul", "August|Aug",
    "September|Sept|Sep", "October|Oct", "November|Nov", "December|Dec",
)  # fmt: skip
_HE_MONTHS = [re.compile(f"(?<![א-ת])[ושהבלמכ]{{0,3}}-?(?:{names})(?![א-ת])") for names in MONTHS_HE]
_EN_MONTHS = [re.compile(rf"\b(?:{names})\b") for names in MONTHS_EN]
# May is a month where a number stands by it; elsewhere it is mostly a verb, as "במאי" is a film director.
_BESIDE_NUMBER = re.compile(r"\d(?:st|nd|rd|th)?(?: of)?[ -]*$"), re.compile(r"^,? *(?:of )?\d")

_DATE = re.compile(r"(?<![\d.,/])(\d{1,2})([./])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d/])")
_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+")
_SCALE_EN = re.compile(rf"[- ]?({'|'.join(sorted(SCALES_EN, key=len, reverse=True))})s?\b", re.IGNORECASE)
_SCALE_HE = re.compile(rf"[- ]ה?({'|'.join(sorted(SCALES_HE, key=len, reverse=True))})(?![א-ת])")
_AND_A_HALF = re.compile(" וחצי(?![א-ת])")
_DECADE_HE = re.compile("שנות ה-?$")
_SHORT_RANGE = re.compile(r"(\d{2})\d{2} ?[-\u2013/\u05be] ?$")
_AFTERNOON = re.compile(r"(?::\d\d)? ?(?:p\.?m|PM)\b")
_FULL_HOUR = re.compile(r"(?<=\d):00\b")
# What stands between the first number of a range and the second, which alone says "thousand".
_TO = re.compile(r" ?(?:[-\u2013\u05be]|ל-?|to|and|or|עד|או) ?[\d,.]+")
# A pair's checks ask for the same texts one after the other.
_KEPT = 16


@dataclass(frozen=True, slots=True)
class Figure:
    """Figures, or a month beside some, and the sets of values that may answer it on the other side."""

    span: Span
    ways: tuple[frozenset[str], ...]

    @property
    def is_date(self) -> bool:
        """Tell whether it is a month."""
        return all(value.startswith("month") for way in self.ways for value in way)


@lru_cache(maxsize=_KEPT)
def figures(text: str, hebrew: bool) -> tuple[Figure, ...]:
    """Return the figures and months of a text, in its order; offsets count characters."""
    text = _FULL_HOUR.sub("   ", text)
    scale = _SCALE_HE if hebrew else _SCALE_EN
    dates = [
        (match.span(), ways)
        for match in _DATE.finditer(text)
        if (ways := _date_ways(match)) and not scale.match(text, match.end())
    ]
    taken = [span for span, _ in dates]
    found = [Figure(span, ways) for span, ways in dates]
    for match in _NUMBER.finditer(text):
        if not any(start <= match.start() < end for start, end in taken):
            found.append(Figure(match.span(), _ways(text, match, hebrew)))
    for span, month in _months(text, hebrew):
        if _is_beside_number(text, span):
            found.append(Figure(span, (frozenset((f"month {month}",)),)))
    return tuple(sorted(found, key=lambda figure: figure.span))


@lru_cache(maxsize=_KEPT)
def values(text: str, hebrew: bool) -> frozenset[str]:
    """Return every value that a text may be said to have, in figures, in words or as the name of a month."""
    spoken = spoken_hebrew(text) if hebrew else spoken_english(text)
    found = {str(number) for number in spoken}
    found |= {value for figure in figures(text, hebrew) for way in figure.ways for value in way}
    return frozenset(found | {f"month {month}" for _, month in _months(text, hebrew)})


def numbers_differ(source: str, target: str) -> Iterator[Fault]:
    """Yield the figures that one side has and the other lacks."""
    yield from _differ(source, target, dates=False)


def dates_differ(source: str, target: str) -> Iterator[Fault]:
    """Yield the months of dates that one side has and the other lacks."""
    yield from _differ(source, target, dates=True)


def _differ(source: str, target: str, dates: bool) -> Iterator[Fault]:
    lost = _unmet(figures(source, True), values(target, False), dates)
    added = _unmet(figures(target, False), values(source, True), dates)
    if lost or added:
        parts = [
            f"{words} {', '.join(text[slice(*span)].strip() for span in spans)}"
            for words, text, spans in (
                ("only in the Hebrew:", source, lost),
                ("only in the English:", target, added),
            )
            if spans
        ]
        yield Fault("; ".join(parts), tuple(lost), tuple(added))


def _unmet(found: Sequence[Figure], other: frozenset[str], dates: bool) -> list[Span]:
    return [
        figure.span
        for figure in found
        if figure.is_date == dates and not any(way <= other for way in figure.ways)
    ]


def _date_ways(match: re.Match[str]) -> tuple[frozenset[str], ...]:
    """Return the values of 26.11.2024, 7.10 or 9/11, decimals too; none for what is no date."""
    day, mark, month, year = int(match[1]), match[2], int(match[3]), match[4]
    orders = [(d, m) for d, m in ((day, month), (month, day)) if 0 < d <= 31 and 0 < m <= 12]
    if not orders or (year is None and match[3].startswith("0") and mark == "."):
        return ()
    years = (
        [set[str]()] if not year else [{year}, {f"20{year}"}, {f"19{year}"}] if len(year) == 2 else [{year}]
    )
    ways = [frozenset({str(d), f"month {m}", *y}) for d, m in orders for y in years]
    plain = {_canonical(f"{day}.{match[3]}")} if mark == "." else {str(day), str(month)}
    return (*ways, frozenset(plain)) if not year else tuple(ways)


def _ways(text: str, match: re.Match[str], hebrew: bool) -> tuple[frozenset[str], ...]:
    number = Decimal(match[0].replace(",", ""))
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() :]
    if hebrew and _AND_A_HALF.match(after):
        number, after = number + Decimal("0.5"), after[len(" וחצי") :]
    scale = (_SCALE_HE if hebrew else _SCALE_EN).match(after)
    ways = [number]
    if scale:
        ways = [number * (SCALES_HE if hebrew else SCALES_EN)[scale[1].lower()]]
    elif hebrew and _DECADE_HE.search(before) and number < 100:
        ways.append(1900 + number)
    elif not hebrew and after.startswith("s") and 1900 <= number < 2000:
        ways.append(number - 1900)
    elif (to := _TO.match(after)) and (shared := (_SCALE_HE if hebrew else _SCALE_EN).match(after, to.end())):
        ways.append(number * (SCALES_HE if hebrew else SCALES_EN)[shared[1].lower()])
    elif (short := _SHORT_RANGE.search(before)) and len(match[0]) == 2:
        ways.append(int(short[1]) * 100 + number)
    elif not hebrew and number < 12 and _AFTERNOON.search(after[:9]):
        ways.append(number + 12)
    return tuple(frozenset((_canonical(way),)) for way in ways)


def _canonical(number: Decimal | str) -> str:
    written = format(Decimal(number).normalize(), "f")
    return written or "0"


def _months(text: str, hebrew: bool) -> Iterator[tuple[Span, int]]:
    for month, pattern in enumerate(_HE_MONTHS if hebrew else _EN_MONTHS, 1):
        yield from ((match.span(), month) for match in pattern.finditer(text))


def _is_beside_number(text: str, span: Span) -> bool:
    before, after = _BESIDE_NUMBER
    return bool(before.search(text[max(0, span[0] - 8) : span[0]]) or after.match(text[span[1] :]))
