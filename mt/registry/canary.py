"""Sing the canary to a model in a folder, whatever it passed before."""

from pathlib import Path

from mt.engines.folder import find_model
from mt.errors import ModelError


def sing(folder: Path) -> None:
    """Load the model in `folder` and refuse it, with ModelError, when it babbles.

    Loading alone would not do: it remembers what a model passed once, and the converted copy that sings may
    have been damaged since.
    """
    from mt.engines.base import Request
    from mt.engines.canary import CANARY, fault
    from mt.engines.registry import load_engine

    engine = load_engine(str(folder))
    requests = [Request(engine.pieces.source(text)[0]) for text in CANARY]
    for source, hypothesis in zip(CANARY, engine.decode(requests), strict=True):
        if reason := fault(engine.pieces.text(hypothesis.pieces), hypothesis.finished):
            raise ModelError(
                f"model '{find_model(str(folder)).path}' fails the canary: '{source}' gives {reason}",
                "choose another model, or train this one further",
            )
