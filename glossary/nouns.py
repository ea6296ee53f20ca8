"""English nouns: the plural of a listed form, whose head word alone changes."""

import re

# Quirk et al. 1985, A Comprehensive Grammar of the English Language, 5.75-5.103; the usual plural first.
IRREGULAR: dict[str, tuple[str, ...]] = {
    "person": ("people", "persons"),
    "foot": ("feet",),
    "tooth": ("teeth",),
    "goose": ("geese",),
    "mouse": ("mice",),
    "ox": ("oxen",),
    "datum": ("data",),
    "bacterium": ("bacteria",),
    "medium": ("media", "mediums"),
    "memorandum": ("memoranda", "memorandums"),
    "referendum": ("referendums", "referenda"),
    "curriculum": ("curricula", "curriculums"),
    "stratum": ("strata",),
    "addendum": ("addenda",),
    "criterion": ("criteria",),
    "phenomenon": ("phenomena",),
    "appendix": ("appendices", "appendixes"),
    "index": ("indices", "indexes"),
    "matrix": ("matrices", "matrixes"),
    "nucleus": ("nuclei",),
    "stimulus": ("stimuli",),
    "alumnus": ("alumni",),
    "syllabus": ("syllabuses", "syllabi"),
    "quiz": ("quizzes",),
    "gas": ("gases",),
    "lens": ("lenses",),
    "atlas": ("atlases",),
    "alias": ("aliases",),
    "bias": ("biases",),
    "canvas": ("canvases",),
    "cargo": ("cargoes", "cargos"),
    "kibbutz": ("kibbutzim", "kibbutzes"),
    "moshav": ("moshavim", "moshavs"),
    "mitzvah": ("mitzvot", "mitzvahs"),
    "yeshiva": ("yeshivas", "yeshivot"),
}
# fmt: off
UNCHANGED = frozenset((
    "series", "species", "means", "news", "headquarters", "police", "personnel", "cattle", "sheep",
    "fish", "deer", "offspring", "people", "staff",
))
WITH_OES = frozenset((
    "hero", "potato", "tomato", "echo", "embargo", "veto", "torpedo", "mosquito", "volcano",
    "tornado", "motto",
))
WITH_VES = (
    "knife", "life", "wife", "leaf", "loaf", "thief", "half", "calf", "elf", "wolf", "sheaf", "scarf", "hoof",
    "wharf",
)
NOT_MEN = frozenset((
    "specimen", "regimen", "omen", "abdomen", "turkmen", "yemen", "semen",
))
# Nouns that end like "man" or like a word in -ch and take a plain s.
WITH_S = re.compile(
    "(?:hu|ger|ro|nor|otto|sha|talis|turk|brah|cai)man"
    "|.*(?:monarch|oligarch|patriarch|matriarch|hierarch|stomach|epoch|czech|eunuch|loch)"
)
PREPOSITIONS = frozenset((
    "of", "for", "in", "to", "at", "on", "with", "without", "against", "from", "by", "between",
    "under", "over",
))
# The noun stands before these: president elect, court martial, attorney general.
AFTER_NOUN = frozenset((
    "elect", "designate", "emeritus", "martial",
))
GENERALS = frozenset((
    "attorney", "secretary", "secretaries", "governor", "consul", "solicitor", "inspector", "director",
    "auditor",
))
# fmt: on

_PLURALS = frozenset(written for forms in IRREGULAR.values() for written in forms)


def plural(form: str) -> str:
    """Return the usual plural of an English noun or noun phrase; of a plural, itself."""
    return plurals(form)[0]


def plurals(form: str) -> tuple[str, ...]:
    """Return the plurals of an English noun or noun phrase, the usual one first.

    Only the head changes: the word before a preposition (right of way: rights of way), else the last. A
    form that ends in s is taken for a plural where no rule says otherwise (sanctions, but viruses).
    """
    for between in (" ", "-"):
        words = form.split(between)
        if len(words) > 1:
            at = _head([word.lower() for word in words])
            return tuple(
                between.join([*words[:at], written, *words[at + 1 :]]) for written in plurals(words[at])
            )
    return _inflect(form)


def _head(words: list[str]) -> int:
    """Return the place of the noun that takes the plural."""
    for place in range(1, len(words) - 1):
        if words[place] in PREPOSITIONS:
            return _noun_before(words, place)
    if len(words) == 2 and words[0].endswith(("er", "ers")) and words[1] in PREPOSITIONS | {"up"}:
        return 0  # passer-by, runner-up
    return _noun_before(words, len(words))


def _noun_before(words: list[str], end: int) -> int:
    last = words[end - 1]
    is_after = last in AFTER_NOUN or (last == "general" and {words[end - 2], words[end - 2][:-1]} & GENERALS)
    return end - 2 if end > 1 and is_after else end - 1


def _inflect(word: str) -> tuple[str, ...]:
    """Return the plurals of one word in its own case."""
    if not word[-1:].isalnum():
        return (word,)
    if not word[-1].isalpha() or (len(word) > 1 and word.isupper()):
        return (word + "s",)
    lower = word.lower()
    if _is_unchanged(lower) or (lower.endswith("ese") and word[0].isupper()):
        return (word,)
    irregular = IRREGULAR.get(lower) or _vowel_change(lower) or (_regular(lower),)
    kept = next((i for i, (a, b) in enumerate(zip(lower, irregular[0], strict=False)) if a != b), len(word))
    return tuple(
        word[:kept] + written[kept:] if written[:kept] == lower[:kept] else written for written in irregular
    )


def _is_unchanged(word: str) -> bool:
    """Tell whether a word is its own plural, or a plural that does not end in s."""
    if word in UNCHANGED or word in _PLURALS or word.endswith(("craft", "children")):
        return True
    return word.endswith("men") and word not in NOT_MEN


def _vowel_change(word: str) -> tuple[str, ...]:
    if word.endswith("man") and not WITH_S.fullmatch(word):
        return (word[:-3] + "men",)
    if word.endswith("child"):
        return (word + "ren",)
    if word.endswith(WITH_VES):
        return (word.removesuffix("e")[:-1] + "ves",)
    return ()


def _regular(word: str) -> str:
    if word in WITH_OES or (word.endswith(("ch", "sh", "x", "z", "ss")) and not WITH_S.fullmatch(word)):
        return word + "es"
    if word.endswith(("sis", "axis")):
        return word[:-2] + "es"
    if word.endswith("us") and not word.endswith("aus"):
        return word + "es"
    if word.endswith("s"):
        return word
    if word.endswith("y") and (word[-2:-1] not in "aeiou" or word.endswith("quy")) and len(word) > 1:
        return word[:-1] + "ies"
    return word + "s"
