"""HTML and Markdown: what the markup says becomes the kind of each piece."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt.documents import Kind
from mt.readers.html import html_pieces
from mt.readers.markdown import markdown_pieces

Row = tuple[Kind, str, int, str]
HEAD, PARA, ITEM, CELL = Kind.HEADING, Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.TABLE_CELL
CAPTION, NOTE, TITLE, MAST = Kind.CAPTION, Kind.FOOTNOTE, Kind.RUNNING_TITLE, Kind.MASTHEAD


def kinds_of(text: str, markdown: bool = False) -> list[Row]:
    pieces = markdown_pieces(text) if markdown else html_pieces(text)
    return [(p.kind, " ".join("\n".join(p.lines).split()), p.level, p.marker) for p in pieces if any(p.lines)]


HTML = [
    (
        "<h2>כותרת</h2><p>פסקה <b>מודגשת</b>\n נמשכת.",
        [(HEAD, "כותרת", 2, ""), (PARA, "פסקה מודגשת נמשכת.", 0, "")],
    ),
    ("<h1>כותרת<p>פסקה", [(HEAD, "כותרת", 1, ""), (PARA, "פסקה", 0, "")]),
    (
        "<ul><li>אחד<li>שניים<ol start=3><li>שלוש</ol></ul>",
        [(ITEM, "אחד", 1, "•"), (ITEM, "שניים", 1, "•"), (ITEM, "שלוש", 2, "3.")],
    ),
    (
        '<ol style="list-style-type: hebrew"><li>אחת<li value=4>ארבע',
        [(ITEM, "אחת", 1, "א."), (ITEM, "ארבע", 1, "ד.")],
    ),
    ("<li><p>פתיחה<p>המשך", [(ITEM, "פתיחה", 0, "•"), (ITEM, "המשך", 0, "")]),
    (
        "<table><caption>לוח</caption><tr><th>א<td>ב</table>",
        [(CAPTION, "לוח", 0, ""), (CELL, "א", 0, ""), (CELL, "ב", 0, "")],
    ),
    ("<figure><img alt=x><figcaption>איור</figcaption></figure>", [(CAPTION, "איור", 0, "")]),
    (
        "<title>דף</title><style>p{}</style><script>'א'</script><p>&quot;א&#39;&nbsp;ב&quot;",
        [(TITLE, "דף", 0, ""), (PARA, '"א\' ב"', 0, "")],
    ),
    ("<p>א<br>ב<br><br>ג", [(PARA, "א ב", 0, ""), (PARA, "ג", 0, "")]),
    (
        '<p>טענה<sup><a href="#fn1" id="fnref1">1</a></sup>, מ<sup>2</sup>'
        '<ol class="footnotes"><li id="fn1">מקור <a href="#fnref1">↩</a>',
        [(PARA, "טענה, מ2", 0, ""), (NOTE, "מקור", 0, "1")],
    ),
    ('<div id="ftn2"><p><a href="#_ftnref2">[2]</a> מקור שני', [(NOTE, "מקור שני", 0, "[2]")]),
    (
        "<nav>דף הבית</nav><div>טקסט</div><footer>סוף</footer>",
        [(TITLE, "דף הבית", 0, ""), (PARA, "טקסט", 0, ""), (TITLE, "סוף", 0, "")],
    ),
    ("</p></div>א</b>", [(PARA, "א", 0, "")]),
]


@pytest.mark.parametrize(("text", "expected"), HTML)
def test_html(text: str, expected: list[Row]) -> None:
    assert kinds_of(text) == expected


def test_html_cells_know_their_place() -> None:
    pieces = html_pieces("<table><tr><td>א<td>ב<tr><td>ג<table><tr><td>בפנים</table></table>")
    assert [piece.cell for piece in pieces] == [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)]


MARKDOWN = [
    (
        "# כותרת *נטויה*\n\nפסקה עם [קישור](http://a.b) ו**הדגשה**[^1]\nבשתי שורות.\n\n[^1]: מקור",
        [
            (HEAD, "כותרת נטויה", 1, ""),
            (PARA, "פסקה עם קישור והדגשה בשתי שורות.", 0, ""),
            (NOTE, "מקור", 0, "1"),
        ],
    ),
    (
        "- אחד\n  1. שניים\n  2. שלוש\n\n> ציטוט",
        [(ITEM, "אחד", 1, "•"), (ITEM, "שניים", 2, "1."), (ITEM, "שלוש", 2, "2."), (PARA, "ציטוט", 0, "")],
    ),
    ("| א | ב |\n|---|---|\n| ג | ד |", [(CELL, letter, 0, "") for letter in "אבגד"]),
    ("---\ntitle: דוח\n---\nטקסט", [(MAST, "title: דוח", 0, ""), (PARA, "טקסט", 0, "")]),
    (
        "כותרת\n===\n<div><b>גוש</b></div>\n\n    קוד",
        [(HEAD, "כותרת", 1, ""), (PARA, "גוש", 0, ""), (PARA, "קוד", 0, "")],
    ),
    ("![תמונה](a.png) א<br>ב `קוד`", [(PARA, "תמונה א ב קוד", 0, "")]),
    ("[^א]: אחת\n[^ב]: שתיים", [(NOTE, "אחת", 0, "א"), (NOTE, "שתיים", 0, "ב")]),
]


@pytest.mark.parametrize(("text", "expected"), MARKDOWN)
def test_markdown(text: str, expected: list[Row]) -> None:
    assert kinds_of(text, markdown=True) == expected


@given(st.text("<>/\"'=&;!-[]^#*|`\n pbrulitd1א", max_size=80))
def test_readers_of_markup_never_fail(text: str) -> None:
    html_pieces(text)
    markdown_pieces(text)
