"""LibreTranslate's API: its own clients' requests, its errors, markup, the glossary, many clients at once."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from libretranslatepy import LibreTranslateAPI  # type: ignore[import-untyped]
from starlette.applications import Starlette
from starlette.testclient import TestClient

from aligned.links import Link
from aligned.store import Store
from glossary.hebrew import clean_text
from glossary.terms import Glossary, Term
from mt.engines.base import Engine
from mt.linking import Linker
from mt.translate import Translator
from mt.web.app import make_app
from mt.web.batcher import Batcher
from mt.web.inline import Markup, Text, texts_of
from mt.web.relinked import Rendered, render
from mt.web.settings import Settings, digest
from tests.web_client import HERE, App, clients

WORDS = {"שלום": "peace", "גדול": "great", "בית": "house", "איש": "man", "הלך": "went", "באקו": "the town"}
WORDS |= {"הלך.": "went.", "בית.": "house."}
DEFAULT = Glossary((Term("איש", ("fellow",)),))
KEY = "a key of the tests"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with clients(tmp_path, WORDS, DEFAULT) as make:
        yield make


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serve an application on a free port of this machine, as `targem review` does."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.01)
    yield f"{HERE}:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def address(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the shipped model."""
    store = Store.open(str(tmp_path_factory.mktemp("store") / "store.db"))
    batcher = Batcher(lambda: engine, Glossary(()), 4000)
    with store, serving(make_app(Settings(), store, batcher, Glossary(()))) as address:
        yield address


