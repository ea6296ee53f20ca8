"""Recipes, corpora, cleaning, the held-out guard and the tokenizer: tables of cases, good and bad."""

import lzma
import re
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.hebrew import has_hebrew
from mt.engines.pieces import TERM_MARKS
from mt.errors import TrainingError
from mt.train.checkpoint import save_checkpoint
from mt.train.cleaning import CHECKS, Counts, Limits, TextPair, clean, fault
from mt.train.corpora import files_of, find_corpus, read_pairs, read_sentences
from mt.train.heldout import Guard, read_guard
from mt.train.marking import read_terms, with_marked_terms
from mt.train.normal import normal_form
from mt.train.numbers import with_other_numbers
from mt.train.prepare import prepare, report
from mt.train.recipe import RECIPES, parse_recipe, read_recipe
from mt.train.tokenizer import Tokenizer, train_tokenizer, write_tokenizer
from tests.toy_language import VOCABULARY, sentences, write_toy

MINIMAL: dict[str, Any] = {
    "name": "small",
    "sources": {"a": {"file": "a.tsv"}},
    "phases": [{"name": "one", "steps": 5, "weights": {"a": 2.5}}],
}


def test_the_shipped_recipes_can_be_read() -> None:
    for path in RECIPES.glob("*.toml"):
        recipe = read_recipe(path.stem, Path("/corpora"))
        assert recipe.steps > 0
        files = [Path(source.file) for source in recipe.sources.values()]
        assert all(file.parent == Path("/corpora") or file.is_dir() for file in files)
        assert recipe.dev


def test_the_prose_that_comes_along_is_clean_and_gives_way_to_a_folder_of_the_same_name(
    tmp_path: Path,
) -> None:
    path = find_corpus(tmp_path, "prose")
    files = files_of(path)
    assert len(files) > 1
    rows = [line.split("\t") for file in files for line in file.read_text("utf-8").splitlines()]
    assert {len(row) for row in rows} == {4}
    assert all(has_hebrew(row[2]) and not has_hebrew(row[3]) for row in rows)
    assert len({row[2] for row in rows}) == len(rows) > 5000
    # The sentences of a document stand together, numbered from 1.
    assert [int(row[1]) for row in rows] == [
        number for _, group in groupby(rows, key=lambda row: row[0]) for number, _ in enumerate(group, 1)
    ]
    assert sum(fault(pair, Limits()) is not None for pair in read_pairs(path)) < len(rows) / 100
    (tmp_path / "prose").mkdir()
    assert find_corpus(tmp_path, "prose").parent == tmp_path


def test_the_files_of_a_folder_are_one_corpus(tmp_path: Path) -> None:
    for name in ("b.tsv", "a.tsv"):
        (tmp_path / name).write_text(f"שלום {name[0]}\thello {name[0]}\n", "utf-8")
    (tmp_path / "README.md").write_text("no corpus", "utf-8")
    assert [pair.target for pair in read_pairs(tmp_path)] == ["hello a", "hello b"]


def test_paths_are_relative_to_the_recipe(tmp_path: Path) -> None:
    recipe = read_recipe(str(write_toy(tmp_path)))
    assert recipe.sources["toy"].file == str(tmp_path / "toy.tsv")


BAD_RECIPES = [
    ({"phase": []}, "recipe has no key 'phase': known are name, sources, phases"),
    ({"learning": {"lr": 1}}, "recipe.learning has no key 'lr': known are rate, warmup"),
    ({"learning": {"rate": "fast"}}, "recipe.learning.rate is not of type float"),
    ({"learning": {"rate": True}}, "recipe.learning.rate is not of type float"),
    ({"learning": {"decay": "linear"}}, "learning.decay is not one of cosine, inverse-sqrt"),
    ({"learning": {"dropout": 1.0}}, "learning.dropout is not from 0 to below 1"),
    ({"learning": {"batch_tokens": 0}}, "learning.batch_tokens is not above 0"),
    ({"model": {"width": 30}}, "model.width is not a multiple"),
    ({"model": []}, "recipe.model is not a table"),
    ({"sources": {"a": {}}}, "recipe.sources.a lacks 'file'"),
    ({"phases": []}, "it needs sources and phases"),
    ({"phases": {}}, "recipe.phases is not a list"),
    ({"phases": [{"name": "x", "steps": 0, "weights": {"a": 1}}]}, "phase x: steps is not above 0"),
    ({"phases": [{"name": "x", "steps": 1, "weights": {"b": 1}}]}, "unknown source 'b': known are a"),
    ({"phases": [{"name": "x", "steps": 1, "weights": {"a": -1}}]}, "weight of a is not at least 0"),
]


