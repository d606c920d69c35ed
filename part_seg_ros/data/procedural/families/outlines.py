# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Curves and outlines that the named families sweep, turn and extrude."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def smooth_curve(points: ArrayLike, num_points: int = 16) -> NDArray[np.float64]:
    """Passes a uniform Catmull-Rom spline through points.

    Source: Catmull and Rom 1974, A class of local interpolating splines.

    Args:
        points: (P, D) float, P >= 2.
        num_points: Samples along the whole curve.

    Returns:
        (num_points, D) float64, first and last point included.
    """
    knots = np.asarray(points, dtype=np.float64)
    before = 2.0 * knots[0] - knots[1]
    after = 2.0 * knots[-1] - knots[-2]
    padded = np.vstack([before, knots, after])
    at = np.linspace(0.0, len(knots) - 1.0, num_points)
    start = np.minimum(at.astype(int), len(knots) - 2)
    u = (at - start)[:, None]
    p0, p1, p2, p3 = (padded[start + k] for k in range(4))
    bend = 2 * p0 - 5 * p1 + 4 * p2 - p3
    return p1 + 0.5 * u * ((p2 - p0) + u * (bend + u * (3 * (p1 - p2) + p3 - p0)))


def ellipse(width: float, depth: float, num_points: int = 24) -> NDArray[np.float64]:
    """Returns an ellipse of full axes `width` (x) and `depth` (y), (num_points, 2)."""
    angle = np.linspace(0.0, 2.0 * np.pi, num_points, endpoint=False)
    return 0.5 * np.column_stack([width * np.cos(angle), depth * np.sin(angle)])


def rounded_rectangle(
    width: float, depth: float, radius: float, *, corner_points: int = 4
) -> NDArray[np.float64]:
    """Returns a rectangle with round corners around the origin.

    Args:
        width: Length along x.
        depth: Length along y.
        radius: Corner radius, cut to half the shorter side.
        corner_points: Samples of every corner.

    Returns:
        (4 * corner_points, 2) float64, counter-clockwise.
    """
    radius = min(radius, 0.499 * min(width, depth))
    angle = np.linspace(0.0, np.pi / 2, corner_points)
    centre = np.array([0.5 * width - radius, 0.5 * depth - radius])
    corners = []
    for quarter, sign in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        turned = angle + quarter * np.pi / 2
        arc = radius * np.column_stack([np.cos(turned), np.sin(turned)])
        corners.append(centre * np.array(sign) + arc)
    return np.vstack(corners)


def regular_polygon(num_sides: int, radius: float, start_rad: float = 0.0) -> NDArray[np.float64]:
    """Returns the corners of a regular polygon, (num_sides, 2)."""
    angle = start_rad + np.linspace(0.0, 2.0 * np.pi, num_sides, endpoint=False)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def arc(
    radius: float, start_rad: float, stop_rad: float, num_points: int = 12
) -> NDArray[np.float64]:
    """Returns points of a circular arc around the origin, (num_points, 2)."""
    angle = np.linspace(start_rad, stop_rad, num_points)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def band(path: ArrayLike, thickness: float | Sequence[float]) -> NDArray[np.float64]:
    """Thickens an open planar path into a closed outline.

    Args:
        path: (P, 2) float.
        thickness: One thickness, or one for every point of the path.

    Returns:
        (2 P, 2) float64.
    """
    line = np.asarray(path, dtype=np.float64)
    tangent = np.gradient(line, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    across = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    half = 0.5 * np.broadcast_to(np.asarray(thickness, dtype=np.float64), len(line))[:, None]
    return np.vstack([line - across * half, (line + across * half)[::-1]])


def gear(radius: float, depth: float, num_teeth: int) -> NDArray[np.float64]:
    """Returns a toothed wheel: `num_teeth` flat teeth of the given depth, (4 teeth, 2)."""
    step = 2.0 * np.pi / num_teeth
    offsets = np.array([0.0, 0.35, 0.5, 0.85]) * step
    angle = (np.arange(num_teeth)[:, None] * step + offsets).ravel()
    reach = np.tile([radius, radius, radius - depth, radius - depth], num_teeth)
    return np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])
