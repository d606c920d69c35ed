# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Maps of single rows over tables of many, in pieces that fit the cache of a CPU."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def map_rows(function: Callable[..., Tensor], *tables: Tensor, chunk: int = 1024) -> Tensor:
    """Apply a function of single rows to all rows, on a CPU chunk by chunk.

    Args:
        function: From (B, n, ...) chunks of the tables to (B, n, C), each row by itself.
        tables: (B, N, ...) each.
        chunk: Rows of a chunk; a cache holds about 1024 with some thousand hidden channels.

    Returns:
        (B, N, C).
    """
    if tables[0].device.type != 'cpu' or tables[0].shape[1] <= chunk:
        return function(*tables)
    pieces = zip(*(table.split(chunk, dim=1) for table in tables), strict=True)
    return torch.cat([function(*piece) for piece in pieces], dim=1)
