"""Glossary files: what is read, what is refused, and what comes back after writing."""

from dataclasses import replace
from pathlib import Path
from random import Random
from string import ascii_letters

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.errors import GlossaryError
from glossary.hebrew import has_hebrew, is_prefix
from glossary.terms import Glossary, Term, merge, read_glossary, shipped, surface_key, write_glossary

DATA = Path(__file__).parent / "data"
BAKU = Term("באקו", ("Baku",))
DIGEST = "6689c55ce38c532f1d4b84d297fa78864ad3d713a37af9def3c459ea1dc1e032"
UN = Term('או"ם', ("UN", "United Nations"), ("אומות מאוחדות",), "the body", "body")

GOOD = [
    ("header.tsv", "source\ttarget\tnote\nבאקו\tBaku\t\n", (BAKU,)),
    ("order.tsv", "note\ttarget\tsource\n\tBaku\tבאקו\n", (BAKU,)),
    ("case.tsv", "Source\tTarget\nבאקו\tBaku\n", (BAKU,)),
    ("bom.tsv", "\ufeffsource\ttarget\nבאקו\tBaku\n", (BAKU,)),
    ("dos.tsv", "source\ttarget\r\nבאקו\tBaku\r\n", (BAKU,)),
    ("comments.tsv", "# towns\n\nsource\ttarget\n# one\nבאקו\tBaku\n\n", (BAKU,)),
    ("bare.tsv", "באקו\tBaku\n", (BAKU,)),
    ("bare.txt", "באקו\tBaku", (BAKU,)),
    ("spaces.tsv", " באקו \t Baku\u00a0\n", (BAKU,)),
    ("marks.tsv", "\u200fב\u05b8\u05bcאקו\u05bc\u200e\tBaku\n", (BAKU,)),
    (
        "allow.tsv",
        "source\ttarget\tforbidden\tallow\nבאקו\tBaku\tBakou | Bakı\tcase|article\n",
        (Term("באקו", ("Baku",), forbidden=("Bakou", "Bakı"), allow=("case", "article")),),
    ),
    (
        "all.tsv",
        'source\ttarget\tnote\tvariants\tkind\nאו"ם\tUN|United Nations\tthe body\tאומות מאוחדות\tbody\n',
        (UN,),
    ),
    ("plain.csv", "source,target\nבאקו,Baku\n", (BAKU,)),
    ("bare.csv", "באקו,Baku\n", (BAKU,)),
    ("semicolons.csv", "source;target\nבאקו;Baku\n", (BAKU,)),
    ("tabs.csv", "\ufeffsource\ttarget\nבאקו\tBaku\n", (BAKU,)),
    ("bare.csv", "באקו;Baku\n", (BAKU,)),
    ("commas.tsv", "# towns\nsource,target\nבאקו,Baku\n", (BAKU,)),
    ("semicolon.csv", "source,target\nבאקו,Baku; Bakou\n", (Term("באקו", ("Baku; Bakou",)),)),
    ("padded.csv", "source,target,,\nבאקו,Baku,,\n", (BAKU,)),
    ("excel.tsv", 'source\ttarget\n"או""ם"\t"Geneva, the UN"\n', (Term('או"ם', ("Geneva, the UN",)),)),
    ("marks.tsv", 'source\ttarget\n"באקו"\t"Baku"\n', (Term('"באקו"', ('"Baku"',)),)),
    (
        "quoted.csv",
        'kind,source,target,note,variants\nbody,"או""ם",UN | United Nations,the body,אומות מאוחדות\n',
        (UN,),
    ),
]

