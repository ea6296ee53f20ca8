"""Numbers and their prefixes, brackets and ranges: what an extractor swaps although the words stand right."""

import re

from glossary.hebrew import HEBREW_LETTERS
from mt.repair.visual import MIRRORED

# A number takes the mark behind it along when it is moved ("ב1994,-" for "ב-1994,").
_NUMBER = r"\d+(?:[.,:/]\d+)*%?"
_PREFIX = r"[ושמכ]?[בהלמכש]|כש|מש|לכש"
_BEHIND = re.compile(
    rf"(?<![\w.,:/\u2013-])({_NUMBER}[.,]?)([-\u05be\u2013])({_PREFIX})(?!\w|['\"\u05f3\u05f4])"
)
# "ב26-": letters that touch a number, and a hyphen that touches nothing, or a second number.
_ASTRIDE = re.compile(
    rf"(?<![{HEBREW_LETTERS}\d'\"\u05f3\u05f4-])([{HEBREW_LETTERS}]+)({_NUMBER}[.,]?)([-\u2013])(?![{HEBREW_LETTERS}A-Za-z\d])"
)
# Years, and numbers with thousands; smaller ones may be scores or dates.
_RANGE = re.compile(
    r"(?<![\w.,:/\u2013-])((?:19|20)\d\d|\d{1,3}(?:,\d{3})+)([-\u2013])((?:19|20)\d\d|\d{1,3}(?:,\d{3})+)(?![\w%\u2013-]|[.,]\d)"
)
_OPENING, _CLOSING = "([{", ")]}"
# An empty pair, as code has it, faces nothing.
_BRACKET = re.compile(r"\(\)|\[\]|\{\}|(?P<one>[][(){}])")


def mend_numbers(line: str) -> str:
    """Return the line with prefixes before their numbers and brackets that face what they enclose."""
    return _ASTRIDE.sub(r"\1\3\2", _BEHIND.sub(r"\3\2\1", mend_brackets(line)))


def mend_ranges(line: str) -> str:
    """Return the line with its descending ranges ascending: for documents whose numbers were swapped."""
    return _RANGE.sub(_ascending, line)


def mend_brackets(line: str) -> str:
    """Return the line mirrored where more of its brackets face away from a word than towards one."""
    return line.translate(MIRRORED) if bracket_balance(line) < 0 else line


def turn_brackets(line: str) -> str:
    """Return the line with every bracket that faces away from its word turned, each by itself."""
    return _BRACKET.sub(
        lambda match: (
            match[0].translate(MIRRORED) if match["one"] and _facing(line, match.start()) < 0 else match[0]
        ),
        line,
    )


def bracket_balance(line: str) -> int:
    """Return how many brackets face the word they touch, less those that face away from it."""
    return sum(_facing(line, match.start()) for match in _BRACKET.finditer(line) if match["one"])


def _facing(line: str, place: int) -> int:
    """Return 1 for a bracket that opens before or closes behind a word, -1 for the reverse, 0 in doubt."""
    behind = line[place - 1 : place].strip(_OPENING + _CLOSING).strip()
    ahead = line[place + 1 : place + 2].strip(_OPENING + _CLOSING).strip()
    solid_behind, solid_ahead = bool(behind), bool(ahead) and ahead not in ".,;:!?-\u2013'\""
    if solid_behind == solid_ahead:
        return 0
    return 1 if (line[place] in _OPENING) is solid_ahead else -1


def _ascending(match: re.Match[str]) -> str:
    first, hyphen, second = match.groups()
    values = [int(number.replace(",", "")) for number in (first, second)]
    return match.group() if values[0] <= values[1] else f"{second}{hyphen}{first}"
