# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Farthest-point sampling that settles ties as a block of GPU threads does."""

from __future__ import annotations

import numpy as np

from part_seg_ros.geometry.sampling import farthest_point_sample

_MIN_THREADS, _MAX_THREADS = 32, 512


def block_farthest_point_sample(points: np.ndarray, num_samples: int) -> np.ndarray:
    """Pick points greedily, starting with the first, as the usual CUDA operator picks them.

    Of equally far points it takes the one whose thread comes first in the operator's reduction;
    lattices and voxelised clouds are full of such ties. Once all distinct points are used up, the
    last pick is repeated.

    Args:
        points: (N, 3) finite; computed in float32.
        num_samples: S, with 1 <= S <= N.

    Returns:
        (S,) int64 indices in pick order.

    Raises:
        InputError: `points` is not (N, 3) or not finite, or S is out of range.
        BackendMissingError: fpsample is not installed.

    Source:
        PointNet++ (Qi et al. 2017), Sec. 3.2, sampling layer. Order of ties: a block of the
        smallest power of two >= N threads, between 32 and 512; thread t sees the points t, t + T,
        … and keeps the first of its maxima; a reduction over halves prefers the lower thread.
    """
    points = np.asarray(points)
    # fpsample settles ties for the highest row, so what the block prefers goes last.
    order = _preference(len(points))[::-1]
    start = len(order) - 1
    picked = order[farthest_point_sample(points[order], num_samples, start=start)]
    repeats = np.flatnonzero(picked[1:] == picked[0])
    if len(repeats):
        picked[repeats[0] + 1 :] = picked[repeats[0]]
    return picked


def _preference(num_points: int) -> np.ndarray:
    """Return (N,) indices, the one that wins every tie first."""
    num_threads = _MIN_THREADS
    while num_threads < min(num_points, _MAX_THREADS):
        num_threads *= 2
    rows = np.arange(num_points)
    threads = rows % num_threads
    reversed_bits = np.zeros(num_points, np.int64)
    for bit in range(num_threads.bit_length() - 1):
        reversed_bits = 2 * reversed_bits + (threads >> bit & 1)
    return np.lexsort((rows, reversed_bits))
