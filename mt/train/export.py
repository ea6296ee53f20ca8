"""A trained model as a folder in Hugging Face's Marian layout, which every engine here loads."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from mt.train.checkpoint import replaced_folder
from mt.train.tokenizer import FILES, Tokenizer

FACTS = "training.json"


def export_model(
    model: Any, tokenizer: Tokenizer, folder: Path, facts: Mapping[str, object], stored: str = "float16"
) -> Path:
    """Write weights, configuration, tokenizer and the facts of the training; whole or not at all.

    `stored` is the arithmetic of the weights in the file. Raises TrainingError where it cannot be written.
    """
    import transformers

    transformers.logging.disable_progress_bar()
    with replaced_folder(folder) as draft:
        copy.deepcopy(model).to("cpu", getattr(torch, stored)).eval().save_pretrained(draft)
        for name in FILES:
            if (tokenizer.folder / name).is_file():
                (draft / name).write_bytes((tokenizer.folder / name).read_bytes())
        (draft / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return folder
