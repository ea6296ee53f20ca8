"""References in the store: kept by segment, brought together with the pairs as they stand, and queued by."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aligned.errors import MissingError
from aligned.paging import Filter, Order
from aligned.records import ChangeKind, DocumentRecord, Segment, Translation
from aligned.references import Reference
from aligned.store import Store
from aligned.structure import merge, split
from mt.scoring.against import rescore
from mt.scoring.metrics import score
from tests.conftest import NewAddress, Run
from tests.test_store import GOLDEN

SENTENCES = ("שלום לכולם", "הבית גדול", "האיש הלך הביתה", "זה הסוף")


@pytest.fixture
def store(new_address: NewAddress) -> Iterator[Store]:
    with Store.open(new_address()) as opened:
        yield opened


def add(store: Store, digest: str = "ab" * 32) -> tuple[int, list[str]]:
    """Add a document of four pairs; return its number and their ids."""
    segments = tuple(Segment(n, s, n, "paragraph", 0, len(s)) for n, s in enumerate(SENTENCES))
    number = store.add_document(DocumentRecord(digest, "reading:1", "brief.txt", "txt", segments))
    store.add_translations(Translation(s, s, f"said {n}", -1.0, "x") for n, s in enumerate(SENTENCES))
    store.add_pairs(number, list(enumerate(SENTENCES)), "g")
    return number, [pair.id for pair in store.pairs(number)]


def given(position: int, text: str, span: int = 1, place: int = 0) -> Reference:
    return Reference(position, span, text, "ref.txt|chrF2", place)


def test_pairs_stand_against_what_overlaps_them(store: Store) -> None:
    number, ids = add(store)
    assert store.compared(number) == []
    store.keep_references(
        number, [given(0, "hello"), given(0, "hi", place=1), given(1, "house, man", span=2)]
    )
    first, second, third = store.compared(number)
    assert (first.pairs, first.target, first.references) == ((ids[0],), "said 0", ("hello", "hi"))
    assert first.signature == "ref.txt|chrF2"
    assert (second.pairs, second.target) == (tuple(ids[1:3]), "said 1 said 2")
    assert (third.pairs, third.references) == ((ids[3],), ())
    assert store.compared(number, ids[2]) == [second]
    store.keep_references(number, [given(3, "the end")])
    assert [found.references for found in store.compared(number)] == [(), (), (), ("the end",)]
    with pytest.raises(MissingError):
        store.keep_references(number + 1, [])


def test_references_outlive_what_is_done_to_pairs(store: Store) -> None:
    number, ids = add(store)
    store.keep_references(number, [given(0, "hello"), given(1, "house")])
    kept = [store.pair(key) for key in ids[:2]]
    both = [(stored.pair.id, stored.version) for stored in kept]
    [merged] = store.restructure(both, merge(*kept), "Noa", ChangeKind.MERGE)
    [found] = store.compared(number, merged.pair.id)
    assert (found.target, found.references) == ("said 0 said 1", ("hello house",))
    pieces = split(merged, 4, 4)
    parts = store.restructure([(merged.pair.id, merged.version)], pieces, "Noa", ChangeKind.SPLIT)
    [again] = store.compared(number, parts[1].pair.id)
    assert again.pairs == tuple(part.pair.id for part in parts)
    assert again.references == found.references


def test_a_queue_begins_with_the_worst(store: Store) -> None:
    number, ids = add(store)
    other, others = add(store, "cd" * 32)
    store.keep_chrf({ids[0]: 50.0, ids[2]: 10.5, others[1]: 30.0})
    wanted = Filter(order=Order.REFERENCE)
    first = store.page(wanted, None, 1)
    walked = [*first.items, *store.page(wanted, first.after).items]
    assert [item.chrf for item in walked] == [10.5, 30.0, 50.0]
    assert [item.document for item in walked] == [number, other, number]
    assert store.count(Filter(order=Order.REFERENCE)) == 3
    assert store.count(Filter(document=number, chrf=49.9)) == 1
    assert [store.pair(key).chrf for key in ids[:2]] == [50.0, None]
    store.keep_chrf({ids[0]: None})
    assert store.count(Filter(order=Order.REFERENCE)) == 2


@pytest.mark.parametrize("version", [1, 2, 3])
def test_older_databases_can_keep_references(tmp_path: Path, version: int) -> None:
    path = tmp_path / "old.db"
    shutil.copyfile(GOLDEN.with_name(f"golden_store_{version}.db"), path)
    with Store.open(str(path)) as store:
        stored = store.page().items[0]
        assert stored.chrf is None
        position = stored.pair.segment.position
        store.keep_references(stored.document, [given(position, "hello")])
        [found] = store.compared(stored.document, stored.pair.id)
        assert found.references == ("hello",)


TARGETS = ("Peace to all.", "The house is big.", "The man went home.", "This is the end.")
GIVEN = ("Hello everybody.", "The house is large, and the man went home.", "This is the end.")


@pytest.fixture
def brief(tmp_path: Path) -> str:
    """Make a store with a brief of four pairs; return its address."""
    address = str(tmp_path / "briefs.db")
    with Store.open(address) as store:
        _, ids = add(store)
        for key, target in zip(ids, TARGETS, strict=True):
            store.edit(key, target, "Noa", 0)
    return address


def pairs_of(address: str) -> list[float | None]:
    with Store.open(address) as store:
        return [item.chrf for item in store.page(Filter(document=1)).items]


def test_a_store_is_scored_line_by_line(tmp_path: Path, run: Run, brief: str) -> None:
    reference, html = tmp_path / "ref.txt", tmp_path / "r.html"
    lines = [*GIVEN[:2], "The man went home.", GIVEN[2]]
    reference.write_text("\n".join(lines) + "\n", "utf-8")
    done = run("score", brief, reference, "--html", html, "--json")
    assert done.returncode == 0, done.stderr
    sentences = json.loads(done.stdout)["sentences"]
    assert pairs_of(brief) == [line["chrf"] for line in sentences]
    assert sentences[3]["chrf"] == 100
    text = html.read_text("utf-8")
    assert f'href="http://127.0.0.1:5000/pairs/{sentences[0]["pair"]}"' in text
    with Store.open(brief) as store:
        found = store.compared(1)[0]
        assert found.references == (GIVEN[0],)
        assert found.signature.startswith("ref.txt ")
        assert ", line by line|chrF2|nrefs:1|" in found.signature
        assert [kept.model for kept in store.scores()] == ["brief.txt"]
        store.edit(found.pairs[0], GIVEN[0], "Noa", 1)
        assert rescore(store, 1, found.pairs[0]) == {found.pairs[0]: 100.0}
        assert rescore(store, 1) == {}
        store.keep_references(1, [])
        assert set(rescore(store, 1).values()) == {None}


def test_a_store_is_scored_against_what_is_not_aligned(tmp_path: Path, run: Run, brief: str) -> None:
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(" ".join(GIVEN), "utf-8")
    both = ["--unaligned", "--ref", tmp_path / "two.txt"]
    done = run("score", brief, tmp_path / "one.txt", *both, "--document", "brief.txt", "--json")
    assert done.returncode == 0, done.stderr
    said = " ".join(TARGETS[1:3])
    [expected] = [found.score for found in score([said], [[GIVEN[1]]] * 2) if found.name == "chrF2"]
    assert pairs_of(brief)[1:] == [expected, expected, 100]
    with Store.open(brief) as store:
        [_, second, _] = store.compared(1)
        assert (len(second.pairs), second.references) == (2, (GIVEN[1],) * 2)


def test_a_store_says_which_model_made_its_pairs(tmp_path: Path, run: Run) -> None:
    """Its digest is in the signature of every pair; a model that is gone is known by that alone."""
    from mt.registry.names import describe, locate

    shipped = describe(locate("he-en@0"))
    path, reference = tmp_path / "made.db", tmp_path / "ref.txt"
    reference.write_text("Hello.\n", "utf-8")
    for number, (digest, expected) in enumerate(
        ((shipped.digest, (shipped.reference, shipped.digest)), ("0" * 64, ("brief.txt", "0" * 16)))
    ):
        with Store.open(str(path)) as store:
            made = Translation(
                f"key {number}", SENTENCES[0], "Hi.", -1.0, f"engine:x|model:{digest[:16]}|beam:4"
            )
            segment = Segment(0, SENTENCES[0], 0, "paragraph", 0, 5)
            record = DocumentRecord("ab" * 32, f"reading:{number}", "brief.txt", "txt", (segment,))
            document = store.add_document(record)
            store.add_translations([made])
            store.add_pairs(document, [(0, made.key)], "g")
        assert run("score", path, reference, "-m", "chrF2").returncode == 0
        with Store.open(str(path)) as store:
            kept = store.scores()[-1]
            store.edit(next(store.pairs()).id, "Hello.", "Noa", 0)
        assert (kept.model, kept.model_digest) == expected
        assert run("score", path, reference, "-m", "chrF2").returncode == 0
        with Store.open(str(path)) as store:
            assert (store.scores()[-1].model, store.scores()[-1].model_digest) == ("brief.txt", "")


def test_a_store_that_cannot_be_scored_is_one_line(tmp_path: Path, run: Run, brief: str) -> None:
    reference = tmp_path / "ref.txt"
    reference.write_text("One.\n", "utf-8")
    empty = str(tmp_path / "empty.db")
    Store.open(empty).close()
    several = str(tmp_path / "several.db")
    with Store.open(several) as store:
        add(store)
        add(store, "cd" * 32)
    for given, said in (
        ([brief, reference], b"brief.txt has 4 lines and ref.txt 1; they seem to part at line"),
        ([empty, reference], b"the store has no pairs: translate or import first"),
        ([several, reference], b"the store has several documents: give --document 1 (brief.txt) or 2 (brief"),
        (
            [brief, reference, "--document", "9"],
            b"the store has no document 9: give --document 1 (brief.txt)",
        ),
        ([brief, reference, "--source", reference], b"a store as HYP needs no --source: leave --source out"),
        ([reference, reference, "--document", "1"], b"--document is one of a store's: give the store as HYP"),
        (["sqlite:///none.db", reference], b"there is no store at 'none.db'"),
    ):
        done = run("score", *given)
        assert done.returncode
        assert said in done.stderr
        assert done.stderr.count(b"\n") == 1
    assert pairs_of(brief) == [None] * 4
