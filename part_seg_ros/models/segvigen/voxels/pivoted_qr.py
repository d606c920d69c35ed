# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Small linear systems in float32, many at once."""

from __future__ import annotations

import numpy as np


def solve(matrices: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Solve systems by Householder reflections with column pivoting.

    Every operation rounds to float32 in the order in which the C++ library Eigen does them, so
    that badly conditioned systems give its answers to nearly the last bit.

    Args:
        matrices: (M, n, n) float32 regular, n = 1, 2 or 3.
        sides: (M, n) float32.

    Returns:
        (M, n) float32.

    Source:
        Golub and Van Loan, Matrix computations, Sec. 5.4.2; norms are computed anew for each pivot
        instead of being updated, which changes the pivot in rare cases only.
    """
    work, right = matrices.astype(np.float32), sides.astype(np.float32)
    count, size = right.shape
    rows = np.arange(count)
    columns = np.tile(np.arange(size), (count, 1))
    for k in range(size - 1):
        norms = np.square(work[:, k:, k:]).sum(axis=1)
        pivot = k + norms.argmax(axis=1)
        for table in (work.swapaxes(1, 2), columns):
            table[rows, pivot], table[:, k] = table[:, k].copy(), table[rows, pivot].copy()
        essential, tau = _reflect(work, k)
        for values in (*np.moveaxis(work[:, :, k + 1 :], 2, 0), right):
            along = _total(essential * values[:, k + 1 :]) + values[:, k]
            values[:, k] -= tau * along
            values[:, k + 1 :] -= (tau[:, None] * essential) * along[:, None]
    solution = np.zeros_like(right)
    for k in reversed(range(size)):
        solution[:, k] = right[:, k] / work[:, k, k]
        right[:, :k] -= solution[:, k, None] * work[:, :k, k]
    ordered = np.zeros_like(solution)
    ordered[rows[:, None], columns] = solution
    return ordered


def _reflect(work: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Turn column k into its first entry; return the (M, n - 1 - k) reflection and its factor."""
    head, tail = work[:, k, k], work[:, k + 1 :, k]
    rest = _total(tail * tail)
    is_zero = rest <= np.finfo(np.float32).tiny
    norm = np.sqrt(head * head + rest)
    beta = np.where(is_zero, head, np.where(head >= 0, -norm, norm))
    one = np.float32(1)
    essential = np.where(is_zero[:, None], 0, tail / np.where(is_zero, one, head - beta)[:, None])
    tau = np.where(is_zero, 0, (beta - head) / np.where(is_zero, one, beta))
    work[:, k, k] = beta
    return essential, tau


def _total(values: np.ndarray) -> np.ndarray:
    """Add up one or two columns."""
    return values[:, 0] + values[:, 1] if values.shape[1] == 2 else values[:, 0]
