# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Settings that the trainings of Point-SAM and PartSAM have in common."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.config import setting
from part_seg_ros.training.config import LabeledTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickTraining(LabeledTraining):
    """A run that learns from simulated clicks on labelled clouds."""

    painted_share: float = setting(
        0.5,
        'Share of the clouds without colours of their own whose parts are painted at random; the'
        ' others are grey.',
        minimum=0.0,
        maximum=1.0,
    )
    num_points: int = setting(10_000, 'Points of a cloud.', minimum=16)
    num_masks: int = setting(2, 'Parts asked for per cloud.', minimum=1)
    num_calls: int = setting(10, 'Calls of the decoder for each part.', minimum=1)
    batch_clouds: int = setting(
        2, 'Clouds of a batch, those of all processes together.', minimum=1
    )
    gradient_value: float = setting(1.0, 'Largest value of a gradient, by clipping.', minimum=0.0)
    checkpoint_every: int = setting(2000, 'Steps between checkpoints.', minimum=1)