@pytest.mark.parametrize(("change", "message"), BAD_RECIPES)
def test_a_wrong_recipe_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(TrainingError) as caught:
        parse_recipe({**MINIMAL, **change})
    assert message in str(caught.value)


def test_the_digest_follows_what_decides_the_weights() -> None:
    plain = parse_recipe(MINIMAL).digest
    assert parse_recipe({**MINIMAL, "saving": {"log_every": 7}}).digest == plain
    assert parse_recipe({**MINIMAL, "sources": {"a": {"file": "elsewhere/a.tsv"}}}).digest == plain
    for change in (
        {"seed": 2},
        {"learning": {"clip": 0.5}},
        {"cleaning": {"words": 9}},
        {"tokenizer": {"size": 9}},
    ):
        assert parse_recipe({**MINIMAL, **change}).digest != plain


def test_an_unknown_recipe_lists_the_shipped(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="one of: he-en"):
        read_recipe("no-such-recipe")
    (tmp_path / "broken.toml").write_text("name = ")
    with pytest.raises(TrainingError, match="cannot be read"):
        read_recipe(str(tmp_path / "broken.toml"))


NORMAL = [
    ("ש\u05b8\u05c1לו\u05b9ם", "שלום"),
    ("אל\u05beעל", "אל-על"),
    ("צה\u05f4ל", 'צה"ל'),
    ("ג\u05f3ורג\u2019", "ג'ורג'"),
    ("\u200fא\u202c  ב\u00a0ג\n", "א ב ג"),
    ("1990\u20131995 \u2014 \u201cso\u201d", '1990-1995 - "so"'),
]


@pytest.mark.parametrize(("text", "expected"), NORMAL)
def test_normal_form(text: str, expected: str) -> None:
    assert normal_form(text) == expected


@given(st.text(max_size=40))
def test_normalising_twice_is_once(text: str) -> None:
    assert normal_form(normal_form(text)) == normal_form(text)


FORMATS = {
    "a.tsv": "שלום\thello\n\nבוקר\tmorning\n",
    "b.tsv": "doc\t1\tשלום\thello\ndoc\t2\tבוקר\tmorning\n",
    "c.tsv": "id\tsource\tstatus\ttarget\n1\tשלום\tnew\thello\n2\tבוקר\tnew\tmorning\n",
    "d.jsonl": '{"source": "שלום", "target": "hello"}\n{"he": "בוקר", "en": "morning"}\n',
    "e.tmx": '<?xml version="1.0"?><tmx version="1.4"><header/><body>\n'
    '<tu><tuv xml:lang="he-IL"><seg>שלום</seg>'
    '</tuv><tuv xml:lang="en"><seg>hello</seg></tuv></tu>\n<tu><tuv xml:lang="EN"><seg>mor<hi>ning</hi></seg>'
    '</tuv><tuv xml:lang="he"><seg>בוקר</seg></tuv></tu><tu><tuv xml:lang="he"><seg>x</seg></tuv></tu>'
    "</body></tmx>",
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_pairs(tmp_path: Path, name: str, packed: bool) -> None:
    data = FORMATS[name].encode()
    path = tmp_path / (name + ".xz" * packed)
    path.write_bytes(lzma.compress(data) if packed else data)
    assert [(p.source, p.target) for p in read_pairs(path)] == [("שלום", "hello"), ("בוקר", "morning")]


BAD_CORPORA = [
    ("a.tsv", "שלום\thello\nשלום hello\n".encode(), "a.tsv line 2 has no tab"),
    ("a.tsv", "שלום\thello\n".encode() + "בוקר\tx\n".encode("cp1255"), "a.tsv line 2 is not UTF-8"),
    ("a.jsonl", b'{"he": "x", "en": "y"}\n{"he": "x"}\n', "a.jsonl line 2 has no pair"),
    ("a.jsonl", b"{\n", "a.jsonl line 1 has no pair"),
    ("a.tmx", b"<tmx>\n<tu>\n</tmx>", "a.tmx line 3 is not TMX"),
    ("a.tmx", b'<!DOCTYPE t [\n<!ENTITY a "b">]><t/>', "it declares entities"),
    ("a.tsv.xz", b"not xz at all", "a.tsv.xz cannot be read"),
    ("a.docx", b"", "a.docx has an unknown ending: known are .tsv, .jsonl, .tmx"),
]


@pytest.mark.parametrize(("name", "data", "message"), BAD_CORPORA)
def test_a_bad_corpus_is_named_with_its_line(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TrainingError) as caught:
        list(read_pairs(tmp_path / name))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"none\.tsv cannot be read"):
        list(read_pairs(tmp_path / "none.tsv"))


