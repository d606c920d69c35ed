# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Choosing and cleaning the points of a cloud that a network gets."""

from __future__ import annotations

import dataclasses

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.normals import estimate_normals
from part_seg_ros.geometry.point_arrays import extent
from part_seg_ros.geometry.sampling import spread_subset
from part_seg_ros.structures import PointCloud

MIN_POINTS = 16
_GREY = 0.5
_MAX_COORDINATE = 1e9


def valid_rows(cloud: PointCloud) -> np.ndarray:
    """Return the (V,) int64 rows with finite coordinates.

    Raises:
        InputError: the cloud is empty, has fewer than 16 finite points, all of them coincide, or
            one is more than a million kilometres away.
    """
    if len(cloud) == 0:
        raise InputError('the cloud must have points, got none')
    x, y, z = cloud.points.T
    valid_idx = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & np.isfinite(z))
    if len(valid_idx) == 0:
        raise InputError(
            f'the cloud must have points with finite x, y and z, got none among {len(cloud)} rows'
        )
    if len(valid_idx) < MIN_POINTS:
        raise InputError(
            f'the cloud must have at least {MIN_POINTS} finite points, got {len(valid_idx)} among'
            f' {len(cloud)} rows'
        )
    low, high = extent(cloud.points[valid_idx])
    if (low == high).all():
        raise InputError(
            f'the cloud must have extent, but its {len(valid_idx)} finite points all lie at'
            f' {low.tolist()}'
        )
    if max(-low.min(), high.max()) > _MAX_COORDINATE:
        raise InputError(
            f'coordinates must be metres within ±{_MAX_COORDINATE:g}, got {low.tolist()} to'
            f' {high.tolist()}; mark invalid points by NaN'
        )
    return valid_idx


def network_rows(
    cloud: PointCloud, valid_idx: np.ndarray, *, max_points: int, seed: int
) -> np.ndarray:
    """Choose at most `max_points` of the rows `valid_idx`, spread evenly over the shape.

    Returns:
        (S,) int64 ascending rows of `cloud`.
    """
    if len(valid_idx) <= max_points:
        return valid_idx
    return valid_idx[spread_subset(cloud.points[valid_idx], max_points, seed=seed)]


def network_cloud(cloud: PointCloud, network_idx: np.ndarray) -> PointCloud:
    """Return the rows `network_idx` with colours in [0, 1] and unit normals.

    Colours that are not finite become grey; normals that are not finite or have no length are
    replaced by estimated ones.
    """
    chosen = cloud.select(network_idx)
    if chosen.colors is not None:
        is_known = np.isfinite(chosen.colors).all(axis=1, keepdims=True)
        colors = np.where(is_known, np.clip(chosen.colors, 0.0, 1.0), np.float32(_GREY))
        chosen = dataclasses.replace(chosen, colors=colors)
    if chosen.normals is not None:
        chosen = dataclasses.replace(chosen, normals=_unit_normals(chosen))
    return chosen


def _unit_normals(cloud: PointCloud) -> np.ndarray | None:
    assert cloud.normals is not None
    with np.errstate(over='ignore', invalid='ignore'):
        length = np.linalg.norm(cloud.normals, axis=1, keepdims=True)
        is_known = np.isfinite(length) & (length > 1e-6)
        unit = cloud.normals / np.where(is_known, length, 1.0)
    if not is_known.any():
        return None
    if is_known.all():
        return unit
    estimated = estimate_normals(cloud.points, viewpoint=cloud.viewpoint)
    return np.where(is_known, unit, estimated)
