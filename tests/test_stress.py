"""The real model under glossaries that make forcing hard."""

from itertools import pairwise

import pytest

from glossary.match import SourceMatcher, TargetMatcher
from glossary.receipt import Method
from mt.constrain import Constrainer
from mt.engines.base import Engine, Request
from mt.engines.registry import load_engine
from tests.stress_terms import CASES, Case, with_wrong_targets


@pytest.fixture(params=["ctranslate2", "transformers"], scope="module")
def either(request: pytest.FixtureRequest, engine: Engine) -> Engine:
    """Return each engine with the shipped model."""
    return load_engine(engine="transformers") if request.param == "transformers" else engine


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
def test_every_term_stands_once_in_its_own_place(either: Engine, case: Case, wrong: bool) -> None:
    glossary = with_wrong_targets(case.glossary) if wrong else case.glossary
    matches = SourceMatcher(glossary).find(case.source)
    assert len(matches) == case.count
    (result,) = Constrainer(either, TargetMatcher(glossary)).translate([(case.source, matches)])
    spans = []
    for receipt, match in zip(result.receipts, matches, strict=True):
        assert receipt.method is not Method.FAILED
        assert receipt.target_start is not None
        assert receipt.target_end is not None
        said = result.target[receipt.target_start : receipt.target_end]
        wanted = match.term.targets[0]
        assert said in (wanted, wanted[0].upper() + wanted[1:], wanted.removeprefix("the "))
        spans.append((receipt.target_start, receipt.target_end))
    assert all(a[1] <= b[0] for a, b in pairwise(sorted(spans)))
    pieces, _ = either.pieces.source(case.source)
    forced = sum(len(either.pieces.target(match.term.targets[0])) for match in matches)
    assert len(either.pieces.target(result.target)) <= Request(pieces).limit + forced + len(matches)
