# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Maps of single points over clouds of many."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

# Few enough that what an MLP holds of them stays in the cache of a core.
_CPU_CHUNK = 512


def map_rows(function: Callable[..., Tensor], *tensors: Tensor) -> Tensor:
    """Apply a function of single points to all points, on a CPU chunk by chunk.

    Args:
        function: From (B, n, ...) chunks of the tensors to (B, n, C), each point by itself.
        tensors: (B, N, ...) each.

    Returns:
        (B, N, C).
    """
    if tensors[0].device.type != 'cpu':
        return function(*tensors)
    chunks = zip(*(tensor.split(_CPU_CHUNK, dim=1) for tensor in tensors), strict=True)
    return torch.cat([function(*chunk) for chunk in chunks], dim=1)