BAD = [
    ("empty.tsv", "", "no entries"),
    ("blank.tsv", "\n# only this\n\n", "no entries"),
    ("header.tsv", "source\ttarget\n", "no entries"),
    ("target.tsv", "source\ttarget\nבאקו\t\n", "line 2: empty target"),
    ("bars.tsv", "source\ttarget\nבאקו\t | \n", "line 2: empty target"),
    ("hebrew.tsv", "source\ttarget\nבאקו\tבאקו\n", "line 2: Hebrew in the English"),
    ("source.tsv", "source\ttarget\nBaku\tBaku\n", "line 2: no Hebrew in the source"),
    ("nosource.tsv", "source\ttarget\n\tBaku\n", "line 2: no Hebrew in the source"),
    ("variant.tsv", "source\ttarget\tvariants\nבאקו\tBaku\tBakou\n", "line 2: no Hebrew in a variant"),
    ("prefix.tsv", "source\ttarget\nמה\tfrom the\n", "line 2: 'מה' is only a prefix"),
    ("chain.tsv", "source\ttarget\nולכשב\tand when in\n", "line 2: 'ולכשב' is only a prefix"),
    (
        "prefixvariant.tsv",
        "source\ttarget\tvariants\nבאקו\tBaku\tבקו|שב\n",
        "line 2: 'שב' is only a prefix",
    ),
    ("itself.tsv", "source\ttarget\tvariants\nבאקו\tBaku\tבאקו\n", "line 2: 'באקו' is its own variant"),
    (
        "hebrewforbidden.tsv",
        "source\ttarget\tforbidden\nבאקו\tBaku\tבאקו\n",
        "line 2: Hebrew in a forbidden form",
    ),
    (
        "forbiddenhyphen.tsv",
        "source\ttarget\tforbidden\nקרבאך\tNagorno-Karabakh\tthe Nagorno Karabakh\n",
        "line 2: 'the Nagorno Karabakh' is forbidden and a target",
    ),
    ("again.tsv", "באקו\tBaku\nבאקו\tBaku\n", "line 2: 'באקו' duplicates line 1"),
    ("against.tsv", "באקו\tBaku\nבאקו\tBakou\n", "line 2: 'באקו' contradicts line 1 (Baku)"),
    ("hyphen.tsv", "נגורנו-קרבאך\tA\nנגורנו קרבאך\tB\n", "line 2: 'נגורנו קרבאך' contradicts line 1 (A)"),
    ("columns.tsv", "source\ttarget\tnote\nבאקו\tBaku\n", "line 2: 2 columns instead of 3"),
    ("wide.tsv", "באקו\tBaku\nירוואן\tYerevan\tcapital\n", "line 2: 3 columns instead of 2"),
    ("nohead.tsv", "באקו\tBaku\tcapital\n", "line 1: no header with the columns source and target"),
    ("name.tsv", "source\ttarget\tcolour\nבאקו\tBaku\tred\n", "line 1: unknown column 'colour'"),
    ("twice.tsv", "source\ttarget\ttarget\nבאקו\tBaku\tBaku\n", "line 1: a column named twice"),
    (
        "allow.tsv",
        "source\ttarget\tallow\nבאקו\tBaku\tplural\n",
        "line 2: unknown value 'plural' of allow (known: inflection, case, article, exact)",
    ),
    ("exact.tsv", "source\ttarget\tallow\nבאקו\tBaku\tcase|exact\n", "line 2: 'exact' allows nothing else"),
    (
        "forbidden.tsv",
        "source\ttarget\tforbidden\nבאקו\tBaku|Bakı\tBakı\n",
        "line 2: 'Bakı' is forbidden and a target",
    ),
    ("quote.csv", 'source,target\n"או"ם",UN\n', "line 2: not CSV"),
]


def _surfaces() -> st.SearchStrategy[str]:
    hebrew = st.text("אבגדהוזחטיכלמנסעפצקרשתםןךףץ'\"", min_size=2, max_size=6)
    return (
        st.lists(hebrew, min_size=1, max_size=3)
        .map(" ".join)
        .filter(lambda text: has_hebrew(text) and not is_prefix(text))
    )


WORDS = st.text(ascii_letters + "'-.,\"", min_size=1, max_size=8)
TERMS = st.builds(
    Term,
    _surfaces(),
    st.lists(WORDS, min_size=1, max_size=3).map(tuple),
    st.lists(_surfaces(), max_size=2).map(tuple),
    st.one_of(st.just(""), WORDS),
    st.sampled_from(["", "place", "body"]),
    st.lists(WORDS.map("not {}".format), max_size=2).map(tuple),
    st.sampled_from([(), ("exact",), ("case",), ("inflection", "article")]),
)


