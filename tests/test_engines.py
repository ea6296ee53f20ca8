"""Engines: the two agree, obey prefixes and bans, convert once, and refuse models that babble."""

import itertools
import json
import math
import multiprocessing
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt.brief import cut
from mt.engines.base import REPEATABLE, Engine, Hypothesis, Request
from mt.engines.canary import check_canary, fault, latin_share, repeats
from mt.engines.convert import converted
from mt.engines.ctranslate2 import CTranslate2Engine, batches
from mt.engines.folder import CACHE_VARIABLE, ModelFolder, find_model
from mt.engines.machine import cores, free_memory, has_wide_vectors
from mt.engines.registry import load_engine
from mt.engines.transformers import TransformersEngine
from mt.errors import ModelError, SettingError
from mt.readers import read_document
from mt.sample import sample_path

MIN_AGREEMENT = 0.98


@pytest.fixture(scope="module")
def reference() -> TransformersEngine:
    return TransformersEngine(find_model())


@pytest.fixture(scope="module")
def exact() -> CTranslate2Engine:
    """Return CTranslate2 without quantization, which is what the reference computes."""
    return CTranslate2Engine(find_model(), compute="float32")


@pytest.fixture(scope="module")
def sample() -> list[str]:
    return [segment.text for segment in cut(read_document(sample_path()))]


def requests(engine: Engine, texts: Sequence[str]) -> list[Request]:
    return [Request(engine.pieces.source(text)[0]) for text in texts]


def test_both_engines_say_the_same(
    exact: CTranslate2Engine, reference: TransformersEngine, sample: list[str]
) -> None:
    one = [h.pieces for h in exact.decode(requests(exact, sample))]
    two = [h.pieces for h in reference.decode(requests(reference, sample))]
    assert sum(a == b for a, b in zip(one, two, strict=True)) >= MIN_AGREEMENT * len(sample)


def test_alternatives_are_the_beam_best_first(
    exact: CTranslate2Engine, reference: TransformersEngine
) -> None:
    (request,) = requests(exact, ["ראש הממשלה נפגש אתמול עם נשיא המדינה."])
    found = [h.pieces for h in exact.alternatives(request, 4)]
    assert len(set(found)) == 4
    assert [h.pieces for h in reference.alternatives(request, 4)] == found
    assert found[0] == exact.decode([request])[0].pieces
    assert len(exact.alternatives(request, 6)) == 6


def test_both_engines_score_alike(
    exact: CTranslate2Engine, reference: TransformersEngine, sample: list[str]
) -> None:
    sources = [request.source for request in requests(exact, sample[:8])]
    targets = [exact.pieces.target(text) for text in ["Trade.", "It is raining in Baku."] * 4]
    for a, b in zip(exact.score(sources, targets), reference.score(sources, targets), strict=True):
        assert math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-2)


@pytest.fixture(params=["ctranslate2", "transformers"])
def either(request: pytest.FixtureRequest, engine: Engine) -> Engine:
    found: Engine = request.getfixturevalue("reference") if request.param == "transformers" else engine
    return found


def test_order_is_kept_and_batching_changes_nothing(either: Engine, sample: list[str]) -> None:
    asked = requests(either, sample[:12])
    together = [h.pieces for h in either.decode(asked)]
    backwards = [h.pieces for h in either.decode(asked[::-1])][::-1]
    assert together == backwards


def test_attention_has_a_row_for_each_piece(either: Engine) -> None:
    (asked,) = requests(either, ["הנשיא ביקר בבאקו."])
    (found,) = either.decode([asked])
    assert found.finished
    assert found.attention.shape == (len(found.pieces), len(asked.source))
    assert np.all(found.attention.sum(axis=1) <= 1.01)


def test_a_prefix_stands_and_the_score_is_of_what_follows(either: Engine) -> None:
    (asked,) = requests(either, ["הנשיא ביקר באיראן."])
    prefix = either.pieces.target("The president visited Iran")
    for stem in ((), prefix):
        (found,) = either.decode([Request(asked.source, stem)])
        assert found.pieces[: len(stem)] == stem
        whole = either.score([asked.source], [found.pieces])[0]
        if not stem:
            assert found.score == pytest.approx(whole, rel=0.02)
        else:
            assert whole < found.score < 0


def test_a_varied_output_does_not_repeat_itself(either: Engine) -> None:
    (asked,) = requests(either, ["לא לא לא לא לא לא לא לא לא לא לא לא"])
    (found,) = either.decode([Request(asked.source, varied=True)])
    runs = [found.pieces[i : i + REPEATABLE + 1] for i in range(len(found.pieces) - REPEATABLE)]
    assert len(set(runs)) == len(runs) > 0


