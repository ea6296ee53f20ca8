"""Engines by name, and the canary that every model must pass before it is trusted."""

from mt.engines.base import Engine
from mt.engines.canary import check_canary
from mt.engines.folder import ModelFolder, find_model
from mt.engines.settings import DEFAULT_BEAM, DEFAULT_MODEL, ENGINES, MAX_BEAM
from mt.errors import SettingError


def load_engine(model: str = DEFAULT_MODEL, engine: str | None = None, beam: int = DEFAULT_BEAM) -> Engine:
    """Load a model into an engine (CTranslate2 unless named) and try it on the canary.

    Raises SettingError for an unknown engine or a beam out of range, ModelError for a model that cannot be
    found, loaded or trusted.
    """
    engine = engine or ENGINES[0]
    if engine not in ENGINES:
        raise SettingError(f"unknown engine '{engine}'", f"choose one of: {', '.join(ENGINES)}")
    if not 1 <= beam <= MAX_BEAM:
        raise SettingError(f"beam {beam} is out of range", f"choose 1 to {MAX_BEAM}")
    folder = find_model(model)
    loaded = _load(folder, engine, beam)
    check_canary(loaded, folder)
    return loaded


def _load(folder: ModelFolder, engine: str, beam: int) -> Engine:
    if engine == "transformers":
        from mt.engines.transformers import TransformersEngine

        return TransformersEngine(folder, beam)
    from mt.engines.ctranslate2 import CTranslate2Engine

    return CTranslate2Engine(folder, beam)
