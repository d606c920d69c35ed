# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Carrying values from a few points to many by their three nearest."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.point_arrays import check_points

# Targets handled at once; bounds the memory beside the result.
_CHUNK = 262_144


def three_nearest(
    sources: np.ndarray,
    targets: np.ndarray,
    *,
    min_squared: float | None = None,
    workers: int = -1,
) -> tuple[np.ndarray, np.ndarray]:
    """Find the three sources nearest to each target and their weights.

    Weights are inverse squared distances, normalised. Without a floor the scale of the cloud does
    not matter, and a target that coincides with a source takes that source alone.

    Args:
        sources: (S, 3) finite, S >= 3.
        targets: (N, 3) finite, in the frame of `sources`.
        min_squared: Floor of the squared distances in the weights [unit of the points, squared];
            None for none.
        workers: Threads, -1 for all cores.

    Returns:
        idx (N, 3) int64 into `sources`, nearest first, and weights (N, 3) float32 that sum to 1.

    Raises:
        InputError: an array is not (N, 3) or not finite, or there are fewer than 3 sources.

    Source:
        PointNet++ (Qi et al. 2017), Sec. 3.4, feature propagation with k = 3 and p = 2. Without
        `min_squared`, ratios to the nearest distance replace the division by a floored distance:
        exact at the sources.
    """
    sources = check_points(sources, 'sources', min_points=3)
    targets = check_points(targets, 'targets', min_points=0)
    tree = cKDTree(sources)
    idx = np.zeros((len(targets), 3), np.int64)
    weights = np.zeros((len(targets), 3), np.float32)
    for begin in range(0, len(targets), _CHUNK):
        chunk = slice(begin, begin + _CHUNK)
        distances, idx[chunk] = tree.query(targets[chunk], 3, workers=workers)
        if min_squared is None:
            weights[chunk] = _inverse_square(distances)
        else:
            inverse = 1.0 / np.maximum(distances**2, min_squared)
            weights[chunk] = inverse / inverse.sum(axis=1, keepdims=True)
    return idx, weights


def interpolate(values: np.ndarray, idx: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Carry values of the sources to the targets.

    Args:
        values: (O, S) float32, O values for each source.
        idx: (N, 3) int64 from `three_nearest`.
        weights: (N, 3) float32 from `three_nearest`.

    Returns:
        (O, N) float32.

    Raises:
        InputError: shapes do not fit.
    """
    values = np.asarray(values, dtype=np.float32)
    if values.ndim != 2:
        raise InputError(f'values must be (O, S), got {values.shape}')
    if idx.shape != weights.shape or idx.ndim != 2 or idx.shape[1] != 3:
        raise InputError(f'idx and weights must be (N, 3), got {idx.shape} and {weights.shape}')
    carried = np.zeros((len(values), len(idx)), np.float32)
    for row, out in zip(values, carried, strict=True):
        for begin in range(0, len(idx), _CHUNK):
            chunk = slice(begin, begin + _CHUNK)
            out[chunk] = (row[idx[chunk]] * weights[chunk]).sum(axis=1)
    return carried


def _inverse_square(distances: np.ndarray) -> np.ndarray:
    squared = np.maximum(distances, np.finfo(np.float32).tiny) ** 2
    ratios = squared[:, :1] / squared
    ratios[distances[:, 0] == 0.0] = (1.0, 0.0, 0.0)
    return ratios / ratios.sum(axis=1, keepdims=True)
