"""The review page in a real browser, over a real store: what a person does, by keyboard."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aligned.records import Pair, Status
from aligned.store import Store
from tests.browser import ROOT, chromium, server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.postgres import Server

pytest.importorskip("playwright.sync_api")

LOCAL = re.compile(r"https?://127\.0\.0\.1:\d+/|data:|blob:|about:|file:")


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the brief that ships, translated."""
    path = tmp_path_factory.mktemp("sample") / "sample.db"
    command = [sys.executable, "-m", "mt", "translate", "--sample", "--store", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.fixture
def store(sample: Path, tmp_path: Path) -> Path:
    """A store of one's own."""
    return Path(shutil.copy(sample, tmp_path / "targem.db"))


class Watched:
    """A page that must not complain, nor ask anything of another machine."""

    def __init__(self, browser: "Browser", **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()
        self.page.on("console", lambda message: self._note(message.text, message.type == "error"))
        self.page.on("pageerror", lambda error: self._note(str(error), True))
        self.page.on("request", lambda request: self._note(request.url, not LOCAL.match(request.url)))

    def _note(self, text: str, is_fault: bool) -> None:
        if is_fault and not any(part in text for part in self.expected):
            self.faults.append(text)

    def __enter__(self) -> "Page":
        return self.page

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.context.close()
        assert kind or not self.faults, self.faults


def open_document(page: "Page", address: str) -> None:
    page.goto(address)
    page.locator("table.documents a").first.click()
    page.wait_for_selector(".pair[aria-current]")


def current(page: "Page") -> Any:
    return page.locator(".pair[aria-current]")


def wait_for_pairs(page: "Page", count: int) -> None:
    page.wait_for_selector(f".count:text-is('{count} pair{'' if count == 1 else 's'}')")


def pairs_of(store: Path) -> list[Pair]:
    with Store.open(str(store)) as kept:
        return list(kept.pairs())


def test_a_brief_is_judged_by_keyboard(browser: "Browser", store: Path) -> None:
    before = pairs_of(store)
    with server(store) as (address, _), Watched(browser) as page:
        open_document(page, address)
        for at, key in enumerate("aru"):
            page.keyboard.press(key)
            page.wait_for_selector(f"#pair-{before[at].id}:not([data-status=new])")
            page.wait_for_selector(f"#pair-{before[at + 1].id}[aria-current]")
        page.keyboard.press("e")
        page.keyboard.press("Control+a")
        page.keyboard.type("Written by a person.")
        page.wait_for_selector(".saved:text('saved')")
        page.keyboard.press("Escape")
        page.wait_for_selector(f"#pair-{before[3].id}[data-status=edited]")
        page.wait_for_selector("text=4 of")
    after = pairs_of(store)
    wanted = [Status.ACCEPTED, Status.REJECTED, Status.UNSURE, Status.EDITED]
    assert [pair.status for pair in after[:4]] == wanted
    assert after[3].target == "Written by a person."
    assert [pair.target for pair in after[:3]] == [pair.target for pair in before[:3]]
    assert {pair.status for pair in after[4:]} == {Status.NEW}


def test_every_pair_of_the_brief_is_accepted_with_one_key_each(browser: "Browser", store: Path) -> None:
    count = len(pairs_of(store))
    with server(store) as (address, _), Watched(browser) as page:
        open_document(page, address)
        for done in range(1, count + 1):
            page.keyboard.press("a")
            page.wait_for_selector(f"text={done} of {count} judged")
    assert {pair.status for pair in pairs_of(store)} == {Status.ACCEPTED}


def test_cut_join_undo_and_redo(browser: "Browser", store: Path) -> None:
    before = [(pair.source, pair.target) for pair in pairs_of(store)]
    with server(store) as (address, _), Watched(browser) as page:
        open_document(page, address)
        count = len(before)
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.wait_for_selector("#cut[open]")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        wait_for_pairs(page, count + 1)
        first, second = pairs_of(store)[1:3]
        assert f"{first.source} {second.source}" == before[1][0]
        assert f"{first.target} {second.target}" == before[1][1]
        page.keyboard.press("m")
        wait_for_pairs(page, count)
        assert [(pair.source, pair.target) for pair in pairs_of(store)] == before
        for key, wanted in (("z", count + 1), ("z", count), ("Z", count + 1)):
            page.keyboard.press(key)
            wait_for_pairs(page, wanted)
        page.keyboard.press("z")
        wait_for_pairs(page, count)
    assert [(pair.source, pair.target) for pair in pairs_of(store)] == before


def test_a_part_goes_to_the_next_pair(browser: "Browser", store: Path) -> None:
    before = pairs_of(store)
    with server(store) as (address, _), Watched(browser) as page:
        open_document(page, address)
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.wait_for_selector("#cut[open]")
        page.keyboard.press("]")
        page.wait_for_selector(f"#pair-{before[1].id}", state="detached")
        page.wait_for_selector(".pair[aria-current]")
    after = pairs_of(store)
    assert len(after) == len(before)
    assert before[1].source.startswith(after[1].source)
    assert after[2].source.endswith(before[2].source)
    assert after[1].source != before[1].source


def test_two_people_on_one_pair(browser: "Browser", store: Path) -> None:
    with server(store) as (address, _):
        one, two = Watched(browser), Watched(browser)
        one.expected = two.expected = ("409",)
        with one as noa, two as dan:
            for page, name in ((noa, "Noa"), (dan, "Dan")):
                page.goto(address)
                page.fill("#name", name)
                page.click("text=Set")
                open_document(page, address)
            dan.wait_for_selector("text=Noa is here")
            for page, text in ((noa, "Text by Noa."), (dan, "Text by Dan.")):
                page.keyboard.press("e")
                page.keyboard.press("Control+a")
                page.keyboard.type(text)
                if page is noa:
                    noa.wait_for_selector(".saved:text('saved')")
            dan.wait_for_selector("#conflict[open]")
            assert dan.inner_text("#conflict .theirs") == "Text by Noa."
            assert dan.inner_text("#conflict .mine") == "Text by Dan."
            assert dan.inner_text("#conflict .by") == "Noa"
            assert pairs_of(store)[0].target == "Text by Noa."
            dan.click("#conflict [value=mine]")
            dan.wait_for_selector(".saved:text('saved')")
    with Store.open(str(store)) as kept:
        pair = next(kept.pairs())
        history = [(change.who, change.target_after) for change in kept.history(pair.id)]
    assert pair.target == "Text by Dan."
    assert history == [("Noa", "Text by Noa."), ("Dan", "Text by Dan.")]


def test_a_killed_server_loses_no_text(browser: "Browser", store: Path) -> None:
    watched = Watched(browser)
    watched.expected = ("ERR_CONNECTION", "Failed to load", "htmx:")
    with watched as page:
        with server(store) as (address, process):
            open_document(page, address)
            page.keyboard.press("e")
            page.keyboard.press("Control+a")
            process.send_signal(signal.SIGKILL)
            process.wait()
            page.keyboard.type("Typed while the server was dead.")
            page.wait_for_selector("text=not saved")
            page.goto("about:blank")
        port = address.rpartition(":")[2]
        with server(store, "--port", port):
            open_document(page, address)
            page.wait_for_selector(".saved:text('saved')")
    assert pairs_of(store)[0].target == "Typed while the server was dead."


def test_a_term_is_added_and_the_pairs_are_translated_again(browser: "Browser", store: Path) -> None:
    with server(store) as (address, _), Watched(browser) as page:
        open_document(page, address)
        word = pairs_of(store)[1].source.split()[0].strip(".,")
        page.keyboard.press("g")
        page.fill("#term-form [name=source]", word)
        page.fill("#term-form [name=target]", "Zanzibar")
        page.keyboard.press("Enter")
        page.click("#term-done >> text=again")
        page.wait_for_selector("#term-done >> text=replaced")
    assert "Zanzibar" in pairs_of(store)[1].target
    assert word in (store.parent / "targem.terms.tsv").read_text("utf-8")


def test_find_and_replace_shows_before_it_does(browser: "Browser", store: Path) -> None:
    before = pairs_of(store)
    hits = sum("the" in pair.target for pair in before)
    with server(store) as (address, _), Watched(browser) as page:
        open_document(page, address)
        page.keyboard.press("h")
        page.fill("#replace-form [name=find]", "the")
        page.fill("#replace-form [name=with]", "THE")
        page.wait_for_selector("#replace-found ins:text('THE')")
        assert [pair.target for pair in pairs_of(store)] == [pair.target for pair in before]
        page.locator("#replace-found [type=checkbox]").first.uncheck()
        page.click("#replace-found >> text=Replace in those marked")
        page.wait_for_selector(f"text={hits - 1} replaced")
    after = [pair.target for pair in pairs_of(store)]
    assert sum("THE" in target for target in after) == hits - 1


def test_filters_and_queue(browser: "Browser", store: Path) -> None:
    before = pairs_of(store)
    with Store.open(str(store)) as kept:
        kept.set_status(before[2].id, Status.UNSURE, "Noa")
    with server(store) as (address, _), Watched(browser) as page:
        open_document(page, address)
        page.select_option("[name=status]", "unsure")
        page.wait_for_selector("text=1 pair")
        assert page.locator(".pair").count() == 1
        assert "status=unsure" in page.url
        page.select_option("[name=status]", "")
        page.fill("#text", before[4].target)
        page.wait_for_selector(f"#pair-{before[4].id}")
        wait_for_pairs(page, 1)
        page.goto(f"{address}/queue?price=0.1")
        dear = page.locator(".pair").count()
        assert dear == sum(any(receipt.price > 0.1 for receipt in pair.receipts) for pair in before)
        page.goto(f"{address}/queue?order=price")
        prices = page.locator(".pair").evaluate_all(
            "rows => rows.map(row => parseFloat(row.querySelector('.price')?.textContent ?? 0))"
        )
        assert prices == sorted(prices, reverse=True)
        page.goto(f"{address}/pairs/{before[5].id}")
        page.wait_for_selector(f"#pair-{before[5].id}[aria-current]")


def test_comments_other_translations_and_other_hebrew(browser: "Browser", store: Path) -> None:
    before = pairs_of(store)
    with server(store) as (address, _), Watched(browser) as page:
        page.goto(f"{address}/pairs/{before[2].id}")
        page.keyboard.press("c")
        page.fill("#comment textarea", "Ask the author.")
        page.click("#comment [value=send]")
        page.wait_for_selector(".history q:text('Ask the author.')")
        other = page.locator("[data-do=take]").first.get_attribute("data-text")
        page.keyboard.press("1")
        page.wait_for_selector(f"#pair-{before[2].id}[data-status=edited]")
        assert pairs_of(store)[2].target == other
        page.wait_for_selector(".diff ins, .diff del")
        page.keyboard.press("Shift+E")
        page.fill(".pair[aria-current] .source textarea", "הסכם עם באקו.")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(f"#pair-{before[2].id}", state="detached")
        page.wait_for_selector(".pair[aria-current] .source:has-text('באקו')")
        assert "Baku" in pairs_of(store)[2].target
        page.keyboard.press("z")
        page.wait_for_selector(f"#pair-{before[2].id}")
    assert pairs_of(store)[2].source == before[2].source


def test_a_repair_is_taken_back(browser: "Browser", tmp_path: Path) -> None:
    brief, database = tmp_path / "damaged.txt", tmp_path / "targem.db"
    damaged = ".2020 תנשב ךאברק ונרוגנ לע שדח ךמסמ םסרפ ןוכמה"
    brief.write_text(damaged + "\n", "utf-8")
    command = [sys.executable, "-m", "mt", "translate", str(brief), "--store", str(database)]
    subprocess.run(command, check=True, capture_output=True)
    (before,) = pairs_of(database)
    assert before.segment.damaged == damaged
    with server(database) as (address, _), Watched(browser) as page:
        open_document(page, address)
        page.wait_for_selector(".flag:text('repaired')")
        assert page.inner_text(".damaged") == damaged
        page.click("text=Take the file's text")
        page.wait_for_selector(f"#pair-{before.id}", state="detached")
        page.wait_for_selector(".pair[aria-current]")
        assert pairs_of(database)[0].source == damaged
        page.keyboard.press("z")
        page.wait_for_selector(f"#pair-{before.id}")


def test_a_team_reviews_on_postgresql(browser: "Browser", store: Path, postgresql: "Server") -> None:
    address = postgresql.new_address()
    with Store.open(str(store)) as kept, Store.open(address) as shared:
        shared.import_pairs(kept.pairs(), "sample", "sample.jsonl")
    with server(store, "--store", address) as (page_address, _), Watched(browser) as page:
        open_document(page, page_address)
        page.keyboard.press("a")
        page.wait_for_selector(".pair[data-status=accepted]")
        page.keyboard.press("m")
        page.wait_for_selector(f".count:text-is('{len(pairs_of(store)) - 1} pairs')")
        page.keyboard.press("z")
        page.keyboard.press("z")
        page.wait_for_selector("text=0 of")
    with Store.open(address) as shared:
        assert [pair.source for pair in shared.pairs()] == [pair.source for pair in pairs_of(store)]


def test_a_brief_is_uploaded_translated_and_downloaded(browser: "Browser", tmp_path: Path) -> None:
    brief = tmp_path / "תקציר.txt"
    brief.write_text("שלום לכולם.\n\nהמכון פרסם מסמך חדש על נגורנו קרבאך.\n", "utf-8")
    with server(tmp_path / "targem.db") as (address, _), Watched(browser) as page:
        page.goto(address)
        page.set_input_files("#files", brief)
        page.click("text=Begin")
        page.wait_for_selector("table.documents >> text=תקציר.txt")
        page.click("text=Review it")
        page.wait_for_selector(".pair[aria-current]")
        assert page.locator(".pair").count() == 2
        page.click("summary")
        with page.expect_download() as waiting:
            page.click(".menu >> text=txt")
        assert waiting.value.suggested_filename == "תקציר.txt"
        assert "Nagorno-Karabakh" in Path(waiting.value.path()).read_text("utf-8")


def test_two_files_are_aligned(browser: "Browser", tmp_path: Path) -> None:
    hebrew, english = tmp_path / "a.txt", tmp_path / "b.txt"
    hebrew.write_text("המכון פרסם מסמך חדש. המסמך עוסק בנגורנו קרבאך. בשנת 2020 נחתם הסכם.\n", "utf-8")
    english.write_text(
        "The institute published a new paper. It deals with Nagorno-Karabakh. "
        "In 2020 an agreement was signed.\n",
        "utf-8",
    )
    with server(tmp_path / "targem.db") as (address, _), Watched(browser) as page:
        page.goto(address)
        page.set_input_files("#files", [english, hebrew])
        page.click("text=Begin")
        page.click("text=Review it")
        page.wait_for_selector(".pair[aria-current]")
        assert page.locator(".pair").count() == 3
    assert [pair.target for pair in pairs_of(tmp_path / "targem.db")] == [
        "The institute published a new paper.",
        "It deals with Nagorno-Karabakh.",
        "In 2020 an agreement was signed.",
    ]


def test_the_worst_by_a_reference_come_first(browser: "Browser", store: Path, tmp_path: Path) -> None:
    html = tmp_path / "report.html"
    english = ROOT / "mt/sample/brief.en.txt"
    command = [sys.executable, "-m", "mt", "score", str(store), str(english), "--unaligned", "--html"]
    with server(store) as (address, _), Watched(browser) as page:
        subprocess.run([*command, str(html), "--review", address], check=True, capture_output=True)
        open_document(page, address)
        page.select_option("[name=order]", "reference")
        wait_for_pairs(page, 74)
        shown = [int(text.removeprefix("chrF ")) for text in page.locator(".chrf").all_inner_texts()]
        assert shown == sorted(shown)
        assert len(shown) == 50
        page.select_option("[name=chrf]", "30")
        page.wait_for_selector(".count:not(:text-is('74 pairs'))")
        key = str(page.locator(".pair").first.get_attribute("data-id"))
        page.locator(".pair").first.click()
        reference = page.locator(f"#pair-{key} .reference").inner_text()
        page.keyboard.press("e")
        page.keyboard.press("Control+a")
        page.keyboard.type(reference)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#pair-{key} .chrf:text-is('chrF 100')")
        page.goto(html.as_uri())
        page.locator("#segments a").first.click()
        page.wait_for_selector(".pair[aria-current]")
        assert "/documents/1" in page.url


def test_hebrew_runs_from_the_right(browser: "Browser", store: Path) -> None:
    """A cell looks as its text does under an explicit mark of its direction, and not as the other way."""
    with server(store) as (address, _), Watched(browser) as page:
        open_document(page, address)
        # Nothing moves any more: the panel is the last to come.
        page.wait_for_selector(".alternatives")
        page.wait_for_load_state("networkidle")
        cell = page.locator(".pair .source").nth(2)
        wrap = """(cell, [tag, direction]) => {
            const inner = document.createElement(tag);
            inner.dir = direction;
            inner.textContent = cell.textContent;
            cell.replaceChildren(inner);
            if (tag === "bdo") cell.dir = "ltr";
        }"""
        cell.evaluate("cell => { cell.textContent = cell.textContent }")
        as_shown = cell.screenshot()
        cell.evaluate(wrap, ["bdi", "rtl"])
        assert cell.screenshot() == as_shown
        cell.evaluate(wrap, ["bdo", "ltr"])
        assert cell.screenshot() != as_shown
        first, last = (
            page.locator(".pair .source").nth(1).locator("[data-w]").nth(at).bounding_box() for at in (0, 1)
        )
        assert first is not None
        assert last is not None
        assert first["x"] > last["x"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(browser: "Browser", store: Path, scheme: str) -> None:
    """No violation that axe-core calls serious or critical, on any page, in either colours."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with server(store) as (address, _), Watched(browser, color_scheme=scheme, bypass_csp=True) as page:
        paths = ["/", "/queue", "/terms"]
        open_document(page, address)
        page.keyboard.press("e")
        page.wait_for_selector(".alternatives")
        for path in ["", *paths]:
            if path:
                page.goto(address + path)
                page.wait_for_timeout(400)
            found = axe.run(page).response["violations"]
            grave = [item for item in found if item["impact"] in ("serious", "critical")]
            told = [(item["id"], [node["html"][:120] for node in item["nodes"]]) for item in grave]
            assert not told, (path, told)
        open_document(page, address)
        page.keyboard.press("?")
        assert not [
            v["id"] for v in axe.run(page).response["violations"] if v["impact"] in ("serious", "critical")
        ]


def test_the_way_in_is_accessible(browser: "Browser", store: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    word = "seven ducks"
    with server(store, TARGEM_PASSWORD=word) as (address, _), Watched(browser, bypass_csp=True) as page:
        page.goto(address)
        assert not [found["id"] for found in axe.run(page).response["violations"]]
        page.fill("#name", "Noa")
        page.fill("#password", word)
        page.keyboard.press("Enter")
        page.wait_for_selector("table.documents")
        assert page.input_value("#name") == "Noa"


@pytest.mark.parametrize("width", [320, 640])
def test_narrow_pages_need_no_sideways_scrolling(browser: "Browser", store: Path, width: int) -> None:
    """640 points are a laptop's page at 200%, 320 a small phone's."""
    with server(store) as (address, _), Watched(browser) as page:
        page.set_viewport_size({"width": width, "height": 800})
        for path in ("/", "/queue", "/terms"):
            page.goto(address + path)
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, path
