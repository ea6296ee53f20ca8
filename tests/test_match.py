"""Terms found in Hebrew and in English text: tables of true and false matches, and laws.

In the tables {prefix|surface} marks what must be found; {prefix|joint|surface} where something stands
between the two. Nothing else may be found.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.match import Match, SourceMatcher, TargetMatcher
from glossary.terms import Glossary, Term, merge, shipped

OWN = Glossary(
    (
        Term("שיתוף פעולה", ("cooperation",)),
        Term("הסכם הגנה", ("defense pact",)),
        Term("הר", ("Har",)),
        Term("אני", ("Eni",)),
        Term("שור", ("Shur",)),
        Term("ממשק עיר–יער", ("wildland-urban interface",)),
        Term('מבצע "חגורת אש"', ("Operation Belt of Fire",)),
        Term("רוסטט", ("Rosstat",)),
        Term("ריביץ'", ("Rybich",)),
        Term("הליכוד", ("Likud",)),
        Term("המנהיג העליון", ("supreme leader",)),
        Term("יאסין", ("Yassin",)),
        Term("אגרה", ("fee",)),
    )
)
MATCHER = SourceMatcher(merge(shipped(), OWN))
MARK = re.compile(r"\{([^{}|]*)\|(?:([^{}|]*)\|)?([^{}|]*)\}")

TERMS = [
    "באקו",
    "אזרבייג'ן",
    "נגורנו-קרבאך",
    'או"ם',
    "וושינגטון",
    "מסדרון זנגזור",
    "ארמניה",
    "כנסת",
    "הסכמי אברהם",
    'נאט"ו',
    "אילהם אלייב",
]
PREFIXES = ["", "ב", "ל", "מ", "ו", "ש", "כ", "וב", "ול", "ומ", "שב", "של", "כש", "ושב", "לכש", "ולכש", "מש"]
FRAMES = [
    "{}",
    "אמש {} נרשם",
    "({}),",
    '"{}"',
    "{}.",
    "'{}'",
    "{}–כאן",
    "שם-{}-כאן",
    "\u200f{}\u200e",
    "{}:\nסוף",
]

FOUND = [
    # the article, alone and in chains
    "{ה|כנסת} ו{|ה|כנסת}".replace("ו{|ה|כנסת}", "{וה|כנסת}"),
    "{שה|כנסת} {כשה|כנסת} {מה|כנסת} {ומה|כנסת} {לכשה|כנסת}",
    '{ה|או"ם} {מה|או"ם} {שה|או"ם}',
    # hyphens, dashes and quotation marks after the prefix
    "{ב|-|באקו} {ב|\u05be|באקו} {ב|\u2010|באקו} {ב|–|באקו}",
    "{וב|-|באקו} {שה|-|כנסת}",
    '{ב|"|באקו"}'.replace('|באקו"}', '|באקו}"'),
    "{ב|\u05f4|באקו}\u05f4 {ל|\u201c|באקו}\u201d {מ|''|באקו}'' {ל|\u201e|באקו}\u201d",
    "{ב|-\"|באקו}\" {ל|'|באקו}'",
    '{ל|"|מסדרון זנגזור}"',
    # what stands between words
    "{|נגורנו קרבאך} {|נגורנו\u05beקרבאך} {|נגורנו–קרבאך} {|נגורנו  קרבאך} {|נגורנו\nקרבאך}",
    "{|נגורנו -קרבאך} {|נגורנו- קרבאך} {|נגורנו-\nקרבאך} {|נגורנו\u00a0קרבאך}",
    "{|ממשק עיר-יער} {ב|ממשק עיר יער}",
    "{|מבצע \"חגורת אש\"} {|מבצע חגורת אש} {ב|מבצע \u201cחגורת אש\u201d} {ל|מבצע ''חגורת אש''}",
    # longest first
    "{|מלחמת נגורנו-קרבאך השנייה} {|מלחמת נגורנו-קרבאך} {|נגורנו-קרבאך} {|קרבאך}",
    "{|קבוצת מינסק} {ב|מינסק} {|קבוצת מינסק של הארגון לביטחון ולשיתוף פעולה באירופה}",
    '{|מועצת הביטחון של האו"ם} {ו|העצרת הכללית של האו"ם} {ב|עצרת או"ם}',
    "{|צינור באקו-טביליסי-ג'ייהאן} {ל|באקו-טביליסי-ג'ייהאן} {ב|באקו}-{|טביליסי}",
    "{|אזרבייג'ן האיראנית} ו{|אזרבייג'ן}".replace("ו{|אזרבייג'ן}", "{ו|אזרבייג'ן}"),
    # neighbours
    "{|ישראל}-{|טורקיה}-{|אזרבייג'ן}",
    'יחסי {|ישראל}–{|ארה"ב}',
    "{|ירושלים} {ו|באקו}, {|אנקרה}/{|טהראן}",
    # the article inside
    "{|שיתוף הפעולה} {|שיתוף פעולה} {ל|שיתוף-הפעולה}",
    "{|הסכם הגנה} {ב|הסכם ההגנה}",
    "{|הסכם הגנה} {ה|הסכם ההגנה}",
    "{|כיפת הברזל} {|מסדרון הזנגזור}",
    "{ה|מסדרון הזנגזור}",
    # the term's own article, swallowed
    "{ב|ים הכספי} {ל|ים הכספי} {|הים הכספי} {מ|הים הכספי} {וב|ים הכספי} {ש|הים הכספי}",
    "{ב|איחוד האירופי} {ל|רשות הפלסטינית} {|הרשות הפלסטינית} {ש|האיחוד האירופי}",
    "{ב|ליכוד} {|הליכוד} {מ|הליכוד} {ל|מנהיג העליון}",
    "{ב|בית הלבן} {ול|בית הלבן} {מ|הבית הלבן}",
    # spelling
    "{|אזרביג'ן} {|אזרבייג'אן} {|אזרבייג\u05f3ן} {|אזרבייג\u2019ן} {|אזרביידז'ן} {ב|אזרבייגן}",
    "{|ארה\u05f4ב} {|ארה\u201dב} {|ארה''ב} {ב|ארה''ב} {|ארה\u201cב}",
    "{|נחצ'יוואן} {|נחיצ'ואן} {|נחצ'יבאן} {ל|נחצ'יואן} {|נחג'יבאן}",
    "{|אילהם אלייב} {|אילהאם אלייב} {|אילהאם אליב} {|אלהם אלייב}",
    "{|טורקיה} {|תורכיה} {|טורקייה} {|תורכייה}",
    "{|וושינגטון} {|ושינגטון} {ב|וושינגטון} {ב|ושינגטון}",
    "{|ירושלים} {|ירושלם} {|י\u05b0רו\u05bcש\u05b8\u05c1ל\u05b7י\u05b4ם} {ב\u05b4|ירושלים}".replace(
        "ב\u05b4", "ב"
    ),
    "{|מיכאיל סאקאשווילי} {|מיכאל סאקשווילי}",
    "{|מסדרון זנזגזור} {|מסדרון זאנגזור}",
    "{|חיזבאללה} {|חזבאללה} {|חיזבללה}",
    # invisible characters and points inside a word
    "{|בא\u200fקו} {|ב\u05b8\u05bcאקו\u05bc} {ב|בא\u00adקו} {|אזרבייג\u200f'ן}",
    # a geresh that ends a word
    "{|ריביץ'} {ל|ריביץ'} {|ריביץ\u05f3}, '{|ריביץ'}'",
    # matched only without a prefix, but a hyphen shows that it is one
    "{|הר} {|אני} {|שור} {ב|-|אני}",
    "{|יאסין} {|אגרה} {ב|אגרה}",
    "{|יוון} {ב|יוון} {ו|יוון} {|ביירות} {ב|ביירות} {|אילת}",
    "{ו|וושינגטון} {ו|וינה} {וב|ווינה}",
    "{ב|וינה} {ב|ווינה} {|ורשה} {ב|וורשה}",
]

NOT_FOUND = [
    # suffix letters make another word
    "עיראקית עיראקי עיראקים העיראקית",
    "איראני איראנית האיראנים ישראלי ישראלית ישראלים",
    "ארמני ארמנים ארמנית טורקי טורקית",
    "אזרבייג'ני אזרבייג'נית באקואית",
    "רוסי רוסים רוסית סורים סורית",
    "כנסתי כנסתנו כנסתית נאטוי",
    "מינסקאי מינסקר המינסקאים",
    "קרבאכי קרבאכית הקרבאכים",
    # letters before that are no prefix
    "איבאקו צבאקו נבאקו גבאקו",
    "תעיראק יאיראן אישראל",
    "תכנסת נכנסת",
    # chains that do not exist
    "בהבאקו להבאקו בבבאקו הבבאקו",
    "בהכנסת להכנסת כהכנסת",
    # a short term stands without a prefix only
    "בהר להר ההר מהר והר שהר",
    "ואני שאני כשאני",
    "השור כשור לשור",
    # gershayim make the word
    "אום ארהב צהל שבכ אמן דאעש",
    'אומ"ם ארצה"ב או"מה',
    # everyday words that look like a prefix and a name
    "כיוון בכיוון וכיוון כיון מכיוון הכיוון",
    "כלוב בכלוב שלוב",
    "מורשה הורשה שהורשה המורשה",
    "העזה מעדן ליון",
    # vav and yod tell short words apart
    "יון מיון היון ביון",
    "בירות הבירות בבירות",
    "איילת לאיילת דובי",
    # the article makes another word of a country's name
    "הירדן הקטר הסין הלוב הישראל",
    # skeletons of other words
    "סעודה סעדיה ארמונה סמליה מונגולי",
    "גרמנייה".replace("גרמנייה", "גרמניות"),
    "אמירות אמירויות",
    # half of a term
    "מסדרון הסכמי קבוצת מלחמת נגורנו",
    "שיתוף פעולות פעולה",
    "מדינת מפרץ מלחמות המפרץ הסכם אברהם",
    "מדינות הים המפרץ",
    # something stands between the words
    "מסדרון, זנגים",
    "הסכמי. אברהם",
    "הסכמי\n\nאברהם",
    "הסכמי (אברהם)",
    "כיפת – ברזל",
    "שיתוף; פעולה",
    # the term's article missing
    "ים כספי בית לבן",
    # a quotation mark is no prefix joint inside an abbreviation
    'ב"כ מ"מ ש"ס',
]

TARGETS = Glossary(
    (
        Term("א", ("Karabakh",)),
        Term("ב", ("Nagorno-Karabakh",)),
        Term("ג", ("Zangezur corridor",)),
        Term("ד", ("Iran",)),
        Term("ה", ("Recep Tayyip Erdoğan",)),
        Term("ו", ("the United States", "US", "U.S.")),
        Term("ז", ("Baku–Tbilisi–Ceyhan pipeline",)),
        Term("ח", ("COVID-19 pandemic",)),
        Term("ט", ("Sana'a",)),
        Term("י", ("cooperation",)),
        Term("כ", ("UN", "United Nations")),
        Term("ל", ("The Hague",)),
        Term("מ", ("St. Petersburg",)),
        Term("נ", ("Mevlüt Çavuşoğlu",)),
        Term("ס", ("Kurdistan Workers' Party",)),
        Term("ע", ("al-Qaeda",)),
        Term("פ", ("United States of America",)),
    )
)
TARGET_MATCHER = TargetMatcher(TARGETS)

# [ ] marks what must be found.
ENGLISH = [
    "[Iran] and [Iran]'s [Iran]\u2019s [Iran], [Iran]-backed (pro-[Iran]) “[Iran]”",
    "Iranian Iranians IRAN iran Irans Tehran",
    "[Nagorno-Karabakh] [Nagorno Karabakh] [Nagorno–Karabakh] [Nagorno\u2011Karabakh] [Karabakh]",
    "[Nagorno-\nKarabakh] [Nagorno\nKarabakh]",
    "Nagorno, [Karabakh]",
    "Nagorno – [Karabakh]",
    "Nagorno\n\n[Karabakh]",
    "[Zangezur corridor] [Zangezur Corridor] zangezur corridor ZANGEZUR CORRIDOR Zangezur corridors",
    "[Recep Tayyip Erdoğan] [Recep Tayyip Erdogan] [Recep Tayyip Erdog\u0306an] Recep Tayyip Erdógan",
    "[Mevlüt Çavuşoğlu] [Mevlut Cavusoglu] [Mevlut Çavuşoğlu]",
    "[the United States] [United States] [The United States] a [United States]",
    "the [United States of America]",
    "[US] us [U.S.] [U.S.]-led USA",
    "[Baku–Tbilisi–Ceyhan pipeline] [Baku-Tbilisi-Ceyhan pipeline] [Baku Tbilisi Ceyhan Pipeline]",
    "[COVID-19 pandemic] [COVID–19 pandemic] [COVID 19 Pandemic] Covid-19 pandemic",
    "[Sana'a] [Sana\u2019a] [Sana'a]'s Sana",
    "[cooperation] [Cooperation] co-operation [cooperations]",
    "[UN] un UNESCO [United Nations] united nations",
    "[The Hague] [the Hague] [Hague]",
    "[St. Petersburg] St Petersburg",
    "[Kurdistan Workers' Party] [Kurdistan Workers\u2019 Party]",
    "[al-Qaeda] [Al-Qaeda] [al Qaeda] Al-qaeda",
    "O'Iran d'Iran Iran'ian",
    "",
]


def _read(marked: str) -> tuple[str, list[tuple[str, str]]]:
    expected = [(prefix, surface) for prefix, _, surface in MARK.findall(marked)]
    return MARK.sub(lambda mark: (mark[1] or "") + (mark[2] or "") + mark[3], marked), expected


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(match.prefix, text[match.start : match.end]) for match in MATCHER.find(text)]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("term", TERMS)
def test_every_prefix_before_every_term(prefix: str, term: str) -> None:
    text = f"אז {prefix}{term} נזכר"
    assert _pairs(text) == [(prefix, term)]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("term", TERMS)
def test_every_frame_around_every_term(frame: str, term: str) -> None:
    assert _pairs(frame.format("ב" + term)) == [("ב", term)]


@pytest.mark.parametrize("marked", FOUND)
def test_found(marked: str) -> None:
    text, expected = _read(marked)
    assert _pairs(text) == expected


@pytest.mark.parametrize("word", [word for line in NOT_FOUND for word in line.split(" ") if "\n" not in word])
def test_word_not_found(word: str) -> None:
    assert _pairs(f"כתוב {word} שם") == []


@pytest.mark.parametrize("line", NOT_FOUND)
def test_line_not_found(line: str) -> None:
    assert _pairs(line) == []


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("אזרבייג'אן", "אזרבייג'ן"),
        ('בארה"ב', "ארצות הברית"),
        ("עצרת האו''ם", 'העצרת הכללית של האו"ם'),
        ("בסעודיה", "ערב הסעודית"),
        ("שבחמינאי", "ח'אמנאי"),
    ],
)
def test_a_spelling_leads_to_its_term(text: str, source: str) -> None:
    assert [match.term.source for match in MATCHER.find(text)] == [source]


def test_the_prefix_stands_before_the_span() -> None:
    text = "הודיעו ולכשב-באקו"
    assert MATCHER.find(text) == [Match(13, 17, "ולכשב", Term("באקו", ("Baku",), (), "", "place"))]


def test_a_known_word_beats_a_split() -> None:
    glossary = Glossary((Term("מוסקט", ("musket",)), Term("וסקט", ("Vasquet",))))
    assert [match.term.targets[0] for match in SourceMatcher(glossary).find("מוסקט")] == ["musket"]


def test_the_shorter_prefix_is_preferred() -> None:
    glossary = Glossary((Term("שראיון", ("Shraion",)), Term("ראיון", ("Raion",))))
    assert [(match.prefix, match.term.targets[0]) for match in SourceMatcher(glossary).find("כשראיון")] == [
        ("כ", "Shraion")
    ]


def test_a_skeleton_that_two_names_share_is_nobodys() -> None:
    glossary = Glossary((Term("סמבאטיאן", ("Smbatyan",)), Term("סמבטויאן", ("Smbatoyan",))))
    assert SourceMatcher(glossary).find("סמבטיאן") == []


def test_an_empty_glossary_finds_nothing() -> None:
    assert SourceMatcher(Glossary(())).find("באקו") == []
    assert TargetMatcher(Glossary(())).find("Baku") == []


TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            [*TERMS, *(line for line in NOT_FOUND), "ב", "ה", "וב-", '"', "''", "-", " ", "\n", "–", "'"]
        ),
        st.sampled_from([*PREFIXES, " ", " ", " "]),
        st.text("אבוהקיל' \"-", max_size=5),
    ),
    max_size=12,
).map("".join)


@given(TEXTS)
def test_spans_are_in_order_and_apart(text: str) -> None:
    end = 0
    for match in MATCHER.find(text):
        assert end <= match.start < match.end <= len(text)
        assert match.prefix in text[end : match.start]
        end = match.end


@given(TEXTS)
def test_curly_marks_are_straight_marks(text: str) -> None:
    for straight, curly in [("'", "\u2019"), ("'", "\u05f3"), ('"', "\u201d"), ('"', "\u05f4")]:
        assert MATCHER.find(text.replace(straight, curly)) == MATCHER.find(text)


@given(TEXTS)
def test_what_was_found_is_found_alone(text: str) -> None:
    for match in MATCHER.find(text):
        assert [again.term for again in MATCHER.find(text[match.start : match.end])] == [match.term]


@pytest.mark.parametrize("marked", ENGLISH)
def test_found_in_english(marked: str) -> None:
    text = re.sub(r"[\[\]]", "", marked)
    found = [text[match.start : match.end] for match in TARGET_MATCHER.find(text)]
    assert found == re.findall(r"\[([^]]*)\]", marked)


def test_a_form_brings_all_its_terms() -> None:
    glossary = Glossary(
        (Term('או"ם', ("UN", "United Nations")), Term("האומות המאוחדות", ("United Nations",)))
    )
    found = TargetMatcher(glossary).find("the United Nations (UN)")
    assert [(match.target, len(match.terms)) for match in found] == [("United Nations", 2), ("UN", 1)]


@given(st.lists(st.sampled_from([*ENGLISH, "'", "-", " ", "the ", "Iran", "\n"]), max_size=6).map("".join))
def test_english_spans_are_in_order_and_apart(text: str) -> None:
    end = 0
    for match in TARGET_MATCHER.find(text):
        assert end <= match.start < match.end <= len(text)
        assert match.terms
        end = match.end


COMMON = Glossary(
    (
        Term("הסכם הגנה", ("defense pact",)),
        Term("הסכם", ("agreement",)),
        Term("החלטה", ("decision",)),
        Term("משלחת", ("delegation",)),
        Term("שר", ("minister",)),
        Term("אגרה", ("fee",)),
        Term("איגרת חוב", ("bond",)),
        Term("מדינה חברה", ("member state",)),
        Term("שכירי חרב", ("mercenaries",)),
        Term("שלמות טריטוריאלית", ("territorial integrity",)),
        Term("תוכנית מתאר ארצית", ("national outline plan",)),
        Term("מרכז", ("center",)),
        Term("וון", ("won",)),
        Term("שותפות", ("partnership",)),
        Term('כטב"מ', ("drone",)),
        Term("מזכר", ("memorandum",), allow=("exact",)),
        Term("ארמנים", ("Armenians",)),
    )
)
COMMON_MATCHER = SourceMatcher(COMMON)
# Text, and what is found: (prefix, surface, form).
FORMS = [
    ("הסכמי ההגנה", [("", "הסכמי ההגנה", "plural")]),
    ("ובהסכמי-הגנה", [("וב", "הסכמי-הגנה", "plural")]),
    ("ההסכם", [("ה", "הסכם", "")]),
    ("בהסכמים", [("ב", "הסכמים", "plural")]),
    ("הסכמי השלום", [("", "הסכמי", "plural")]),
    ("ההחלטות של החלטת הממשלה", [("ה", "החלטות", "plural"), ("", "החלטת", "construct")]),
    ("משלחות", [("", "משלחות", "plural")]),
    ("השרים והשר", [("ה", "שרים", "plural"), ("וה", "שר", "")]),
    ("אגרות, איגרות החוב", [("", "אגרות", "plural"), ("", "איגרות החוב", "plural")]),
    ("המדינות החברות", [("ה", "מדינות החברות", "plural")]),
    ("שכיר חרב", [("", "שכיר חרב", "singular")]),
    ("בשלמותה הטריטוריאלית", [("ב", "שלמותה הטריטוריאלית", "possessive")]),
    ("תוכניות מתאר ארציות", [("", "תוכניות מתאר ארציות", "plural")]),
    ("מרכזים, שותפויות", [("", "מרכזים", "plural"), ("", "שותפויות", "plural")]),
    ('כטב"מי נפץ בכטב"מים', [("", 'כטב"מי', "plural"), ("ב", 'כטב"מים', "plural")]),
    ("מזכר", [("", "מזכר", "")]),
]
NO_FORMS = [
    "גורם מרכזי וגורם מרכזית, המרכזי",  # an adjective
    "החלטתי לצאת, החלטתו, ההחלטת של",  # a verb, a possessive, no construct
    "הסכמי. הסכמי, הסכמי של הסכמה הסכמות",  # nothing that a construct governs; consent
    "בין-הסכמי השלום",  # an adjective behind a hyphen
    "שרות שרה שרו בשר כשר ושר",  # service, sang, meat, kosher
    "אגרת הרב",  # a letter
    "שותפה שותף שותפים",  # partners
    "הגורמים המרכזיים, מרכזיות",  # adjectives
    "דברים שונים ונוספים",  # different; not the won
    "מזכרים מזכרי החוץ",  # a term that allows nothing
    "ארמני ארמנית",  # a name does not inflect
    "שלמותה טריטוריאלית",  # its integrity is territorial
    "מדינתו חברה",  # his country is a member
]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_plural_and_construct(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = [(match.prefix, text[match.start : match.end], match.form) for match in COMMON_MATCHER.find(text)]
    assert found == expected


@pytest.mark.parametrize("text", NO_FORMS)
def test_what_is_no_form_of_a_noun(text: str) -> None:
    assert COMMON_MATCHER.find(text) == []


def test_a_listed_form_beats_an_inflected_one() -> None:
    glossary = Glossary((Term("החלטה", ("decision",)), Term("החלטות", ("resolutions",))))
    assert [(m.term.source, m.form) for m in SourceMatcher(glossary).find("החלטות")] == [("החלטות", "")]


# Terms, a text, and what is chosen.
OVERLAPS = [
    (("א ב", "ב ג"), "א ב ג", ["א ב"]),
    (("א ב", "ב ג ד"), "א ב ג ד", ["ב ג ד"]),
    (("א", "א ב", "ב ג ד"), "א ב ג ד", ["א", "ב ג ד"]),
    (("א ב", "א", "ב"), "א ב", ["א ב"]),
    (("א ב", "ב ג", "ג ד"), "א ב ג ד", ["א ב", "ג ד"]),
    (("א ב ג", "א ב", "ג ד ה"), "א ב ג ד ה", ["א ב", "ג ד ה"]),
]


@pytest.mark.parametrize(("sources", "text", "chosen"), OVERLAPS)
def test_overlapping_terms_cover_most(sources: tuple[str, ...], text: str, chosen: list[str]) -> None:
    words = {letter: f"{letter}למון" for letter in "אבגדה"}
    spell_out = str.maketrans(words)
    glossary = Glossary(tuple(Term(source.translate(spell_out), (source,)) for source in sources))
    found = SourceMatcher(glossary).find(text.translate(spell_out))
    assert [match.term.targets[0] for match in found] == chosen


@pytest.mark.parametrize("prefix", ["שכש", "ושכש", "שלכש", "כשב", "שמ", "ומש"])
def test_longer_chains(prefix: str) -> None:
    assert _pairs(f"אז {prefix}באקו נזכרה") == [(prefix, "באקו")]


@pytest.mark.parametrize("prefix", ["לב", "מל", "מב", "הש", "בכ", "שש", "כשכש", "ככ"])
def test_false_chains(prefix: str) -> None:
    assert _pairs(f"אז {prefix}טורקיה נזכרה") == []