MEASURES = [
    ("length_ratio", "אבג", "abc", 1.0),
    ("length_ratio", "א" * 12, "a" * 36, 2.0),
    ("words", "אחת שתיים שלוש", "one two", 3.0),
    ("foreign_source", "שלום", "x", 0.0),
    ("foreign_source", "שלab", "x", 0.5),
    ("foreign_source", "2024", "x", 1.0),
    ("foreign_target", "x", "Muğla, Çanakkale", 0.0),
    ("foreign_target", "x", "abשל", 0.5),
    ("placeholders", "יש %d קבצים", "%d files", 0.0),
    ("placeholders", "יש %d קבצים", "%s files", 2.0),
    ("placeholders", "שלום {name}", "hello {name} in ${place}", 1.0),
    ("placeholders", "<b>מודגש</b>", "bold", 2.0),
    ("placeholders", "עלייה של 5% בלבד", "a rise of 5% only", 0.0),
    ("placeholders", "אנד", "a &amp; b", 1.0),
    ("copied", "הקובץ Setup", "the file Setup", 1 / 3),
    ("copied", "Open the file", "Open the file", 1.0),
    ("copied", "אין", "42", 0.0),
    ("broken", "שלום\ufffd", "x\x07", 2.0),
]


@pytest.mark.parametrize(("check", "source", "target", "expected"), MEASURES)
def test_each_check_measures(check: str, source: str, target: str, expected: float) -> None:
    assert CHECKS[check](TextPair(source, target)) == pytest.approx(expected)


def test_each_check_has_a_limit_and_one_more_stands_for_duplicates() -> None:
    assert {*CHECKS, "duplicates"} == set(Limits.__slots__)


FAULTS = [
    ("הממשלה אישרה את התקציב.", "The government approved the budget.", None),
    ("הממשלה", "The government approved the budget of next year after a long night.", "length_ratio"),
    ("The government", "The government", "foreign_source"),
    ("הממשלה", "ממשלה", "foreign_target"),
    ("למחוק את %s?", "Delete it?", "placeholders"),
    ("", "", "foreign_source"),
]


@pytest.mark.parametrize(("source", "target", "reason"), FAULTS)
def test_limits_judge(source: str, target: str, reason: str | None) -> None:
    assert fault(TextPair(source, target), Limits()) == reason


def test_all_drops_are_counted_and_duplicates_are_found_across_sources() -> None:
    good, bad = TextPair("שלום", "hello"), TextPair("שלום", "שלום")
    seen: set[bytes] = set()
    first, second = Counts(), Counts()
    assert list(clean([good, bad, good], Limits(), seen, first)) == [good]
    assert list(clean([good], Limits(), seen, second)) == []
    assert (first.read, first.kept, dict(first.dropped)) == (3, 1, {"foreign_target": 1, "duplicate": 1})
    assert dict(second.dropped) == {"duplicate": 1}
    assert list(clean([good, good], Limits(duplicates=0), set(), Counts())) == [good, good]
    assert list(report({"a": first})) == [
        "a         3 read         1 kept  dropped: foreign_target 1, duplicate 1"
    ]


HELD = ["הממשלה אישרה את התקציב ב-3.5 מיליארד.", "The café's owner said “no”."]
TRIED = [
    ("הממשלה אישרה את התקציב ב־3.5 מיליארד", "x", True),
    ("ה\u05b7מ\u05b6\u05bcמ\u05b0ש\u05b8\u05c1ל\u05b8ה אישרה את התקציב ב 3.5 מיליארד!", "x", True),
    ("x", "the CAFE's owner said 'no'", True),
    ("The cafe's owner said no", "x", True),
    ("הממשלה אישרה את התקציב", "The owner said no.", False),
    ("...", "!", False),
]


