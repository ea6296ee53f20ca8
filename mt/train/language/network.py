"""The language model under training; `mt/repair/language.py` runs the same with CTranslate2."""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from mt.repair.language import HEADS, LAYERS, LONGEST, WIDTH, positions

INNER = 4 * WIDTH
# Of Marian's layers, those of a layer of PyTorch.
_PARTS = {
    "self_attn.out_proj": "self_attn.out_proj", "self_attn_layer_norm": "norm1", "fc1": "linear1",
    "fc2": "linear2", "final_layer_norm": "norm2",
}  # fmt: skip


class LanguageNetwork(nn.Module):
    """A Transformer decoder, norms last as in Marian, whose output layer is its embedding.

    Without dropout: there is no time to learn the corpora by heart.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(size, WIDTH)
        nn.init.normal_(self.embedding.weight, std=WIDTH**-0.5)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(WIDTH, HEADS, INNER, 0.0, activation=functional.silu, batch_first=True)
            for _ in range(LAYERS)
        )
        self.bias = nn.Parameter(torch.zeros(size))
        self.positions: Tensor
        self.mask: Tensor
        self.register_buffer("positions", torch.from_numpy(positions(LONGEST)), persistent=False)
        self.register_buffer(
            "mask", nn.Transformer.generate_square_subsequent_mask(LONGEST), persistent=False
        )

    def forward(self, pieces: Tensor) -> Tensor:
        """Return of pieces (batch, length) the scores of each next one, (batch, length, vocabulary)."""
        length = pieces.shape[1]
        hidden = self.embedding(pieces) * WIDTH**0.5 + self.positions[:length]
        mask = self.mask[:length, :length]
        for layer in self.layers:
            hidden = layer(hidden, src_mask=mask, is_causal=True)
        return functional.linear(hidden, self.embedding.weight, self.bias)


def from_encoder(folder: Path, rows: list[int]) -> LanguageNetwork:
    """Return a network that begins with the first layers of a Marian model's encoder, of WIDTH numbers.

    `rows` are the numbers of the pieces in that model. What an encoder has learnt of words and their
    neighbours shortens the wait until the network attends to something.
    """
    theirs = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
    network = LanguageNetwork(len(rows))
    ours = {"embedding.weight": theirs["model.shared.weight"][rows], "bias": network.bias.detach()}
    for number in range(LAYERS):
        to, of = f"layers.{number}.", f"model.encoder.layers.{number}."
        for kind in ("weight", "bias"):
            parts = [theirs[f"{of}self_attn.{part}_proj.{kind}"] for part in "qkv"]
            ours[f"{to}self_attn.in_proj_{kind}"] = torch.cat(parts)
            for name, part in _PARTS.items():
                ours[f"{to}{part}.{kind}"] = theirs[f"{of}{name}.{kind}"]
    network.load_state_dict(ours)
    return network
