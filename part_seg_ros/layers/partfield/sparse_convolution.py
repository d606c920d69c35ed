# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""3×3×3 convolution of a volume that has one value, the background, in most of its cells."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.linear import linear

_SHIFTS = tuple(itertools.product((-1, 0, 1), repeat=3))


def cells_near(rows: Tensor, size: int) -> Tensor:
    """Return which cells are at most one cell, along every axis, from one of `rows`.

    Args:
        rows: (N,) int64 flat indices into a volume of `size`³ cells.
        size: R.

    Returns:
        (R³,) bool.
    """
    is_hit = torch.zeros(1, 1, size**3, device=rows.device)
    is_hit[..., rows] = 1
    return F.max_pool3d(is_hit.unflatten(2, (size, size, size)), 3, 1, 1).flatten() > 0


def convolve_foreground(cells: Tensor, is_foreground: Tensor, conv: nn.Conv3d) -> Tensor:
    """Convolve with padding 1: the background once, the rest cell by cell of the foreground.

    Args:
        cells: (R³, C) values of a volume.
        is_foreground: (R³,) bool; all other cells, at least one, hold the same values.
        conv: 3×3×3, padding 1.

    Returns:
        (R³, O) what `conv` gives, up to rounding.
    """
    size = round(len(cells) ** (1 / 3))
    background = cells[is_foreground.logical_not().nonzero()[0, 0]]
    rows = is_foreground.nonzero()[:, 0]
    above = cells[rows] - background
    places = torch.stack([rows // size**2, rows // size % size, rows % size])  # (3, A)
    convolved = _background(background, size, conv)
    for shift in _SHIFTS:
        moved = places - places.new_tensor(shift)[:, None]
        is_inside = ((moved >= 0) & (moved < size)).all(0)
        x, y, z = moved[:, is_inside]
        i, j, k = (step + 1 for step in shift)
        weight = conv.weight[:, :, i, j, k]
        convolved.index_add_(0, (x * size + y) * size + z, linear(above[is_inside], weight))
    return convolved


def _background(value: Tensor, size: int, conv: nn.Conv3d) -> Tensor:
    """Convolve a volume of one (C,) value; beside the padding it differs: 27 kinds of cells."""
    kinds = conv(value[None, :, None, None, None].expand(-1, -1, 3, 3, 3))[0].flatten(1).T
    kind = torch.ones(size, dtype=torch.long, device=value.device)
    kind[0], kind[-1] = 0, 2
    return kinds[((kind[:, None, None] * 3 + kind[:, None]) * 3 + kind).flatten()]
