"""How fast what is trained for some minutes learns."""

import math


def cosine(share: float, floor: float) -> float:
    """Return the part of its rate that training has after a share of its time: from 1 down to `floor`."""
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))
