"""Read the words of one document: which letters are prefixes, and how much the rest is like a name."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from glossary.hebrew import GERESH, GERSHAYIM, clean_text, fold, prefix_spans
from glossary.names import Knowledge, knowledge, letters
from glossary.names.words import BODIES, HEADS, STOPS, TITLES

NO_NAMES = STOPS | TITLES | HEADS
MARKERS = HEADS | TITLES | BODIES
MARKER = 3.0
# A word this frequent begins and ends no term; one this frequent is no term by itself.
VERY_FREQUENT, FREQUENT = 6, 4
_GERESH_LETTER = re.compile(f"[גזצץתדט][{GERESH}]")
_ACRONYM = re.compile(f"[א-ת][{GERSHAYIM}][א-ת]$")
# A short stem that the document has behind one prefix only is one by chance; by its letters.
SHORT = {1: 5.0, 2: 4.0, 3: 2.5, 4: 1.0}
# Endings of adjectives and peoples made from names of places, and what the places have instead.
_OF_PLACE = re.compile("(?:י|ית|ימ|יימ|ות|יות)$")
_PLACE_ENDINGS = ("", "ה", "יה")
# What each kind of evidence adds to the log-odds of a prefix being one, and of a word being a name.
FAMILIAR, FORMS, BARE, FOREIGN, EVERYDAY, SPLIT, LONE_VAV = 3.0, 1.5, 1.0, 0.3, 1.2, 0.3, 3.0
BASE, KNOWN, GERESH_LETTER, ARTICLE, ACRONYM, OF_PLACE = -1.2, 1.4, 1.0, 1.2, 1.5, 8.0


# From this frequency on it says nothing more for a reading: that a word exists is all.
ENOUGH = 3


class Follows(Enum):
    """What stands before a word: a title or head, a name, a name with a hyphen."""

    NOTHING, TITLE, NAME, TIED = range(4)


FOLLOWS = {Follows.NOTHING: 0.0, Follows.TITLE: 1.5, Follows.NAME: 0.5, Follows.TIED: 2.0}


@dataclass(frozen=True, slots=True)
class Reading:
    """A word parted into its prefix, perhaps none, and its stem."""

    prefix: str
    stem: str


class Reader:
    """Reads words by what the whole document has: a stem is one that stands behind several prefixes."""

    def __init__(self, words: Iterable[re.Match[str]]) -> None:
        self._known: Knowledge = knowledge()
        self._behind: defaultdict[str, set[str]] = defaultdict(set)
        self._readings: dict[str, Reading] = {}
        for word in words:
            for reading in _splits(clean_text(word[0])):
                self._behind[fold(reading.stem)].add(reading.prefix)

    def read(self, word: str) -> Reading:
        """Return the likeliest reading of a word."""
        word = clean_text(word)
        if word not in self._readings:
            self._readings[word] = max(_splits(word), key=self._value)
        return self._readings[word]

    def _value(self, reading: Reading) -> float:
        """Return how likely a reading is; only its order among those of the same word counts."""
        key = fold(reading.stem)
        forms, frequency = len(self._behind[key]), self._known.frequency(key)
        value = FORMS * math.log(forms) + EVERYDAY * min(ENOUGH, frequency)
        if not frequency:
            value += FOREIGN * min(5.0, self._known.foreignness(reading.stem))
        value += FAMILIAR * self._known.is_name(key) + MARKER * (key in MARKERS)
        return value - self._cost(reading, key, forms) if reading.prefix else value

    def _cost(self, reading: Reading, key: str, forms: int) -> float:
        """Return what speaks against a prefix."""
        frequency = self._known.frequency(key)
        cost = SPLIT + 0.3 * len(reading.prefix) - BARE * ("" in self._behind[key])
        if forms < 2 and not frequency and key not in MARKERS:
            cost += SHORT.get(len(key), 0.0)
        if reading.prefix == "ה" and len(key) > 2 and frequency >= max(1, self._known.frequency("ה" + key)):
            cost -= ARTICLE
        # Behind a prefix a vav that is a consonant is doubled.
        return cost + LONE_VAV * bool(re.match("ו(?!ו)", reading.stem))

    def likeness(self, reading: Reading, follows: Follows) -> float:
        """Return how much a word is like a name, from 0 to 1, after what it follows."""
        key = fold(reading.stem)
        if len(letters(key)) < (3 if reading.prefix else 2):
            return 0.0
        if any(fold(split.stem) in NO_NAMES for split in _splits(reading.prefix + reading.stem)):
            return 0.0
        odds = BASE + self._known.foreignness(reading.stem)
        odds = max(-4.0, min(4.0, odds)) - KNOWN * self._known.frequency(key)
        odds += FAMILIAR * self._known.is_name(key)
        odds -= OF_PLACE * self._is_of_place(key)
        odds += GERESH_LETTER * bool(_GERESH_LETTER.search(reading.stem))
        odds += FOLLOWS[follows] * (not reading.prefix or follows != Follows.NAME)
        odds -= ARTICLE * any(prefix.endswith("ה") for prefix in self._behind[key])
        if _ACRONYM.search(reading.stem):
            odds = ACRONYM - KNOWN * self._known.frequency(key)
        odds += 0.5 * math.log(len(self._behind[key]))
        return 1 / (1 + math.exp(-odds))

    def _is_of_place(self, key: str) -> bool:
        """Tell whether a word is made from a place's name: Georgian, Georgians."""
        ending = _OF_PLACE.search(key)
        if ending is None or ending.start() < 3:
            return False
        return any(self._known.is_name(key[: ending.start()] + other) for other in _PLACE_ENDINGS)

    def is_term(self, key: Sequence[str]) -> bool:
        """Tell whether folded words may be a term: no function word, and none at the ends that is everywhere.

        A word alone must be rarer.
        """
        ends = {key[0], key[-1]}
        if STOPS.intersection(key) or key[0] in TITLES or any(len(word) < 2 for word in ends):
            return False
        least = VERY_FREQUENT if len(key) > 1 else FREQUENT
        return all(self._known.frequency(word) < least for word in ends)

    def rarity(self, key: Sequence[str]) -> float:
        """Return how seldom the words are elsewhere, from 0 to 1."""
        return 1 - sum(self._known.frequency(word) for word in key) / (len(key) * 9)


def _splits(word: str) -> list[Reading]:
    whole = word.rstrip(GERSHAYIM)
    spans = [(0, 0), *prefix_spans(whole)]
    return [Reading(whole[:end], whole[start:]) for end, start in spans]
