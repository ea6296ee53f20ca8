"""Normal form, folding and clitics of Hebrew words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.hebrew import clean_text, fold, has_hebrew, is_prefix, prefixes

HEBREWISH = st.text(
    st.one_of(
        st.sampled_from("אבגדהוזחטיכךלמםנןסעפףצץקרשתוי'\"\u05f3\u05f4\u2019\u201d\u05be- \n"),
        st.characters(min_codepoint=0x0590, max_codepoint=0x05FF),
        st.characters(min_codepoint=0xFB1D, max_codepoint=0xFB4F),
        st.characters(min_codepoint=0x2000, max_codepoint=0x206F),
        st.characters(),
    )
)

CLEAN = [
    ("ש\u05b8\u05c1לו\u05b9ם", "שלום"),
    ("ב\u05b0\u05bcר\u05b5אש\u05b4\u05c1\u0596ית", "בראשית"),
    ("\ufb2a\ufb35\ufb3b", "שוכ"),
    ("\ufb4f", "אל"),
    ("\ufb20\ufb22\ufb28", "עדת"),
    ("\u200fבאקו\u200e", "באקו"),
    ("\u202bאיראן\u202c", "איראן"),
    ("\u2067תימן\u2069", "תימן"),
    ("נגורנו\u05beקרבאך", "נגורנו\u05beקרבאך"),
    ("ממ\u00adשלה", "ממשלה"),
    ("\ufeffראש", "ראש"),
    ("ים\u200bתיכון", "יםתיכון"),
    ("ים\u00a0תיכון", "ים תיכון"),
    ("ים\u2009תיכון\u202fגדול", "ים תיכון גדול"),
    ("שורה\nשורה", "שורה\nשורה"),
    ("שורה\u2028שורה", "שורה\nשורה"),
    ("טור\tטור", "טור\tטור"),
    ("Erdoğan – é", "Erdoğan – é"),
    ("", ""),
]

FOLD_ALIKE = [
    ("אזרבייג'ן", "אזרבייג\u05f3ן", "אזרבייג\u2019ן", "אזרבייג`ן", "אזרביג'ן", "אזרביייג'ן"),
    ('או"ם', "או\u05f4ם", "או\u201dם", "או''ם", "או\u05f3\u05f3ם", "או\u201eם", 'או""ם'),
    ("וושינגטון", "ושינגטון", "\u05f0שינגטון"),
    ("אלייב", "אליב", "אל\u05f2ב", "א\u05b7ל\u05b4יי\u05b5ב"),
    ("ירושלים", "ירושלימ"),
    ("קרבאך", "קרבאכ", "קרב\u200fאך"),
]

PREFIXES = [
    ("בבאקו", [("ב", "באקו")]),
    ("ובבאקו", [("ו", "בבאקו"), ("וב", "באקו")]),
    ("שבבאקו", [("ש", "בבאקו"), ("שב", "באקו")]),
    ("לכשאיראן", [("ל", "כשאיראן"), ("לכש", "איראן")]),
    ("כשאיראן", [("כ", "שאיראן"), ("כש", "איראן")]),
    ("משאיראן", [("מ", "שאיראן"), ("מש", "איראן")]),
    ("מהאיחוד", [("מ", "האיחוד"), ("מה", "איחוד")]),
    ("שהכנסת", [("ש", "הכנסת"), ("שה", "כנסת")]),
    ("ושהכנסת", [("ו", "שהכנסת"), ("וש", "הכנסת"), ("ושה", "כנסת")]),
    ("ולכשהממשלה", [("ו", "לכשהממשלה"), ("ול", "כשהממשלה"), ("ולכש", "הממשלה"), ("ולכשה", "ממשלה")]),
    ("כשמהממשלה", [("כ", "שמהממשלה"), ("כש", "מהממשלה"), ("כשמ", "הממשלה"), ("כשמה", "ממשלה")]),
    ("הצהרה", [("ה", "צהרה")]),
    ("ב-NATO", [("ב", "NATO")]),
    ("בNATO", [("ב", "NATO")]),
    ("ב\u05beNATO", [("ב", "NATO")]),
    ("ב–2020", [("ב", "2020")]),
    ("ב-5", [("ב", "5")]),
    ("ב5", [("ב", "5")]),
    ('ה"ניצחון"', [("ה", "ניצחון")]),
    ("ה\u05f4ניצחון\u05f4", [("ה", "ניצחון")]),
    ("ה''ניצחון''", [("ה", "ניצחון")]),
    ("ה'ניצחון'", [("ה", "ניצחון")]),
    ('ב-"מוסד"', [("ב", "מוסד")]),
    ('מה"ניצחון"', [("מ", 'ה"ניצחון"'), ("מה", "ניצחון")]),
    ('באו"ם', [("ב", 'או"ם')]),
    ("ב\u05bcבאקו", [("ב", "באקו")]),
]

NO_PREFIX = [
    "גרמניה",
    "איראן",
    "טורקיה",
    "",
    "ב",
    "בה",
    "של",
    'ב"כ',
    'מ"מ',
    "ו'",
    "ב-",
    "ב--",
    "NATO",
    "2020",
    "רב",
]

CHAINS = [
    *"והבלכמש",
    *("וה", "וב", "ול", "וכ", "ומ", "וש", "שב", "של", "שכ", "שמ", "שה", "מש", "כש", "לכש", "מה"),
]
CHAINS += ["שכש", "ושכש", "שלכש", "שכשמה", "ומה", "שמה", "ושה", "ושב", "כשה", "לכשה", "ולכש", "בש", "ושמה"]
NOT_CHAINS = [
    "בה",
    "לה",
    "כה",
    "הה",
    "הב",
    "בב",
    "הו",
    "שו",
    "מל",
    "ובה",
    "שבה",
    "א",
    "",
    "ווב",
    "לב",
    "מב",
    "בכ",
    "הש",
    "שש",
    "כשכש",
    "משש",
    "בהה",
]


@pytest.mark.parametrize(("text", "clean"), CLEAN)
def test_clean_text(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@given(HEBREWISH)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(HEBREWISH)
def test_cleaning_keeps_the_lines(text: str) -> None:
    assert clean_text(text).count("\n") == sum(text.count(char) for char in "\n\u2028\u2029")


@pytest.mark.parametrize("words", FOLD_ALIKE)
def test_spellings_of_a_word_fold_alike(words: tuple[str, ...]) -> None:
    assert len({fold(word) for word in words}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [('או"ם', "אום"), ("עיראק", "עירק"), ("ג'בל", "גבל"), ("שלום", "שלם")]
)
def test_different_words_fold_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(HEBREWISH)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(HEBREWISH)
def test_folding_sees_through_cleaning(text: str) -> None:
    assert fold(clean_text(text)) == fold(text)


@pytest.mark.parametrize(("word", "splits"), PREFIXES)
def test_prefixes(word: str, splits: list[tuple[str, str]]) -> None:
    assert prefixes(word) == splits


@pytest.mark.parametrize("word", NO_PREFIX)
def test_no_legal_prefix(word: str) -> None:
    assert prefixes(word) == []


@pytest.mark.parametrize("letters", CHAINS)
def test_legal_chains(letters: str) -> None:
    assert is_prefix(letters)


@pytest.mark.parametrize("letters", NOT_CHAINS)
def test_illegal_chains(letters: str) -> None:
    assert not is_prefix(letters)


@given(HEBREWISH)
def test_prefix_and_rest_rebuild_the_word(word: str) -> None:
    for prefix, rest in prefixes(word):
        clean = clean_text(word)
        assert is_prefix(prefix)
        assert clean.startswith(prefix)
        assert rest
        assert rest in clean[len(prefix) :]


@pytest.mark.parametrize(
    ("text", "expected"), [("Baku", False), ("באקו", True), ("x\ufb2a", True), ("", False), ("\u05be", False)]
)
def test_has_hebrew(text: str, expected: bool) -> None:
    assert has_hebrew(text) is expected
