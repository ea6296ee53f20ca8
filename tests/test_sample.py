"""The sample brief: its formats hold the same letters, show what they should, and keep to its terms."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from hatchling.builders.wheel import WheelBuilder

from glossary.match import SourceMatcher, TargetMatcher
from glossary.terms import Glossary, read_glossary
from mt.errors import SettingError
from mt.sample import FILES, sample_path
from tests.make_sample import RUNNING_TITLE, SOURCE, build_docx, parse, plain_text

NOT_HEBREW = re.compile("[^\u05d0-\u05ea]+")
DATE = re.compile(r"(\d{1,2})\.\d{1,2}\.(\d{4})")
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?")

SHOWN = {
    "masthead": r"(?m)^גיליון \d+ \| \d+ בדצמבר 2024 \| ד\"ר ",
    "bulleted list": r"(?m)(?:^• .+\n(?:[א-ת].+\n)+){3}",
    "numbered list": r"(?m)^1\. (?:.+\n)+2\. (?:.+\n)+3\. (?:.+\n)+4\. ",
    "quotation with an inner stop": r'"[^"\n]+\.\s[^"]+", אמר\.',
    "quotation after a colon": r': "[^"]+"\.',
    "percentage": r"\d+\sאחוזים",
    "sum in dollars": r"\d\.\d מיליארד דולר",
    "sum in shekels": r'\d+ מיליון ש"ח',
    "date in figures": r"ב-26\.11\.2024",
    "date in words": r"ב-19 בספטמבר 2023",
    "range of numbers": r"15–20 אחוזים",
    "thousands": r"\d,\d{3}",
    "decimal": r"בכ-6\.8 ",
    "acronym, army": 'צה"ל',
    "acronym, country": 'ארה"ב',
    "acronym with article": 'האו"ם',
    "acronym with prefix": 'בנאט"ו',
    "abbreviated title": 'ד"ר ',
    "abbreviated noun": 'דו"ח',
    "geresh inside a word": "אזרבייג'ן",
    "geresh after a prefix": "בצ'ייחאן",
    "abbreviation with geresh": "פרופ' ",
    "initials": r"א'\sב'\s[א-ת]+",
    "English name": r"\bSOCAR\b",
    "English acronym": r"\bOECD\b",
    "English in brackets": r"\(COP29\)",
    "table": r"(?m)(?:^[^|\n]+ \| [^|\n]+ \| [^|\n]+\n){4}",
    "caption": r"(?m)^טבלה 1\. ",
    "footnote mark": r"\.\[1\]",
    "footnotes": r"(?m)^\[1\] (?:.+\n)+\[2\] .+\n\Z",
    "editors": r"(?m)^עורכי הסדרה ",
    "name behind in": "בנחצ'יואן",
    "name behind and-to": "ולאזרבייג'ן",
    "name behind that-in": r"שבמסדרון\sזנגזור",
    "name behind from": "מנגורנו-קרבאך",
}


def text_of(name: str) -> str:
    return sample_path(name).read_text(encoding="utf-8")


def hebrew_letters(text: str) -> str:
    return NOT_HEBREW.sub("", text)


def paragraphs(text: str) -> list[str]:
    return re.split(r"\n{2,}", text.strip())


def numbers(text: str) -> Counter[str]:
    text = DATE.sub(r"\1 \2", text).replace("100 אלף", "100,000")
    return Counter(NUMBER.findall(text))


def word_letters(document: Any) -> str:
    notes = next(
        part for part in document.part.package.iter_parts() if part.partname == "/word/footnotes.xml"
    )
    body = "".join(node.text or "" for node in document.element.body.iter(qn("w:t")))
    return hebrew_letters(body + notes.blob.decode("utf-8"))


@pytest.fixture(scope="module")
def word() -> Any:
    return docx.Document(str(sample_path("brief.he.docx")))


@pytest.fixture(scope="module")
def terms() -> Glossary:
    return read_glossary(sample_path("brief.glossary.tsv"))


@pytest.mark.parametrize("feature", SHOWN)
def test_feature_is_shown(feature: str) -> None:
    assert re.search(SHOWN[feature], text_of("brief.he.txt"))


def test_text_is_clean_and_of_a_brief_s_length() -> None:
    text = text_of("brief.he.txt")
    assert re.sub("[\u0020-\u007e\u05d0-\u05ea\n•–]", "", text) == ""
    assert 900 <= len(text.split()) <= 1000


def test_every_paragraph_and_item_is_wrapped() -> None:
    lines = text_of("brief.he.txt").split("\n")
    assert max(map(len, lines)) <= 90
    assert sum(len(line) > 75 for line in lines) >= 40


def test_text_and_word_file_are_those_the_maker_makes(tmp_path: Path, word: Any) -> None:
    pieces = parse(SOURCE.read_text(encoding="utf-8"))
    assert plain_text(pieces) == text_of("brief.he.txt")
    build_docx(pieces, tmp_path / "made.docx")
    made = docx.Document(str(tmp_path / "made.docx"))
    assert made.element.xml == word.element.xml
    assert word_letters(made) == word_letters(word)


def test_word_file_has_the_same_letters_in_the_same_order(word: Any) -> None:
    assert word_letters(word) == hebrew_letters(text_of("brief.he.txt"))


def test_word_file_is_right_to_left_with_real_structure(word: Any) -> None:
    assert Counter(paragraph.style.name for paragraph in word.paragraphs) == {
        "Title": 1,
        "Masthead": 2,
        "Heading 1": 5,
        "Caption": 1,
        "List Bullet": 3,
        "List Number": 4,
        "Normal": 13,
    }
    assert all(
        paragraph.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
        for paragraph in word.element.body.iter(qn("w:p"))
    )
    assert [len(table.rows) for table in word.tables] == [4]
    assert len(word.tables[0].columns) == 3
    marks = word.element.body.iter(qn("w:footnoteReference"))
    assert [mark.get(qn("w:id")) for mark in marks] == ["1", "2"]


def test_word_file_has_a_running_title_and_a_page_number(word: Any) -> None:
    section = word.sections[0]
    assert section.header.paragraphs[0].text == RUNNING_TITLE
    field = section.footer.paragraphs[0]._p.find(qn("w:fldSimple"))
    assert field.get(qn("w:instr")).strip() == "PAGE"


def test_pdf_has_the_letters_and_the_running_title_on_two_pages() -> None:
    document = pypdfium2.PdfDocument(sample_path("brief.he.pdf"))
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    assert len(pages) == 2
    expected = Counter(hebrew_letters(text_of("brief.he.txt") + 2 * RUNNING_TITLE))
    found = Counter(hebrew_letters("".join(pages)))
    # The font's own ligatures may cost a letter here and there.
    assert ((expected - found) + (found - expected)).total() <= 0.01 * expected.total()


def test_english_has_the_same_paragraphs_and_numbers() -> None:
    sources, targets = paragraphs(text_of("brief.he.txt")), paragraphs(text_of("brief.en.txt"))
    assert len(sources) == len(targets)
    for source, target in zip(sources, targets, strict=True):
        assert numbers(source) == numbers(target), target
        assert len(source.split("\n• ")) == len(target.split("\n• "))


def test_english_has_no_hebrew_left() -> None:
    assert hebrew_letters(text_of("brief.en.txt")) == ""


def test_every_term_stands_in_the_hebrew(terms: Glossary) -> None:
    found = SourceMatcher(terms).find(text_of("brief.he.txt"))
    assert {match.term for match in found} == set(terms)
    assert 25 <= len(terms) <= 40


def test_every_term_has_its_english_in_the_reference(terms: Glossary) -> None:
    found = TargetMatcher(terms).find(text_of("brief.en.txt"))
    assert {term for match in found for term in match.terms} == set(terms)


@pytest.mark.parametrize("name", FILES)
def test_file_is_small_and_the_wheel_carries_it(name: str) -> None:
    path = sample_path(name)
    assert 0 < path.stat().st_size <= 150_000
    builder = WheelBuilder(str(Path(__file__).parents[1]))
    assert f"mt/sample/{name}" in {entry.distribution_path for entry in builder.recurse_included_files()}


def test_unknown_sample_lists_the_known() -> None:
    with pytest.raises(SettingError, match=r"brief\.he\.docx"):
        sample_path("brief.fr.txt")
