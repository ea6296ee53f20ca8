"""The numbers and bullets that Word draws before paragraphs, computed from a docx file's numbering part."""

import re
from dataclasses import dataclass, field
from typing import Any

from mt.marks import BULLETS, hebrew_numeral

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list: number format (ECMA-376 17.18.59), pattern ("%1.%2."), first number."""

    format: str
    pattern: str
    start: int


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each has counted."""

    levels: dict[tuple[str, int], _Level]
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def marker(self, number: str, depth: int) -> str:
        """Count one more paragraph of the list at this depth (from 0) and return its mark."""
        level = self.levels.get((number, depth), _Level("bullet", "", 1))
        counts = self.counts.setdefault(number, {})
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        if level.format == "bullet":
            return BULLETS[0]
        if level.format == "none":
            return ""
        return re.sub(r"%(\d)", lambda place: self._number(number, int(place[1]) - 1), level.pattern)

    def _number(self, number: str, depth: int) -> str:
        level = self.levels.get((number, depth), _Level("decimal", "", 1))
        return formatted(self.counts[number].get(depth, level.start), level.format)


def formatted(number: int, style: str) -> str:
    """Return a number as Word writes it in the named format; an unknown format is decimal."""
    if style == "hebrew1" and 0 < number < 100:
        return hebrew_numeral(number)
    if style == "hebrew2" and 0 < number <= 22:
        return "אבגדהוזחטיכלמנסעפצקרשת"[number - 1]
    if style in ("lowerLetter", "upperLetter") and 0 < number <= 26:
        letter = chr(ord("a") + number - 1)
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman") and 0 < number < 40:
        return roman(number) if style == "lowerRoman" else roman(number).upper()
    return str(number)


def roman(number: int) -> str:
    """Return a number below 40 in small Roman numerals."""
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


def numbering_of(root: Any) -> Numbering:
    """Read a numbering part's XML, or an empty one from None."""
    if root is None:
        return Numbering({})
    abstract = {item.get(f"{W}abstractNumId"): item for item in root.findall(f"{W}abstractNum")}
    levels: dict[tuple[str, int], _Level] = {}
    for item in root.findall(f"{W}num"):
        kind = item.find(f"{W}abstractNumId")
        source = abstract.get(kind.get(f"{W}val")) if kind is not None else None
        for level in source.findall(f"{W}lvl") if source is not None else ():
            levels[item.get(f"{W}numId"), int(level.get(f"{W}ilvl", "0"))] = _level(level)
    return Numbering(levels)


def _level(item: Any) -> _Level:
    def value(name: str, default: str) -> str:
        found = item.find(f"{W}{name}")
        return default if found is None else str(found.get(f"{W}val", default))

    start = value("start", "1")
    return _Level(value("numFmt", "decimal"), value("lvlText", ""), int(start) if start.isdecimal() else 1)
