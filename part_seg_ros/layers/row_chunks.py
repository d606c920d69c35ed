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
    pieces = [function(*piece) for piece in row_chunks(*tables, chunk=chunk)]
    return pieces[0] if len(pieces) == 1 else torch.cat(pieces, dim=1)


def row_chunks(*tables: Tensor, chunk: int = 1024) -> list[tuple[Tensor, ...]]:
    """Cut tables into what `map_rows` takes at a time; on a GPU that is all."""
    if tables[0].device.type != 'cpu' or tables[0].shape[1] <= chunk:
        return [tables]
    return list(zip(*(table.split(chunk, dim=1) for table in tables), strict=True))
