# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The perspective from which a cloud is drawn: the sensor's own where it is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.structures import PointCloud

_FREE_DIRECTION = np.array([-0.62, 0.60, -0.50])  # looked along when there is no sensor; z is up


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """A pinhole camera of focal length 1.

    Attributes:
        eye: (3,) float64 its position in the cloud's frame [m].
        axes: (3, 3) float64, rows right, up and forward in the cloud's frame.
    """

    eye: np.ndarray
    axes: np.ndarray

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return image coordinates (N, 2), right and up positive, and depths (N,) [m]."""
        seen = (np.asarray(points, dtype=np.float64) - self.eye) @ self.axes.T
        depth = np.maximum(seen[:, 2], 1e-6)
        return seen[:, :2] / depth[:, None], depth


def choose_view(cloud: PointCloud) -> View:
    """Look at the finite points of `cloud` from its sensor, or else from a raised corner.

    Which way is up follows from the viewing direction: a view mainly along the frame's z axis
    belongs to a camera frame (y down and z forward, or y up and z backward, REP 103); in any
    other frame z is up.
    """
    points = cloud.points[np.isfinite(cloud.points).all(axis=1)].astype(np.float64)
    low, high = np.percentile(points, [2, 98], axis=0)
    center, radius = (low + high) / 2, np.linalg.norm(high - low) / 2
    if cloud.viewpoint is None:
        forward = _FREE_DIRECTION / np.linalg.norm(_FREE_DIRECTION)
        return _looking(center - 4.0 * max(radius, 1e-6) * forward, forward, np.array([0, 0, 1.0]))
    eye = cloud.viewpoint.astype(np.float64)
    forward = (center - eye) / max(np.linalg.norm(center - eye), 1e-9)
    is_camera_frame = abs(forward[2]) > 0.8
    up = np.array([0, -np.sign(forward[2]), 0]) if is_camera_frame else np.array([0, 0, 1.0])
    return _looking(eye, forward, up)


def _looking(eye: np.ndarray, forward: np.ndarray, up: np.ndarray) -> View:
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    return View(eye=eye, axes=np.stack([right, np.cross(right, forward), forward]))
