# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which parts are worth learning: neither specks nor nearly everything, neither few nor many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRules:
    """Limits of parts and of their number.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.5, and its release for the shares.
    """

    num_points: int = setting(
        100_000, 'Points drawn from the surface, uniformly by area, to measure shares.', minimum=16
    )
    min_share: float = setting(
        0.003, 'A part has more than this share of the points.', minimum=0.0, maximum=1.0
    )
    max_share: float = setting(
        0.70, 'A part has less than this share of the points.', minimum=0.0, maximum=1.0
    )
    min_parts: int = setting(3, 'Fewest such parts of a shape.', minimum=1)
    max_parts: int = setting(50, 'Most such parts of a shape.', minimum=1)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range, or a least value exceeds a most value.
        """
        check_limits(self)
        if self.min_share >= self.max_share or self.min_parts > self.max_parts:
            raise ConfigError(
                'min_share must be below max_share and min_parts at most max_parts, got'
                f' {self.min_share}, {self.max_share}, {self.min_parts}, {self.max_parts}'
            )


def point_shares(face_masks: np.ndarray, face_idx: np.ndarray) -> np.ndarray:
    """Return the (M,) float64 share of the sampled points that lies in each mask.

    Args:
        face_masks: (M, F) bool.
        face_idx: (N,) int64 face of each sampled point, N >= 1.
    """
    points_on = np.bincount(face_idx, minlength=face_masks.shape[1])
    return face_masks @ points_on / len(face_idx)


def has_fair_share(shares: np.ndarray, rules: PartRules) -> np.ndarray:
    """Return (M,) bool, which shares lie strictly between the limits."""
    return (shares > rules.min_share) & (shares < rules.max_share)