def ask(client: TestClient, **fields: Any) -> Any:
    answer = client.post("/translate", json={"source": "he", "target": "en", **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_client_of_libretranslate_is_served(address: str, engine: Engine) -> None:
    client = LibreTranslateAPI(address)
    text = "ראש הממשלה נפגש אתמול עם נשיא המדינה."
    (expected,) = Translator(engine, Glossary(())).translate([text])
    assert client.translate(text, "he", "en") == expected.target
    assert client.detect("שלום לכולם") == [{"confidence": 100.0, "language": "he"}]
    assert {"code": "he", "name": "Hebrew", "targets": ["en"]} in client.languages()


def test_64_clients_at_once_get_what_one_gets(address: str) -> None:
    openings = ("ראש הממשלה נפגש עם", "אתמול ביקר בירושלים", "הממשלה אישרה את בקשתו של", "בשנת 2020 נבחר")
    people = ("נשיא המדינה", "שר החוץ", "ראש העיר", "שגריר צרפת")
    ends = (".", " בפעם הראשונה.", " והודיע על כך לעיתונות.", "?")
    texts = [f"{a} {b}{c}" for a in openings for b in people for c in ends]
    assert len(texts) == 64
    client = LibreTranslateAPI(address)

    def translate(text: str) -> Any:
        return client.translate(text, "he", "en", timeout=30)

    alone = list(map(translate, texts))
    with ThreadPoolExecutor(len(texts)) as pool:
        assert list(pool.map(translate, texts)) == alone


def test_what_links_words_is_made_once(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Counted(Linker):
        def __init__(self, engine: Engine, glossary: Glossary) -> None:
            made.append(glossary)
            super().__init__(engine, glossary)

    for module in ("mt.web.rows", "mt.web.texts"):
        monkeypatch.setattr(f"{module}.Linker", Counted)
    client = app()
    for _ in range(2):
        said = ask(client, q="<b>שלום</b> גדול", format="html")["translatedText"]
        assert said == "<b>peace</b> great"
    assert len(made) == 1
    ask(client, q=["<b>שלום</b> גדול", "בית <i>גדול</i>"], format="html", glossary="גדול\tbig")
    assert len(made) == 2


def test_weblate_is_served(address: str) -> None:
    """Ask as weblate.machinery.libretranslate does: codes first, then a batch under an empty key."""
    codes = [row["code"] for row in httpx.get(f"{address}/languages").json()]
    assert {"he", "en"} <= set(codes)
    body = {"api_key": "", "q": ["שלום", "תודה רבה"], "source": "he", "target": "en"}
    found = httpx.post(f"{address}/translate", json=body, timeout=30).json()["translatedText"]
    assert len(found) == 2
    assert all(found)


def test_forms_and_json_are_one(app: App) -> None:
    client = app()
    fields = {"q": "בית גדול", "source": "he", "target": "en"}
    answers = [
        client.post("/translate", json=fields),
        client.post("/translate", data=fields),
        client.post("/translate", params=fields),
        client.post("/translate", data=fields, files={"none": b""}),
    ]
    assert [answer.json() for answer in answers] == [{"translatedText": "house great"}] * 4


def test_white_space_and_lines_stay(app: App) -> None:
    assert ask(app(), q=" בית\n\n  איש  הלך.\n")["translatedText"] == " house\n\n  Fellow went.\n"
    assert ask(app(), q=["בית", "", "no Hebrew"])["translatedText"] == ["house", "", "no Hebrew"]


def test_the_language_may_be_found_out(app: App) -> None:
    answer = ask(app(), q=["בית", "a house"], source="auto")
    assert answer["translatedText"] == ["house", "a house"]
    assert [found["language"] for found in answer["detectedLanguage"]] == ["he", "en"]
    assert ask(app(), q="בית", source="iw", target="en-US") == {"translatedText": "house"}


def test_alternatives_come_from_the_beam(app: App) -> None:
    answer = ask(app(), q="בית", alternatives=2)
    assert answer == {"translatedText": "house", "alternatives": ["house indeed", "house indeed indeed"]}
    assert ask(app(), q=["בית"], alternatives=1)["alternatives"] == [["house indeed"]]
    html = ask(app(), q="<p>בית</p>", alternatives=1, format="html")
    assert html["alternatives"] == ["<p>house indeed</p>"]


TABLE = "source\ttarget\nבאקו\tBaku\n"


@pytest.mark.parametrize(
    "glossary",
    [
        [{"source": "באקו", "target": "Baku"}],
        [{"source": "באקו", "target": ["Baku", "Baki"]}],
        TABLE,
        json.dumps([{"source": "באקו", "target": "Baku"}]),
    ],
)
def test_terms_are_forced_with_a_receipt(app: App, glossary: Any) -> None:
    text = "איש.\nהלך בא\u05bcקו."
    answer = ask(app(), q=text, glossary=glossary)
    assert "Baku" in answer["translatedText"]
    fellow, baku = answer["receipts"]
    assert answer["translatedText"][fellow["target_start"] : fellow["target_end"]] == "Fellow"
    assert answer["translatedText"][baku["target_start"] : baku["target_end"]] == "Baku"
    assert text[baku["source_start"] : baku["source_end"]] == "בא\u05bcקו"
    assert baku["method"] == "forced"
    assert "receipts" not in ask(app(), q=text)


BAD = [
    ({"q": ""}, 400, "missing q"),
    ({"q": [1]}, 400, "neither"),
    ({"q": "\ud800"}, 400, "neither"),
    ({"source": None}, 400, "missing source"),
    ({"target": "fr"}, 400, "fr is not supported"),
    ({"target": "he"}, 400, r"Hebrew \(he\) is not available as a target language from Hebrew"),
    ({"source": "en", "target": "he"}, 400, r"from English \(en\)"),
    ({"target": "auto"}, 400, "auto is not supported"),
    ({"format": "pdf"}, 400, "pdf format"),
    ({"alternatives": "many"}, 400, "not a number"),
    ({"alternatives": 99}, 400, "0 to 9"),
    ({"q": "א" * 20_001}, 413, r"request \(20001\) exceeds text limit \(20000\)"),
    ({"q": ["א"] * 501}, 413, "exceeds text limit"),
    ({"glossary": [{"source": "Baku", "target": "Baku"}]}, 400, "no Hebrew in the source"),
    ({"glossary": [{"source": "באקו"}]}, 400, "list of objects"),
    ({"glossary": {"באקו": "Baku"}}, 400, "list of objects"),
    ({"glossary": [{"source": f"מונח {n}", "target": "a"} for n in range(2001)]}, 413, "term limit"),
    ({"glossary": "["}, 400, "list of objects"),
    ({"glossary": "no table"}, 400, "glossary"),
]


@pytest.mark.parametrize(("fields", "status", "message"), BAD)
def test_what_cannot_be_is_refused_in_a_line(
    app: App, fields: dict[str, Any], status: int, message: str
) -> None:
    body = json.dumps({"q": "בית", "source": "he", "target": "en", **fields})
    answer = app().post("/translate", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(answer.json()["error"])


@pytest.mark.parametrize("body", ["", "[]", "{", "[" * 100_000, '"q"'])
def test_broken_json_is_refused(app: App, body: str) -> None:
    answer = app().post("/translate", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (400, {"error": "Invalid JSON format"})


def test_a_full_queue_says_when_to_come_back(app: App) -> None:
    client, begun, over = app(), threading.Event(), threading.Event()
    batcher = client.app.state.batcher  # type: ignore[attr-defined]

    def block(_: Translator) -> None:
        begun.set()
        assert over.wait(20)

    blocking = threading.Thread(target=lambda: asyncio.run(batcher.run(block)))
    blocking.start()
    assert begun.wait(20)
    answer = client.post(
        "/translate", json={"q": [f"בית {n}" for n in range(100)], "source": "he", "target": "en"}
    )
    over.set()
    blocking.join()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "try again" in answer.json()["error"]


def test_keys(app: App) -> None:
    client = app(api_keys=frozenset([digest(KEY)]))
    fields = {"q": "בית", "source": "he", "target": "en"}
    assert client.post("/translate", json=fields).status_code == 400
    assert client.post("/translate", json={**fields, "api_key": "wrong"}).status_code == 403
    assert client.post("/detect", json={**fields, "api_key": "wrong"}).json() == {"error": "Invalid API key"}
    assert client.post("/translate", json={**fields, "api_key": KEY}).status_code == 200
    assert client.post("/translate", data={**fields, "api_key": KEY}).status_code == 200
    bearer = {"Authorization": f"Bearer {KEY}"}
    assert client.post("/translate", json=fields, headers=bearer).status_code == 200
    told = client.get("/frontend/settings").json()
    assert (told["apiKeys"], told["keyRequired"]) == (True, True)
    assert client.get("/health").json() == {"status": "ok"}


PAGES = [
    ("<p>בית גדול</p>", "<p>house great</p>"),
    ("<p>בית <b>גדול</b> הלך</p>", "<p>house <b>great</b> went</p>"),
    ("<p>no <i>Hebrew</i> &amp; more</p>", "<p>no <i>Hebrew</i> &amp; more</p>"),
    ("בית &lt; גדול", "house &lt; great"),
    ("<script>if (a<b) 'שלום'</script><!-- בית --><p>בית</p>", None),
    ('<a title="a > b" href=x>בית</a>', '<a title="a > b" href=x>house</a>'),
    ("בית<br>גדול", "house<br>great"),
    ("<ul><li>בית<li>גדול</ul>", "<ul><li>house<li>great</ul>"),
    ('בית <span translate="no">שלום</span> גדול', 'house <span translate="no">שלום</span> great'),
    ("בית<sup><a href=#1>[1]</a></sup> גדול", "house<sup><a href=#1>[1]</a></sup> great"),
    ("<b>בית <p>גדול</b>", "<b>house <p>great</b>"),
    ("בית <b><i>גדול</i> הלך</b>", "house <b><i>great</i> went</b>"),
    ("<b>בית. גדול הלך.</b>", "<b>house. great went.</b>"),
    ("<pre>\n</pre>  <p>\n בית\n</p>", "<pre>\n</pre>  <p> house </p>"),
    ("<sup>בית</sup> גדול", "<sup>house</sup> great"),
    ("<!-- <a<b בית", "&lt;!-- &lt;a&lt;b house"),
    ("<svg><svg>בית", "<svg><svg>house"),
]


@pytest.mark.parametrize(("page", "expected"), PAGES)
def test_markup_stays_in_its_place(app: App, page: str, expected: str | None) -> None:
    answer = ask(app(), q=page, format="html")["translatedText"]
    assert answer == (expected or page.replace("<p>בית</p>", "<p>house</p>"))


def test_an_element_goes_where_its_words_went() -> None:
    """The words change places: the element goes along, and its neighbour is not torn."""
    text = Text("בית גדול מאוד", [Markup(0, 3, "<b>", "</b>"), Markup(4, 8, "<i>", "</i>")])
    links = [Link((0, 3), (11, 16), 1.0), Link((4, 8), (5, 10), 1.0), Link((9, 13), (0, 4), 1.0)]
    made = render(text, [Rendered((0, 13), "very great house", links)])
    assert made == "very <i>great</i> <b>house</b>"


TEXTS = ("בית", " ", "גדול.", "x", "1", "&amp;", "<", "\n")
TAGS = (
    "<b>",
    "</b>",
    "<i class='a'>",
    "</i>",
    "<br>",
    "<p>",
    "</p>",
    "<img>",
    "<sup>",
    "</sup>",
    "<a href='>'>",
)
TAGS_KEPT = ("</a>", "<!-- א -->", "<span translate=no>", "</span>")
TOKENS = st.sampled_from((*TEXTS, *TAGS, *TAGS_KEPT))


class Tags(HTMLParser):
    """Every tag of a page, sorted, and its text without white space."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {attrs}")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")


@given(st.lists(TOKENS, max_size=14).map("".join))
def test_no_tag_is_lost_and_none_is_made(page: str) -> None:
    made = []
    for part in texts_of(page):
        if isinstance(part, str):
            made.append(part)
            continue
        assert part.text == clean_text(part.text)
        inner = part.text.strip()
        start = part.text.index(inner)
        made.append(render(part, [Rendered((start, start + len(inner)), "one two three")]))
    assert sorted(Tags("".join(made)).tags) == sorted(Tags(page).tags)
