# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of training runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data.procedural import FREE_SHARE
from part_seg_ros.models.compact.config import CompactConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """What every training run has, whatever it trains."""

    num_steps: int = setting(6000, 'Optimiser steps of the whole run.', minimum=1)
    accumulation: int = setting(
        1, 'Batches whose gradients are averaged for one optimiser step.', minimum=1
    )
    learning_rate: float = setting(1e-3, 'Peak of the schedule.', minimum=0.0)
    weight_decay: float = setting(0.02, 'Decoupled weight decay.', minimum=0.0)
    ema_decay: float = setting(
        0.0,
        'Decay of the averaged weights; 0 keeps the last ones alone.',
        minimum=0.0,
        maximum=1.0,
    )
    precision: str = setting(
        'auto',
        'Arithmetic of the networks: fp32, bf16 (mixed), or auto for bf16 on a GPU alone.',
        choices=('auto', 'bf16', 'fp32'),
    )
    num_workers: int = setting(1, 'Data processes.', minimum=0)
    num_threads: int = setting(0, 'Torch threads, 0 for all cores.', minimum=0)
    checkpoint_every: int = setting(200, 'Steps between checkpoints.', minimum=1)
    seed: int = setting(0, 'Seed of data and initial weights.')
    device: str = setting('auto', 'cpu, cuda or auto.')

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabeledTraining(RunConfig):
    """A run on full clouds with true masks; see `cloud_sources`."""

    meshes: str = setting('', 'Folder of labelled meshes; empty for procedural objects.')
    batch_clouds: int = setting(
        1, 'Clouds of a batch, those of all processes together.', minimum=1
    )
    free_share: float = setting(
        FREE_SHARE,
        'Share of free assemblies among procedural objects.',
        minimum=0.0,
        maximum=1.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleConfig:
    """What one training cloud looks like."""

    min_points: int = setting(2048, 'Fewest points of a cloud.', minimum=256)
    max_points: int = setting(8192, 'Most points of a cloud; the number is log-uniform.')
    partial_share: float = setting(
        0.5, 'Share of clouds seen by one to three depth cameras.', minimum=0.0, maximum=1.0
    )
    table_share: float = setting(
        0.2, 'Share of objects that stand on a piece of table.', minimum=0.0, maximum=1.0
    )
    hidden_share: float = setting(
        0.3, 'Share of full clouds that keep hidden inner surfaces.', minimum=0.0, maximum=1.0
    )
    open_share: float = setting(
        0.12,
        'Share of full clouds in which some parts are open sheets, seen from one side.',
        minimum=0.0,
        maximum=1.0,
    )
    estimated_normals_share: float = setting(
        0.4,
        'Share of clouds whose normals are estimated from the points.',
        minimum=0.0,
        maximum=1.0,
    )
    flipped_normals_share: float = setting(
        0.3,
        'Share of full clouds with normals flipped on some parts or in some regions.',
        minimum=0.0,
        maximum=1.0,
    )
    free_share: float = setting(
        FREE_SHARE,
        'Share of free assemblies, whose parts have no name, in the clouds that are clicked.',
        minimum=0.0,
        maximum=1.0,
    )
    unnamed_share: float = setting(
        0.1,
        'Share of free assemblies, whose parts have no name, in the clouds that teach names.',
        minimum=0.0,
        maximum=1.0,
    )
    composite: bool = setting(
        True, 'Some parts are made of several shapes, of copies, or bear a relief.'
    )
    num_masks: int = setting(4, 'Masks asked for per cloud.', minimum=1)
    points_per_mask: int = setting(
        40, 'Points supervised inside each mask, and as many just outside it.', minimum=1
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LossConfig:
    """Weights of the terms beside masks and predicted IoU."""

    embedding: float = setting(0.3, 'Contrast of the embedding.', minimum=0.0)
    mask_names: float = setting(0.3, 'Names of masks.', minimum=0.0)
    patch_names: float = setting(0.4, 'Names of patches.', minimum=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig(RunConfig):
    """One training run of the bundled network."""

    model: CompactConfig = field(default_factory=CompactConfig)
    sample: SampleConfig = field(default_factory=SampleConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    batch_clouds: int = setting(8, 'Clouds in a step that are clicked.', minimum=1)
    named_clouds: int = setting(
        8,
        'Further clouds in a step that teach names and embedding alone, at a third of the cost.',
        minimum=0,
    )
    max_rounds: int = setting(9, 'Most clicks simulated on a mask.', minimum=1)
    warmup_steps: int = setting(200, 'Linear warm-up.', minimum=0)
    decay_share: float = setting(
        0.3, 'Share of the steps, at the end, in which the rate falls.', minimum=0.01, maximum=1.0
    )
    muon: bool = setting(True, 'Move the matrices inside the network by Muon, not by AdamW.')
    gradient_norm: float = setting(1.0, 'Gradient clipping by norm.', minimum=0.0)
    granularity_dropout: float = setting(
        0.7, 'Probability that a prompt leaves the granularity open.', minimum=0.0, maximum=1.0
    )
    ema_decay: float = setting(0.998, 'Decay of the averaged weights.', minimum=0.0, maximum=1.0)
