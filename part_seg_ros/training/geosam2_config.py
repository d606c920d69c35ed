# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of GeoSAM2's training."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.config import setting
from part_seg_ros.models.geosam2.cameras import NUM_VIEWS, UP_TURNS
from part_seg_ros.models.geosam2.config import NAIVE, RESIDUAL
from part_seg_ros.training.config import LabeledTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoSam2Training(LabeledTraining):
    """A run at the size of the released weights.

    Source:
        GeoSAM2 (arXiv 2508.14036), training: 50 epochs of about 4700 objects, batches of 8, the
        rate, what learns, and the losses of SAM 2. What it does not state is that of SAM 2's
        training (Ravi et al. 2024): three objects a video, masks for half of the prompts, clicks
        and boxes for a quarter each, weight decay, clipping, and the fall of the rate to a tenth.
        How many views are followed at once is not stated: all.
    """

    preset: str = setting('official', 'Sizes of the network.', choices=('official', 'tiny'))
    sam2: str = setting('', 'File of SAM 2 that the network begins with; empty for none.')
    lora: bool = setting(True, 'Teach low-rank updates of both encoders.')
    point_maps: bool = setting(True, 'Have an encoder of point maps beside that of normals.')
    fusion: str = setting(RESIDUAL, 'How its features are fused in.', choices=(RESIDUAL, NAIVE))
    up_axis: str = setting(
        'z',
        'Axis of the meshes that points up; of procedural objects it is z.',
        choices=tuple(UP_TURNS),
    )
    num_views: int = setting(
        NUM_VIEWS, 'Views that an object is followed through.', minimum=1, maximum=NUM_VIEWS
    )
    num_masks: int = setting(3, 'Parts of an object that are followed, at most.', minimum=1)
    num_steps: int = setting(29_375, 'Optimiser steps of the whole run.', minimum=1)
    learning_rate: float = setting(5e-5, 'At the first step.', minimum=0.0)
    last_rate: float = setting(0.1, 'Share of the rate that is left at the end.', minimum=0.0)
    weight_decay: float = setting(0.1, 'Decoupled weight decay.', minimum=0.0)
    gradient_norm: float = setting(0.1, 'Gradient clipping by norm.', minimum=0.0)
    batch_clouds: int = setting(8, 'Objects of a batch, those of all processes.', minimum=1)
    num_workers: int = setting(4, 'Data processes.', minimum=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoSam2TinyTraining(GeoSam2Training):
    """A run of `tiny`, minutes on a CPU; all values are ours."""

    preset: str = setting('tiny', 'Sizes of the network.', choices=('official', 'tiny'))
    num_views: int = setting(
        6, 'Views that an object is followed through.', minimum=1, maximum=NUM_VIEWS
    )
    num_steps: int = setting(600, 'Optimiser steps of the whole run.', minimum=1)
    learning_rate: float = setting(2e-3, 'At the first step.', minimum=0.0)
    gradient_norm: float = setting(1.0, 'Gradient clipping by norm.', minimum=0.0)
    batch_clouds: int = setting(2, 'Objects of a batch, those of all processes.', minimum=1)
    checkpoint_every: int = setting(100, 'Steps between checkpoints.', minimum=1)
    num_workers: int = setting(1, 'Data processes.', minimum=0)
