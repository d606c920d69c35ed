# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Positions as sines and cosines of random directions."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from part_seg_ros.errors import InputError

_SLACK = 1e-6


class FourierEncoding(nn.Module):
    """Code of a position in the cube [-1, 1]³.

    Source:
        Fourier features (Tancik et al. 2020) as Segment Anything uses them. The directions are
        part of the weights; coordinates enter as they are.
    """

    positional_encoding_gaussian_matrix: Tensor

    def __init__(self, width: int) -> None:
        """Draw `width / 2` random directions."""
        super().__init__()
        self.register_buffer('positional_encoding_gaussian_matrix', torch.randn(3, width // 2))

    def forward(self, coords: Tensor) -> Tensor:
        """Encode (..., 3) as (..., C): all sines, then all cosines."""
        angles = 2.0 * torch.pi * (coords @ self.positional_encoding_gaussian_matrix)
        return torch.cat([angles.sin(), angles.cos()], dim=-1)


def check_encodable(coords: np.ndarray, name: str = 'clicks') -> None:
    """Refuse positions outside the cube [-1, 1]³, where the code means nothing.

    Args:
        coords: (..., 3) in the network's own frame.
        name: What the message calls them.

    Raises:
        InputError: a coordinate lies outside.
    """
    farthest = float(np.abs(coords).max(initial=0.0))
    if not farthest <= 1.0 + _SLACK:
        raise InputError(
            f'{name} must lie within the extent of the encoded cloud, got one {farthest:.3g} times'
            ' as far out; click on a point of the cloud'
        )
