"""A model between a parent and its child: weights averaged, so that it forgets less of what the parent knew.

After "Robust fine-tuning of zero-shot models" (WiSE-FT, Wortsman et al. 2022).
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from safetensors.torch import load_file, save_file

from mt.train.judge import GENERAL, MAX_LOSS, NEW, Judgement

# The child's share in the weights: the child itself first, then ever more of the parent.
SHARES = (1.0, 0.75, 0.5)
_WEIGHTS = "model.safetensors"


def blend(parent: Path, child: Path, share: float, folder: Path) -> Path:
    """Write a model whose weights are the child's by that share, else the parent's, and return its folder."""
    shutil.copytree(child, folder)
    old, new = load_file(parent / _WEIGHTS), load_file(child / _WEIGHTS)
    mixed = {
        name: old[name].float().lerp(weight.float(), share).to(weight.dtype) if name in old else weight
        for name, weight in new.items()
    }
    save_file(mixed, folder / _WEIGHTS, metadata={"format": "pt"})
    return folder


def moderate(
    parent: Path, child: Path, before: Mapping[str, Judgement],
    judged: Callable[[Path], Mapping[str, Judgement]],
) -> tuple[Path, float]:  # fmt: skip
    """Return the best model between parent and child beside the child's folder, and the child's share in it.

    Best is the highest chrF on new pairs of those whose loss on general text is within bounds; where none
    is, the one that is nearest to the parent.
    """
    found: list[tuple[float, Path, float]] = []
    for share in SHARES:
        name = f"{child.name}-{share:g}"
        folder = child if share == 1 else blend(parent, child, share, child.with_name(name))
        after = judged(folder)
        kept = GENERAL not in after or before[GENERAL].chrf - after[GENERAL].chrf <= MAX_LOSS
        if kept or share == SHARES[-1]:
            found.append((after[NEW].chrf if kept else -1.0, folder, share))
    _, folder, share = max(found, key=lambda each: each[0])
    return folder, share
