# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Settings of SegviGen's training."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.config import setting
from part_seg_ros.errors import ConfigError
from part_seg_ros.models.segvigen.config import MODES, PRESETS
from part_seg_ros.training.config import LabeledTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class SegvigenTraining(LabeledTraining):
    """A run at the size of the released weights.

    Source:
        SegviGen (arXiv 2603.16869) and the training scripts that its repository once had: one
        object on each of eight GPUs, AdamW at a constant rate, pictures left out for a tenth of
        the objects. The number of steps is ours.
    """

    preset: str = setting('official', 'Sizes of the networks.', choices=tuple(PRESETS))
    modes: tuple[str, ...] = setting(
        MODES, 'Tasks, each with a flow network of its own; objects take turns among them.'
    )
    num_steps: int = setting(50_000, 'Optimiser steps of the whole run.', minimum=1)
    batch_clouds: int = setting(
        8, 'Objects of a batch, those of all processes together.', minimum=1
    )
    learning_rate: float = setting(1e-4, 'Constant.', minimum=0.0)
    weight_decay: float = setting(0.01, 'Decoupled weight decay.', minimum=0.0)
    gradient_norm: float = setting(1.0, 'Most length of the gradient.', minimum=0.0)
    null_share: float = setting(
        0.1, 'Share of objects without a picture.', minimum=0.0, maximum=1.0
    )
    painted_share: float = setting(
        0.8,
        'Share of objects without colours whose parts are painted; the others are grey.',
        minimum=0.0,
        maximum=1.0,
    )
    up_axis: str = setting(
        'z',
        'Axis of the labelled meshes that points up; procedural objects have z.',
        choices=('y', 'z', '-y'),
    )
    num_workers: int = setting(4, 'Data processes.', minimum=0)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range, or a mode is unknown or there twice.
        """
        # Dataclasses with slots are made anew, so a bare super() would look into the first.
        super(SegvigenTraining, self).__post_init__()
        if not self.modes or len(set(self.modes)) < len(self.modes) or set(self.modes) - {*MODES}:
            raise ConfigError(
                f'modes must be some of {", ".join(MODES)}, each once, got {list(self.modes)}'
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SegvigenTinyTraining(SegvigenTraining):
    """A run of `tiny`, minutes on a CPU; all values are ours."""

    preset: str = setting('tiny', 'Sizes of the networks.', choices=tuple(PRESETS))
    num_steps: int = setting(300, 'Optimiser steps of the whole run.', minimum=1)
    batch_clouds: int = setting(
        3, 'Objects of a batch, those of all processes together.', minimum=1
    )
    learning_rate: float = setting(2e-3, 'Constant.', minimum=0.0)
    checkpoint_every: int = setting(100, 'Steps between checkpoints.', minimum=1)
    num_workers: int = setting(1, 'Data processes.', minimum=0)
