# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Counting through runs of different lengths without a loop."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def expand(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the run of each element of all runs, and its number within the run.

    Args:
        counts: (R,) int64 lengths >= 0.
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


def batches(counts: np.ndarray, limit: int) -> Iterator[slice]:
    """Yield slices of runs that hold at most `limit` elements, or a single run."""
    reached = np.cumsum(counts)
    begin = 0
    while begin < len(counts):
        before = reached[begin - 1] if begin else 0
        end = max(int(np.searchsorted(reached, before + limit, 'right')), begin + 1)
        yield slice(begin, end)
        begin = end