def test_a_piece_unknown_to_the_model_stands_in_the_prefix(either: Engine) -> None:
    (asked,) = requests(either, ["הנשיא ביקר בטורקיה."])
    prefix = either.pieces.target("Muğla ☃")
    (found,) = either.decode([Request(asked.source, prefix)])
    assert either.pieces.text(found.pieces).startswith("Muğla ☃")


def test_what_is_banned_is_not_said(either: Engine) -> None:
    (asked,) = requests(either, ["הנשיא ביקר באיראן."])
    (free,) = either.decode([asked])
    for piece in set(free.pieces):
        (found,) = either.decode([Request(asked.source, banned=((piece,),))])
        assert piece not in found.pieces


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 50)), max_size=60))
def test_batches_hold_every_request_once(sizes: list[tuple[int, int]]) -> None:
    asked = [Request(("a",) * source, ("b",) * prefix) for source, prefix in sizes]
    made = batches(list(range(len(asked))), asked)
    assert sorted(index for batch in made for index in batch) == list(range(len(asked)))


def test_attention_is_left_out_where_nobody_wants_it(engine: Engine, sample: list[str]) -> None:
    asked = requests(engine, sample[:6])
    without = engine.decode([replace(request, wants_attention=False) for request in asked])
    assert [h.pieces for h in without] == [h.pieces for h in engine.decode(asked)]
    assert all(len(h.attention) == 0 for h in without)


def test_batches_are_small_where_memory_is(monkeypatch: pytest.MonkeyPatch, sample: list[str]) -> None:
    usual = CTranslate2Engine(find_model())
    monkeypatch.setattr("mt.engines.ctranslate2.free_memory", lambda: 20_000_000)
    scarce = CTranslate2Engine(find_model())
    assert scarce.largest < usual.largest
    asked = requests(usual, sample[:6])
    assert [h.pieces for h in scarce.decode(asked)] == [h.pieces for h in usual.decode(asked)]


def test_a_containers_limit_is_the_limit(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("400\n")
    assert free_memory(tmp_path) == 600
    (tmp_path / "memory.max").write_text("max\n")
    assert (free_memory(tmp_path) or 0) > 600


def test_wide_instructions_are_for_processors_that_gain_by_them(tmp_path: Path) -> None:
    flags, told = "fpu avx2 avx512f avx512dq avx512cd avx512bw avx512vl", tmp_path / "cpuinfo"
    told.write_text(f"processor : 0\nflags\t\t: {flags} avx512_vnni\n")
    assert has_wide_vectors(told)
    told.write_text(f"processor : 0\nflags\t\t: {flags}\n")  # as on the first generation that had them
    assert not has_wide_vectors(told)
    assert not has_wide_vectors(tmp_path / "missing")


@pytest.mark.parametrize(("wanted", "most"), [("1", 1), ("1000", 1000), ("", 1000), ("x", 1000)])
def test_threads_are_the_cores_that_may_be_used(
    monkeypatch: pytest.MonkeyPatch, wanted: str, most: int
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", wanted)
    assert 1 <= cores() <= most


def test_offsets_name_the_characters_of_each_piece(engine: Engine) -> None:
    text = "ב-26 בנובמבר אישר הפרלמנט של אזרבייג'ן …"
    pieces, offsets = engine.pieces.source(text)
    assert len(pieces) == len(offsets)
    for piece, (start, end) in zip(pieces, offsets, strict=True):
        assert piece.replace("▁", "") in ("", ".", text[start:end].strip())


def test_marks_of_every_kind_reach_the_model_as_plain_ones(engine: Engine) -> None:
    fancy = "הסכם \u201cא\u201d \u2013 צה\u05f4ל, 30\u201340 אחוז, אי\u05beפעם, ג\u05f3ורג\u05f3"
    plain = 'הסכם "א" - צה"ל, 30-40 אחוז, אי-פעם, ג\'ורג\''
    assert engine.pieces.source(fancy) == engine.pieces.source(plain)


def test_a_doubled_quotation_mark_reaches_the_model_as_one(engine: Engine) -> None:
    text = 'בארה""ב נאמר: ""שלום"""'
    pieces, offsets = engine.pieces.source(text)
    assert pieces == engine.pieces.source('בארה"ב נאמר: "שלום"')[0]
    assert [text[a:b].strip() for a, b in offsets if '"' in text[a:b]] == ['""', '""', '"""']
    assert offsets[-1][1] == len(text)


def test_a_stuttered_letter_stands_twice(engine: Engine) -> None:
    pieces = ("▁smug", "gg", "g", "led", "▁into", "▁www", ".a", ".org", ",", "▁p", ".", "▁iii", "▁a", "aaa")
    assert engine.pieces.text(pieces) == "smuggled into www.a.org, p. iii aa"
    text, ends = engine.pieces.text(pieces), engine.pieces.ends(pieces)
    assert [text[a:b] for a, b in itertools.pairwise([0, *ends])] == [
        "smug", "g", "", "led", " into", " www", ".a", ".org", ",", " p", ".", " iii", " a", "a",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["Hello there, Baku.", "Muğla", "  The  end ", ""])
def test_ends_follow_the_text(engine: Engine, text: str) -> None:
    pieces = engine.pieces.target(text)
    joined = engine.pieces.text(pieces)
    assert joined == " ".join(text.split())
    ends = engine.pieces.ends(pieces)
    assert ends == [len(engine.pieces.text(pieces[: i + 1])) for i in range(len(pieces))]


FAULTS = [
    ("Hello.", True, None),
    ("", True, "nothing"),
    ("Hello", False, "without end"),
    ("שלום hi", True, "Latin"),
    ("2020 - 1", True, "Latin"),
    ("the end the end the end the end the end", True, "again"),
    ("very very very good, very very very bad", True, None),
    ("It stressssed the nananana.", True, "again"),
    ("Some 1,000,000 people and 10000000 more.", True, None),
]


@pytest.mark.parametrize(("text", "finished", "expected"), FAULTS)
def test_what_the_canary_hears(text: str, finished: bool, expected: str | None) -> None:
    found = fault(text, finished)
    assert (found is None) if expected is None else (expected in (found or ""))


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("a", 1), ("a b a b a b", 3), ("a a a a", 4), ("a b c a b c", 2), ("a b c", 1)],
)
def test_repeats_counts_loops(text: str, count: int) -> None:
    assert repeats(text) == count


