# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Places as turns of queries and keys."""

from __future__ import annotations

import torch
from torch import Tensor

_BASE = 10_000.0


def turns(places: Tensor, head_width: int) -> Tensor:
    """Return how far each pair of channels turns at each place.

    A third of the pairs turns with x, a third with y, a third with z; what is left over stays.

    Args:
        places: (T, 3) latent cells.
        head_width: D, even.

    Returns:
        (T, D / 2) complex64 of modulus one.
    """
    num_pairs = head_width // 2
    num_frequencies = num_pairs // 3
    steps = torch.arange(num_frequencies, dtype=torch.float32, device=places.device)
    frequencies = _BASE ** (-steps / num_frequencies)
    angles = (places.float()[:, :, None] * frequencies).flatten(1)
    rest = angles.new_zeros(len(angles), num_pairs - angles.shape[1])
    angles = torch.cat([angles, rest], dim=1)
    return torch.polar(torch.ones_like(angles), angles)


def turn(vectors: Tensor, by: Tensor) -> Tensor:
    """Turn each pair of neighbouring channels, in float32; the type of `vectors` comes back.

    Args:
        vectors: (T, H, D).
        by: (T, D / 2) from `turns`.
    """
    pairs = torch.view_as_complex(vectors.float().unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * by[:, None]).flatten(-2).to(vectors.dtype)