def _distinct(terms: list[Term]) -> Glossary:
    kept: list[Term] = []
    claimed: set[str] = set()
    for drawn in terms:
        variants = tuple(variant for variant in drawn.variants if variant != drawn.source)
        term = replace(drawn, variants=variants)
        keys = {surface_key(surface) for surface in term.surfaces}
        if not keys & claimed:
            claimed |= keys
            kept.append(term)
    return Glossary(tuple(kept), "law")


GLOSSARIES = st.lists(TERMS, min_size=1, max_size=6).map(_distinct)


@pytest.mark.parametrize(("name", "text", "terms"), GOOD)
def test_read(tmp_path: Path, name: str, text: str, terms: tuple[Term, ...]) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    glossary = read_glossary(path)
    assert glossary.terms == terms
    assert glossary.name == path.stem


@pytest.mark.parametrize(("name", "text", "fault"), BAD)
def test_fault(tmp_path: Path, name: str, text: str, fault: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    with pytest.raises(GlossaryError) as caught:
        read_glossary(path)
    assert caught.value.faults[0].startswith(fault)
    assert str(caught.value).startswith(f"{name}: {fault}")
    assert "\n" not in str(caught.value)


def test_all_faults_of_a_file_at_once() -> None:
    with pytest.raises(GlossaryError) as caught:
        read_glossary(DATA / "glossary_faults.tsv")
    assert caught.value.faults == (
        "line 4: 'באקו' duplicates line 3",
        "line 5: empty target",
        "line 6: Hebrew in the English",
        "line 7: no Hebrew in the source",
        "line 8: 'ול' is only a prefix",
        "line 9: 2 columns instead of 6",
        "line 10: 'באקו' contradicts line 3 (Baku)",
        "line 11: no Hebrew in a variant",
        "line 12: 'טהראן' contradicts line 11 (Tehran)",
        "line 13: 'קפאן' is its own variant",
        "line 14: 'Gyumri' is forbidden and a target",
        "line 15: unknown value 'plural' of allow (known: inflection, case, article, exact)",
        "line 16: Hebrew in a forbidden form",
        "line 17: Hebrew in the English",
        "line 17: 'וכשה' is only a prefix",
    )
    assert caught.value.what == "glossary_faults.tsv: " + "; ".join(caught.value.faults)


def test_a_message_shows_the_first_faults(tmp_path: Path) -> None:
    path = tmp_path / "many.tsv"
    path.write_text("source\ttarget\n" + "באקו\t\n" * 30, encoding="utf-8")
    with pytest.raises(GlossaryError) as caught:
        read_glossary(path)
    assert len(caught.value.faults) == 30
    assert caught.value.what.endswith("line 21: empty target (and 10 more)")


def test_read_a_list_without_header() -> None:
    glossary = read_glossary(DATA / "glossary_plain.tsv")
    assert [term.targets[0] for term in glossary] == ["Caspian Sea", "UN", "Kapan"]
    assert len(glossary) == 3


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("t.tsv", "utf-8-sig"), ("t.txt", "utf-16"), ("t.csv", "utf-16"), ("t.csv", "utf-8-sig")],
)
def test_encodings_that_excel_writes(tmp_path: Path, name: str, encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes("source\ttarget\r\nבאקו\tBaku\r\n".encode(encoding))
    assert read_glossary(path).terms == (BAKU,)


WRONG = [
    ("באקו\tBaku\n".encode("cp1255"), "line 2: not UTF-8 but Windows-1255, it seems"),
    ("באקו\tBaku\n".encode("iso-8859-8"), "line 2: not UTF-8 but Windows-1255, it seems"),
    ("Ägypten\tEgypt\n".encode("cp1252"), "line 2: not UTF-8"),
    ("באקו\tBaku\n".encode("cp862"), "line 2: not UTF-8"),
]


@pytest.mark.parametrize(("row", "fault"), WRONG)
def test_wrong_encoding(tmp_path: Path, row: bytes, fault: str) -> None:
    path = tmp_path / "old.tsv"
    path.write_bytes(b"source\ttarget\n" + row)
    with pytest.raises(GlossaryError) as caught:
        read_glossary(path)
    assert caught.value.faults == (fault,)
    assert str(caught.value) == f"old.tsv: {fault}: save it as UTF-8 (in Excel: CSV UTF-8)"


@pytest.mark.parametrize(
    ("data", "fault"),
    [(b"\xff\xfea", "broken UTF-16"), (b"PK\x03\x04\x96\xe0", "a workbook, no table of text")],
)
def test_no_table(tmp_path: Path, data: bytes, fault: str) -> None:
    path = tmp_path / "book.csv"
    path.write_bytes(data)
    with pytest.raises(GlossaryError, match=fault):
        read_glossary(path)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match="No such file"):
        read_glossary(tmp_path / "missing.tsv")


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".tbx"])
@given(glossary=GLOSSARIES)
def test_what_was_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, glossary: Glossary
) -> None:
    path = tmp_path_factory.mktemp("law") / f"law{suffix}"
    write_glossary(glossary, path)
    again = read_glossary(path)
    assert again == glossary
    assert again.digest == glossary.digest
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


