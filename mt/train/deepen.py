"""More encoder layers for a model that has learned: it says nearly the same as before, and can learn more.

After Chen et al. 2016 ("Net2Net: accelerating learning via knowledge transfer"), whose identity layers are
not to be had exactly where a layer ends in a norm, as Marian's do.
"""

import copy
from typing import Any

import torch

from mt.errors import ModelError


@torch.no_grad()
def deepen_encoder(model: Any, count: int) -> None:
    """Put `count` layers into a Marian model's encoder, one each behind its first layers, in place.

    A new layer copies the one before it, but adds nothing to what it is given, and has that one's last norm
    for both of its own. Raises ModelError for more layers than there are.
    """
    layers = model.get_encoder().layers
    if count > len(layers):
        raise ModelError(
            f"the parent has {len(layers)} encoder layers", f"set model.deepen to {len(layers)} at most"
        )
    deeper = []
    for number, layer in enumerate(layers):
        deeper.append(layer)
        if number < count:
            deeper.append(_near_identity(layer))
    model.get_encoder().layers = torch.nn.ModuleList(deeper)
    model.config.encoder_layers = len(deeper)


def _near_identity(layer: Any) -> Any:
    made = copy.deepcopy(layer)
    for part in (made.self_attn.out_proj, made.fc2):
        part.weight.zero_()
        part.bias.zero_()
    norm = layer.final_layer_norm.state_dict()
    made.self_attn_layer_norm.load_state_dict(norm)
    made.final_layer_norm.load_state_dict(norm)
    return made
