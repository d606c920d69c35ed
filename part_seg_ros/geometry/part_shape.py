# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Where a part is and how large; computed once per part, however often it is published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.geometry.boxes import oriented_box, principal_axes
from part_seg_ros.structures import OrientedBox


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartShape:
    """Geometry of the points of a part, in the frame of the cloud.

    Attributes:
        centroid: (3,) float64 mean [m].
        box: Oriented bounding box.
        axes: (3, 3) float64 principal axes as columns, right-handed, by descending variance.
        stddev: (3,) float64 standard deviation along them [m].
    """

    centroid: np.ndarray
    box: OrientedBox
    axes: np.ndarray
    stddev: np.ndarray


def measure_part(points: np.ndarray, box: OrientedBox | None = None) -> PartShape:
    """Measure the (N, 3) points of a part, N >= 1; a `box` that is known already is taken over.

    Raises:
        InputError: there is no point, or one is not finite.
    """
    axes, stddev = principal_axes(points)
    return PartShape(
        centroid=points.mean(axis=0, dtype=np.float64),
        box=box or oriented_box(points),
        axes=axes,
        stddev=stddev,
    )
