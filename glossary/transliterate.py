"""Hebrew names in English letters: a joint-sequence model decoded by a beam, and plain rules beside it."""

import heapq
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from glossary.hebrew import GERESH, GERSHAYIM, HYPHENS, clean_text
from glossary.names import knowledge, letters
from glossary.names.joint import END, ORDER, START, Gram, Unit, chance_of

BEAM = 16

_ACRONYM = re.compile(f"[{GERSHAYIM}]|[{GERESH}]{{2}}")
_JOINT = re.compile(rf"([\s\u2013{HYPHENS}]+)")
# Particles of names; the model sees words alone and would make other names of them (Academy of the Hebrew
# Language, "Transliteration from Hebrew to Latin script", and the usage of the press).
PARTICLES = {
    "אל": "al", "א": "al", "בן": "ben", "בין": "bin", "בת": "bat", "בר": "bar", "אבו": "Abu", "אום": "Umm",
    "אבן": "ibn", "עבד": "Abd", "די": "di", "דה": "de", "דל": "del", "פון": "von", "ואן": "van", "ון": "van",
    "לה": "la", "או": "o", "סן": "San", "סנט": "St.", "בית": "Beit", "כפר": "Kfar", "ניו": "New",
}  # fmt: skip
# Consonants by rule, each followed by what its geresh makes of it.
_RULES = {
    "ב": "v", "ג": "g", "ג'": "j", "ד": "d", "ד'": "dh", "ה": "h", "ז": "z", "ז'": "zh", "ח": "h",
    "ח'": "kh", "ט": "t", "כ": "kh", "ך": "kh", "ל": "l", "מ": "m", "ם": "m", "נ": "n", "ן": "n",
    "ס": "s", "ע": "a", "ע'": "gh", "פ": "f", "ף": "f", "צ": "tz", "ץ": "tz", "צ'": "ch", "ץ'": "ch",
    "ק": "k", "ר": "r", "ר'": "gh", "ש": "sh", "ת": "t", "ת'": "th", "א": "a",
    "ו": "v", "וו": "v", "ו'": "w", "י": "y",
}  # fmt: skip
_INITIAL = {"ב": "b", "כ": "k", "פ": "p"}
_VOWELS = tuple("aeiou")
_VOWEL_LETTERS = frozenset("אוהיע")


def transliterate(name: str, count: int = 1) -> list[str]:
    """Return likely English spellings of a Hebrew name, best first: one at least, `count` at most.

    Words and hyphens stand as in the name; an abbreviation with gershayim is spelled by its letters' sounds.
    """
    parts = _JOINT.split(clean_text(name).strip())
    best: list[tuple[float, str]] = [(0.0, "")]
    for at, part in enumerate(parts):
        options = [(0.0, " " if part.isspace() else "-")] if at % 2 else _word(part, count)
        joined = [(value + more, text + option) for value, text in best for more, option in options]
        best = sorted(joined, key=lambda item: -item[0])[:count]
    return [text[:1].upper() + text[1:] for _, text in best]


def _word(word: str, count: int) -> list[tuple[float, str]]:
    """Return spellings of one word with their log-probabilities."""
    word = word.strip(GERSHAYIM)
    if word in PARTICLES:
        return [(0.0, PARTICLES[word])]
    if not letters(word):
        return [(0.0, word)]
    if _ACRONYM.search(word):
        return [(0.0, by_rule(word).upper())]
    found = decode(word)[:count] or ((by_rule(word), 0.0),)
    return [(value, text.capitalize()) for text, value in found]


@cache
def decode(word: str) -> tuple[tuple[str, float], ...]:
    """Return lower-case spellings of one word with their log-probabilities, best first, by beam search.

    Spellings that several segmentations lead to have the sum of their probabilities.
    """
    known, by_source = knowledge(), _by_source()
    source = [unit if unit in by_source else unit[:1] for unit in letters(word)]
    waiting: list[dict[tuple[Gram, str], float]] = [{} for _ in range(len(source) + 1)]
    waiting[0][(START,) * (ORDER - 1), ""] = 0.0
    for place in range(len(source)):
        hypotheses = heapq.nlargest(BEAM, waiting[place].items(), key=lambda item: item[1])
        for (context, text), value in hypotheses:
            for wide in (1, 2):
                if place + wide > len(source):
                    continue
                ahead = waiting[place + wide]
                for unit in by_source.get("".join(source[place : place + wide]), ()):
                    state = (*context[1:], unit), text + unit[1]
                    reached = value + chance_of((*context, unit), known.logs, known.falls)
                    ahead[state] = max(reached, ahead.get(state, -math.inf))
    sums: dict[str, float] = defaultdict(float)
    for (context, text), value in waiting[-1].items():
        if text:
            sums[text] += math.exp(value + chance_of((*context, END), known.logs, known.falls))
    best = heapq.nlargest(BEAM, sums.items(), key=lambda item: item[1])
    return tuple((text, math.log(max(value, 1e-300))) for text, value in best)


@cache
def _by_source() -> dict[str, list[Unit]]:
    """Return the joint units by their Hebrew letters."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for unit in sorted(gram[0] for gram in knowledge().logs if len(gram) == 1):
        found[unit[0]].append(unit)
    return dict(found)


def by_rule(name: str) -> str:
    """Return the name by rules of thumb alone: letters with geresh, stops, vowel letters, endings.

    Vowels that are not written are an "a" between two consonants.
    """
    return " ".join(_word_by_rule(letters(word)) for word in clean_text(name).split())


def _word_by_rule(source: Sequence[str]) -> str:
    units = re.findall("וו|יי|[א-ת]'?", "".join(source))
    text = ""
    for at, unit in enumerate(units):
        before, after = "".join(units[:at][-1:]), "".join(units[at + 1 :][:1])
        text += _sound(unit, before, after)
        # Between two consonants a vowel, unless one stands before the first of them.
        opens = not _VOWEL_LETTERS.issuperset(after) and text[-2:-1] not in _VOWELS
        if after and opens and text and text[-1] not in _VOWELS:
            text += "a"
    return text


def _sound(unit: str, before: str, after: str) -> str:
    """Return what a letter stands for between two others; "" at the ends of a word."""
    if unit in ("י", "יי"):
        return "y" if not before or after in ("ו", "א", "ה") else "i" if unit == "י" else "ai"
    if unit == "ו":
        return "o" if before else "v"
    if unit in ("א", "ע") and before:
        return "" if after in ("ו", "י", "יי") else "a"
    if unit == "ה" and before:
        return "h" if after else "" if before == "א" else "a"
    if unit == "פ" and not after:
        return "p"
    sound = None if before else _INITIAL.get(unit)
    return sound or _RULES.get(unit) or _RULES.get(unit[:1], "")


def letter_by_letter(name: str) -> str:
    """Return each letter's usual counterpart and nothing else: the least that a method must beat."""
    return " ".join(
        "".join(_RULES.get(unit) or _RULES[unit[:1]] for unit in letters(word)) for word in name.split()
    )
