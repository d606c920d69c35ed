# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From clouds and clicks in metres to what the network was trained with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.normalization import UnitSphere, fit_unit_sphere
from part_seg_ros.models.precision import precision_setting

# The interpolation from patches to points needs three of them.
MIN_POINTS = 3
# Patches and points a patch, by the number of points that they are meant for.
_USUAL_PATCHES = (512, 64)
_LARGE_CLOUD, _LARGE_PATCHES = 30_000, (2048, 256)
# The axis that points up -> the axes that x, y and z of the network are, with their signs.
_TO_Y_UP = {
    'x': ('-y', 'x', 'z'),
    '-x': ('y', '-x', 'z'),
    'y': ('x', 'y', 'z'),
    '-y': ('-x', '-y', 'z'),
    'z': ('-x', 'z', 'y'),
    '-z': ('x', '-z', 'y'),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSamSettings:
    """What a caller may want otherwise."""

    up_axis: str = setting(
        'z',
        'Axis of the clouds that points up: z in ROS, -y in the optical frame of a level camera.'
        ' The network wants y, so that clouds with another are turned.',
        choices=tuple(_TO_Y_UP),
    )
    num_patches: int | None = setting(
        None,
        'Patches that a cloud is cut into; none: 512, and 2048 above 30 000 points.',
        minimum=MIN_POINTS,
    )
    patch_size: int | None = setting(
        None, 'Points of each patch; none: 64, and 256 above 30 000 points.', minimum=1
    )
    precision: str = precision_setting()

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)

    def patches_for(self, num_points: int) -> tuple[int, int]:
        """Return the number of patches and the points of each, for a cloud of `num_points`.

        Source:
            Point-SAM's first release (512 × 64 for 10 000 points) and its evaluation on KITTI-360
            (2048 × 256 above 30 000). Clouds with fewer points than that take what they have.
        """
        usual = _LARGE_PATCHES if num_points > _LARGE_CLOUD else _USUAL_PATCHES
        wanted = (self.num_patches or usual[0], self.patch_size or usual[1])
        return min(wanted[0], num_points), min(wanted[1], num_points)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placement:
    """How a cloud was moved into the unit ball, y up; clicks on it follow.

    Attributes:
        sphere: Ball of the cloud in its own frame.
        up_axis: Axis of that frame that points up.
    """

    sphere: UnitSphere
    up_axis: str

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Return (N, 3) points of the cloud's frame in the network's, float32."""
        unit = self.sphere.apply(points)
        axes = _TO_Y_UP[self.up_axis]
        turned = unit[:, ['xyz'.index(axis[-1]) for axis in axes]]
        signs = [-1 if axis.startswith('-') else 1 for axis in axes]
        return turned * np.array(signs, np.float32)


def place(points: np.ndarray, settings: PointSamSettings) -> Placement:
    """Fit a cloud into the unit ball.

    Args:
        points: (N, 3) finite [m].
        settings: Which axis is up.

    Returns:
        The placement, also for clicks.

    Raises:
        InputError: there are fewer than three points, or one is not finite.

    Source:
        Point-SAM (Zhou et al. 2024): mean to the origin, farthest point to distance 1. The turn of
        z is that of its evaluation on KITTI-360: -90° about x, then 180° about y; the others are
        ours. Training turned its clouds freely about y, so how they lie around it is no matter.
    """
    if len(points) < MIN_POINTS:
        raise InputError(f'point_sam needs at least {MIN_POINTS} points, got {len(points)}')
    return Placement(sphere=fit_unit_sphere(points), up_axis=settings.up_axis)


def network_colors(colors: np.ndarray | None, num_points: int) -> np.ndarray:
    """Return (N, 3) float32 colours in [-1, 1] of colours in [0, 1]; mid grey where absent."""
    if colors is None:
        return np.zeros((num_points, 3), np.float32)
    return ((colors - 0.5) / 0.5).astype(np.float32)
