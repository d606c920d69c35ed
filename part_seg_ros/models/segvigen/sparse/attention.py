# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Attention within each of several sequences of different lengths."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

# Products of queries and keys that may be in memory at once.
_CHUNK_SCORES = 1 << 27


def attend(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    query_lengths: list[int],
    key_lengths: list[int],
) -> Tensor:
    """Let every query look at all keys of its own sequence; the scale is 1 / √D.

    Args:
        queries: (T, H, D) rows of all sequences, one sequence after the other.
        keys: (S, H, D).
        values: (S, H, D).
        query_lengths: Rows of each sequence in `queries`, T in sum.
        key_lengths: Rows of each sequence in `keys`, S in sum.

    Returns:
        (T, H, D).
    """
    parts = zip(
        queries.split(query_lengths),
        keys.split(key_lengths),
        values.split(key_lengths),
        strict=True,
    )
    attended = [_attend_one(*part) for part in parts]
    return attended[0] if len(attended) == 1 else torch.cat(attended)


def _attend_one(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Attend within one sequence, so many queries at a time that their scores fit the limit.

    Not every device and type has a kernel that never holds the scores.
    """
    chunk = max(_CHUNK_SCORES // max(keys.shape[0] * keys.shape[1], 1), 1)
    k, v = keys.transpose(0, 1)[None], values.transpose(0, 1)[None]
    pieces = [
        F.scaled_dot_product_attention(part.transpose(0, 1)[None], k, v)[0].transpose(0, 1)
        for part in queries.split(chunk)
    ]
    return pieces[0] if len(pieces) == 1 else torch.cat(pieces)
