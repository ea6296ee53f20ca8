"""The store as reviewers use it, on each kind of database: queues, structure, undo, comments, findings."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aligned import search
from aligned.errors import StaleError, StoreError
from aligned.exchange import export_file, import_file
from aligned.paging import Filter, Order, Place
from aligned.qa.issues import Fault, Issue, Severity
from aligned.records import ChangeKind, DocumentRecord, KeptFinding, Origin, Status, StoredPair, Translation
from aligned.store import Store
from aligned.structure import Piece, merge, move, solid, split
from glossary.receipt import Method, Receipt
from tests.conftest import NewAddress
from tests.test_store import GOLDEN, both, segment
from tests.test_store_review import plans

SIZE = 5
SOURCES = tuple(f"ראש {number}. סוף {number}." for number in range(SIZE))
TARGETS = tuple(f"Head {number}. Tail {number}." for number in range(SIZE))
PRICES = (0.0, 2.5, 0.0, 7.0, 2.5)
SCORES = (-0.5, -0.1, -3.0, -0.1, -0.5)
CUT = SOURCES[0].index("סוף"), TARGETS[0].index("Tail")


@pytest.fixture
def address(new_address: NewAddress) -> str:
    return new_address()


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """A store with one document of five pairs, all new."""
    with Store.open(address) as opened:
        fill(opened)
        yield opened


def made(number: int) -> Translation:
    receipts = (Receipt("ראש", 0, 3, "", "Head", 0, 4, Method.FORCED, PRICES[number]),)
    return Translation(
        f"k{number}",
        SOURCES[number],
        TARGETS[number],
        SCORES[number],
        "engine",
        receipts if PRICES[number] else (),
    )


def fill(store: Store, name: str = "ab") -> int:
    segments = tuple(
        replace(segment(place, text), page=1, first_line=place + 1, last_line=place + 2)
        for place, text in enumerate(SOURCES)
    )
    number = store.add_document(DocumentRecord(name * 32, "r", f"{name}.txt", "txt", segments))
    store.add_translations(made(place) for place in range(SIZE))
    store.add_pairs(number, [(place, f"k{place}") for place in range(SIZE)], "g")
    return number


def shown(store: Store, document: int = 1) -> list[StoredPair]:
    return list(store.page(Filter(document=document)).items)


def targets(store: Store) -> list[str]:
    return [item.pair.target for item in shown(store)]


def put(
    store: Store, before: list[StoredPair], after: Any, kind: ChangeKind, who: str = "dana"
) -> list[StoredPair]:
    ids = [item.pair.id for item in shown(store)]
    made = store.restructure([(item.pair.id, item.version) for item in before], after, who, kind)
    # They stand where the others stood, in their order.
    at = ids.index(before[0].pair.id)
    ids[at : at + len(before)] = [item.pair.id for item in made]
    assert [item.pair.id for item in shown(store)] == ids
    return made


def cut(store: Store, at: int, who: str = "dana") -> list[StoredPair]:
    pair = shown(store)[at]
    return put(store, [pair], split(pair, *CUT), ChangeKind.SPLIT, who)


def join(store: Store, at: int, who: str = "dana") -> list[StoredPair]:
    one, other = shown(store)[at : at + 2]
    return put(store, [one, other], merge(one, other), ChangeKind.MERGE, who)


def walked(store: Store, wanted: Filter, size: int = 2) -> list[str]:
    found: list[str] = []
    after: Place | None = None
    while True:
        page = store.page(wanted, after, size)
        found += [item.pair.target[5] for item in page.items]
        if page.after is None:
            return found
        after = page.after


@pytest.mark.parametrize("size", [1, 2, 50])
@pytest.mark.parametrize("document", [None, 1])
def test_queues_begin_with_the_dearest_and_the_least_certain(
    store: Store, size: int, document: int | None
) -> None:
    assert walked(store, Filter(document=document, order=Order.PRICE), size) == ["3", "1", "4", "0", "2"]
    assert walked(store, Filter(document=document, order=Order.CERTAINTY), size) == ["2", "0", "4", "1", "3"]
    assert walked(store, Filter(document=document), size) == list("01234")
    store.set_status(shown(store)[4].pair.id, Status.ACCEPTED, "dana")
    dear = Filter(Status.NEW, document, Origin.TRANSLATION, order=Order.PRICE, price=2.0)
    assert walked(store, dear, size) == ["3", "1"]
    assert walked(store, Filter(document=document, score=-0.5), size) == ["0", "2", "4"]
    assert store.count(dear) == 2


@pytest.mark.parametrize("order", [Order.PRICE, Order.CERTAINTY])
@pytest.mark.parametrize(
    "wanted", [Filter(), Filter(Status.NEW, check="numbers"), Filter(price=1.0, score=-0.1)]
)
def test_a_queue_walks_along_its_own_index(store: Store, order: Order, wanted: Filter) -> None:
    # As where many pairs have the finding.
    with patch.object(search, "FEW", -1):
        plan = "\n".join(plans(store, lambda: store.page(replace(wanted, order=order), (-1.0, 1, 0, 0), 10)))
    assert f"pairs_by_{'price' if order == Order.PRICE else 'score'}" in plan
    assert not re.search("Sort|Seq Scan on pairs|TEMP B-TREE|SCAN pairs$", plan)


def test_search_goes_through_both_sides_whatever_the_case(store: Store) -> None:
    assert walked(store, Filter(text="HEAD 3")) == ["3"]
    assert walked(store, Filter(text="סוף 2")) == ["2"]
    assert walked(store, Filter(text="head", order=Order.PRICE)) == ["3", "1", "4", "0", "2"]
    assert (
        store.count(Filter(text="%")) == store.count(Filter(text="_")) == store.count(Filter(text="\\")) == 0
    )
    item = shown(store)[1]
    store.edit(item.pair.id, "100%_\\ ÉTÉ", "dana", 0)
    for text in ("%_", "_\\", "été", "100%"):
        assert [found.pair.id for found in store.page(Filter(text=text)).items] == [item.pair.id]
    assert store.count(Filter(text="head 1")) == 0
    store.undo(item.pair.id, "dana")
    assert store.count(Filter(text="head 1")) == 1


def test_findings_are_kept_and_filtered_by(store: Store) -> None:
    first, second, *_ = (item.pair.id for item in shown(store))
    issue = Issue(1, "numbers", Severity.ERROR, Fault("7 is missing", ((0, 1), (2, 3)), ()))
    other = KeptFinding("end", Severity.NOTE, "no full stop", (), ((4, 5),))
    store.keep_findings({first: [KeptFinding.from_issue(issue), other], second: [other], "unknown": [other]})
    assert store.findings([first, second, "unknown"]) == {
        first: (KeptFinding("numbers", Severity.ERROR, "7 is missing", ((0, 1), (2, 3)), ()), other),
        second: (other,),
        "unknown": (),
    }
    assert walked(store, Filter(check="any")) == walked(store, Filter(check="end")) == ["0", "1"]
    assert walked(store, Filter(check="numbers")) == ["0"]
    assert store.count(Filter(check="number")) == store.count(Filter(check="%")) == 0
    store.keep_findings({first: []})
    assert walked(store, Filter(check="any")) == ["1"]
    assert store.findings([first]) == {first: ()}


def test_a_pair_and_those_around_it(store: Store) -> None:
    middle = shown(store)[2]
    assert store.pair(middle.pair.id) == middle
    assert store.around(middle.pair.id, 1, 5) == shown(store)[1:]
    assert store.around(shown(store)[0].pair.id, 3, 0) == shown(store)[:1]
    cut(store, 2)
    assert store.pair(middle.pair.id).pair.target == middle.pair.target
    assert [item.place for item in store.around(shown(store)[2].pair.id, 1, 2)] == [
        (1, 1, 0),
        (1, 2, 0),
        (1, 2, 1),
        (1, 3, 0),
    ]
    with pytest.raises(StoreError, match="has no pair x"):
        store.pair("x")


def test_progress(store: Store) -> None:
    fill(store, "cd")
    store.set_status(shown(store)[0].pair.id, Status.ACCEPTED, "dana")
    assert store.progress() == dict.fromkeys(Status, 0) | {Status.NEW: 9, Status.ACCEPTED: 1}
    assert store.progress(2) == dict.fromkeys(Status, 0) | {Status.NEW: 5}


def test_comments_are_history_and_change_nothing(store: Store) -> None:
    first = shown(store)[0]
    store.comment(first.pair.id, "ask the ministry", "dana")
    (change,) = store.history(first.pair.id)
    assert (change.kind, change.comment, change.who) == (ChangeKind.COMMENT, "ask the ministry", "dana")
    assert shown(store)[0] == first
    assert store.undo_last(1, "dana") == []
    with pytest.raises(StoreError, match="no change to undo"):
        store.undo(first.pair.id, "dana")


def test_pieces_stand_in_the_place_of_a_pair(store: Store) -> None:
    whole = shown(store)[1]
    store.set_status(whole.pair.id, Status.ACCEPTED, "dana")
    one, other = cut(store, 1)
    assert targets(store) == [TARGETS[0], "Head 1.", "Tail 1.", *TARGETS[2:]]
    assert [item.place for item in shown(store)][:4] == [(1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 2, 0)]
    assert [pair.target for pair in store.pairs()] == targets(store)
    assert (one.pair.status, one.pair.segment, other.pair.segment) == (
        Status.NEW,
        whole.pair.segment,
        whole.pair.segment,
    )
    assert (one.pair.receipts, other.pair.receipts) == (whole.pair.receipts, ())
    assert walked(store, Filter(order=Order.PRICE))[:2] == ["3", "1"]
    # Its history is that of the pair it came from.
    assert [change.kind for change in store.history(other.pair.id)] == [ChangeKind.VERDICT, ChangeKind.SPLIT]
    last = store.history(whole.pair.id)[-1]
    assert (last.before, last.after) == ((whole.pair.id,), (one.pair.id, other.pair.id))
    assert (last.target_before, last.target_after) == (TARGETS[1], "Head 1. Tail 1.")


def test_a_merged_pair_says_where_all_of_it_came_from(store: Store) -> None:
    (pair,) = join(store, 1)
    place = pair.pair.segment
    assert (place.text, place.position) == (f"{SOURCES[1]} {SOURCES[2]}", 1)
    assert (place.first_line, place.last_line, place.end) == (2, 4, len(SOURCES[2]))
    assert [item.position for item in pair.segments] == [1, 2]
    assert next(item for item in store.pairs() if item.id == pair.pair.id) == pair.pair
    # What was joined can be parted again where it was.
    assert [(piece.first, piece.last) for piece in split(pair, len(SOURCES[1]), len(TARGETS[1]))] == [
        (1, 1),
        (2, 2),
    ]


def test_another_source_in_the_place_of_a_pair(store: Store) -> None:
    pair = shown(store)[2]
    again = Translation("again", "מקור אחר", "another source", -0.2, "engine")
    (item,) = put(store, [pair], [Piece(again.source, again.target, 2, 2, again)], ChangeKind.SOURCE)
    assert (item.pair.source, item.pair.target, item.pair.score) == ("מקור אחר", "another source", -0.2)
    assert store.undo_last(1, "dana") == [pair.pair.id]
    assert targets(store) == list(TARGETS)
    (plain,) = put(store, [pair], [Piece("ביד", "by hand", 2, 2)], ChangeKind.SOURCE)
    assert (plain.pair.source, plain.pair.target, plain.pair.signature) == ("ביד", "by hand", "person")


def test_pieces_of_another_source_keep_their_order(store: Store) -> None:
    (pair,) = join(store, 0)
    longer = Piece(f"{pair.pair.source} ועוד.", f"{pair.pair.target} And more.", 0, 1)
    (pair,) = put(store, [pair], [longer], ChangeKind.SOURCE)
    one, _ = put(store, [pair], split(pair, len(longer.source) - 5, len(longer.target) - 9), ChangeKind.SPLIT)
    # It reads as the two segments again, but the piece after it covers both of them too.
    put(store, [one], split(one, len(SOURCES[0]), len(TARGETS[0])), ChangeKind.SPLIT)
    assert targets(store) == [TARGETS[0], TARGETS[1], "And more.", *TARGETS[2:]]
    assert [item.place for item in shown(store)][:4] == [(1, 0, 0), (1, 0, 1), (1, 0, 2), (1, 2, 0)]
    for _ in range(4):
        store.undo_last(1, "dana")
    assert targets(store) == list(TARGETS)


def test_structure_that_makes_no_sense_is_refused_whole(store: Store) -> None:
    first, second, third, *_ = shown(store)
    fill(store, "cd")
    good = merge(first, second)[0]
    elsewhere = shown(store, 2)[0]
    for before, after, kind, message in (
        ([first, third], merge(first, third), ChangeKind.MERGE, "do not stand one after the other|cover"),
        ([second, first], [replace(good, first=1, last=0)], ChangeKind.MERGE, "cover the segments"),
        ([first, elsewhere], [good], ChangeKind.MERGE, "no neighbours of one document"),
        ([], [good], ChangeKind.MERGE, "no neighbours of one document"),
        ([first], [], ChangeKind.SPLIT, "no neighbours of one document"),
        ([first, second], [replace(good, last=0)], ChangeKind.MERGE, "cover the segments"),
        ([first, second], [replace(good, last=2)], ChangeKind.MERGE, "cover the segments"),
        (
            [first, second],
            [replace(good, source="אחר", translation=None)],
            ChangeKind.MERGE,
            "another source",
        ),
        (
            [first, second],
            [replace(good, source=good.source[:-1] + "!")],
            ChangeKind.SOURCE,
            "a translation is of another",
        ),
        ([first], [replace(good, source=" ")], ChangeKind.SOURCE, "no source"),
        ([first, second], [good], ChangeKind.VERDICT, "makes no new pairs"),
    ):
        with pytest.raises(StoreError, match=message):
            put(store, before, after, kind)
    assert targets(store) == list(TARGETS)
    assert store.history(first.pair.id) == []


def test_two_who_change_one_pair(store: Store) -> None:
    first, second, *_ = shown(store)
    store.edit(second.pair.id, "hers", "dana", 0)
    with pytest.raises(StaleError, match=r"it reads 'hers', yours 'Head 0. Tail 0. Head 1. Tail 1.'"):
        put(store, [first, second], merge(first, second), ChangeKind.MERGE, "avi")
    cut(store, 0)
    # Whoever had the whole pair open sees what stands there now.
    with pytest.raises(StaleError, match=r"it reads 'Head 0. Tail 0.', yours 'his'") as raised:
        store.edit(first.pair.id, "his", "avi", 0)
    assert (raised.value.pair_id, raised.value.given) == (first.pair.id, "his")
    with pytest.raises(StaleError):
        store.set_status(first.pair.id, Status.ACCEPTED, "avi")
    with pytest.raises(StaleError):
        put(store, [first], split(first, *CUT), ChangeKind.SPLIT, "avi")


def test_of_two_who_cut_and_join_at_once_one_is_refused(address: str) -> None:
    with Store.open(address) as one, Store.open(address) as two:
        fill(one)
        for _ in range(5):
            first, second, *_ = shown(one)
            cutting = partial(put, one, [first], split(first, *CUT), ChangeKind.SPLIT, "dana")
            joining = partial(put, two, [first, second], merge(first, second), ChangeKind.MERGE, "avi")
            done = both(cutting, joining)
            assert [isinstance(item, StaleError) for item in done] in ([True, False], [False, True])
            whole(one)
            assert one.undo_last(1, "dana") or one.undo_last(1, "avi")
            assert targets(two) == list(TARGETS)


def test_undo_and_redo_are_each_persons_own_and_survive_a_restart(address: str) -> None:
    with Store.open(address) as store:
        fill(store)
        ids = [item.pair.id for item in shown(store)]
        store.edit(ids[0], "by dana", "dana", 0)
        store.edit(ids[1], "by avi", "avi", 0)
        pieces = cut(store, 2)
        assert store.redo_last(1, "dana") == []
    with Store.open(address) as store:
        assert store.undo_last(1, "dana") == [ids[2]]
        assert store.undo_last(1, "dana") == [ids[0]]
        assert store.undo_last(1, "dana") == store.undo_last(1, "nobody") == []
        assert targets(store) == [TARGETS[0], "by avi", *TARGETS[2:]]
        assert store.redo_last(1, "avi") == []
        assert store.redo_last(1, "dana") == [ids[0]]
        assert store.redo_last(1, "dana") == [item.pair.id for item in pieces]
        assert store.redo_last(1, "dana") == []
        assert targets(store) == ["by dana", "by avi", "Head 2.", "Tail 2.", *TARGETS[3:]]
        # Another change, and what was taken back before it stays so.
        store.undo_last(1, "dana")
        store.set_status(ids[4], Status.UNSURE, "dana")
        assert store.redo_last(1, "dana") == []
        assert store.undo_last(1, "dana") == [ids[4]]
        kinds = [change.kind for change in store.history(ids[2])]
        assert kinds == [ChangeKind.SPLIT] * 4


def test_undo_never_takes_what_somebody_else_wrote(store: Store) -> None:
    first = shown(store)[0].pair.id
    store.edit(first, "hers", "dana", 0)
    store.edit(first, "his", "avi", 1)
    with pytest.raises(StaleError, match=r"it reads 'his', yours 'Head 0. Tail 0.'"):
        store.undo_last(1, "dana")
    assert store.undo_last(1, "avi") == [first]
    assert store.undo_last(1, "dana") == [first]
    assert targets(store) == list(TARGETS)
    one, _ = cut(store, 0)
    store.edit(one.pair.id, "his again", "avi", 0)
    with pytest.raises(StaleError, match="it reads 'his again'"):
        store.undo_last(1, "dana")
    store.undo_last(1, "avi")
    assert store.undo_last(1, "dana") == [first]
    join(store, 0, "avi")
    with pytest.raises(StaleError, match=r"it reads 'Head 0. Tail 0. Head 1. Tail 1.'"):
        store.redo_last(1, "dana")


def test_another_run_leaves_what_a_person_made(store: Store) -> None:
    cut(store, 0)
    join(store, 2)
    store.add_translations([replace(made(3), key="later", target="later")])
    store.add_pairs(1, [(0, "k0"), (1, "k1"), (2, "k2"), (3, "later"), (4, "k4")], "another glossary")
    expected = ["Head 0.", "Tail 0.", f"{TARGETS[1]} {TARGETS[2]}", "later", TARGETS[4]]
    assert targets(store) == [pair.target for pair in store.pairs()] == expected
    store.undo_last(1, "dana")
    store.undo_last(1, "dana")
    assert targets(store) == [*TARGETS[:3], "later", TARGETS[4]]


@pytest.mark.parametrize("ending", [".jsonl", ".tmx", ".xlsx"])
def test_an_export_brings_the_structure_into_another_store(
    store: Store, tmp_path: Path, new_address: NewAddress, ending: str
) -> None:
    cut(store, 0)
    join(store, 2)
    path = tmp_path / f"out{ending}"
    export_file(store, path)
    with Store.open(new_address()) as other:
        assert import_file(other, path).added == 5
        kept, sent = list(other.pairs()), list(store.pairs())
        for name in ("id", "source", "target"):
            assert [getattr(pair, name) for pair in kept] == [getattr(pair, name) for pair in sent]
        for name in ("position", "page", "first_line", "last_line"):
            assert [getattr(pair.segment, name) for pair in kept] == [
                getattr(pair.segment, name) for pair in sent
            ]
    again = import_file(store, path)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 5)


def state(store: Store) -> list[tuple[object, ...]]:
    return [(item.pair, item.place, item.segments) for item in shown(store)]


def whole(store: Store) -> None:
    """Every segment is covered by one run of shown pairs, in order, and no letter of the source is lost."""
    items = shown(store)
    assert solid("".join(item.pair.source for item in items)) == solid("".join(SOURCES))
    assert [item.place for item in items] == sorted(item.place for item in items)
    assert [item.pair for item in items] == list(store.pairs(1))
    covered = [[part.position for part in item.segments] for item in items]
    assert sorted({position for run in covered for position in run}) == list(range(SIZE))
    for one, other in pairwise(covered):
        assert one[-1] <= other[0] <= one[-1] + 1
    for item in items:
        assert solid(item.pair.source) in solid(item.pair.segment.text)


steps = st.tuples(
    st.sampled_from(["split", "merge", "move", "edit", "status", "undo", "redo", "run"]),
    st.integers(0, 9),
    st.integers(1, 30),
    st.sampled_from(["dana", "avi"]),
)


def step(store: Store, name: str, at: int, where: int, who: str) -> None:
    items = shown(store)
    item, following = items[at % len(items)], items[(at + 1) % len(items) :][:1]
    if name in ("undo", "redo"):
        (store.undo_last if name == "undo" else store.redo_last)(1, who)
    elif name == "edit":
        store.edit(item.pair.id, f"edit {where}", who, item.version)
    elif name == "status":
        store.set_status(item.pair.id, list(Status)[where % 5], who)
    elif name == "run":
        store.add_pairs(1, [(place, f"k{place}") for place in range(SIZE)], "g")
    elif name == "split":
        put(store, [item], split(item, where, where), ChangeKind.SPLIT, who)
    elif at % len(items) + 1 < len(items):
        both = [item, *following]
        pieces = merge(*both) if name == "merge" else move(item, following[0], where, where)
        put(store, both, pieces, ChangeKind(name), who)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(done=st.lists(steps, max_size=12))
def test_whatever_is_done_the_document_stays_whole_and_undo_leads_back(
    new_address: NewAddress, done: list[tuple[str, int, int, str]]
) -> None:
    with Store.open(new_address()) as store:
        fill(store)
        first = state(store)
        for name, at, where, who in done:
            before = state(store)
            try:
                step(store, name, at, where, who)
            except StoreError:
                assert state(store) == before
            whole(store)
        # What one has built upon the other's work, the other cannot take back before.
        for _ in done:
            for who in ("dana", "avi"):
                try:
                    while store.undo_last(1, who):
                        whole(store)
                except StaleError:
                    continue
        assert [item[1:] for item in state(store)] == [item[1:] for item in first]
        assert [replace(item[0], changed="") for item in state(store)] == [item[0] for item in first]  # type: ignore[type-var]


def write_golden(path: Path) -> None:
    """Make the golden database of schema 3; it must never be made anew."""
    with Store.open(str(path)) as store:
        fill(store)
        one, _ = cut(store, 0)
        store.edit(one.pair.id, "A better head.", "avi", 0)
        join(store, 2)
        store.undo_last(1, "dana")
        store.comment(one.pair.id, "look again", "avi")
        note = KeptFinding("numbers", Severity.WARNING, "0 is missing", ((4, 5),), ())
        store.keep_findings({one.pair.id: [note]})
    with sqlite3.connect(path) as connection:
        for pragma in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 512", "VACUUM"):
            connection.execute(pragma)
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def test_a_database_of_schema_3_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    shutil.copyfile(GOLDEN.with_name("golden_store_3.db"), path)
    with Store.open(str(path)) as store:
        assert targets(store) == ["A better head.", "Tail 0.", *TARGETS[1:]]
        one = shown(store)[0].pair.id
        kinds = [change.kind.value for change in store.history(one)]
        assert kinds == ["split", "verdict", "comment"]
        assert [found.message for found in store.findings([one])[one]] == ["0 is missing"]
        assert [item.pair.id for item in store.page(Filter(check="numbers", text="BETTER")).items] == [one]
        assert walked(store, Filter(order=Order.PRICE))[0] == "3"
        assert len(store.redo_last(1, "dana")) == 1
        assert targets(store)[2] == f"{TARGETS[1]} {TARGETS[2]}"


def test_an_older_database_gets_its_queues(tmp_path: Path) -> None:
    for name, text, first in (
        ("golden_store_1.db", "PRICE OF", "Water."),
        ("golden_store_2.db", "best", "made"),
    ):
        path = tmp_path / name
        shutil.copyfile(GOLDEN.with_name(name), path)
        with Store.open(str(path)) as store:
            dearest = store.page(Filter(order=Order.PRICE)).items[0].pair
            assert max(receipt.price for receipt in dearest.receipts) == 0.25
            assert dearest.target == first
            assert store.count(Filter(score=-0.5)) == store.count() > 0
            assert store.count(Filter(text="MADE" if name.endswith("2.db") else text)) > 0
