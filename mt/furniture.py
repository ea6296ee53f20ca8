"""Page furniture: mastheads, running titles, page numbers and footnote areas, by repetition and position."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mt.documents import Kind, Line
from mt.marks import HONORIFICS, find_mark, find_note, is_finished

# How many lines from the top or bottom of a page may be furniture.
EDGE = 3
# The same at the top and at the end of a whole document, where mastheads stand.
MASTHEAD_TOP, MASTHEAD_BOTTOM = 8, 6
# A running title stands on this share of the pages at least (left and right pages differ).
REPEATED_SHARE = 0.25
LONGEST_MASTHEAD = 120
# A line that fills this share of the width is running text.
RUNNING_WIDTH = 0.8
# Lone numbers that count the pages of a file without page breaks stand this many lines apart at least.
SHORTEST_PAGE = 8
# A line of running text has so many characters at least.
SHORTEST_LINE = 30

# Words that together make a line a masthead, in any order since damage moves them.
MASTHEAD_LABELS = tuple(
    frozenset(label.split())
    for label in (
        "עורכי הסדרה",
        "עורך הסדרה",
        "עורכת הסדרה",
        "עורכי הסידרה",
        "חברי המערכת",
        "עורך ראשי",
        "עורכת ראשית",
        "כל הזכויות שמורות",
        "ISSN",
        "ISBN",
    )
)
MONTHS = "ינואר|פברואר|מרץ|מרס|אפריל|מאי|יוני|יולי|אוגוסט|ספטמבר|אוקטובר|נובמבר|דצמבר"
_ISSUE = re.compile(
    r"(?:גיליון|גליון|כרך|חוברת)\s*(?:מס['׳]?|מספר)?\s*[-:]?\s*\d|\d\s*(?:גיליון|גליון|כרך|חוברת)"
)
_DATE = re.compile(rf"[\W\d]*(?:[בל]?-?(?:{MONTHS})\b[\W\d]*)|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:עמ['׳]|עמוד|Page|page)\W*)?(?P<page>\d{1,4}|[ivxl]{1,6})(?:\s*(?:מתוך|of|/|\|)\s*\d{1,4})?\W*"
)
# What browsers print at the edges of each page: an address, or date and time.
_PRINTED = re.compile(r"(?:https?|file)://\S|\d{1,2}/\d{1,2}/\d{2,4}, \d{1,2}:\d\d")
_WORD = re.compile(r"[^\W\d_]+(?:['\"״׳][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Row:
    """A line on its page: `sheet` counts pages from 0, `gap` the blank lines above it."""

    line: Line
    sheet: int = 0
    gap: int = 0

    @property
    def text(self) -> str:
        return self.line.text


def flag_rows(rows: Sequence[Row]) -> list[Kind | None]:
    """Return for each row its kind of furniture, FOOTNOTE, or None for the body of the document."""
    sheets = _sheets(rows)
    flags: dict[int, Kind] = {}
    raised = _raised(rows)
    for found in (
        _mastheads(rows),
        _repeated(rows, sheets),
        _page_numbers(rows, sheets),
        _titles(rows, sheets),
        dict.fromkeys(raised, Kind.PAGE_NUMBER),
    ):
        for index, kind in found.items():
            flags.setdefault(index, kind)
    for index in _footnotes(rows, sheets, frozenset(flags) - raised):
        flags[index] = Kind.FOOTNOTE
    return [flags.get(index) for index in range(len(rows))]


def is_masthead(text: str) -> bool:
    """Tell whether a line at an edge of a document is part of its masthead: issue, date, series editors."""
    if len(text) > LONGEST_MASTHEAD:
        return False
    words = frozenset(_WORD.findall(text))
    if any(label <= words for label in MASTHEAD_LABELS):
        return True
    if "|" in text and re.search(r"\d", text):
        return True
    return not is_finished(text) and bool(_ISSUE.search(text) or _DATE.fullmatch(text))


def is_byline(text: str) -> bool:
    """Tell whether a short line starts with an honorific or with the word for 'by'."""
    return text.startswith(HONORIFICS) and not is_finished(text)


def is_page_number(text: str) -> bool:
    """Tell whether a line is nothing but a page number."""
    return _PAGE_NUMBER.fullmatch(text) is not None


def _sheets(rows: Sequence[Row]) -> list[list[int]]:
    sheets: dict[int, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        sheets[row.sheet].append(index)
    return list(sheets.values())


def _edges(sheet: Sequence[int]) -> Iterable[int]:
    yield from sheet[:EDGE]
    yield from sheet[max(EDGE, len(sheet) - EDGE) :]


def _mastheads(rows: Sequence[Row]) -> dict[int, Kind]:
    """Find mastheads at the top, before the first line that reads as running text, and at the end."""
    top = range(min(MASTHEAD_TOP, len(rows)))
    bottom = range(max(len(top), len(rows) - MASTHEAD_BOTTOM), len(rows))
    return {
        index: Kind.MASTHEAD
        for index in (*top, *bottom)
        if is_masthead(rows[index].text) and len(rows) > 1 and not find_mark(rows[index].text)
    }


def _words(text: str) -> tuple[str, ...]:
    return tuple(sorted(_WORD.findall(text)))


def _repeated(rows: Sequence[Row], sheets: Sequence[Sequence[int]]) -> dict[int, Kind]:
    """Find lines that stand at the same edge of several pages, whatever number they carry."""
    if len(sheets) < 2:
        return {}
    seen: Counter[tuple[bool, tuple[str, ...]]] = Counter()
    places: list[tuple[int, tuple[bool, tuple[str, ...]]]] = []
    for sheet in sheets:
        keys = {index: (index in sheet[:EDGE], _words(rows[index].text)) for index in _edges(sheet)}
        seen.update(set(keys.values()))
        places.extend(keys.items())
    least = max(2, len(sheets) * REPEATED_SHARE)
    return {
        index: Kind.RUNNING_TITLE
        for index, key in places
        if (key[1] and seen[key] >= least and not _is_title(rows, sheets[0], index))
        or _PRINTED.match(rows[index].text)
    }


def _is_title(rows: Sequence[Row], first: Sequence[int], index: int) -> bool:
    """Tell the title of the first page from the running title that repeats it: running text follows."""
    after = index + 1
    if index not in first[:EDGE] or after not in first:
        return False
    return len(rows[after].text) > RUNNING_WIDTH * _width(rows) > len(rows[index].text)


def _width(rows: Sequence[Row]) -> int:
    return sorted(len(row.text) for row in rows)[-1 - len(rows) // 10] if rows else 0


def _page_numbers(rows: Sequence[Row], sheets: Sequence[Sequence[int]]) -> dict[int, Kind]:
    paged = len(sheets) > 1 or (rows and rows[0].line.page is not None)
    if paged:
        candidates = [index for sheet in sheets for index in _edges(sheet)]
        found = [index for index in candidates if is_page_number(rows[index].text)]
    else:
        found = _counted(rows)
    return dict.fromkeys(found, Kind.PAGE_NUMBER)


def _raised(rows: Sequence[Row]) -> frozenset[int]:
    """Find note marks that the extractor put on lines of their own, inside a sentence of a page."""
    return frozenset(
        index
        for index in range(1, len(rows) - 1)
        if rows[index].line.page is not None
        and re.fullmatch(r"\d{1,3}|[⁰¹²³⁴-⁹]+", rows[index].text)
        and rows[index - 1].line.page == rows[index + 1].line.page
        and len(rows[index - 1].text) > SHORTEST_LINE
        and not is_finished(rows[index - 1].text)
        and re.match(r"[^\W\d]", rows[index + 1].text)
    )


def _counted(rows: Sequence[Row]) -> list[int]:
    """Find lone numbers that count up by one, a page apart, in a file that lost its page breaks."""
    alone = [index for index, row in enumerate(rows) if row.text.strip(" -–").isdecimal()]
    found: set[int] = set()
    for before, after in pairwise(alone):
        numbers = [int(rows[index].text.strip(" -–")) for index in (before, after)]
        if numbers[1] == numbers[0] + 1 and after - before >= SHORTEST_PAGE:
            found.update((before, after))
    return sorted(found)


def _titles(rows: Sequence[Row], sheets: Sequence[Sequence[int]]) -> dict[int, Kind]:
    """Find lines that repeat the words of the document's first lines beside a page number."""
    short = RUNNING_WIDTH * _width(rows)
    top = [
        frozenset(_words(row.text))
        for row in rows[:EDGE]
        if len(row.text) < short and not row.text.endswith((".", ","))
    ]
    title = frozenset[str]().union(*top)
    if len(sheets) > 1:
        places = [index for sheet in sheets[1:] for index in _edges(sheet)]
    else:
        places = list(range(EDGE + 1, len(rows)))
    return {index: Kind.RUNNING_TITLE for index in places if _repeats(rows[index].text, title, top)}


