"""Inflect the Hebrew of a common noun: its plurals, its construct states, and the adjectives that agree."""

from collections.abc import Iterator
from typing import NamedTuple

from glossary.hebrew import WORD, spell

PLURAL, SINGULAR, CONSTRUCT, POSSESSIVE = "plural", "singular", "construct", "possessive"
# A noun of so few letters takes no ending but ים: with another it soon is a different word.
SHORT_LETTERS = 3
LONGEST_PHRASE = 6
_OF = (" of ", " for ", " on ", " in ", " to ")
_SINGULAR_S = ("ss", "us", "is", "ics", "news", "customs", "series", "headquarters")
_SUFFIXES = ("ו", "ה", "ם", "ן", "נו")

# fmt: off
# Plurals that no rule gives, by the dictionaries: absolute, construct.
IRREGULAR = {
    "איש": ("אנשים", "אנשי"), "אישה": ("נשים", "נשות"), "בית": ("בתים", "בתי"), "בן": ("בנים", "בני"),
    "בת": ("בנות", "בנות"), "עיר": ("ערים", "ערי"), "יום": ("ימים", "ימי"), "שנה": ("שנים", "שנות"),
    "צד": ("צדדים", "צדדי"), "ברית": ("בריתות", "בריתות"), "חזית": ("חזיתות", "חזיתות"),
    "רשת": ("רשתות", "רשתות"), "קשת": ("קשתות", "קשתות"), "עיקרון": ("עקרונות", "עקרונות"),
    "כלי": ("כלים", "כלי"), "תנאי": ("תנאים", "תנאי"), "שדה": ("שדות", "שדות"), "מחנה": ("מחנות", "מחנות"),
    "מטה": ("מטות", "מטות"), "מכרה": ("מכרות", "מכרות"), "מחזה": ("מחזות", "מחזות"),
    "פה": ("פיות", "פיות"), "לילה": ("לילות", "לילות"), "צומת": ("צמתים", "צומתי"), "ראש": ("ראשים", "ראשי"),
    "אחות": ("אחיות", "אחיות"), "אב": ("אבות", "אבות"), "שם": ("שמות", "שמות"), "ים": ("ימים", "ימי"),
}
# Masculine nouns whose plural ends in ות.
MASCULINE_OT = frozenset((
    "אוצר", "אסון", "ארמון", "גבול", 'דו"ח', "דוח", "זיכרון", "חוב", "חזון", "חיסרון", "חסרון", "חשבון",
    "יסוד", "יתרון", "כוח", "כישלון", "מבוא", "מוסד", "מחסן", "מטבע", "מעמד", "מפתח", "מקום", "מקור",
    "נהר", "ניצחון", "סוד", "עיקרון", "פתרון", "צבא", "קול", "קרב", "רחוב", "רעיון", "רצון", "שולחן",
    "תור",
))
# Masculine nouns in ה, whose plural ends in ים.
MASCULINE_HE = frozenset((
    "חוזה", "מבנה", "מורה", "מכנה", "מלווה", "מענה", "מפנה", "מקרה", "מתוה", "מתווה", "נושה", "צופה",
    "קונה",
))
# Nouns whose construct plural is an everyday adjective as well (centre: "central").
WITH_ADJECTIVE = frozenset((
    "אוויר", "אולטימטום", "אופן", "אופק", "אזור", "אזרח", "אטום", "איגוד", "אידאל", "אידיאל", "אינסוף",
    "אמצע", "אנוש", "אסטרטג", "אסלאם", "אקדם", "ארגון", "ארכיון", "ביטחון", "ביצוע", "בנק", "בסיס",
    "גלובל", "גרעין", "דיפלומט", "דרום", "היגיון", "היקף", "הכרח", "המון", "הסבר", "זמן", "חודש", "חומר",
    "חופש", "חוק", "חיוב", "חינוך", "חלק", "חשמל", "טבע", "יום", "יישום", "יסוד", "יצוא", "כדור", "כוח",
    "כוכב", "כלכלן", "כסף", "כפר", "לאום", "לבנון", "לשון", "מבצע", "מגדר", "מגזר", "מדע", "מהפך",
    "מודיעין", "מודל", "מונופול", "מוסד", "מוסר", "מזרח", "מחוז", "מחזור", "מחקר", "מטרופולין", "מימון",
    "מין", "מכס", "ממסד", "ממשל", "מנהל", "מסחר", "מעגל", "מעמד", "מערב", "מקום", "מקור", "מקצוע", "מקרא",
    "מרחב", "מרכז", "משבר", "משטר", "משפט", "נושא", "נפט", "נפש", "סטנדרט", "סמל", "עולם", "עיקר", "ענף",
    "עסק", "עתיד", "פדרל", "פוטנציאל", "פנים", "צבא", "ציבור", "ציון", "צפון", "קוטב", "קניין", "קרטל",
    "קרקע", "רובוט", "רוחב", "ריאל", "ריכוז", "רפואן", "רשם", "שוליים", "שימוש", "שיתוף", "שלטון", "שליש",
    "תאגיד", "תהליך", "תוכן", "תחום", "תיאור", "תכנון", "תעשיין", "תפקוד", "תקציב", "תרבות",
))
# Regular endings that make another word, and mean it mostly: creatures, service, many, sky, days, are called.
OTHER_WORDS = frozenset((
    "אגרת", "אחדים", "אחריות", "אלים", "אמנות", "אמנים", "אשים", "בחירות", "בריות", "חיים", "ימים",
    "כוונת", "כותרת", "מזכרת", "מחברות", "מחברת", "מים", "מכונות", "מכונים", "מכסים", "מסורת", "מסכת",
    "מערכות", "מערכת", "משמרת", "ספרים", "עיתונות", "עצמאים", "פנים", "קרבות", "רבים", "שמיים", "שמים",
    "שרות", "תוצרת", "תחרות",
))
# Words that no noun in the construct state has after it.
NOT_AFTER_CONSTRUCT = frozenset((
    "אבל", "או", "אין", "אינה", "אינו", "אינם", "אך", "אל", "אלא", "אם", "אשר", "את", "בין", "בלי", "גם",
    "הוא", "היא", "היה", "היו", "הייתה", "הם", "הן", "זאת", "זה", "זו", "יהיה", "יהיו", "יש", "כאשר",
    "כבר", "כדי", "כי", "לא", "לאחר", "ללא", "לפי", "לפני", "מאז", "מן", "נגד", "עד", "על", "עם", "רק",
    "של", "תהיה",
))
# fmt: on


