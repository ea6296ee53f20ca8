"""Written documents: exact text, nothing that a format eats, both directions of writing side by side."""

import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aligned.errors import FormatError
from aligned.formats import WRITERS
from glossary.receipt import Method, Receipt
from mt.documents import Block, Document, Kind
from mt.errors import SettingError
from mt.outputs import (
    ENDINGS,
    TranslatedBlock,
    TranslatedDocument,
    check_output,
    render_text,
    write_output,
)
from mt.outputs.docx import render_docx
from mt.outputs.html import render_html
from mt.outputs.layout import Table, flow, one_line
from mt.outputs.markers import english_marker, footnote_marker
from mt.outputs.text import escape_markdown, render_markdown
from tests.translated_sample import FORCED, RECORD, assert_golden, translated

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

HARD_TEXTS = (
    "# 1. not a heading",
    "1) not a list",
    "12. April",
    "- - -",
    "=====",
    "> said",
    "a*b*c _d_ __e__ f_g ~~h~~ `i` snake_case_",
    "<script>alert(1)</script> &amp; &#1488; & AT&T",
    "![x](y) [z][0] <http://a.b> \\ \\* C:\\",
    "heading #",
    "a | b",
    "* * * \u202bעברית\u202c \U0001f4a7",
)


def block(kind: Kind, target: str, **known: Any) -> TranslatedBlock:
    pair = replace(translated().pairs[0], target=target, receipts=())
    return TranslatedBlock(Block(kind, "מקור", (), **known), (pair,))


def document(*blocks: TranslatedBlock) -> TranslatedDocument:
    source = Document("a.txt", "txt", RECORD.digest, tuple(item.block for item in blocks))
    return TranslatedDocument(source, blocks)


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending not in (".docx", ".xlsx")])
def test_the_exact_text_of_each_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"brief{ending.upper()}"
    write_output(translated(), path)
    name = "pairs" if ending in WRITERS else "brief"
    assert_golden(f"golden_{name}{ending}", path.read_bytes())


def test_an_unknown_ending_lists_the_known_ones(tmp_path: Path) -> None:
    for name in ("brief.odt", "brief"):
        with pytest.raises(SettingError, match=r"use one of \.txt \.md \.tsv \.csv \.jsonl \.tmx"):
            write_output(translated(), tmp_path / name)


def test_two_languages_are_refused_where_there_is_room_for_one(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"\.txt holds one language: for both use one of \.tsv"):
        check_output(tmp_path / "brief.txt", bilingual=True)
    for ending in (".docx", ".html", ".tsv"):
        write_output(translated(), tmp_path / f"brief{ending}", bilingual=True)


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    for ending in ENDINGS:
        with pytest.raises(FormatError, match="cannot be written"):
            write_output(translated(), tmp_path / "missing" / f"brief{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("marker", "english"),
    [
        ("א.", "a."),
        ("ב.", "b."),
        ("(ג)", "(c)"),
        ("י)", "j)"),
        ('י"א.', "k."),
        ("יא.", "k."),
        ("ט״ו.", "o."),
        ("טז.", "p."),
        ("כ'", "t"),
        ("כו.", "z."),
        ("כז.", "aa."),
        ("קכ״ג", "ds"),
        ("1.", "1."),
        ("2.1", "2.1"),
        ("•", "•"),
        ("-", "•"),
        ("\uf0b7", "•"),
        ("פרק", "פרק"),
        ("או", "או"),
        (" a) ", "a)"),
        ("", ""),
    ],
)
def test_markers(marker: str, english: str) -> None:
    assert english_marker(marker) == english


@pytest.mark.parametrize(
    ("marker", "english"), [("1", "[1]"), ("[2]", "[2]"), ("3.", "[3]"), ("*", "[*]"), ("א", "[a]"), ("", "")]
)
def test_footnote_markers(marker: str, english: str) -> None:
    assert footnote_marker(marker) == english


def test_nothing_in_is_nothing_out() -> None:
    assert render_text(document()) == ""
    assert render_text(document(block(Kind.PARAGRAPH, " "), block(Kind.PAGE_NUMBER, "7"))) == ""
    assert "<main>\n\n</main>" in render_html(document())
    assert paragraphs(render_docx(document())) == []


def test_a_block_without_pairs_keeps_numbers_and_no_hebrew() -> None:
    assert TranslatedBlock(Block(Kind.PARAGRAPH, "1,345", ()), ()).target == "1,345"
    assert TranslatedBlock(Block(Kind.PARAGRAPH, "לא תורגם", ()), ()).target == ""


