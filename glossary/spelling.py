"""How far spellings of a Hebrew term may differ: weak letters in long names, the article on later words."""

import re
from collections.abc import Sequence

SKELETON_TERM_LETTERS = 7
SKELETON_LETTERS = 4
SKELETON_SURFACE_LETTERS = 5
# In a word this short a doubled vav or yod tells words apart: Greece (יוון) is no ion (יון).
SHORT_LETTERS = 5
_WEAK = re.compile("[ויא'](?![הת]?$)")


def skeleton(key: str) -> str:
    """Return a folded word without inner vav, yod, aleph and geresh; a word under four letters stays.

    Endings keep theirs: without it Saudi Arabia (סעודיה) would be a meal (סעודה), states (מדינות) a state.
    """
    return key if len(key) < 4 else key[0] + _WEAK.sub("", key[1:])


def has_skeleton(words: Sequence[str]) -> bool:
    """Tell whether a name of these folded words is long enough to be known by its skeleton."""
    return letters(words) >= SKELETON_TERM_LETTERS and letters([*map(skeleton, words)]) >= SKELETON_LETTERS


def letters(words: Sequence[str]) -> int:
    """Count the letters of folded words; a geresh is none."""
    return sum(len(word) - word.count("'") for word in words)


def bare(key: str) -> str:
    """Return the folded word without its article; a first letter ה goes as well, on both sides alike."""
    rest = key.lstrip("ה")
    return rest if len(rest) > 1 else key[-2:]


def is_near(keys: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether a surface with a term's skeleton has a letter more or less a word at most.

    A letter in another's place makes another word: Mongolia (מונגוליה) is not "from England" (מאנגליה).
    """
    if letters(keys) < SKELETON_SURFACE_LETTERS:
        return False
    later = zip(map(bare, keys[1:]), map(bare, words[1:]), strict=True)
    return all(
        one == other or _drops_one(one, other) or _drops_one(other, one)
        for one, other in [(keys[0], words[0]), *later]
    )


def _drops_one(short: str, long: str) -> bool:
    return len(short) + 1 == len(long) and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def is_short(words: Sequence[str]) -> bool:
    """Tell whether a term of these folded words must be spelled as the glossary spells it."""
    return len(words) == 1 and len(words[0]) <= SHORT_LETTERS


def is_alike(spelling: str, other: str) -> bool:
    """Tell whether two spellings are one but for a first vav, which is doubled after a prefix."""
    return spelling.lstrip("ו") == other.lstrip("ו") and bool(vavs(spelling)) == bool(vavs(other))


def vavs(spelling: str) -> int:
    """Count the vavs that a word begins with."""
    return len(spelling) - len(spelling.lstrip("ו"))
