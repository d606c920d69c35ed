# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Lifting as the release does it, to compare with: points on faces, a depth test, two votes.

The default way, `geometry.view_votes`, labels more faces and makes fewer mistakes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from part_seg_ros.geometry.view_cameras import ViewCamera

UNSEEN = 0
NO_PART = 999
"""Label of a pixel that shows the object but none of its parts; votes like a part."""

POINTS_PER_FACE = 5
_SEED = 3
_DEPTH_TOLERANCE = 1e-3
_VOTES_AT_ONCE = 1 << 16


def points_on_faces(corners: np.ndarray) -> np.ndarray:
    """Draw points uniformly in each face.

    Args:
        corners: (F, 3, 3).

    Returns:
        (F, 5, 3) float64.
    """
    random = np.random.RandomState(_SEED)
    first, second = random.rand(2, len(corners), POINTS_PER_FACE, 1)
    is_outside = first + second > 1
    first, second = (
        np.where(is_outside, 1 - first, first),
        np.where(is_outside, 1 - second, second),
    )
    third = 1 - first - second
    return first * corners[:, :1] + second * corners[:, 1:2] + third * corners[:, 2:]


def link_points(
    points: np.ndarray, camera: ViewCamera, depth: np.ndarray, is_shape: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find the pixel that says what a point is, and whether the view sees the point.

    Args:
        points: (P, 3) in the world.
        camera: Of the view.
        depth: (S, S) planar depth.
        is_shape: (S, S) bool foreground.

    Returns:
        (P, 2) int64 column and row of the pixel whose label counts, moved into the picture, and
        (P,) bool. The depth is read at another pixel than the label, up to one beside it.
    """
    size = camera.size
    places, distance = _project_in_single_precision(points, camera)
    probe = np.rint(places * np.float32(size - 1))
    is_inside = ((probe >= 0) & (probe < size)).all(axis=1)
    columns, rows = probe.clip(0, size - 1).astype(np.int64).T
    is_near = np.abs(depth[rows, columns].astype(np.float32) - distance) < _DEPTH_TOLERANCE
    pixels = np.rint(places * np.float32(size)).clip(0, size - 1).astype(np.int64)
    return pixels, is_inside & is_shape[rows, columns] & is_near


def _project_in_single_precision(
    points: np.ndarray, camera: ViewCamera
) -> tuple[np.ndarray, np.ndarray]:
    """Project (P, 3) points of the world with the roundings of the release.

    It multiplies matrices of projection and pose before it multiplies points, all in float32; that
    moves one point in some thousands over the border of a pixel.

    Returns:
        (P, 2) float32 places, 0 to 1 from left to right and from top to bottom, and (P,) float32
        planar depths.
    """
    degrees = np.rad2deg(2 * np.arctan(0.5 * camera.size / camera.focal_px))
    zoom = 1 / (torch.tensor(degrees, dtype=torch.float32) * math.pi / 180 / 2).tan()
    T_camera_world = torch.from_numpy(camera.T_world_camera).float().inverse()
    projection = torch.zeros(4, 4)
    projection[0, 0], projection[1, 1], projection[3, 2] = zoom, -zoom, -1
    single = torch.from_numpy(np.asarray(points, np.float32))
    single = torch.cat([single, torch.ones_like(single[:, :1])], dim=1)
    projected = single @ (projection @ T_camera_world).T
    places = (projected[:, :2] / projected[:, 3:] + 1) / 2
    depth = -(single * T_camera_world[2]).sum(dim=1)
    return places.nan_to_num(nan=-2.0).clamp(-2, 2).numpy(), depth.numpy()


def vote(labels: np.ndarray) -> np.ndarray:
    """Take the most frequent label of each row, unseen ones aside.

    Args:
        labels: (N, K) integer, 0 for unseen.

    Returns:
        (N,) int64; of several as frequent the smallest; 0 where all are unseen.
    """
    chosen = np.empty(len(labels), np.int64)
    for begin in range(0, len(labels), _VOTES_AT_ONCE):
        rows = np.sort(labels[begin : begin + _VOTES_AT_ONCE], axis=1)
        counts = (rows[:, :, None] == rows[:, None, :]).sum(axis=2)
        best = np.where(rows == UNSEEN, 0, counts).argmax(axis=1)
        chosen[begin : begin + _VOTES_AT_ONCE] = np.take_along_axis(rows, best[:, None], 1)[:, 0]
    return chosen


def lift(
    corners: np.ndarray,
    cameras: Sequence[ViewCamera],
    depths: Sequence[np.ndarray],
    shapes: Sequence[np.ndarray],
    pictures: Sequence[np.ndarray],
) -> np.ndarray:
    """Label faces from pictures of labels.

    Args:
        corners: (F, 3, 3) corners of the faces in the world.
        cameras: Of the views that have pictures.
        depths: Their (S, S) planar depths.
        shapes: Their (S, S) bool foregrounds.
        pictures: Their (S, S) integer labels; `NO_PART` for the rest of the object.

    Returns:
        (F,) int64 labels, 0 for faces that no view sees.
    """
    points = points_on_faces(corners).reshape(-1, 3)
    seen = np.zeros((len(points), len(cameras)), np.int64)
    for v, camera in enumerate(cameras):
        pixels, is_visible = link_points(points, camera, depths[v], shapes[v])
        labels = pictures[v][pixels[:, 1], pixels[:, 0]]
        is_read = (pixels < camera.size - 1).all(axis=1)  # never the last column and row
        seen[:, v] = np.where(is_visible & is_read, labels, UNSEEN)
    return vote(vote(seen).reshape(-1, POINTS_PER_FACE))
