# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What the network leaves open: how shapes are prepared, and what counts as the part."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import ConfigError
from part_seg_ros.models.precision import precision_setting
from part_seg_ros.models.s2am3d.scoring import STABILITY_MARGIN


@dataclass(frozen=True, slots=True, kw_only=True)
class S2am3dSettings:
    """Choices between conventions of the release."""

    point_feature: str = setting(
        'ones',
        'The three numbers of a point beside its place: ones (the demo on shapes without colours),'
        ' coords (the batch export, PartField) or colors (the demo on coloured clouds; ones where'
        ' there are no colours).',
        choices=('ones', 'coords', 'colors'),
    )
    threshold: float = setting(
        0.7,
        'Probability above which a point is in the part: 0.7 in the viewer of the release, 0.5 in'
        ' its function.',
    )
    mesh_points: int = setting(10_000, 'Points sampled from a mesh.', minimum=16)
    mesh_seed: int = setting(0, 'Seed of that sample.', minimum=0)
    precision: str = precision_setting()

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)
        if not STABILITY_MARGIN < self.threshold < 1.0 - STABILITY_MARGIN:
            raise ConfigError(
                f'threshold must lie between {STABILITY_MARGIN} and {1.0 - STABILITY_MARGIN}, got'
                f' {self.threshold}'
            )
