# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of PartSAM's training."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.config import setting
from part_seg_ros.models.partsam.config import PRESETS
from part_seg_ros.training.click_config import ClickTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSamTraining(ClickTraining):
    """A run at the size of the released weights.

    Source:
        PartSAM (arXiv 2509.21965), App. A.1.4, and its release. The number of parts asked for per
        cloud is not stated there: ours.
    """

    preset: str = setting('official', 'Sizes of the network.', choices=tuple(PRESETS))
    partfield: str = setting(
        '', 'PartField file, from which both branches of the encoder start; empty for none.'
    )
    num_steps: int = setting(250_000, 'Optimiser steps of the whole run.', minimum=1)
    learning_rate: float = setting(5e-4, 'At the first step.', minimum=0.0)
    encoder_rate: float = setting(0.2, "The encoder's share of the learning rate.", minimum=0.0)
    weight_decay: float = setting(5e-5, 'Decoupled weight decay.', minimum=0.0)
    decay_every: int = setting(50_000, 'Steps between falls of the rate.', minimum=1)
    decay: float = setting(0.7, 'What the rate falls to each time.', minimum=0.0, maximum=1.0)
    num_points: int = setting(100_000, 'Points of a cloud.', minimum=16)
    batch_clouds: int = setting(4, 'Clouds of a batch, those of all processes.', minimum=1)
    num_workers: int = setting(4, 'Data processes.', minimum=0)
    triplet_weight: float = setting(
        0.1, 'Weight of the triplet term, before it is divided with the others.', minimum=0.0
    )
    triplets: int = setting(512, 'Triplets of points of each part.', minimum=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSamTinyTraining(PartSamTraining):
    """A run of `tiny`, minutes on a CPU; all values are ours."""

    preset: str = setting('tiny', 'Sizes of the network.', choices=tuple(PRESETS))
    num_steps: int = setting(600, 'Optimiser steps of the whole run.', minimum=1)
    learning_rate: float = setting(2e-3, 'At the first step.', minimum=0.0)
    decay_every: int = setting(200, 'Steps between falls of the rate.', minimum=1)
    num_calls: int = setting(3, 'Calls of the decoder for each part.', minimum=1)
    num_points: int = setting(512, 'Points of a cloud.', minimum=16)
    triplets: int = setting(64, 'Triplets of points of each part.', minimum=2)
    checkpoint_every: int = setting(100, 'Steps between checkpoints.', minimum=1)
