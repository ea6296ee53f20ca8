"""Import and export: what comes back from a file, what a file given twice does, and the two commands."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import docx
import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from aligned.errors import FormatError
from aligned.exchange import export_file, import_file
from aligned.formats import WRITERS, read_pairs, write_pairs
from aligned.paging import Filter
from aligned.records import Origin, Pair, Status
from aligned.store import Store
from mt.cli import app
from tests.conftest import NewAddress
from tests.hard_pairs import pairs as hard_pairs
from tests.test_store import document, translation
from tests.translated_sample import translated

DATA = Path(__file__).parent / "data"
SAMPLE = translated().pairs


@pytest.fixture
def store(new_address: NewAddress) -> Iterator[Store]:
    with Store.open(new_address()) as opened:
        yield opened


def fill(store: Store, size: int = 3) -> list[Pair]:
    """Three pairs of a translated brief: one accepted, one edited, one new."""
    store.add_translations([translation("a", "made")])
    number = store.add_document(document(size))
    store.add_pairs(number, [(place, "a") for place in range(size)], "g")
    first, second, *_ = store.pairs()
    store.set_status(first.id, Status.ACCEPTED, "dana")
    store.edit(second.id, "better", "dana", 0)
    return list(store.pairs())


@pytest.mark.parametrize("ending", WRITERS)
def test_an_export_into_an_empty_store_brings_everything(
    tmp_path: Path, new_address: NewAddress, store: Store, ending: str
) -> None:
    expected = fill(store)
    path = tmp_path / f"out{ending}"
    assert export_file(store, path) == 3
    with Store.open(new_address()) as other:
        done = import_file(other, path)
        assert (done.added, done.changed, done.unchanged) == (3, 0, 0)
        assert list(other.pairs()) == expected
        again = tmp_path / f"again{ending}"
        export_file(other, again)
        assert list(read_pairs(again)) == expected


@pytest.mark.parametrize("ending", WRITERS)
def test_an_export_that_comes_back_changed_is_a_change(tmp_path: Path, store: Store, ending: str) -> None:
    first, second, third = fill(store)
    path = tmp_path / f"back{ending}"
    back = [
        replace(first, status=Status.REJECTED),
        second,
        replace(third, target="from outside"),
    ]
    write_pairs(back, path)
    done = import_file(store, path)
    assert (done.added, done.changed, done.unchanged) == (0, 2, 1)
    found = list(store.pairs())
    assert [(pair.target, pair.status.value) for pair in found] == [
        ("made", "rejected"),
        ("better", "edited"),
        ("from outside", "edited"),
    ]
    assert store.history(third.id)[-1].who == f"import back{ending}"
    store.undo(third.id, "dana")
    assert list(store.pairs())[2].target == "made"


def test_an_older_export_takes_no_verdict_back(tmp_path: Path, store: Store) -> None:
    expected = fill(store)
    path = tmp_path / "old.tsv"
    write_pairs([replace(pair, status=Status.NEW, target="made") for pair in expected], path)
    assert import_file(store, path).unchanged == 3
    assert list(store.pairs()) == expected


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("exchange_*")))
def test_a_file_given_twice_changes_nothing(store: Store, name: str) -> None:
    first = import_file(store, DATA / name)
    kept = list(store.pairs())
    assert first.added == len(kept) > 0
    assert {pair.origin for pair in kept} == {Origin.IMPORT}
    assert import_file(store, DATA / name).is_known
    assert list(store.pairs(history=True)) == kept


def test_a_unit_without_a_target_is_left_out_and_counted(store: Store) -> None:
    done = import_file(store, DATA / "exchange_trados.sdlxliff")
    assert (done.added, done.empty) == (2, 1)
    assert [pair.status for pair in store.pairs()] == [Status.ACCEPTED, Status.NEW]


def test_many_pairs_keep_their_order_and_repeats(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.tsv"
    rows = [(f"משפט {number // 2}", f"sentence {number // 2}") for number in range(3000)]
    path.write_text("".join(f"{source}\t{target}\n" for source, target in rows))
    assert import_file(store, path).added == 3000
    assert [(pair.source, pair.target) for pair in store.pairs()] == rows
    assert store.count(Filter(origin=Origin.IMPORT)) == 3000


def test_a_file_that_breaks_off_adds_nothing(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("א\ta\n" * 2000 + "no tab\n")
    with pytest.raises(FormatError, match="line 2001"):
        import_file(store, path)
    assert store.documents() == []
    path.write_text("א\ta\n" * 2000)
    assert import_file(store, path).added == 2000


def test_an_id_of_ours_over_another_text_is_another_pair(tmp_path: Path, store: Store) -> None:
    first, *_ = fill(store)
    path = tmp_path / "x.tsv"
    write_pairs([replace(first, source="אחר", segment=replace(first.segment, text="אחר"))], path)
    assert import_file(store, path).added == 1
    assert store.history(first.id)[-1].who == "dana"
    assert [pair.source for pair in store.pairs()][-1] == "אחר"


@pytest.mark.parametrize("number", range(3))
def test_the_key_of_what_an_import_brings_must_not_change(store: Store, number: int) -> None:
    pair = replace(SAMPLE[number], id="", source='מ"מ\u2028💧', score=-1e-7)
    receipts = [asdict(receipt) for receipt in pair.receipts]
    content = ["import", pair.source, pair.target, pair.signature, pair.score, receipts, pair.findings]
    key = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    store.import_pairs([pair], "ab", "x.tmx")
    assert set(store.translations([key])) == {key}
    place = json.dumps(["ab", f"import:1|{pair.name}", 0, pair.source, pair.target, key])
    assert next(store.pairs()).id == hashlib.sha256(place.encode()).hexdigest()[:16]


def test_a_file_that_has_a_pair_twice(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.tmx"
    first = SAMPLE[0]
    write_pairs([first, first, replace(first, source="אחר"), *SAMPLE[1:]], path)
    done = import_file(store, path)
    assert (done.added, done.unchanged) == (len(SAMPLE) + 1, 1)
    assert next(pair.id for pair in store.pairs()) == first.id


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(hard_pairs(), max_size=5))
def test_any_pairs_can_be_kept(
    tmp_path_factory: pytest.TempPathFactory, new_address: NewAddress, items: list[Pair]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    write_pairs(items, folder / "x.xlf")
    with Store.open(new_address()) as store:
        done = import_file(store, folder / "x.xlf")
        assert done.added + done.changed + done.unchanged + done.empty == len(items)
        kept = {(pair.source, pair.target) for pair in store.pairs(history=True)}
        assert kept <= {(pair.source, pair.target) for pair in items}
        if items:
            export_file(store, folder / "y.jsonl")
            # Of a sentence that was split, each part has its own source and the whole segment.
            shown = [replace(pair, segment=replace(pair.segment, text=pair.source)) for pair in store.pairs()]
            assert list(read_pairs(folder / "y.jsonl")) == shown


def test_a_translation_of_another_machine_goes_to_its_segment(tmp_path: Path, store: Store) -> None:
    first, *_ = fill(store)
    path = tmp_path / "x.jsonl"
    write_pairs([replace(first, id="0123456789abcdef", target="theirs", signature="engine 2")], path)
    assert import_file(store, path).added == 1
    assert [pair.target for pair in store.pairs()] == ["theirs", "better", "made"]
    assert len(store.documents()) == 1
    assert [pair.target for pair in store.pairs(history=True)][:2] == ["made", "theirs"]


def test_export_shows_the_newest_reading_alone(tmp_path: Path, store: Store) -> None:
    fill(store)
    number = store.add_document(document(2, "reader 2"))
    store.add_pairs(number, [(0, "a"), (1, "a")], "g")
    assert export_file(store, tmp_path / "x.tsv") == 2


def test_export_of_nothing_leaves_the_old_file(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.tmx"
    path.write_text("old")
    with pytest.raises(FormatError, match="the store has no pair: translate"):
        export_file(store, path)
    fill(store)
    with pytest.raises(FormatError, match="no pair that is unsure or rejected"):
        export_file(store, path, (Status.UNSURE, Status.REJECTED))
    assert path.read_text() == "old"


def run(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return done.exit_code, done.stdout, done.stderr or str(done.exception or "")


def test_the_commands(tmp_path: Path, new_address: NewAddress) -> None:
    store, out = new_address(), tmp_path / "out.jsonl"
    code, output, errors = run("import", DATA / "exchange_matecat.xlf", "--store", store)
    assert (code, output) == (0, "")
    assert re.search(r"2 pairs added, 0 changed, 0 as they were, 0 without text", errors)
    assert "was imported before" in run("import", DATA / "exchange_matecat.xlf", "--store", store)[2]
    assert run("export", out, "--status", "accepted", "--store", store)[0] == 0
    (line,) = out.read_text().splitlines()
    assert json.loads(line)["target"] == "The institute published a report."
    assert run("export", out, "--status", "accepted,unsure", "--store", store)[0] == 0
    assert len(out.read_text().splitlines()) == 2


def test_the_commands_refuse(tmp_path: Path) -> None:
    store = tmp_path / "none.db"
    assert "there is no store at" in run("export", tmp_path / "x.tsv", "--store", store)[2]
    assert not store.exists()
    assert "choose among new, accepted" in run("export", tmp_path / "x.tsv", "--status", "good")[2]
    assert "cannot be read" in run("import", tmp_path / "x.tsv", "--store", tmp_path / "y.db")[2]
    assert "no format for pairs ends in '.po'" in run("import", tmp_path / "x.po", "--store", store)[2]


def test_the_sample_is_what_it_was_after_a_journey(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "x.tmx"
    write_pairs(SAMPLE, path)
    import_file(store, path)
    assert list(store.pairs()) == list(SAMPLE)


@pytest.mark.parametrize("ending", [".docx", ".html"])
def test_both_languages_side_by_side(tmp_path: Path, ending: str) -> None:
    store, out = tmp_path / "x.db", tmp_path / f"out{ending}"
    run("import", DATA / "exchange_matecat.xlf", "--store", store)
    assert run("export", out, "--store", store)[0] == 0
    with Store.open(str(store)) as kept:
        expected = [(pair.source, pair.target) for pair in kept.pairs()]
    assert columns(out) == expected
    assert "no pair that is rejected" in run("export", out, "--status", "rejected", "--store", store)[2]
    assert columns(out) == expected


def columns(path: Path) -> list[tuple[str, str]]:
    """The rows of a bilingual file; Hebrew runs from right to left."""
    if path.suffix == ".html":
        rows = lxml.html.parse(str(path)).getroot().find_class("row")
        sides = [[row.find(f"div[@dir='{way}']").text_content() for way in ("rtl", "ltr")] for row in rows]
        return [(hebrew.strip(), english.strip()) for hebrew, english in sides]
    (table,) = docx.Document(str(path)).tables
    head, *body = table.rows
    assert [cell.text for cell in head.cells] == ["עברית", "English"]
    assert all(row.cells[0]._tc.xpath(".//w:bidi") for row in body)
    return [(row.cells[0].text, row.cells[1].text) for row in body]