def _repeats(text: str, title: frozenset[str], top: Sequence[frozenset[str]]) -> bool:
    words = frozenset(_words(text))
    longest = max(map(len, top), default=0)
    numbered = re.search(r"^\W*\d+\s|\s\d+\W*$", text) is not None
    return len(words) >= 2 and words <= title and (words in top or (numbered and 2 * len(words) > longest))


def _footnotes(
    rows: Sequence[Row], sheets: Sequence[Sequence[int]], furniture: frozenset[int]
) -> Iterable[int]:
    """Yield the rows of the footnotes at the foot of each page, or at the end of a file without pages.

    A note counts only if it carries the next number and, where the number stands bare, if the text above
    refers to it.
    """
    expected = 1
    for sheet in sheets:
        body = [index for index in sheet if index not in furniture]
        inside = False
        for place, index in enumerate(body):
            note = find_note(rows[index].text)
            if note is not None and note[1] in (expected, 1):
                low = place > 0 and 2 * place >= len(body)
                above = [rows[other].text for other in range(index) if other not in furniture]
                if inside or (low and _is_referred(note[0], above)):
                    expected, inside = note[1] + 1, True
            if inside:
                yield index


def _is_referred(marker: str, above: Sequence[str]) -> bool:
    """Tell whether the text refers to the note; raised numbers and brackets need no such proof."""
    if not marker.isascii() or not marker.isdigit():
        return True
    referred = re.compile(
        rf"(?<![\d,.:/%-]){marker}(?![\d,:/%-]|\.\d)|[^\W\d_]{{2}}[.,:;\"')]*{marker}(?!\d)"
    )
    return any(referred.search(text) for text in above)
