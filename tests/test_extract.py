"""Candidates for a glossary: names and terms found in small documents, and how names are written."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glossary.extract import NAME, TERM, Candidate, as_glossary, extract
from glossary.hebrew import WORD, clean_text, fold, is_prefix, word_keys
from glossary.names import knowledge, letters, packed, unpacked
from glossary.names.joint import ORDER, align, chance_of, count, segmented, smoothed
from glossary.names.reader import Reader
from glossary.terms import Glossary, Term, read_glossary, write_glossary
from glossary.transliterate import by_rule, decode, letter_by_letter, transliterate

BRIEF = [
    "שר החוץ לוקאס ברנדוביץ' נחת אתמול בזלטוגורסק.",
    "ברנדוביץ' אמר כי מערך הבידוק של המסוף ייפתח בקרוב, וזלטוגורסק תרוויח מכך.",
    "מזלטוגורסק יוצאות מדי יום שיירות, ומערך הבידוק בודק כל אחת מהן.",
    'לזלטוגורסק אין מערך בידוק אחר, וצה"ל אינו מעורב.',
    "המשלחת ביקרה גם במשרד התחבורה ובאתר שליד נהר טמרינה.",
]
NOTHING = Glossary(())


def found(texts: list[str], glossary: Glossary = NOTHING) -> dict[str, Candidate]:
    return {item.source: item for item in extract(texts, glossary)}


def test_a_name_is_found_behind_its_prefixes() -> None:
    item = found(BRIEF)["זלטוגורסק"]
    assert (item.count, item.kind, item.place) == (4, NAME, 0)
    assert set(item.prefixes) == {"ב", "ו", "מ", "ל"}
    assert item.likeness > 0.5


def test_a_person_has_both_names_and_the_name_alone() -> None:
    names = found(BRIEF)
    assert names["לוקאס ברנדוביץ'"].count == 1
    assert names["ברנדוביץ'"].count == 1


def test_a_body_and_a_river_have_their_heads() -> None:
    names = found(BRIEF)
    assert {names["משרד התחבורה"].kind, names["נהר טמרינה"].kind} == {NAME}
    assert names["נהר טמרינה"].has_head
    assert "טמרינה" not in names  # it stands nowhere alone


def test_a_recurring_term_is_one_candidate_whatever_its_article() -> None:
    item = found(BRIEF)["מערך הבידוק"]
    assert (item.count, item.kind) == (3, TERM)
    assert item.variants == ("מערך בידוק",)


def test_everyday_words_and_months_are_no_names() -> None:
    texts = ["בינואר נפתחה הוועידה, והמשתתפים דיברו על הבית ועל הדרך.", "בפברואר היא תימשך."]
    assert not {"ינואר", "בינואר", "פברואר", "בפברואר", "בית", "הבית", "דרך"} & set(found(texts))


def test_what_a_glossary_knows_is_left_out_and_so_are_parts_of_it() -> None:
    known = Glossary((Term("לוקאס ברנדוביץ'", ("Lukas Brandovich",)), Term("זלטוגורסק", ("Zlatogorsk",))))
    left = found(BRIEF, known)
    assert not [source for source in left if "זלטוגורסק" in source or "ברנדוביץ" in source]
    assert "מערך הבידוק" in left


def test_spellings_that_fold_alike_are_one_candidate() -> None:
    item = found(["ברנדוביץ' הגיע.", "אצל ברנדוביץ׳ שתקו.", "גם לברנדוביץ’ אין תשובה."])["ברנדוביץ'"]
    assert item.count == 3
    assert item.variants == ()


def test_an_acronym_and_a_hyphen_stay_whole() -> None:
    names = found(['השגריר בדר אל-תמימי ביקר במטה יוס"ן.', "אל-תמימי שתק."])
    assert any("אל-תמימי" in source for source in names)
    assert not {"אל", "תמי", "ן"} & set(names)


def test_the_least_count_leaves_out_what_is_rarer() -> None:
    items = extract(BRIEF, NOTHING, least_names=3, least_terms=3)
    assert items
    assert all(item.count >= 3 for item in items)


def test_no_text_has_no_candidates() -> None:
    assert extract([], NOTHING) == []
    assert extract(["", "123 NATO", "..."], NOTHING) == []


STEMS = [
    "זלטוגורסק",
    "ברנדוביץ'",
    "קורמנטו",
    "מערך",
    "בידוק",
    "גבול",
    "נמל",
    "כתב",
    "מזכר",
    "שלום",
    'ד"ר',
    "אל",
    'יוס"ן',
]
PREFIXES = ["", "ב", "ל", "ו", "ה", "מה", "שב", "וכש"]
words = st.builds(
    str.__add__,
    st.sampled_from(PREFIXES),
    st.sampled_from(STEMS) | st.text("אבגוידהלמנסץ'", min_size=1, max_size=7),
)
sentences = st.lists(words | st.sampled_from(["12", "NATO", "–", ","]), max_size=12).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(sentences, max_size=6))
def test_every_candidate_stands_in_its_text_behind_legal_prefixes(texts: list[str]) -> None:
    for item in extract(texts, NOTHING):
        keys = word_keys(item.source)
        place = word_keys(texts[item.place])
        assert all(is_prefix(prefix) for prefix in item.prefixes)
        endings = [
            at
            for at in range(len(place) - len(keys) + 1)
            if place[at].rstrip("'").endswith(keys[0].rstrip("'"))
        ]
        assert endings, (item, texts)
        assert 0 <= item.likeness <= 1
        assert item.count >= 1


@settings(max_examples=40, deadline=None)
@given(st.lists(sentences, min_size=1, max_size=6), st.sampled_from(["tsv", "csv", "tbx"]))
def test_a_written_glossary_reads_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], ending: str
) -> None:
    items = [
        Candidate(**{**{name: getattr(item, name) for name in item.__slots__}, "target": "Some Name"})
        for item in extract(texts, NOTHING)
    ]
    glossary = as_glossary(items, [f"line {at + 1}" for at in range(len(texts))])
    assert bool(glossary) == bool(items)
    if glossary:
        path = tmp_path_factory.mktemp("glossary") / f"new.{ending}"
        write_glossary(glossary, path)
        assert read_glossary(path) == glossary


def test_a_candidate_without_english_is_not_written() -> None:
    items = [
        Candidate("גבול", 2, (), 0.1, TERM, 0, 1.0),
        Candidate("נמל", 2, (), 0.1, TERM, 0, 1.0, target="נמל"),
    ]
    assert len(as_glossary(items, ["line 1"])) == 0


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("בישראל", "ישראל"),
        ("ולבריסל", "בריסל"),
        ("מוסקבה", "מוסקבה"),
        ("שבטביליסי", "טביליסי"),
        ("הולנד", "הולנד"),
    ],
)
def test_a_prefix_is_told_from_a_first_letter(word: str, stem: str) -> None:
    assert Reader(WORD.finditer(word)).read(word).stem == stem


def test_the_rest_of_the_document_decides_where_a_prefix_ends() -> None:
    text = "במורקה למורקה מורקה ומורקה"
    assert {Reader(WORD.finditer(text)).read(word).stem for word in text.split()} == {"מורקה"}


@pytest.mark.parametrize(
    ("hebrew", "english"),
    [
        ("מוסטפאייב", "Mustafayev"), ("קרפטיאן", "Karapetyan"), ("אסטרחן", "Astrakhan"),
        ("ג'ונסון", "Johnson"), ("אחמד אל-ח'לילי", "Ahmad al-Khalili"),
        ("וושינגטון", "Washington"), ("פשיניאן", "Pashinyan"),
    ],
)  # fmt: skip
def test_names_are_written_as_english_does(hebrew: str, english: str) -> None:
    assert english in transliterate(hebrew, 5)


@pytest.mark.parametrize(
    ("hebrew", "english"),
    [
        ("ברק", "bark"),
        ("ז'אן", "zhan"),
        ("פיליפ", "pilip"),
        ("וולך", "valkh"),
        ("בניה", "banya"),
        ("צ'אד", "chad"),
    ],
)
def test_the_rules_know_stops_geresh_and_vavs(hebrew: str, english: str) -> None:
    assert by_rule(hebrew) == english


def test_letters_have_their_geresh_and_their_final_forms() -> None:
    assert letters("צ׳רצ'יל") == ("צ'", "ר", "צ'", "י", "ל")
    assert letters("ף") == ("ף",)
    assert letter_by_letter("דן") == "dn"


names = st.text("אבגדהוזחטיכלמנסעפצקרשתךםןףץ'", min_size=1, max_size=9)


@settings(max_examples=40, deadline=None)
@given(names)
def test_any_letters_have_a_spelling_without_hebrew(word: str) -> None:
    (text,) = transliterate(word)
    assert text
    assert text.isascii()
    values = [value for _, value in decode(word)]
    assert values == sorted(values, reverse=True)


def test_alignment_finds_the_letters_of_a_toy_language() -> None:
    pairs = {
        (tuple(word), english): 1.0
        for word, english in [("דן", "dan"), ("גד", "gad"), ("נד", "nad"), ("גן", "gan"), ("דג", "dag")]
    }
    chances = align(pairs, 6)
    assert sum(chances.values()) == pytest.approx(1)
    units, value = segmented(("ג", "ד"), "gad", chances)
    assert "".join(unit[0] for unit in units) == "גד"
    assert "".join(unit[1] for unit in units) == "gad"
    assert value < 0
    assert segmented(("ג",), "xyz", chances) == ([], -np.inf)


def test_smoothed_probabilities_sum_to_one_after_any_context() -> None:
    sequences = [([("א", "a"), ("ב", "b")], 1.0), ([("ב", "b"), ("א", "a")], 2.0), ([("ב", "v")], 1.0)]
    grams = count(sequences)
    logs, falls = smoothed(grams, (0,) * ORDER)
    units = [gram[0] for gram in grams[0]]
    for context in [(), (("ב", "b"),), (("א", "a"), ("ב", "b"))]:
        assert sum(np.exp(chance_of((*context, unit), logs, falls)) for unit in units) == pytest.approx(1)


def test_a_packed_model_unpacks_to_the_step() -> None:
    logs, falls = smoothed(count([([("א", "a"), ("ב", "b")], 3.0)]), (0,) * ORDER)
    read, fallen = unpacked(packed(logs, falls))
    assert read.keys() == logs.keys()
    assert all(abs(read[gram] - logs[gram]) <= 0.05 + 1e-9 for gram in logs)
    assert all(abs(fallen.get(gram, 0.0) - falls[gram]) <= 0.025 + 1e-9 for gram in falls)


def test_everyday_words_are_known_and_names_are_told_by_their_letters() -> None:
    known = knowledge()
    assert known.frequency("בית") > known.frequency("מזכר") > 0
    assert known.frequency("זלטוגורסק") == 0
    assert known.is_name("לונדון")
    assert not known.is_name("שולחן")
    assert known.foreignness("קורמנטו") > 0 > known.foreignness("להתפתחויות")


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("extract") / "brief.txt"
    path.write_text("\n\n".join(BRIEF), "utf-8")
    return path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mt", "glossary", "extract", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def test_the_command_writes_a_glossary_that_the_next_one_knows(brief: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.tsv"
    done = run(brief, "--no-glossary", "-o", new)
    assert (done.returncode, done.stdout) == (0, "")
    terms = {term.source: term for term in read_glossary(new)}
    assert terms["זלטוגורסק"].note == "suggested; 4×; line 1"
    assert terms["זלטוגורסק"].targets[0].startswith("Z")
    again = run(brief, "-g", new)
    assert (again.returncode, again.stdout) == (0, "")
    assert "nothing that the glossary does not know" in again.stderr


def test_the_command_lists_what_it_finds(brief: Path) -> None:
    done = run(brief, "--no-model", "--json", "--min", 3)
    rows = json.loads(done.stdout)
    (row,) = [row for row in rows if row["source"] == "זלטוגורסק"]
    assert (row["count"], row["line"], row["kind"]) == (4, 1, NAME)
    assert fold(row["source"]) in fold(clean_text(row["example"]))
    table = run(brief, "--no-model", "--top", 2).stdout.splitlines()
    assert table[0].split() == ["hebrew", "english", "kind", "count", "name", "prefixes", "where", "example"]
    assert len(table) == 3


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("nowhere.txt",), 1, "targem: "),
        (("nowhere.txt", "-o", "out.docx"), 2, "targem: out.docx is no glossary"),
        (("nowhere.txt", "--no-glossary", "-g", "a.tsv"), 2, "targem: -g and --no-glossary exclude"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: tuple[str, ...], status: int, message: str) -> None:
    done = run(*arguments)
    assert done.returncode == status
    assert done.stderr.startswith(message)
    assert len(done.stderr.splitlines()) == 1
