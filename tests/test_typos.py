"""Names with one letter wrong: found when asked for, and never in a real word one letter away."""

import pytest

from glossary.match import SourceMatcher
from glossary.terms import Glossary, Term, merge, shipped
from glossary.typos import OTHER_WORDS, TypoIndex

NAMES = Glossary(
    (
        Term("מסעוד פזשכיאן", ("Masoud Pezeshkian",)),
        Term("מיגרלים", ("Mingrelians",)),
        Term("טרקטור", ("Tractor",)),
        Term("התפלה", ("desalination",)),
        Term("נורמליזציה", ("normalization",)),
    )
)
GLOSSARY = merge(shipped(), NAMES)
STRICT, TOLERANT = SourceMatcher(GLOSSARY), SourceMatcher(GLOSSARY, typos=True)

# A text and the term meant: a letter replaced, left out, put in, swapped; first word and later ones.
SLIPS = [
    ("וושינגדון", "וושינגטון"),
    ("בוושינטון", "וושינגטון"),
    ("לאיסטנבבול", "איסטנבול"),
    ("שאיסטבנול", "איסטנבול"),
    ("אפגנסיטן", "אפגניסטן"),
    ("ניקול פשינאין", "ניקול פשיניאן"),
    ("מסעוד פזשביאן", "מסעוד פזשכיאן"),
    ("בנימין נתיהו", "בנימין נתניהו"),
    ("מסדרון זנזגור", "מסדרון זנגזור"),
    ("גאורגניה", "גאורגיה"),
]
# Real words and names one inner letter away, and what differs at an edge: a prefix or an ending.
REAL = [
    *("מינרלים", "אמנים", "אומנים", "כורים", "ארביל", "בריטניקה", "סמליה", "תומכיה", "סעודה", "קרונוס"),
    *("אוגדה", "טרטור", "הרמוניה", "דרום אמריקה", "בלאוס", "אנטליה", "מולדתה", "החותמים", "ארגנים"),
    *(
        "אוסטרליה",
        "סלובקיה",
        "סלובניה",
        "אוסטריה",
        "טורקית",
        "טורקים",
        "רוסית",
        "גרמנית",
        "גרמנים",
        "איראנית",
    ),
    *("אנגלית", "אנגלים", "צרפתית", "אזרבייג'נית", "קווקזי", "ירושלמי", "נורמליות", "נורמטיבי", "התפלל"),
]


@pytest.mark.parametrize(("text", "source"), SLIPS)
def test_a_slip_is_found_and_flagged(text: str, source: str) -> None:
    assert [(match.term.source, match.form) for match in TOLERANT.find(f"אז {text} שם")] == [(source, "typo")]


@pytest.mark.parametrize(("text", "source"), SLIPS)
def test_a_slip_is_not_found_unless_asked_for(text: str, source: str) -> None:
    assert source not in [match.term.source for match in STRICT.find(f"אז {text} שם")]


def test_real_words_are_no_slips() -> None:
    flagged = [word for word in REAL if any(match.form == "typo" for match in TOLERANT.find(f"אז {word} שם"))]
    assert flagged == []


@pytest.mark.parametrize("word", sorted(OTHER_WORDS))
def test_a_word_known_to_be_another_is_no_slip(word: str) -> None:
    assert [match for match in TOLERANT.find(word) if match.form == "typo"] == []


def test_common_nouns_have_no_slips() -> None:
    assert TOLERANT.find("נורמליצזיה") == []


def test_two_letters_wrong_are_too_many() -> None:
    assert TOLERANT.find("וושנגדון איסטבנל פזשביאם") == []
    assert SourceMatcher(NAMES, typos=True).find("מסועד פזשביאן") == []


def test_what_is_spelled_rightly_is_found_alike() -> None:
    text = "באיסטנבול, וושינגטון ומסדרון זנגזור; הסכמי אברהם, ניקול פשיניאן."
    assert TOLERANT.find(text) == STRICT.find(text)
    assert {match.form for match in TOLERANT.find(text)} == {""}


@pytest.mark.parametrize(
    ("word", "meant"),
    [("אבגדהו", []), ("אבגזהו", ["אבגדהו"]), ("אבדגהו", ["אבגדהו"]), ("אבגהו", ["אבגדהו"])],
)
def test_the_index(word: str, meant: list[str]) -> None:
    assert list(TypoIndex(["אבגדהו"]).corrections(word)) == meant


@pytest.mark.parametrize("word", ["צבגדהו", "אבגדהצ", "באבגדהו", "אבגדהוי", "בגדהו", "אבגדה", "אדגבהו"])
def test_the_index_keeps_the_edges(word: str) -> None:
    assert TypoIndex(["אבגדהו"]).corrections(word) == ()
