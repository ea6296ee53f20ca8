"""What a model's own files tell about it: its sizes, its arithmetic, and its card; without loading it."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mt.registry.manifest import CARD_FILES

# What a reader of a list of models asks first, by its name in config.json.
_SIZES = {
    "d_model": "width",
    "encoder_layers": "encoder layers",
    "decoder_layers": "decoder layers",
    "encoder_attention_heads": "heads",
    "encoder_ffn_dim": "feed-forward",
    "vocab_size": "vocabulary",
}
_CARD_KEYS = ("license", "language", "datasets", "base_model")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_SHOWN_CARD = 400  # characters: a paragraph


@dataclass(frozen=True, slots=True)
class Facts:
    """A model's sizes by name, its parameters where its file of weights counts them, and its card."""

    sizes: Mapping[str, object]
    parameters: int | None
    precision: str
    card: Mapping[str, str]
    summary: str


def facts_of(folder: Path) -> Facts:
    """Read the facts; what a folder does not tell is left out, and nothing is raised for it."""
    config = _json(folder / "config.json")
    shapes = _shapes(folder / "model.safetensors")
    card, summary = _card(folder / CARD_FILES[0])
    return Facts(
        sizes={label: config[key] for key, label in _SIZES.items() if key in config},
        parameters=sum(math.prod(entry["shape"]) for entry in shapes) if shapes else None,
        precision=str(shapes[0]["dtype"] if shapes else config.get("dtype", "")),
        card=card,
        summary=summary,
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _shapes(path: Path) -> list[dict[str, Any]]:
    """Read the header of a safetensors file: its length in 8 bytes, then JSON (safetensors' README)."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > path.stat().st_size:
                return []
            header = json.loads(file.read(length))
    except (OSError, ValueError):
        return []
    return [entry for name, entry in header.items() if name != "__metadata__"]


def _card(path: Path) -> tuple[dict[str, str], str]:
    """Return the key facts at a card's head and the first paragraph of its text."""
    if not path.is_file():
        return {}, ""
    from huggingface_hub.repocard import metadata_load

    try:
        head = metadata_load(path) or {}
        text = _FRONT_MATTER.sub("", path.read_text("utf-8").replace("\r\n", "\n"))
    except Exception:  # a card is prose with YAML above it, and anybody's: a fault in it is no fault of ours
        return {}, ""
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n") if not part.lstrip().startswith("#"))
    summary = next(filter(None, paragraphs), "")
    return {key: _joined(head[key]) for key in _CARD_KEYS if head.get(key)}, summary[:_SHOWN_CARD]


def _joined(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
