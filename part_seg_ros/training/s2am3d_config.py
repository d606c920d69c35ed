# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of both stages of S2AM3D's training."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.config import setting
from part_seg_ros.models.s2am3d.config import PRESETS
from part_seg_ros.training.config import LabeledTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class S2am3dTraining(LabeledTraining):
    """What both stages have.

    Source:
        `learning_rate`, `weight_decay` and `num_points` are defaults of the release's encoder
        configuration (github.com/sumuru789/S2AM3D), `batch_clouds` is the paper's (arXiv
        2512.00995). Neither states the others: those are ours.
    """

    preset: str = setting('official', 'Sizes of the network.', choices=tuple(PRESETS))
    num_points: int = setting(10_000, 'Points of a cloud.', minimum=16)
    point_feature: str = setting(
        'ones',
        'The three numbers of a point beside its place: ones, coords or colors (ones where there'
        ' are none); the system must be built with the same.',
        choices=('ones', 'coords', 'colors'),
    )
    num_steps: int = setting(100_000, 'Optimiser steps of the whole run.', minimum=1)
    learning_rate: float = setting(1e-4, 'Peak of the schedule.', minimum=0.0)
    weight_decay: float = setting(1e-4, 'Decoupled weight decay.', minimum=0.0)
    warmup_steps: int = setting(1000, 'Linear warm-up.', minimum=0)
    decay_share: float = setting(
        0.3, 'Share of the steps, at the end, in which the rate falls.', minimum=0.01, maximum=1.0
    )
    gradient_norm: float = setting(1.0, 'Gradient clipping by norm.', minimum=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class S2am3dEncoderTraining(S2am3dTraining):
    """Stage 1.

    Source:
        `contrast_points` as the release's encoder configuration; the temperature of the paper is
        not known to us, ours is that of MoCo (He et al. 2020) on images.
    """

    contrast_points: int = setting(
        500, 'Points of a cloud that are compared with each other.', minimum=3
    )
    temperature: float = setting(
        0.07, 'Divides the cosine of two points in the contrast.', minimum=1e-3
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class S2am3dDecoderTraining(S2am3dTraining):
    """Stage 2.

    Source:
        `scale_dropout` is the paper's; the others are ours.
    """

    decoder_weights: str = setting(
        '',
        'File that enhancer, decoder and head start from: that of the release, or one with both'
        ' halves; empty for random weights, or those of `--init` where it has both halves.',
    )
    num_masks: int = setting(8, 'Most masks asked for per cloud.', minimum=1)
    central_share: float = setting(
        0.5,
        'Share of clicks placed where evaluation clicks; the others are anywhere on the part.',
        minimum=0.0,
        maximum=1.0,
    )
    scale_dropout: float = setting(
        0.1, 'Probability that a batch is asked for without a scale.', minimum=0.0, maximum=1.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class S2am3dTinyEncoderTraining(S2am3dEncoderTraining):
    """Stage 1 of `tiny`, minutes on a CPU; all values are ours."""

    preset: str = setting('tiny', 'Sizes of the network.', choices=tuple(PRESETS))
    num_points: int = setting(1024, 'Points of a cloud.', minimum=16)
    contrast_points: int = setting(
        256, 'Points of a cloud that are compared with each other.', minimum=3
    )
    num_steps: int = setting(600, 'Optimiser steps of the whole run.', minimum=1)
    learning_rate: float = setting(3e-3, 'Peak of the schedule.', minimum=0.0)
    warmup_steps: int = setting(20, 'Linear warm-up.', minimum=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class S2am3dTinyDecoderTraining(S2am3dDecoderTraining):
    """Stage 2 of `tiny`, minutes on a CPU; all values are ours."""

    preset: str = setting('tiny', 'Sizes of the network.', choices=tuple(PRESETS))
    num_points: int = setting(1024, 'Points of a cloud.', minimum=16)
    num_steps: int = setting(600, 'Optimiser steps of the whole run.', minimum=1)
    learning_rate: float = setting(1e-2, 'Peak of the schedule.', minimum=0.0)
    warmup_steps: int = setting(20, 'Linear warm-up.', minimum=0)
