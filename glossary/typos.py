"""Words one letter away from a glossary's names, by an index of deletions.

Source: W. Garbe's SymSpell (2012): two words one edit apart share a word that lacks one letter of each.
"""

from collections.abc import Iterable, Iterator

from glossary.hebrew import LOOKALIKES, fold, word_keys
from glossary.terms import shipped

MIN_LETTERS = 6

# fmt: off
# Everyday words and names of the world that are one inner letter away from a name of this field (Erbil,
# Ardabil; minerals, Mingrelians; America, Africa).
OTHER_WORDS = frozenset((
    "אבחזית", "אוגדה", "אוזניה", "אומניים", "אומנים", "אונייה", "אוסטריה", "אוסטרליה", "אורלנד",
    "איטלקייה", "איילנד", "אירופי", "אירנית", "אלמנטי", "אמניה", "אמנים", "אמריקאי", "אמריקה", "אנגלה",
    "אנגלית", "אנטוניה", "אנטליה", "אנקליה", "אנריקה", "אנרכיה", "אפריקה", "ארביל", "ארגנים", "ארדלאן",
    "ארדנים", "ארמייה", "ארמים", "ארמנית", "בולטימור", "בלאוס", "בריטניקה", "גאורגית", "גרדנייה",
    "גרמניות", "גרמנית", "האיגוד", "הודיות", "הולנדית", "החותמים", "הציבור", "הציור", "הרמוניה", "הרמונית",
    "התוכנות", "חותמים", "חנקני", "טאינאן", "טאליין", "טאלין", "טורקית", "טורקנה", "טרטור", "יווניות",
    "ירדנית", "כורים", "כורתים", "כנענית", "לאומיות", "לבנונית", "ליטניה", "מאוחדת", "מאוחרת", "מארגנים",
    "מדידות", "מדרון", "מוזיקה", "מולדתה", "מונגולית", "מוסיקה", "מוקדמות", "מיוחדת", "מינרליים",
    "מינרלים", "מכניקה", "מסדרון", "מעניקה", "מעסיקו", "מערות", "מערכת", "מצרית", "מקסימו", "מרבית",
    "משמעות", "משמשות", "מתקדמות", "נדיבות", "נסיבות", "נציגות", "נתיבות", "סוואני", "סוחוי", "סוריות",
    "סלובניה", "סלובקיה", "סמליה", "סעדיה", "סעודה", "סרביות", "עצמאיות", "ערבות", "ערביות", "פולניה",
    "פורטוריקו", "קטרית", "קרונוס", "רוחנית", "רומית", "רומנטית", "רומניות", "רומנית", "רוסיות", "שוודית",
    "תוכנת", "תומכיה", "תורמיה",
))
# fmt: on


class TypoIndex:
    """Folded words of at least six letters, found by a word that differs in one letter inside.

    One letter is replaced, left out, put in or swapped with its neighbour. The first and the last stay: there
    another letter is a prefix or an ending, so another word (Turkish, טורקית, is no slip for Turkey, טורקיה).
    """

    def __init__(self, words: Iterable[str], known: Iterable[str] = ()) -> None:
        """Index the words; those known, shipped names and everyday words are never taken for a slip."""
        shipped_words = {key for term in shipped() for key in word_keys(term.source)}
        long = {word for word in words if _letters(word) >= MIN_LETTERS}
        self.known = {*long, *known, *shipped_words, *map(fold, LOOKALIKES | OTHER_WORDS)}
        self._index: dict[str, list[str]] = {}
        for word in sorted(long):
            for shorter in {word, *_deletions(word)}:
                self._index.setdefault(shorter, []).append(word)

    def corrections(self, word: str) -> tuple[str, ...]:
        """Return the words that a folded word may be a slip for; none where it is a known word itself."""
        if word in self.known or len(word) < MIN_LETTERS - 1:
            return ()
        found = {near for shorter in (word, *_deletions(word)) for near in self._index.get(shorter, ())}
        return tuple(sorted(near for near in found if _is_slip(word, near)))


def _letters(word: str) -> int:
    return sum(char.isalpha() for char in word)


def _deletions(word: str) -> Iterator[str]:
    """Yield the word without one of its inner letters."""
    return (word[:at] + word[at + 1 :] for at in range(1, len(word) - 1))


def _is_slip(word: str, meant: str) -> bool:
    """Tell whether one edit inside, by a letter or a swap, makes one word of the other."""
    if word[0] != meant[0] or word[-1] != meant[-1]:
        return False
    if len(word) != len(meant):
        short, long = sorted((word, meant), key=len)
        return len(long) - len(short) == 1 and short in _deletions(long)
    differ = [at for at, (one, other) in enumerate(zip(word, meant, strict=True)) if one != other]
    if len(differ) == 2 and differ[1] == differ[0] + 1:
        first, second = differ
        return word[first] == meant[second] and word[second] == meant[first]
    return len(differ) == 1
