"""The network under training; `mt/repair/network.py` runs the same without PyTorch."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from mt.repair.counts import ALONE, JOINED
from mt.repair.features import LONGEST_LINE
from mt.repair.network import EMBEDDED, HEADS, HIDDEN, INNER, LAYERS, MET, ROWS, TABLES, WIDTH, WINDOW
from mt.train.order.batches import Batch, Pairs

IMPOSSIBLE = -1e4


class Block(nn.Module):
    """One layer, norms first (Xiong et al. 2020)."""

    def __init__(self) -> None:
        super().__init__()
        self.norm_attention, self.norm_inner = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.mix, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, hidden: Tensor, mask: Tensor, dropout: float) -> Tensor:
        count, places, _ = hidden.shape
        parts = self.mix(self.norm_attention(hidden)).view(count, places, 3, HEADS, WIDTH // HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        hidden = hidden + functional.dropout(
            self.out(seen.transpose(1, 2).reshape(count, places, WIDTH)), dropout, self.training
        )
        inner = functional.relu(self.inner(self.norm_inner(hidden)))
        return hidden + functional.dropout(self.outer(inner), dropout, self.training)


class RunOrder(nn.Module):
    """Score runs: how well one begins after the end of another, and how well its two edges go together."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = (nn.Embedding(ROWS * TABLES, EMBEDDED) for _ in range(2))
        self.into = nn.Linear(2 * EMBEDDED + 2 * ALONE + JOINED, WIDTH)
        self.inside, self.slot = nn.Embedding(LONGEST_LINE + 1, WIDTH), nn.Embedding(WINDOW, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        self.cut = nn.Linear(WIDTH, 1)
        # A place as the end of the run before and as a run's beginning after it; as a run's two edges.
        self.before, self.begin = nn.Linear(WIDTH, HIDDEN), nn.Linear(WIDTH, HIDDEN)
        self.end, self.start = nn.Linear(WIDTH, HIDDEN), nn.Linear(WIDTH, HIDDEN)
        self.met = nn.Linear(JOINED, HIDDEN, bias=False)
        self.length = nn.Embedding(LONGEST_LINE + 1, HIDDEN)
        self.unknown, self.fit_unknown = nn.Parameter(torch.zeros(HIDDEN)), nn.Parameter(torch.zeros(MET))
        self.joint, self.blank, self.run = nn.Linear(HIDDEN, 1), nn.Linear(HIDDEN, 1), nn.Linear(HIDDEN, 1)
        self.fit_before, self.fit_begin = nn.Linear(WIDTH, MET), nn.Linear(WIDTH, MET)
        self.fit_end, self.fit_start = nn.Linear(WIDTH, MET), nn.Linear(WIDTH, MET)
        for table in (self.left, self.right, self.inside, self.slot, self.length):
            nn.init.normal_(table.weight, std=0.1)

    def encode(self, batch: Batch, dropout: float) -> Tensor:
        """Return what each place is like, (windows, places, WIDTH)."""
        take = torch.from_numpy
        parts = []
        for table, numbers in ((self.left, batch.left), (self.right, batch.right)):
            summed = functional.embedding_bag(take(numbers).flatten(0, 1), table.weight, mode="sum")
            parts.append(summed.view(*numbers.shape[:2], EMBEDDED))
        hidden = self.into(torch.cat([*parts, take(batch.counts)], -1))
        hidden = functional.dropout(hidden, dropout, self.training)
        hidden = hidden + self.inside(take(batch.inside)) + self.slot(take(batch.slot))
        mask = take(batch.mask)[:, None, None, :]
        for block in self.blocks:
            hidden = block(hidden, mask, dropout)
        normed: Tensor = self.norm(hidden)
        return normed

    def potentials(self, hidden: Tensor, pairs: Pairs) -> tuple[Tensor, Tensor, Tensor]:
        """Return potentials of meetings and of runs, and logits of blanks, one for each pair."""
        take = torch.from_numpy
        flat = hidden.flatten(0, 1)

        def at(layer: Any, numbers: Any) -> Tensor:
            return functional.embedding(take(numbers), layer(flat))

        known = take(pairs.before >= 0)[:, None]
        where = pairs.before.clip(0)
        met = torch.where(known, at(self.before, where), self.unknown) + at(self.begin, pairs.begin)
        met = functional.relu(met + self.met(take(pairs.met)))
        fit = torch.where(known, at(self.fit_before, where), self.fit_unknown)
        meeting = self.joint(met)[:, 0] + (fit * at(self.fit_begin, pairs.begin)).sum(-1) / MET**0.5
        run = (
            at(self.end, pairs.end) + at(self.start, pairs.begin) + self.length(take(pairs.end - pairs.begin))
        )
        coherent = self.run(functional.relu(run))[:, 0]
        fit = at(self.fit_end, pairs.end) * at(self.fit_start, pairs.begin)
        return meeting, coherent + fit.sum(-1) / MET**0.5, self.blank(met)[:, 0]


def line_losses(meeting: Tensor, run: Tensor, pairs: Pairs) -> Tensor:
    """Return the negative log-likelihood of each line's runs: a second-order semi-Markov CRF.

    Sarawagi & Cohen 2004; the sum over all paths goes from the line's end to its beginning.
    """
    lines, count = pairs.lines, pairs.candidates
    take = torch.from_numpy
    grid = meeting.new_full((lines * count * count,), IMPOSSIBLE)
    inner, entry = take(pairs.inner), take(pairs.entry)
    meetings = grid.index_put((take(pairs.cell)[inner],), meeting[inner]).view(lines, count, count)
    runs = grid.index_put((take(pairs.cell)[inner],), run[inner]).view(lines, count, count)
    first = meeting.new_full((lines * count,), IMPOSSIBLE)
    firsts = first.index_put((take(pairs.cell)[entry],), meeting[entry] + run[entry]).view(lines, count)
    # totals[end] (lines, starts): all paths up to the run between the two candidates.
    totals: dict[int, Tensor] = {count - 1: firsts}
    for end in range(count - 2, 0, -1):
        reached = torch.stack([totals[m][:, end] for m in range(end + 1, count)], 1)
        going = reached[:, :, None] + meetings[:, end + 1 :, :end]
        ended = torch.logsumexp(going, 1) + runs[:, end, :end]
        totals[end] = functional.pad(ended, (0, count - end), value=IMPOSSIBLE)
    starts = take(pairs.first)[:, None]
    final = torch.stack([totals[end].gather(1, starts)[:, 0] for end in range(1, count)], 1)
    found = meeting[take(pairs.gold)] + run[take(pairs.gold_run)]
    gold = torch.zeros(lines).index_add(0, take(pairs.gold_line), found)
    return torch.logsumexp(final, 1) - gold