UNWRITABLE = [
    Term("באקו", ("Ba\tku",)),
    Term("באקו", ("Ba|ku",)),
    Term("#באקו", ("Baku",)),
    Term("באקו", ()),
    Term("באקו ", ("Baku",)),
]


@pytest.mark.parametrize("term", UNWRITABLE)
def test_a_term_that_would_not_read_back_is_not_written(tmp_path: Path, term: Term) -> None:
    path = tmp_path / "kept.tsv"
    path.write_text("as it was", encoding="utf-8")
    with pytest.raises(GlossaryError):
        write_glossary(Glossary((term,)), path)
    assert path.read_text(encoding="utf-8") == "as it was"


def test_csv_is_written_as_excel_reads_it(tmp_path: Path) -> None:
    write_glossary(Glossary((UN,)), tmp_path / "un.csv")
    assert (tmp_path / "un.csv").read_bytes().decode() == (
        "\ufeffsource,target,note,variants,kind,forbidden,allow\n"
        '"או""ם",UN|United Nations,the body,אומות מאוחדות,body,,\n'
    )


@pytest.mark.parametrize("name", ["terms.xlsx", "terms", "terms.tsv.gz"])
def test_an_unknown_ending_is_not_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(GlossaryError) as caught:
        write_glossary(Glossary((BAKU,)), tmp_path / name)
    assert str(caught.value) == f"{name} has an unknown ending: known are .tsv, .csv, .tbx"
    assert list(tmp_path.iterdir()) == []


def test_written_nowhere(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match="choose another place"):
        write_glossary(Glossary((BAKU,)), tmp_path / "no" / "such.tsv")


@given(GLOSSARIES, st.randoms())
def test_digest_does_not_know_order_or_name(glossary: Glossary, random: Random) -> None:
    shuffled = list(glossary.terms)
    random.shuffle(shuffled)
    assert Glossary(tuple(shuffled), "other").digest == glossary.digest


def test_digest_knows_every_field() -> None:
    others = [
        Term('או"ם', ("United Nations", "UN"), UN.variants, UN.note, UN.kind),
        Term('או"ם', UN.targets, (), UN.note, UN.kind),
        Term('או"ם', UN.targets, UN.variants, "", UN.kind),
        Term('או"ם', UN.targets, UN.variants, UN.note, ""),
        replace(UN, forbidden=("U.N.",)),
        replace(UN, allow=("U.N.",)),
        BAKU,
    ]
    digests = {Glossary((term,)).digest for term in [UN, *others]}
    assert len(digests) == len(others) + 1
    assert all(len(digest) == 64 for digest in digests)


ALLOWED = [
    # targets, allow: inflects, any_case, any_article
    (("Baku",), (), (False, False, True)),
    (("ceasefire",), (), (True, False, True)),
    (("the ceasefire",), (), (True, False, True)),
    (("the Knesset",), (), (False, False, True)),
    (("UN", "the body"), (), (True, False, True)),
    (("ceasefire",), ("exact",), (False, False, False)),
    (("ceasefire",), ("article",), (False, False, True)),
    (("Baku",), ("inflection", "case"), (True, True, False)),
]