class Inflection(NamedTuple):
    """A form of a noun; one in the construct state has no article before it and a noun after it."""

    form: str
    surface: str
    is_bound: bool = False


def inflections(surface: str, is_plural: bool) -> Iterator[Inflection]:
    """Yield the forms of a noun or of a phrase that begins with one, spelled without final letters.

    A single word has its regular plural and its construct states where no everyday word looks alike. In a
    phrase the first word is inflected, and the second and last agree with it or stay: most of these forms
    are no Hebrew and do no harm, since all words must stand together. `is_plural` says that the form given
    is a plural; then the singular is sought, of phrases only (a lone נפגע is a verb more often than a noun).
    """
    words = [spell(word) for word in WORD.findall(surface)]
    if len(words) == 1:
        yield from _word_forms(words[0], is_plural)
    elif 1 < len(words) <= LONGEST_PHRASE:
        yield from _phrase_forms(words, is_plural)


def is_plural_english(target: str) -> bool:
    """Tell whether an English noun phrase has its head in the plural, by its ending."""
    head = f"{target} "
    for word in _OF:
        head = head.partition(word)[0]
    head = head.strip().lower()
    return head.endswith("s") and not head.endswith(_SINGULAR_S)


def _word_forms(word: str, is_plural: bool) -> Iterator[Inflection]:
    if is_plural:
        if word.endswith("ימ") and _letters(word) > SHORT_LETTERS + 1:
            yield Inflection(CONSTRUCT, word[:-1], is_bound=True)
        return
    if word.endswith(("ימ", "יי")):
        return
    is_short = _letters(word) <= SHORT_LETTERS
    if is_short and word.startswith("ו"):
        return  # its plural is the end of another word: וונים, "won", of שונים
    absolute, construct = _IRREGULAR.get(word) or _plural(word, is_short)
    for plural, is_bound in ((absolute, False), (construct, True)):
        if plural and plural not in _OTHER_WORDS and (not is_bound or construct != absolute):
            yield Inflection(PLURAL, plural, is_bound)
    if word.endswith("ה") and not is_short and word not in MASCULINE_HE and word not in _IRREGULAR:
        singular = word[:-1] + ("ית" if word.endswith("יה") and not word.endswith("ייה") else "ת")
        if singular not in _OTHER_WORDS:
            yield Inflection(CONSTRUCT, singular, is_bound=True)