def test_latin_share_counts_letters_only() -> None:
    assert latin_share("abcא 123.") == 0.75


class Babbler:
    """An engine that says the same word to everything."""

    def __init__(self, engine: Engine) -> None:
        self.pieces = engine.pieces
        self.signature = "engine:babbler"

    def decode(self, asked: Sequence[Request]) -> list[Hypothesis]:
        word = self.pieces.target("ball")
        pieces = word * 9
        return [
            Hypothesis(pieces, np.zeros((len(pieces), len(r.source)), np.float32), True, 0.0) for r in asked
        ]

    def alternatives(self, request: Request, count: int) -> list[Hypothesis]:
        raise NotImplementedError

    def score(self, sources: Sequence[Sequence[str]], targets: Sequence[Sequence[str]]) -> list[float]:
        raise NotImplementedError


def test_a_babbling_model_is_refused_every_time(engine: Engine) -> None:
    for _ in range(2):
        with pytest.raises(ModelError, match="again and again"):
            check_canary(Babbler(engine), find_model())


def test_unknown_engines_and_beams_are_refused() -> None:
    with pytest.raises(SettingError, match="ctranslate2, transformers"):
        load_engine(engine="moses")
    with pytest.raises(SettingError, match="1 to 32"):
        load_engine(beam=0)


def _copy(tmp_path: Path, *without: str) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(find_model().path, folder, ignore=shutil.ignore_patterns(*without))
    return folder


def test_an_incomplete_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"lacks vocab\.json, model\.safetensors"):
        find_model(str(_copy(tmp_path, "vocab.json", "model.safetensors")))


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    (folder / "config.json").write_text(json.dumps({"model_type": "t5"}))
    with pytest.raises(ModelError, match="t5 model"):
        find_model(str(folder))


@pytest.mark.parametrize("name", ["no-such-model", "./nowhere", "/nowhere/at/all"])
def test_an_unknown_model_lists_what_there_is(name: str) -> None:
    with pytest.raises(ModelError, match="he-en"):
        find_model(name)


def test_a_hub_name_without_network_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="not on this computer") as caught:
        find_model("Helsinki-NLP/opus-mt-tc-big-he-en")
    assert "\n" not in str(caught.value)


def test_a_broken_model_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    (folder / "model.safetensors").write_bytes(b"not weights")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    with pytest.raises(ModelError, match="cannot be converted") as caught:
        load_engine(str(folder))
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "cache" / "ctranslate2").iterdir())


def test_the_digest_follows_the_weights(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    assert find_model(str(folder)).digest == find_model().digest
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x01")
    assert ModelFolder(folder).digest != find_model().digest


def _convert(cache: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, cache)
        return str(converted(find_model()))


def test_two_processes_may_convert_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        first, second = pool.map(_convert, [str(tmp_path)] * 2)
    assert first == second
    assert [path.name for path in (tmp_path / "ctranslate2").iterdir()] == [Path(first).name]
    assert (Path(first) / "model.bin").stat().st_size > 1_000_000
