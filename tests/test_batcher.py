"""The batcher: sentences of all clients joined, in order, once each, and never more than may wait."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glossary.terms import Glossary, Term
from mt.engines.base import Hypothesis, Request
from mt.errors import ModelError
from mt.translate import BATCH_SENTENCES
from mt.web.batcher import TURN_SENTENCES, Batcher, BusyError
from tests.fake_engine import FakeEngine

WORDS = {"שלום": "peace", "בית": "house", "איש": "man"}
NONE = Glossary(())
HOUSE = Glossary((Term("בית", ("building",)),))
LIMIT = 40


@dataclass
class GatedEngine(FakeEngine):
    """An engine that waits at each batch until it is let go; `reached` says that it waits."""

    open: Event = field(default_factory=Event)
    reached: Event = field(default_factory=Event)

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]:
        self.reached.set()
        assert self.open.wait(20)
        return super().decode(requests)

    @property
    def batches(self) -> list[list[str]]:
        return [[" ".join(p.removeprefix("▁") for p in r.source) for r in asked] for asked in self.asked]


@pytest.fixture
def engine() -> GatedEngine:
    return GatedEngine(WORDS)


@pytest.fixture
def batcher(engine: GatedEngine) -> Iterator[Batcher]:
    batcher = Batcher(lambda: engine, NONE, LIMIT)
    yield batcher
    engine.open.set()
    batcher.close()


def test_what_waits_goes_together_equal_sentences_once(engine: GatedEngine, batcher: Batcher) -> None:
    first = batcher.submit(["שלום"])
    assert engine.reached.wait(20)
    others = [batcher.submit(["בית", "איש"]), batcher.submit(["איש", "בית בית"])]
    engine.open.set()
    assert [t.target for t in first.result(20)] == ["peace"]
    assert [[t.target for t in o.result(20)] for o in others] == [["house", "man"], ["man", "house house"]]
    assert engine.batches == [["שלום"], ["בית", "איש", "בית בית"]]


def test_each_glossary_has_its_own_batches(engine: GatedEngine, batcher: Batcher) -> None:
    batcher.submit(["שלום"])
    assert engine.reached.wait(20)
    calls = [batcher.submit(["בית"], glossary) for glossary in (HOUSE, NONE, HOUSE)]
    engine.open.set()
    assert [call.result(20)[0].target for call in calls] == ["Building", "house", "Building"]
    assert engine.batches == [["שלום"], ["בית"], ["בית"]]


def test_a_long_call_takes_turns(engine: GatedEngine, batcher: Batcher) -> None:
    batcher.submit(["שלום"])
    assert engine.reached.wait(20)
    many = [f"שלום {n}" for n in range(BATCH_SENTENCES)]
    long, short = batcher.submit(many), batcher.submit(["בית"])
    engine.open.set()
    assert [t.target for t in long.result(20)] == [f"peace {n}" for n in range(BATCH_SENTENCES)]
    assert short.done()
    assert engine.batches[1] == [*many[:TURN_SENTENCES], "בית"]


def test_a_full_queue_refuses_and_takes_again_what_it_has_room_for(
    engine: GatedEngine, batcher: Batcher
) -> None:
    waiting = batcher.submit(["שלום"] * LIMIT)
    with pytest.raises(BusyError):
        batcher.submit(["בית"])
    engine.open.set()
    assert len(waiting.result(20)) == LIMIT
    assert batcher.submit(["בית"] * 2 * LIMIT).result(20)[-1].target == "house"


def test_a_caller_that_left_costs_nothing(engine: GatedEngine, batcher: Batcher) -> None:
    batcher.submit(["שלום"])
    assert engine.reached.wait(20)
    left, kept = batcher.submit(["איש"]), batcher.submit(["בית"])
    assert left.cancel()
    engine.open.set()
    assert kept.result(20)[0].target == "house"
    assert engine.batches == [["שלום"], ["בית"]]


def test_those_who_wait_are_told_when_it_closes(engine: GatedEngine, batcher: Batcher) -> None:
    batcher.submit(["שלום"])
    assert engine.reached.wait(20)
    late, gone = batcher.submit(["בית"]), batcher.submit(["איש"])
    gone.cancel()
    closing = Thread(target=batcher.close)
    closing.start()
    while not batcher.is_closed:
        closing.join(0.01)
    engine.open.set()
    with pytest.raises(BusyError):
        late.result(20)
    with pytest.raises(CancelledError):
        gone.result(20)
    with pytest.raises(BusyError):
        batcher.submit(["בית"])


def test_a_model_that_fails_to_load_is_tried_again() -> None:
    tries: Iterator[ModelError | FakeEngine] = iter([ModelError("no model", "give one"), FakeEngine(WORDS)])

    def load() -> FakeEngine:
        found = next(tries)
        if isinstance(found, ModelError):
            raise found
        return found

    batcher = Batcher(load, NONE, LIMIT)
    with pytest.raises(ModelError):
        batcher.submit(["בית"]).result(20)
    assert batcher.submit(["בית"]).result(20)[0].target == "house"
    batcher.close()


def test_anything_else_runs_in_its_turn(engine: GatedEngine, batcher: Batcher) -> None:
    engine.open.set()
    found = asyncio.run(batcher.run(lambda translator: translator.glossary, HOUSE))
    assert found == HOUSE
    with pytest.raises(ZeroDivisionError):
        asyncio.run(batcher.run(lambda _: 1 // 0))
    assert asyncio.run(batcher.translate([])) == []


@given(st.lists(st.lists(st.sampled_from([*WORDS, "בית שלום", "no Hebrew", ""]), max_size=12), max_size=12))
def test_every_caller_gets_its_own_in_order(calls: list[list[str]]) -> None:
    batcher = Batcher(lambda: FakeEngine(WORDS), NONE, 1000)

    async def everybody() -> list[list[str]]:
        made = await asyncio.gather(*map(batcher.translate, calls))
        return [[translation.source for translation in call] for call in made]

    assert asyncio.run(everybody()) == calls
    batcher.close()
