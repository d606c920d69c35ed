# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Colours of training clouds that have none."""

from __future__ import annotations

import numpy as np

from part_seg_ros.training.cloud_sources import MaskedCloud

SHADE = 0.03  # standard deviation of the brightness of a painted point


def colors_of(
    cloud: MaskedCloud, grey: float, painted_share: float, rng: np.random.Generator
) -> np.ndarray:
    """Return a cloud's own colours, or those that stand in for them.

    A network that reads colours should neither rely on them nor ignore them, so some clouds are
    grey and others have parts of one colour each. Several parts may share a colour: a border
    between colours is one between parts, not the other way round.

    Args:
        cloud: N points.
        grey: Colour of what is not painted, in [0, 1].
        painted_share: Probability that a cloud without colours is painted.
        rng: Source of randomness.

    Returns:
        (N, 3) float32 in [0, 1].
    """
    if cloud.colors is not None:
        return cloud.colors
    if rng.random() >= painted_share:
        return np.full((len(cloud.points), 3), grey, np.float32)
    num_parts = int(cloud.part_ids.max()) + 1
    palette = rng.random((int(rng.integers(1, num_parts + 2)), 3))
    of_parts = palette[rng.integers(len(palette), size=num_parts + 1)]
    shade = rng.normal(0.0, SHADE, (len(cloud.points), 1))
    # Points of no known part, -1, read the last row.
    return np.clip(of_parts[cloud.part_ids] + shade, 0.0, 1.0).astype(np.float32)