def _plural(word: str, is_short: bool) -> tuple[str, str]:
    """Return the absolute and the construct plural of a lone noun by its ending; "" where it is not safe."""
    if word in _MASCULINE_OT:
        return word + "ות", word + "ות"
    if word in MASCULINE_HE:
        return word[:-1] + "ימ", word[:-1] + "י"
    if word.endswith(("ה", "ת")):
        plural = "" if is_short else word[:-2] + "ויות" if word.endswith("ות") else word[:-1] + "ות"
        return plural, plural
    if word.endswith("י"):
        return (word + "ימ", "") if word.endswith("וי") else ("", "")
    return word + "ימ", "" if is_short or word in _WITH_ADJECTIVE else word + "י"


def _phrase_forms(words: list[str], is_plural: bool) -> Iterator[Inflection]:
    head, rest = words[0], words[1:]
    heads = _singular_heads(head) if is_plural else _plural_heads(head)
    agree = _singular_adjectives if is_plural else _plural_adjectives
    places = {(), (0,), (len(rest) - 1,), (0, len(rest) - 1)}
    seen = {" ".join(words)}
    for changed in sorted({tuple(dict.fromkeys(place)) for place in places}):
        tails: list[list[str]] = [[]]
        for at, word in enumerate(rest):
            tails = [[*tail, form] for tail in tails for form in (agree(word) if at in changed else [word])]
        for phrase in (" ".join([form, *tail]) for form in heads for tail in tails):
            if phrase not in seen:
                seen.add(phrase)
                yield Inflection(SINGULAR if is_plural else PLURAL, phrase)
    if not is_plural:
        stem = head[:-1] + "ת" if head.endswith("ה") else head
        yield from (Inflection(POSSESSIVE, " ".join([stem + spell(end), *rest])) for end in _SUFFIXES)


def _plural_heads(word: str) -> list[str]:
    """Return the plurals, absolute and construct, that the first word of a phrase may have."""
    if word in _IRREGULAR:
        return list(dict.fromkeys(_IRREGULAR[word]))
    if word.endswith("ות"):
        return [word[:-2] + "ויות"]
    if word.endswith("ת"):
        return [word[:-1] + "ות"]
    if word.endswith("ה"):
        return [word[:-1] + "ות", word[:-1] + "ימ", word[:-1] + "י"]
    return [word + "ימ", word + "י", word + "ות"]


def _singular_heads(word: str) -> list[str]:
    """Return the singulars whose plural the first word of a phrase may be."""
    if word.endswith("ויות"):
        return [word[:-4] + "ות"]
    if word.endswith("ות"):
        return [word[:-2] + "ת", word[:-2] + "ה", word[:-2]]
    if word.endswith("ימ"):
        return [word[:-2]]
    return [word[:-1]] if word.endswith("י") and len(word) > SHORT_LETTERS else []


def _plural_adjectives(word: str) -> list[str]:
    if word.endswith(("ה", "ת")):
        return [word[:-1] + "ות"]
    return [word + "ימ"]


def _singular_adjectives(word: str) -> list[str]:
    if word.endswith("ות"):
        return [word[:-2] + "ה", word[:-2] + "ת"]
    return [word[:-2]] if word.endswith("ימ") and len(word) > SHORT_LETTERS else []


def _letters(word: str) -> int:
    return len(word) - word.count("'") - word.count('"')


# Matching knows no final letters.
_IRREGULAR = {spell(word): (spell(one), spell(other)) for word, (one, other) in IRREGULAR.items()}
_MASCULINE_OT = frozenset(map(spell, MASCULINE_OT))
_WITH_ADJECTIVE = frozenset(map(spell, WITH_ADJECTIVE))
_OTHER_WORDS = frozenset(map(spell, OTHER_WORDS))
