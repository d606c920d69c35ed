# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of Point-SAM's training, one class a preset."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.config import setting
from part_seg_ros.errors import ConfigError
from part_seg_ros.models.point_sam.config import PRESETS
from part_seg_ros.training.click_config import ClickTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSamTraining(ClickTraining):
    """A run of `large`.

    Source:
        Optimiser, schedule, calls and clouds are those of the release's configurations, where a
        batch is that of one GPU. It does not state the number of steps: a sixth more than the last
        milestone is ours. Patches are those of the first release and of the paper; its current
        configuration of `large` has 1024 of 256 points.
    """

    preset: str = setting('large', 'Sizes of the network.', choices=tuple(PRESETS))
    uni3d: str = setting(
        '', 'Uni3D checkpoint of the same size, from which the encoder starts; empty for none.'
    )
    num_steps: int = setting(600_000, 'Optimiser steps of the whole run.', minimum=1)
    learning_rate: float = setting(3e-4, 'Peak of the schedule.', minimum=0.0)
    weight_decay: float = setting(0.1, 'Decoupled weight decay, of all weights.', minimum=0.0)
    warmup_steps: int = setting(3000, 'Linear warm-up from a thousandth.', minimum=0)
    milestones: tuple[int, ...] = setting(
        (400_000, 500_000), 'Steps from which on the rate is a tenth of what it was.'
    )
    num_calls: int = setting(5, 'Calls of the decoder for each part.', minimum=1)
    num_workers: int = setting(4, 'Data processes.', minimum=0)
    pool_points: int = setting(
        32_768, 'Points of the surface, of which those of a cloud are drawn.', minimum=16
    )
    num_patches: int = setting(512, 'Patches that a cloud is cut into.', minimum=3)
    patch_size: int = setting(64, 'Points of each patch.', minimum=1)
    up_axis: str = setting(
        'z',
        'Axis of the clouds that points up; the network gets y up.',
        choices=('y', 'z'),
    )
    tilted: bool = setting(True, 'Turn clouds a little about all axes; not meant for scenes.')

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range, or there are too few points for another.
        """
        # Dataclasses with slots are made anew, so a bare super() would look into the first.
        super(PointSamTraining, self).__post_init__()
        most = max(self.num_patches, self.patch_size)
        if not self.pool_points >= self.num_points >= most:
            raise ConfigError(
                f'pool_points must be at least num_points, and that at least num_patches and'
                f' patch_size, got {self.pool_points}, {self.num_points}, {self.num_patches} and'
                f' {self.patch_size}'
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSamBaseTraining(PointSamTraining):
    """A run of `base`; see `PointSamTraining`."""

    preset: str = setting('base', 'Sizes of the network.', choices=tuple(PRESETS))
    num_steps: int = setting(60_000, 'Optimiser steps of the whole run.', minimum=1)
    weight_decay: float = setting(1e-4, 'Decoupled weight decay, of all weights.', minimum=0.0)
    warmup_steps: int = setting(2000, 'Linear warm-up from a thousandth.', minimum=0)
    milestones: tuple[int, ...] = setting(
        (40_000, 50_000), 'Steps from which on the rate is a tenth of what it was.'
    )
    num_calls: int = setting(10, 'Calls of the decoder for each part.', minimum=1)
    batch_clouds: int = setting(4, 'Clouds of a batch, those of all processes.', minimum=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSamGiantTraining(PointSamTraining):
    """A run of `giant`; see `PointSamTraining`."""

    preset: str = setting('giant', 'Sizes of the network.', choices=tuple(PRESETS))
    num_steps: int = setting(1_000_000, 'Optimiser steps of the whole run.', minimum=1)
    learning_rate: float = setting(1e-4, 'Peak of the schedule.', minimum=0.0)
    warmup_steps: int = setting(30_000, 'Linear warm-up from a thousandth.', minimum=0)
    milestones: tuple[int, ...] = setting(
        (800_000, 900_000), 'Steps from which on the rate is a tenth of what it was.'
    )
    num_calls: int = setting(10, 'Calls of the decoder for each part.', minimum=1)
    batch_clouds: int = setting(8, 'Clouds of a batch, those of all processes.', minimum=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSamTinyTraining(PointSamTraining):
    """A run of `tiny`, minutes on a CPU; all values are ours."""

    preset: str = setting('tiny', 'Sizes of the network.', choices=tuple(PRESETS))
    num_steps: int = setting(600, 'Optimiser steps of the whole run.', minimum=1)
    learning_rate: float = setting(5e-4, 'Peak of the schedule.', minimum=0.0)
    weight_decay: float = setting(1e-4, 'Decoupled weight decay, of all weights.', minimum=0.0)
    warmup_steps: int = setting(20, 'Linear warm-up from a thousandth.', minimum=0)
    milestones: tuple[int, ...] = setting(
        (400, 500), 'Steps from which on the rate is a tenth of what it was.'
    )
    num_calls: int = setting(3, 'Calls of the decoder for each part.', minimum=1)
    batch_clouds: int = setting(4, 'Clouds of a batch, those of all processes.', minimum=1)
    num_points: int = setting(512, 'Points of a cloud.', minimum=16)
    pool_points: int = setting(
        768, 'Points of the surface, of which those of a cloud are drawn.', minimum=16
    )
    num_patches: int = setting(48, 'Patches that a cloud is cut into.', minimum=3)
    patch_size: int = setting(16, 'Points of each patch.', minimum=1)
    checkpoint_every: int = setting(100, 'Steps between checkpoints.', minimum=1)