@pytest.mark.parametrize(
    ("source", "target", "shape"),
    [
        ('ב-26 במאי 2020 שולמו 3,450 ש"ח', "On May 26, 2020, NIS 3,450 was paid", r"[12]\d \d{4} \d,\d\d0"),
        ("4.5% מתוך 60 מיליון", "4.5% of 60 million", r"(?:[3-9]|10)\.[1-9] [2-9]\d"),
        ("בין 2010 ל-2015", "between 2010 and 2015", r"\d{4} \d{4}"),
        ("מטוס F-16 ו-70 טייסים", "an F-16 and 70 pilots", r"16 [2-9]\d"),
    ],
)
def test_numbers_are_exchanged_alike_on_both_sides(source: str, target: str, shape: str) -> None:
    (pair,) = with_other_numbers([TextPair(source, target)])
    ours, theirs = (re.findall(r"\d[\d.,]*\d|\d", text) for text in (pair.source, pair.target))
    assert sorted(ours) == sorted(theirs)
    assert re.fullmatch(shape, " ".join(ours)), ours
    assert re.sub(r"\d+", "0", pair.source) == re.sub(r"\d+", "0", source)
    assert [pair] == list(with_other_numbers([TextPair(source, target)]))


@pytest.mark.parametrize(
    ("source", "target"), [("26 ספינות", "twenty-six ships"), ("מטוס F-16", "an F-16"), ("בית", "a house")]
)
def test_numbers_that_differ_or_are_names_are_left_out(source: str, target: str) -> None:
    assert list(with_other_numbers([TextPair(source, target)])) == []


def test_years_keep_their_distance() -> None:
    (pair,) = with_other_numbers([TextPair("2010 עד 2015", "2010 to 2015")])
    first, last = map(int, re.findall(r"\d+", pair.target))
    assert last - first == 5
    assert first != 2010


@pytest.mark.parametrize(("source", "target", "held"), TRIED)
def test_held_out_sentences_are_known_on_either_side(source: str, target: str, held: bool) -> None:
    assert bool(Guard(HELD)(TextPair(source, target))) is held