@given(st.text())
def test_one_line_has_no_line_breaks(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(one_line(text)) == one_line(text)


def test_line_breaks_inside_a_sentence_do_not_end_its_paragraph() -> None:
    assert render_text(document(block(Kind.PARAGRAPH, "a\r\n b\u2028c"))) == "a b c\n"


def test_an_item_is_never_two_deeper_than_the_one_above() -> None:
    items = [block(Kind.LIST_ITEM, "x", level=level) for level in (3, 3, 1, 9)]
    assert render_text(document(*items)) == "• x\n    • x\n• x\n    • x\n"


def cell(text: str, *place: int) -> TranslatedBlock:
    return block(Kind.TABLE_CELL, text, cell=place)


def test_tables_with_gaps_and_two_paragraphs_in_a_cell() -> None:
    cells = [cell("a", 0, 0, 0), cell("b", 0, 0, 0), cell("c", 0, 2, 1), cell("d", 1, 0, 0)]
    first, second = flow(cells)
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert render_text(document(*cells)) == "a b | \n | c\n\nd\n"


def test_a_page_number_does_not_tear_a_table() -> None:
    cells = [cell("a", 0, 0, 0), block(Kind.PAGE_NUMBER, "4"), cell("b", 0, 1, 0), block(Kind.PARAGRAPH, "c")]
    assert [type(item).__name__ for item in flow(cells)] == ["Table", "TranslatedBlock", "TranslatedBlock"]
    assert render_html(document(*cells)).count("<table>") == 2


def shown(markdown: str) -> str:
    """The text that a reader of rendered Markdown sees."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = [child for token in parser.parse(markdown) for child in token.children or []]
    assert {token.type for token in tokens} <= {"text"}, tokens
    return "".join(token.content for token in tokens)


@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"])) | st.sampled_from(HARD_TEXTS)
)
@pytest.mark.parametrize("kind", [Kind.PARAGRAPH, Kind.HEADING, Kind.LIST_ITEM])
def test_markdown_shows_the_text_as_it_is(kind: Kind, text: str) -> None:
    expected = one_line(text)
    assert shown(render_markdown(document(block(kind, text)))) == expected


@given(text=st.text(alphabet=r"a 1\*_`#[]<>()!|~&;.-+=:\u05d0") | st.sampled_from(HARD_TEXTS))
def test_markdown_eats_none_of_its_own_marks(text: str) -> None:
    for kind in (Kind.PARAGRAPH, Kind.HEADING, Kind.LIST_ITEM, Kind.FOOTNOTE):
        assert shown(render_markdown(document(block(kind, text)))) == one_line(text)


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_markdown_cells_show_the_text_as_it_is(text: str) -> None:
    table = render_markdown(document(cell("head", 0, 0, 0), cell(text, 0, 1, 0)))
    assert shown(table) == "head" + text


def test_markdown_escapes_no_more_than_it_must() -> None:
    plain = "Costs rose by 4.5% (to NIS 1,200) - see https://example.org/a_b-c; #3, 50+ & more!"
    assert escape_markdown(plain) == plain


class Page(HTMLParser):
    """Whether tags close in order, and the text of each language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_whole_and_stands_alone() -> None:
    page = render_html(translated())
    tags = Page(page).tags
    names = [name for name, _ in tags]
    assert not {"script", "link", "img", "iframe"} & set(names)
    assert [names.count(name) for name in ("h1", "h2", "h3", "table", "section")] == [1, 2, 2, 2, 16]
    assert not re.search(r"\bon\w+=|url\(|@import|https?:", page)
    directions = [known.get("dir") for name, known in tags if name == "div"]
    assert directions == ["rtl", "ltr"] * 16


def test_the_page_marks_terms_in_both_languages() -> None:
    page = render_html(translated())
    title = 'title="רשות המים → Water Authority · forced, price 0.42"'
    assert f'<mark class="forced" {title}>רשות המים</mark>' in page
    assert f'<mark class="forced" {title}>Water Authority</mark>' in page
    assert page.count('<mark class="failed" title="ביוב → sewage · failed: beam lost it">ביוב</mark>') == 1


@pytest.mark.parametrize("text", ["</p><script>x</script>", "\"' onmouseover=x", "&lt;b&gt; <b>"])
def test_the_page_escapes_every_text(text: str) -> None:
    receipt = Receipt(text, 0, 2, "", text, 0, 2, Method.FAILED, reason=text)
    pair = translated().pairs[0]
    segment = replace(pair.segment, damaged=text)
    pair = replace(
        pair, id=text, source=text, target=text, segment=segment, receipts=(receipt,), findings=(text,)
    )
    one = TranslatedBlock(Block(Kind.HEADING, text, (), marker=text), (pair,))
    bare = TranslatedBlock(Block(Kind.PARAGRAPH, text, ()), ())
    whole = replace(document(one, bare), document=Document(text, "txt", "", ()))
    page = Page(render_html(whole))
    assert "script" not in [name for name, _ in page.tags]
    assert all(set(known) <= ALLOWED for _, known in page.tags)
    # Title, page heading, file name; twice the mark and the sentence; the finding; twice the bare block.
    assert page.text.count(text) == 10


ALLOWED = {
    "class",
    "title",
    "dir",
    "lang",
    "data-pair",
    "style",
    "charset",
    "content",
    "name",
    "http-equiv",
}


@given(spans=st.lists(st.tuples(st.integers(-3, 12), st.integers(-3, 12)), max_size=5))
def test_marks_never_change_the_text(spans: list[tuple[int, int]]) -> None:
    text = "a<b & c>d"
    receipts = tuple(
        replace(FORCED, source_start=start, source_end=end, target_start=start, target_end=end)
        for start, end in spans
    )
    pair = replace(translated().pairs[0], source=text, target=text, receipts=receipts)
    page = Page(render_html(document(TranslatedBlock(Block(Kind.PARAGRAPH, text, ()), (pair,)))))
    assert page.text.count(text) == 2


def parts(content: bytes) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(BytesIO(content))
    assert archive.testzip() is None
    return archive


def paragraphs(content: bytes) -> list[tuple[str, str]]:
    """Style and text of each paragraph of the body, tables apart."""
    import docx

    return [(item.style.name, item.text) for item in docx.Document(BytesIO(content)).paragraphs]


def test_word_has_styles_for_what_the_blocks_are() -> None:
    assert paragraphs(render_docx(translated())) == [
        ("Normal", "The Institute for Water Research"),
        ("Heading 1", "The Price of Water"),
        (
            "Normal",
            "The Water Authority ruled that pumping out of the Sea of Galilee will be cut. "
            "It costs NIS 1,200 & <more>.",
        ),
        ("Heading 2", "b. Recommendations"),
        ("List Number", "Reduce losses."),
        ("List 2", "a.\tReplace pipes."),
        ("List 2", "o.\tMeasure."),
        ("List Number", "Repair."),
        ("List Bullet", "Publish *data*."),
        ("Caption", "Table 1: Consumption"),
        ("Normal", ""),
        ("Normal", "=Drains are\tnot included."),
        ("Normal", "[1] See the appendix."),
    ]


def test_word_keeps_tables() -> None:
    import docx

    (table,) = docx.Document(BytesIO(render_docx(translated()))).tables
    rows = [[place.text for place in row.cells] for row in table.rows]
    assert rows == [["Year", "Million m³ | net"], ["2021", "1,345"]]


def test_word_starts_a_list_anew_where_the_numbers_do() -> None:
    items = [block(Kind.LIST_ITEM, "x", marker=mark, level=1) for mark in ("1.", "2.", "1.", "2.", "7.")]
    archive = parts(render_docx(document(*items)))
    body = archive.read("word/document.xml").decode()
    lists = re.findall(r'<w:numId w:val="(\d+)"/>', body)
    assert [lists.index(number) for number in lists] == [0, 0, 2, 2, 4]
    numbering = archive.read("word/numbering.xml").decode()
    starts = [
        re.search(rf'<w:num w:numId="{number}".*?startOverride w:val="(\d+)"', numbering, re.DOTALL)
        for number in (lists[0], lists[2], lists[4])
    ]
    assert [found[1] for found in starts if found] == ["1", "1", "7"]


def test_word_says_its_title_and_language() -> None:
    archive = parts(render_docx(translated()))
    about = archive.read("docProps/core.xml").decode()
    assert "<dc:title>The Price of Water</dc:title>" in about
    assert "<dc:language>en-US</dc:language>" in about
    assert "python-docx" not in about
    assert re.search('<w:lang w:val="en-US"[^>]*w:bidi="he-IL"/>', archive.read("word/styles.xml").decode())


def test_word_in_two_columns_has_hebrew_right_to_left() -> None:
    import docx

    content = render_docx(translated(), bilingual=True)
    (table,) = docx.Document(BytesIO(content)).tables
    rows = list(table._tbl.tr_lst)
    texts = [[place.text for place in row.cells] for row in table.rows]
    assert texts[0] == ["עברית", "English"]
    margins = ("running_title", "page_number")
    kept = [pair for pair in translated().pairs if pair.segment.kind not in margins]
    assert texts[1:] == [[pair.source, pair.target] for pair in kept]
    for row in rows:
        hebrew, english = row.tc_lst
        assert [child.tag for child in hebrew.find(f".//{W}pPr")] == [f"{W}bidi"]
        marks = [child.tag for child in hebrew.find(f".//{W}rPr")]
        assert marks[-2:] == [f"{W}rtl", f"{W}lang"]
        assert english.find(f".//{W}bidi") is None
        assert english.find(f".//{W}rtl") is None
    assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None


def test_word_takes_what_xml_cannot_hold() -> None:
    text = "a\x00b\x0bc\ud800d\ufffee\U0001f4a7"
    heading = block(Kind.HEADING, text + "x" * 300, level=12)
    content = render_docx(document(heading, block(Kind.FOOTNOTE, text, marker="\x02")))
    left = "ab cde\U0001f4a7"
    assert paragraphs(content) == [("Heading 9", left + "x" * 300), ("Normal", f"[] {left}")]
    render_docx(document(heading), bilingual=True)
