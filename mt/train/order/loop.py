"""Training: damaged lines drawn without end, one update after another, for as long as there is time."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from mt.train.order.batches import Batch, collate, pair_up
from mt.train.order.corpus import Documents, one_pass
from mt.train.order.counting import FoldedCounts
from mt.train.order.network import RunOrder, line_losses
from mt.train.pace import cosine

_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train; `weights` say how often a pass draws each document of a corpus, `batch` counts windows.

    The rate rises over `warmup` updates and falls with a cosine to nearly nothing at the end of `minutes`.
    """

    weights: Mapping[str, float]
    minutes: float = 60
    rate: float = 1.5e-3
    warmup: int = 200
    batch: int = 20
    dropout: float = 0.1
    average: float = 0.998
    order_weight: float = 0.15
    blank_weight: float = 0.3
    seed: int = 1
    log_every: int = 50
    save_every: int = 500


def train(
    documents: Documents, counts: FoldedCounts, plan: Plan, model: RunOrder,
    save: Callable[[dict[str, Any]], None], say: Callable[[str], None],
) -> None:  # fmt: skip
    """Train a network; `save` gets the averaged weights at intervals and at the end."""
    torch.manual_seed(plan.seed)
    optimizer = torch.optim.AdamW(
        model.train().parameters(), lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True
    )
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(plan.average))  # type: ignore[no-untyped-call]
    begun, sums = time.monotonic(), torch.zeros(3)
    for step, batch in enumerate(_prefetched(documents, counts, plan), start=1):
        share = (time.monotonic() - begun) / 60 / plan.minutes
        for group in optimizer.param_groups:
            group["lr"] = _rate(plan, step, share)
        found = _losses(model, batch, counts, plan.dropout)
        order, blanks, places = found
        (plan.order_weight * order + plan.blank_weight * blanks + places).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average.update_parameters(model)
        sums += torch.stack(found).detach()
        if step % plan.log_every == 0:
            losses = " ".join(f"{value:.3f}" for value in (sums / plan.log_every).tolist())
            say(f"step {step}, {100 * share:.0f}%: order, blanks, places {losses}")
            sums.zero_()
        if step % plan.save_every == 0 or share >= 1:
            save(average.module.state_dict())
        if share >= 1:
            return


def _rate(plan: Plan, step: int, share: float) -> float:
    return plan.rate * min(1.0, step / plan.warmup) * cosine(share, 0.02)


def _losses(
    model: RunOrder, batch: Batch, counts: FoldedCounts, dropout: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the mean losses of lines (order of runs), of meetings (blanks) and of places (edges or not)."""
    hidden = model.encode(batch, dropout)
    cuts = model.cut(hidden)[..., 0].flatten()
    pairs = pair_up(batch, cuts.detach().numpy(), counts)
    meeting, run, blank = model.potentials(hidden, pairs)
    known = torch.from_numpy(pairs.gold_blank >= 0)
    wanted = torch.from_numpy(pairs.gold_blank)[known].float()
    blanks = functional.binary_cross_entropy_with_logits(blank[torch.from_numpy(pairs.gold)][known], wanted)
    truth = torch.zeros_like(cuts)
    truth[torch.tensor([edge for line in batch.lines for edge in line.edges[1:-1]], dtype=torch.long)] = 1
    mask = torch.from_numpy(batch.mask).flatten().float()
    places = functional.binary_cross_entropy_with_logits(cuts, truth, mask, reduction="sum") / mask.sum()
    return line_losses(meeting, run, pairs).mean(), blanks, places


def _batches(documents: Documents, counts: FoldedCounts, plan: Plan) -> Iterator[Batch]:
    number = 0
    while True:
        windows = []
        for window in one_pass(documents, plan.weights, (plan.seed, number)):
            windows.append(window)
            if len(windows) == plan.batch:
                yield collate(windows, counts)
                windows = []
        number += 1


def _prefetched(documents: Documents, counts: FoldedCounts, plan: Plan) -> Iterator[Batch]:
    """Make batches in a thread of their own, a few ahead."""
    found = _batches(documents, counts, plan)
    with ThreadPoolExecutor(1) as pool:
        ahead = [pool.submit(next, found) for _ in range(_AHEAD)]
        while True:
            ready = ahead.pop(0).result()
            ahead.append(pool.submit(next, found))
            yield ready