def test_a_guard_reads_pairs_and_plain_lines(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("שלום לך\thello to you\n", "utf-8")
    (tmp_path / "test.he").write_text("בוקר טוב\n\nערב טוב\n", "utf-8")
    assert len(read_guard([tmp_path / "a.tsv", tmp_path / "test.he"])) == 4
    assert list(read_sentences(tmp_path / "test.he")) == ["בוקר טוב", "ערב טוב"]


def test_no_development_sentence_is_trained_on(tmp_path: Path) -> None:
    recipe = read_recipe(str(write_toy(tmp_path, pairs=50, dev=10)))
    held = (tmp_path / "dev.tsv").read_text("utf-8")
    with (tmp_path / "toy.tsv").open("a", encoding="utf-8") as file:
        file.write(held.replace(" ", "  ").upper())
    prepared = prepare(recipe, tmp_path / "out")
    assert prepared.guarded == 20
    assert prepared.counts["toy"].dropped["held_out"] >= 10
    assert len(prepared.data["toy"]) <= 50


def test_a_missing_held_out_file_stops_all(tmp_path: Path) -> None:
    recipe = read_recipe(str(write_toy(tmp_path)))
    (tmp_path / "dev.tsv").unlink()
    with pytest.raises(TrainingError, match=r"dev\.tsv cannot be read"):
        prepare(recipe, tmp_path / "out")


def test_no_pairs_left_says_why(tmp_path: Path) -> None:
    path = write_toy(tmp_path)
    (tmp_path / "toy.tsv").write_text("hello\thello\n" * 5 + "שלום\tשלום\n", "utf-8")
    with pytest.raises(TrainingError, match=r"phase 'one' \(dropped: foreign_source 5, foreign_target 1\)"):
        prepare(read_recipe(str(path)), tmp_path / "out")


def test_a_phase_whose_pairs_are_all_too_long_is_refused(tmp_path: Path) -> None:
    path = write_toy(tmp_path)
    path.write_text(path.read_text("utf-8") + "longest = 1\n", "utf-8")
    with pytest.raises(TrainingError, match=r"no pairs are left for phase 'one'.*longest"):
        prepare(read_recipe(str(path)), tmp_path / "out")


def test_what_was_prepared_is_found_again_until_something_changes(tmp_path: Path) -> None:
    path = write_toy(tmp_path)
    said: list[str] = []
    first = prepare(read_recipe(str(path)), tmp_path / "out")
    again = prepare(read_recipe(str(path)), tmp_path / "out", said.append)
    assert "as prepared before" in said[0]
    assert again.counts == first.counts
    assert (again.data["toy"].source.values == first.data["toy"].source.values).all()
    with (tmp_path / "toy.tsv").open("a", encoding="utf-8") as file:
        file.write("שלום\thello\n")
    assert prepare(read_recipe(str(path)), tmp_path / "out").digest != first.digest


def test_a_folder_of_another_recipe_is_not_touched(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    save_checkpoint({}, out, 5, "0123456789")
    before = sorted(out.rglob("*"))
    with pytest.raises(TrainingError, match="another recipe or other data"):
        prepare(read_recipe(str(write_toy(tmp_path))), out)
    assert sorted(out.rglob("*")) == before


@pytest.fixture(scope="module")
def model() -> bytes:
    texts = [text for pair in sentences(300) for text in pair]
    return train_tokenizer([*texts, *map(str, range(100))], VOCABULARY + 10)


@pytest.fixture(scope="module")
def tokenizer(model: bytes, tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return write_tokenizer(model, tmp_path_factory.mktemp("tokenizer"))


def test_the_same_texts_give_the_same_bytes(model: bytes) -> None:
    texts = [text for pair in sentences(300) for text in pair]
    assert train_tokenizer([*texts, *map(str, range(100))], VOCABULARY + 10) == model
    assert b"rules.tsv" not in model


def test_numbers_are_cut_into_digits_and_marks_are_kept_whole(tokenizer: Tokenizer) -> None:
    import sentencepiece

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer.folder / "source.spm"))
    assert [p for p in pieces.encode("1990", out_type=str) if p != "▁"] in (
        list("1990"),
        ["▁1", "9", "9", "0"],
    )
    for mark in TERM_MARKS:
        assert pieces.piece_to_id(mark) not in (0, 1)
        assert mark in pieces.encode(f"1 {mark} 2", out_type=str)


def test_special_numbers_are_marians(tokenizer: Tokenizer) -> None:
    assert (tokenizer.end, tokenizer.unknown, tokenizer.pad) == (0, 1, VOCABULARY + 10)
    assert tokenizer.size == VOCABULARY + 11


@pytest.mark.parametrize(("text", "expected"), NORMAL)
def test_the_tokenizer_carries_the_normal_form(tokenizer: Tokenizer, text: str, expected: str) -> None:
    assert tokenizer.encode_sources([text]) == tokenizer.encode_sources([expected])


def test_decoding_undoes_encoding(tokenizer: Tokenizer) -> None:
    texts = [text for _, text in sentences(20)]
    rows = tokenizer.encode_targets(texts)
    assert [tokenizer.decode([*row, tokenizer.pad]) for row in rows] == texts


@pytest.mark.parametrize(("texts", "size"), [([], 100), (["שלום hello"] * 5, 5000)])
def test_a_tokenizer_that_cannot_be_is_one_line(texts: list[str], size: int) -> None:
    with pytest.raises(TrainingError, match="tokenizer") as caught:
        train_tokenizer(texts, size)
    assert "\n" not in str(caught.value)


def test_terms_that_stand_on_both_sides_are_marked_behind_their_prefixes() -> None:
    terms = read_terms(
        TextPair(*texts)
        for texts in (
            ("חיפה", "Haifa"), ("האיחוד האירופי", "the European Union"), ("האיחוד", "Union"), ("לא", "not"),
            ("רחצה", "bathe in"),
        )
    )  # fmt: skip
    pairs = (
        TextPair("האיחוד האירופי יבנה בחיפה נמל.", "The European Union will build a port in Haifa."),
        TextPair("חיפה לא ישנה.", "The city does not sleep."),
        TextPair("חיפהית", "Haifa"),
        TextPair("חיפה", "Haifan"),
    )
    assert terms["רחצה"] == [("רחצה", ("bathe in",))]  # its "the" is no article
    (marked,) = with_marked_terms(pairs, terms)
    assert marked.source == ("<t> האיחוד האירופי <=> European Union </t> יבנה ב<t> חיפה <=> Haifa </t> נמל.")
    assert marked.target == pairs[0].target


def test_a_source_with_terms_is_marked_besides_the_plain_one(tmp_path: Path) -> None:
    path = write_toy(tmp_path, pairs=300)
    first = (tmp_path / "toy.tsv").read_text("utf-8").splitlines()[0].split("\t")
    term = "\t".join(" ".join(text.split()[:2]) for text in first)
    (tmp_path / "terms.tsv").write_text(term, "utf-8")
    source = 'marked = { file = "toy.tsv", terms = ["terms.tsv"] }'
    path.write_text(path.read_text("utf-8").replace("[tokenizer]", f"{source}\n[tokenizer]"), "utf-8")
    recipe = read_recipe(str(path))
    prepared = prepare(recipe, tmp_path / "out")
    plain, marked = (prepared.data[name].source for name in ("toy", "marked"))
    assert 0 < len(marked) < len(plain)
    assert all(prepared.tokenizer.numbers["<t>"] in marked.row(i) for i in range(len(marked)))
    assert prepared.tokenizer.numbers["<t>"] not in plain.values
