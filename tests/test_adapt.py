"""Adapting: which pairs teach and which judge, what is learnt and kept, and who becomes the default."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from aligned.errors import StoreError
from aligned.records import DocumentRecord, Segment, Status, Translation
from aligned.store import Store
from glossary.errors import TargemError
from glossary.hebrew import clean_text
from glossary.terms import Glossary, Term
from mt.cli import app
from mt.engines.folder import check_folder
from mt.engines.pieces import Pieces
from mt.engines.transformers import TransformersEngine
from mt.errors import ModelError, SettingError, TrainingError
from mt.registry import defaults
from mt.registry.home import HOME_VARIABLE, PACKAGED
from mt.registry.names import describe, locate
from mt.train.adapt import PATIENCE, Plan, _Patience, adapt
from mt.train.batches import encode
from mt.train.cleaning import TextPair
from mt.train.journal import Evaluation, Progress
from mt.train.judge import GENERAL, NEW, Judgement, as_scores, judge, loss
from mt.train.loop import Task, train
from mt.train.normal import normal_form
from mt.train.recipe import Learning, Phase, Saving, Shape
from mt.train.replay import General, general_from, own_translations, shipped_general
from mt.train.reviewed import (
    Parts,
    cleaned,
    data_digest,
    from_files,
    from_store,
    needed_pairs,
    parse_statuses,
    split,
    without_held_out,
)
from mt.train.tokenizer import Tokenizer, train_tokenizer, write_tokenizer
from mt.translate import Translator
from tests.toy_language import dictionary, sentences

FILES = ("source.spm", "target.spm", "vocab.json")


def pairs_of(rows: Sequence[tuple[str, str]], document: str = "") -> list[TextPair]:
    return [TextPair(source, target, document=document) for source, target in rows]


_FIRST = list(dictionary().values())[:4]
CHANGED = dict(zip(_FIRST, _FIRST[::-1], strict=True))


def dialect(count: int) -> list[tuple[str, str]]:
    """Return sentences in which some words mean what others meant: the new domain."""
    return [
        (source, " ".join(CHANGED.get(word, word) for word in target.split()))
        for source, target in sentences(count, seed=9)
    ]


def standard(count: int) -> list[tuple[str, str]]:
    """Return sentences without those words: general text."""
    return [row for row in sentences(6 * count, seed=3) if not set(row[1].split()) & set(CHANGED)][:count]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge without converting models, and sing to none: they speak no Hebrew."""
    monkeypatch.setattr("mt.registry.register.sing", lambda folder: None)  # noqa: ARG005 sing's form
    monkeypatch.setattr(
        "mt.train.adapt.load_engine", lambda folder: TransformersEngine(check_folder(Path(folder)), beam=1)
    )


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model that knows the toy language."""
    folder = tmp_path_factory.mktemp("parent")
    pairs = pairs_of(sentences(1000))
    texts = [text for pair in pairs for text in (pair.source, pair.target)]
    tokenizer = write_tokenizer(train_tokenizer(texts, 66, 1.0), folder / "tokenizer")
    task = Task(
        name="parent",
        digest="",
        tokenizer=tokenizer,
        data={"toy": encode(pairs, tokenizer)},
        phases=(Phase("one", 120, {"toy": 1}),),
        learning=Learning(rate=5e-3, warmup=20, batch_tokens=800, average=0.98),
        saving=Saving(checkpoint_every=0, stored="float32"),
        shape=Shape("", 64, 128, 1, 1, 2),
    )
    best = train(task, folder / "run", device="cpu")
    assert best.best
    return best.best


@pytest.fixture(scope="module")
def general() -> General:
    rows = pairs_of(standard(110))
    return General(Parts(tuple(rows[:75]), tuple(rows[75:85]), tuple(rows[85:])), ())


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")} if folder.exists() else set()


@pytest.mark.usefixtures("direct")
def test_a_new_domain_is_learnt_and_the_old_one_kept(parent: Path, general: General) -> None:
    new = split(pairs_of(dialect(200)), 0.1)
    said: list[str] = []
    made = adapt(new, general, Plan("toy", str(parent), make_default=True), said.append)
    assert made.after[NEW].chrf > made.before[NEW].chrf + 5
    assert made.after[GENERAL].chrf > made.before[GENERAL].chrf - 2
    assert made.after[NEW].pairs == len(new.test)
    assert (made.model.name, made.model.version, made.model.pair) == ("toy", 1, "he-en")
    kept = describe(locate("toy"))
    assert kept.parent == check_folder(parent).digest == made.parent.digest
    learnt, mixed, _ = without_held_out(new, general.parts, ())
    assert kept.data == data_digest((*learnt.train, *mixed.train))
    assert kept.scores == as_scores(made.before, made.after)
    assert (defaults.chosen("he-en") == "toy@1") == (made.lost == "")
    assert any(line.startswith("step ") for line in said)
    assert "adapted to" in (kept.path / "README.md").read_text("utf-8")
    for name in FILES:
        assert (kept.path / name).read_bytes() == (parent / name).read_bytes()
    weights = load_file(kept.path / "model.safetensors")
    assert not weights["model.shared.weight"][Tokenizer(parent).pad].any()


@pytest.mark.usefixtures("direct")
def test_adapting_twice_makes_two_versions_of_the_same_weights(parent: Path, general: General) -> None:
    new = split(pairs_of(dialect(120)), 0.1)
    one, two = (adapt(new, general, Plan("toy", str(parent), steps=2)).model for _ in range(2))
    assert (one.version, two.version, one.digest) == (1, 2, two.digest)
    assert describe(locate("toy")).version == 2


@pytest.mark.usefixtures("direct")
def test_without_general_pairs_the_model_teaches_itself(parent: Path) -> None:
    engine = TransformersEngine(check_folder(parent), beam=1)
    mixed = [source for source, _ in sentences(30, seed=4)]
    own = own_translations(engine, mixed)
    assert {pair.source for pair in own} <= set(mixed)
    made_alone = Translator(engine, Glossary(())).translate([own[0].source])
    assert own[0].target == made_alone[0].target
    new = split(pairs_of(dialect(120)), 0.1)
    made = adapt(new, General(Parts(), tuple(mixed)), Plan("toy", str(parent), steps=1))
    learnt, _, kept = without_held_out(new, Parts(), mixed)
    assert made.model.data == data_digest((*learnt.train, *(p for p in own if p.source in kept)))
    assert list(made.after) == [NEW]


def judged(chrf: float) -> Judgement:
    return Judgement(10, chrf / 2, chrf, 3, 4)


VERDICTS = [
    (50.0, 50.1, 40.0, 39.6, ""),
    (50.0, 50.1, 40.0, 45.0, ""),
    (50.0, 50.0, 40.0, 40.0, "is no better (50.00 before, 50.00 after)"),
    (50.0, 49.0, 40.0, 44.0, "is no better"),
    (50.0, 60.0, 40.0, 39.4, "fell by 0.60, more than 0.5"),
]


@pytest.mark.parametrize(("new", "then", "old", "later", "expected"), VERDICTS)
def test_what_counts_as_lost(new: float, then: float, old: float, later: float, expected: str) -> None:
    said = loss({NEW: judged(new), GENERAL: judged(old)}, {NEW: judged(then), GENERAL: judged(later)})
    assert expected in said
    assert bool(said) == bool(expected)


def test_scores_have_names_and_terms_only_where_some_are_owed() -> None:
    bare = replace(judged(40), owed=0)
    assert as_scores({NEW: judged(40), GENERAL: bare}, {NEW: judged(42), GENERAL: bare}) == {
        "new bleu before": 20, "new chrf before": 40, "new terms before": 75,
        "new bleu after": 21, "new chrf after": 42, "new terms after": 75,
        "general bleu before": 20, "general chrf before": 40,
        "general bleu after": 20, "general chrf after": 40,
    }  # fmt: skip


def test_terms_are_counted_in_what_the_model_says_freely(parent: Path) -> None:
    (word, meaning), (other, _) = list(dictionary().items())[:2]
    glossary = Glossary((Term(word, (meaning,)), Term(other, ("Nowhere",))))
    pairs = [TextPair(f"{word} {other}", "x"), TextPair(word, "x")]
    made = judge(TransformersEngine(check_folder(parent), beam=1), {NEW: pairs, GENERAL: []}, glossary)
    assert list(made) == [NEW]
    assert (made[NEW].pairs, made[NEW].owed) == (2, 3)
    assert made[NEW].kept <= 2


def test_patience_ends_after_evaluations_without_a_gain() -> None:
    patience = _Patience()
    asked = [Evaluation(1, {}, 1.0, best=False)] * (PATIENCE - 1) + [Evaluation(1, {}, 2.0, best=True)]
    assert not any(patience(event) for event in (*asked, None, Progress(1, "x", 1, 1, 1, 1)))
    assert [patience(Evaluation(1, {}, 1.0, best=False)) for _ in range(PATIENCE)][-2:] == [False, True]
    assert patience(None)


# The command.


def adapt_with(*arguments: str | Path) -> None:
    app(["adapt", *map(str, arguments)], standalone_mode=False)


def write_pairs(path: Path, rows: Sequence[tuple[str, str]]) -> Path:
    path.write_text("".join(f"{source}\t{target}\n" for source, target in rows), "utf-8")
    return path


@pytest.mark.usefixtures("direct")
def test_a_model_that_lost_is_registered_and_not_the_default(
    parent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = iter(({NEW: judged(50.0)}, {NEW: judged(50.0)}, {NEW: judged(49.0)}))
    monkeypatch.setattr("mt.train.adapt.judge", lambda *_: next(scores))
    monkeypatch.setattr("mt.train.adapt.moderate", lambda _parent, child, *_: (child, 1.0))
    new = write_pairs(tmp_path / "new.tsv", [*dialect(150), ("1", "2")])
    general = write_pairs(tmp_path / "general.tsv", sentences(60))
    adapt_with(new, "--general", general, "--model", parent, "--name", "toy", "--steps", "1", "--default")
    out, said = capsys.readouterr()
    assert "toy@1 lost and is not the default: chrF on held-out pairs" in said
    assert "1 of 151 pairs left out (foreign_source 1)" in said
    assert [line.split()[:4] for line in out.splitlines()[1:3]] == [
        ["new", "before", "10", "25.00"], ["new", "after", "10", "24.50"]
    ]  # fmt: skip
    assert describe(locate("toy@1")).scores["new chrf after"] == 49
    assert defaults.chosen("he-en") is None


@pytest.mark.usefixtures("direct")
@pytest.mark.parametrize("option", [["--default"], []])
def test_a_model_that_won_becomes_the_default_when_asked(
    option: list[str], parent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    scores = iter(({NEW: judged(50.0)}, {NEW: judged(50.0)}, {NEW: judged(51.0)}))
    monkeypatch.setattr("mt.train.adapt.judge", lambda *_: next(scores))
    monkeypatch.setattr("mt.train.adapt.moderate", lambda _parent, child, *_: (child, 1.0))
    monkeypatch.setattr("mt.train.adapt.own_translations", lambda *_: [])
    new = write_pairs(tmp_path / "new.tsv", dialect(150))
    adapt_with(new, "--model", parent, "--name", "toy", "--minutes", "0.001", *option)
    assert defaults.chosen("he-en") == ("toy@1" if option else None)
    assert ("is the default for he-en now" in capsys.readouterr().err) == bool(option)


@pytest.mark.usefixtures("direct")
def test_a_model_that_fails_the_canary_is_not_registered(
    parent: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> None:
        raise ModelError(f"model '{folder}' fails the canary", "choose another model")

    monkeypatch.setattr("mt.registry.register.sing", fail)
    monkeypatch.setattr("mt.train.adapt.judge", lambda *_: {NEW: judged(50.0)})
    monkeypatch.setattr("mt.train.adapt.own_translations", lambda *_: [])
    new = write_pairs(tmp_path / "new.tsv", dialect(150))
    with pytest.raises(ModelError, match="fails the canary"):
        adapt_with(new, "--model", parent, "--name", "toy", "--steps", "1", "--default")
    assert files_of(home) == set()


@pytest.mark.usefixtures("direct")
def test_a_models_progress_stands_in_the_store(parent: Path, tmp_path: Path) -> None:
    rows = list(dict(dialect(150)).items())
    path = store_with(tmp_path / "kept.db", [Status.ACCEPTED] * len(rows), rows)
    general = write_pairs(tmp_path / "general.tsv", standard(60))
    for model in (parent, "toy"):
        adapt_with("--store", path, "--general", general, "--model", model, "--name", "toy", "--steps", "3")
    with Store.open(str(path)) as store:
        runs = store.scores()
        models = [run.model for run in store.scores("toy")]
    assert models == ["toy@1"] * 3 + ["toy@2", "toy@1", "toy@2"]
    new = [run for run in runs if run.name == "new, held out"]
    assert [run.model for run in new] == [str(parent), "toy@1", "toy@1", "toy@2"]
    assert len({run.test_set for run in new}) == 1
    assert new[1].scores == new[2].scores
    assert new[3].model_digest == describe(locate("toy@2")).digest
    assert [found.metric for found in new[0].scores][:2] == ["BLEU", "chrF2"]
    assert all("nrefs:1|bs:1000" in found.signature for found in new[0].scores[:2])
    assert describe(locate("toy@2")).scores["new chrf after"] == round(new[3].scores[1].score, 2)


BAD = [
    ([], StoreError, "no store at 'targem.db'"),
    (["--store", "sqlite:///elsewhere.db"], StoreError, "no store at 'elsewhere.db'"),
    (["few.tsv"], TrainingError, "20 pairs are too few to adapt to: accept at least 100"),
    (["none.tsv"], TrainingError, "0 pairs are too few"),
    (["many.tsv", "--model", "nobody"], ModelError, "no model 'nobody'"),
    (["many.tsv", "--name", "No Name"], SettingError, "cannot name a model"),
    (["many.tsv", "--status", "liked"], SettingError, "unknown status: choose among new, accepted"),
    (["many.tsv", "--test-part", "0.5"], SettingError, "test part 0.5 is out of range"),
    (["many.tsv", "--steps", "0"], SettingError, "0 steps are none"),
    (["many.tsv", "--minutes", "-1"], SettingError, "-1 minutes are none"),
    (["many.tsv", "--steps", "1", "--minutes", "1"], TargemError, "exclude each other"),
    (["many.tsv", "--general", "few.tsv"], TrainingError, "20 general pairs are too few"),
    (["many.tsv", "--general", "absent.tsv"], TrainingError, "absent.tsv is not a file"),
    (["many.tsv", "absent.tsv"], TrainingError, "absent.tsv is not a file: give TMX, TSV or JSONL"),
    (["damaged.tsv"], TrainingError, "damaged.tsv line 2 has no tab"),
    (["new.jsonl"], TrainingError, "none of the 1 pairs is accepted or edited"),
]


@pytest.mark.parametrize(("arguments", "kind", "message"), BAD)
def test_what_cannot_be_is_one_line_and_leaves_nothing(
    arguments: list[str], kind: type[Exception], message: str, tmp_path: Path, home: Path
) -> None:
    write_pairs(tmp_path / "few.tsv", sentences(20))
    write_pairs(tmp_path / "many.tsv", sentences(150))
    (tmp_path / "none.tsv").touch()
    (tmp_path / "damaged.tsv").write_text("שלום\tHello\nשלום\n", "utf-8")
    (tmp_path / "new.jsonl").write_text('{"source": "שלום", "target": "Hello", "status": "new"}\n', "utf-8")
    before = files_of(tmp_path)
    with pytest.raises(kind, match=message.replace("(", r"\(")) as raised:
        adapt_with("--name", "toy", *arguments)
    assert "\n" not in str(raised.value)
    assert files_of(tmp_path) == before
    assert files_of(home) == set()


# Which pairs.


def store_with(path: Path, statuses: Sequence[Status], rows: Sequence[tuple[str, str]] = ()) -> Path:
    """Make a store of one document with a pair of each status."""
    rows = rows or [(f"משפט {number}", f"“Sentence” {number}") for number in range(len(statuses))]
    texts = [source for source, _ in rows]
    segments = tuple(Segment(i, text, i, "paragraph", 0, len(text)) for i, text in enumerate(texts))
    with Store.open(str(path)) as store:
        number = store.add_document(DocumentRecord("d" * 64, "reading", "brief.txt", "txt", segments))
        store.add_translations(Translation(source, source, target, -1.0, "x") for source, target in rows)
        store.add_pairs(number, enumerate(texts), "g")
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "UPDATE pairs SET status = ? WHERE position = ?", [(s.value, i) for i, s in enumerate(statuses)]
        )
    connection.close()
    return path


def test_the_store_gives_what_was_accepted_or_edited(tmp_path: Path) -> None:
    path = store_with(tmp_path / "kept.db", [*Status])
    found = from_store(str(path))
    assert [(pair.source, pair.target, pair.status) for pair in found] == [
        ("משפט 1", '"Sentence" 1', "accepted"), ("משפט 2", '"Sentence" 2', "edited"),
    ]  # fmt: skip
    assert {pair.document for pair in found} == {"d" * 64}
    assert len(from_store(f"sqlite:///{path}", parse_statuses("accepted"))) == 1


def test_a_store_where_nothing_was_accepted_says_so(tmp_path: Path) -> None:
    path = store_with(tmp_path / "kept.db", [Status.NEW, Status.REJECTED])
    with pytest.raises(TrainingError, match=r"has no pair that is accepted or edited: review some pairs"):
        from_store(str(path))


def test_files_tell_document_and_status_where_they_have_them(tmp_path: Path) -> None:
    table = tmp_path / "pairs.tsv"
    table.write_text(
        "document\tsource\ttarget\tstatus\na.txt\tשלום\tHello\taccepted\nb.txt\tתודה\tThanks\tnew\n", "utf-8"
    )
    records = [
        {"source": "בית", "target": "House", "status": "edited", "document": "c.txt"},
        {"source": "גן", "target": "Garden", "status": "rejected"},
        {"he": "ים", "en": "Sea"},
    ]
    lines = tmp_path / "pairs.jsonl"
    lines.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    assert [(pair.target, pair.document) for pair in from_files([table, lines])] == [
        ("Hello", "a.txt"), ("House", "c.txt"), ("Sea", ""),
    ]  # fmt: skip
    assert len(from_files([table, lines], tuple(Status))) == 5


def numbered(count: int, documents: int = 0) -> list[TextPair]:
    return [
        TextPair(f"מספר {i}", f"number {i}", document=f"brief {i % documents}" if documents else "")
        for i in range(count)
    ]


@given(st.integers(150, 400), st.sampled_from([0, 40, 90]), st.sampled_from([0.1, 0.15, 0.3]))
def test_parts_share_nothing_and_lose_nothing(count: int, documents: int, part: float) -> None:
    pairs = numbered(count, documents)
    parts = split(pairs, part)
    assert sorted((*parts.train, *parts.watch, *parts.test), key=pairs.index) == pairs
    assert split(pairs[::-1], part) == Parts(*(each[::-1] for each in _each(parts)))


def _each(parts: Parts) -> tuple[tuple[TextPair, ...], ...]:
    return parts.train, parts.watch, parts.test


def test_what_judged_once_never_teaches_later() -> None:
    first, later = (split(numbered(count), 0.1) for count in (150, 900))
    assert set(first.test) <= set(later.test)
    assert set(first.watch) <= set(later.watch)


def test_documents_are_held_out_whole_where_there_are_many() -> None:
    parts = split(numbered(600, documents=100), 0.1)
    names = [{pair.document for pair in each} for each in _each(parts)]
    assert not names[0] & names[1]
    assert not names[0] & names[2]
    assert not names[1] & names[2]
    few = split(numbered(600, documents=2), 0.1)
    assert {pair.document for pair in few.test} == {"brief 0", "brief 1"}


def test_how_many_pairs_are_needed_depends_on_the_part() -> None:
    assert [needed_pairs(part) for part in (0.02, 0.1, 0.4)] == [500, 100, 150]
    with pytest.raises(TrainingError, match="at least 500"):
        split(numbered(200), 0.02)


def test_what_is_held_out_is_held_out_everywhere() -> None:
    rows = numbered(9)
    again = TextPair("מ\u05b4ס\u05b0פ\u05b8\u05bcר 8!", "something else")
    new = Parts((*rows[:4], again), (rows[4], rows[7]), (rows[5],))
    general = Parts((rows[4], rows[6]), (rows[8],), (rows[7],))
    left, kept, mixed = without_held_out(new, general, ["מספר 5", "מספר 99"])
    assert left == Parts(tuple(rows[:4]), (rows[4],), (rows[5],))
    assert (kept.train, mixed) == ((rows[6],), ["מספר 99"])
    with pytest.raises(TrainingError, match="all 1 pairs to learn from are held out as well"):
        without_held_out(Parts((again,), (rows[1],), (rows[8],)), Parts(), [])


def test_what_ships_is_enough_to_judge_and_to_mix() -> None:
    general = shipped_general()
    assert len(general.parts.test) > 70
    assert len(general.mixed) > 60
    assert not {pair.source for pair in general.parts.test} & set(general.mixed)
    shipped = PACKAGED.parent / "train/general.tsv"
    assert cleaned(general_from([shipped]).parts.train)[1].dropped.total() == 0
    assert len(shipped.read_text("utf-8").splitlines()) == 110


SPELLINGS = [
    "צה\"ל וצה״ל, ג'נין וג׳נין, פרופ’ כהן",
    "דרום\u05beמזרח – לא צפון—מערב, 2019‑2021",
    "ש\u05b8\u05c1לו\u05b9ם\u200f ל\u05b0כ\u05bbל\u05b8\u05bcם  עם\u00a0רווחים",
    "\u202bדוח \u201cסודי\u201d על NATO ו-UN\u202c",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_sources_are_learnt_in_the_form_in_which_engines_read_them(text: str) -> None:
    shipped = PACKAGED / "he-en"
    pieces = Pieces(shipped)
    read, _ = pieces.source(clean_text(text).strip())
    tokenizer = Tokenizer(shipped)
    unknown = tokenizer.unknown
    assert tokenizer.encode_sources([normal_form(text)])[0][:-1] == [
        pieces.vocabulary.get(piece, unknown) for piece in read
    ]
