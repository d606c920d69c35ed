# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Maps of single rows over tables of many, in pieces that fit the cache of a CPU."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

# Of rows with some thousand hidden channels a core's cache holds about so many.
_CHUNK = 1024


def map_rows(function: Callable[..., Tensor], *tables: Tensor) -> Tensor:
    """Apply a function of single rows to all rows, on a CPU chunk by chunk.

    Args:
        function: From (B, n, ...) chunks of the tables to (B, n, C), each row by itself.
        tables: (B, N, ...) each.

    Returns:
        (B, N, C).
    """
    if tables[0].device.type != 'cpu' or tables[0].shape[1] <= _CHUNK:
        return function(*tables)
    chunks = zip(*(table.split(_CHUNK, dim=1) for table in tables), strict=True)
    return torch.cat([function(*chunk) for chunk in chunks], dim=1)