@pytest.mark.parametrize(("targets", "allow", "expected"), ALLOWED)
def test_what_may_differ(
    targets: tuple[str, ...], allow: tuple[str, ...], expected: tuple[bool, bool, bool]
) -> None:
    term = Term("באקו", targets, allow=allow)
    assert (term.inflects, term.any_case, term.any_article) == expected


def test_only_a_target_that_is_no_name_inflects() -> None:
    term = Term('או"ם', ("UN", "the body"))
    assert [term.may_inflect(target) for target in term.targets] == [False, True]


def test_digest_of_a_term_without_the_later_fields_is_as_it_was() -> None:
    assert Glossary((BAKU,)).digest == DIGEST


def test_merge_keeps_every_field() -> None:
    ours = Glossary((Term("באקו", ("Baku",), ("בקו", "בכו"), "", "", ("Bakou",), ("exact",)),))
    merged = merge(ours, Glossary((Term("בכו", ("Bako",)),)))
    assert merged.terms[0] == replace(ours.terms[0], variants=("בקו",))


def test_merge_lets_the_later_win() -> None:
    ours = Glossary((BAKU, UN), "ours")
    theirs = Glossary((Term("באקו", ("Bakı",)), Term("קפאן", ("Kapan",))), "theirs")
    merged = merge(ours, theirs)
    assert {term.source: term.targets[0] for term in merged} == {
        "באקו": "Bakı",
        'או"ם': "UN",
        "קפאן": "Kapan",
    }
    assert merged.name == "ours+theirs"
    assert merge(ours) == ours
    assert merge() == Glossary(())


def test_merge_takes_a_claimed_spelling_from_the_earlier() -> None:
    ours = Glossary((Term("נחצ'יוואן", ("Nakhchivan",), ("נחיצ'ואן",)), Term("קפן", ("Ghapan",))))
    theirs = Glossary((Term("נחיצ'ואן", ("Nakhichevan",)), Term("קפאן", ("Kapan",), ("קפן",))))
    merged = {term.source: term for term in merge(ours, theirs)}
    assert merged["נחצ'יוואן"].variants == ()
    assert "קפן" not in merged


SHIPPED = [
    ("מסדרון זנגזור", "Zangezur corridor"),
    ("נגורנו-קרבאך", "Nagorno-Karabakh"),
    ("קרבאך", "Karabakh"),
    ("מלחמת נגורנו-קרבאך השנייה", "Second Nagorno-Karabakh War"),
    ("מלחמת נגורנו-קרבאך הראשונה", "First Nagorno-Karabakh War"),
    ("הסכמי אברהם", "Abraham Accords"),
    ("אילהם אלייב", "Ilham Aliyev"),
    ("בנימין נתניהו", "Benjamin Netanyahu"),
    ("רג'פ טאיפ ארדואן", "Recep Tayyip Erdoğan"),
    ("קפאן", "Kapan"),
    ("אזרבייג'ן", "Azerbaijan"),
    ("גדודי חוסיניון", "Huseyniyyun Brigades"),
    ("מגפת הקורונה", "COVID-19 pandemic"),
    ("הרשות הפלסטינית", "Palestinian Authority"),
    ("רמאללה", "Ramallah"),
    ("מדינות המפרץ", "Gulf states"),
    ("הים הכספי", "Caspian Sea"),
    ("קבוצת מינסק", "Minsk Group"),
    ("צינור באקו-טביליסי-ג'ייהאן", "Baku–Tbilisi–Ceyhan pipeline"),
]


def test_shipped_list_has_no_fault() -> None:
    glossary = shipped()
    assert len(glossary) >= 200
    assert all(term.kind for term in glossary)
    assert merge(glossary) == glossary


@pytest.mark.parametrize(("source", "target"), SHIPPED)
def test_shipped_list_has(source: str, target: str) -> None:
    assert [term.targets[0] for term in shipped() if term.source == source] == [target]
