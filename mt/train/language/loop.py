"""Training: running Hebrew in stretches, one update after another, for as long as there is time."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from mt.train.language.network import LanguageNetwork
from mt.train.pace import cosine

# A document as the numbers of its pieces.
Documents = Mapping[str, Sequence[npt.NDArray[np.int16]]]
_END = 0  # the number of END


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: `weights` say how often a pass has each corpus; `length` and `batch` count pieces, rows.

    The rate rises over `warmup` updates and falls with a cosine to nearly nothing at the end of `minutes`.
    `half` multiplies in bfloat16, which some processors do faster and some slower.
    """

    weights: Mapping[str, int]
    minutes: float = 60
    rate: float = 1e-3
    warmup: int = 200
    length: int = 96
    batch: int = 16
    half: bool = False
    seed: int = 1
    log_every: int = 200
    save_every: int = 1000


def train(
    documents: Documents, plan: Plan, network: LanguageNetwork,
    save: Callable[[], None], say: Callable[[str], None],
) -> None:  # fmt: skip
    """Train a network in place; `save` is called at intervals and at the end."""
    torch.manual_seed(plan.seed)
    optimizers = _optimizers(network.train(), plan.rate)
    begun, total = time.monotonic(), 0.0
    for step, rows in enumerate(_batches(documents, plan), start=1):
        share = min(1.0, (time.monotonic() - begun) / 60 / plan.minutes)
        rate = plan.rate * min(1.0, step / plan.warmup) * cosine(share, 0.03)
        with torch.autocast("cpu", torch.bfloat16, enabled=plan.half):
            scores = network(rows[:, :-1])
        loss = functional.cross_entropy(scores.flatten(0, 1).float(), rows[:, 1:].flatten())
        network.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate
            optimizer.step()
        total += loss.item()
        if step % plan.log_every == 0:
            say(f"step {step}, {100 * share:.0f}%: {total / plan.log_every:.3f} nats a piece")
            total = 0.0
        if step % plan.save_every == 0 or share >= 1:
            save()
        if share >= 1:
            return


def _optimizers(network: LanguageNetwork, rate: float) -> list[torch.optim.Optimizer]:
    """Return Muon (Jordan et al. 2024) for the layers' matrices, AdamW for all else.

    Its steps are scaled to AdamW's size (Liu et al. 2025, "Muon is scalable for LLM training").
    """
    named = list(network.named_parameters())
    inner = [value for name, value in named if value.ndim == 2 and name != "embedding.weight"]
    other = [value for name, value in named if value.ndim < 2 or name == "embedding.weight"]
    return [
        torch.optim.Muon(inner, lr=rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(other, lr=rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True),
    ]


def _batches(documents: Documents, plan: Plan) -> Iterator[Tensor]:
    draw = random.Random(plan.seed)  # noqa: S311 it shuffles, it does not encrypt
    while True:
        names = [name for name, times in plan.weights.items() for _ in range(times)]
        chosen = [text for name in names for text in documents[name]]
        draw.shuffle(chosen)
        turned = (_turned(text, draw.randrange(plan.length)) for text in chosen)
        stretch = np.concatenate([part for parts in turned for part in parts])
        count = len(stretch) // plan.length
        rows = stretch[: count * plan.length].reshape(count, plan.length).astype(np.int64)
        np.random.default_rng(draw.randrange(1 << 32)).shuffle(rows)
        for at in range(0, count, plan.batch):
            yield torch.from_numpy(rows[at : at + plan.batch])


def _turned(text: npt.NDArray[np.int16], cut: int) -> list[npt.NDArray[np.int16]]:
    """Return a document from a place inside on, its beginning behind its end: lines begin anywhere."""
    end = np.array([_END], np.int16)
    return [end, text[cut:], end, text[:cut]] if 0 < cut < len(text) else [end, text]
