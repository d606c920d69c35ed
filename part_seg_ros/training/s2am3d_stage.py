# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What both stages of S2AM3D's training do alike."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Generic

import torch
from torch import nn

from part_seg_ros.config import to_mapping
from part_seg_ros.models.device import choose_device
from part_seg_ros.training.distributed import own_device
from part_seg_ros.training.labeled_clouds import cloud_source
from part_seg_ros.training.s2am3d_clouds import CloudT, ConfigT, Preparation, draw_batch
from part_seg_ros.training.schedule import trapezoid
from part_seg_ros.training.weights_output import write_weights


class S2am3dStage(Generic[ConfigT, CloudT]):
    """A recipe but for what it learns: AdamW, `trapezoid`, clipping by norm; all ours."""

    def __init__(
        self,
        config: ConfigT,
        net: nn.Module,
        learned: nn.Module,
        prepare: Preparation[ConfigT, CloudT],
    ) -> None:
        """Take the network to the device of the run.

        Args:
            config: The run.
            net: The whole network.
            learned: What of it learns.
            prepare: What the stage makes of a cloud.

        Raises:
            InputError: the folder of meshes is missing or empty.
        """
        self.config = config
        self.device = own_device(choose_device(config.device))
        self.net = net.to(self.device)
        self.optimizers = [
            torch.optim.AdamW(
                learned.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
            )
        ]
        source = cloud_source(config.meshes, free_share=config.free_share)
        self.make_batch = functools.partial(draw_batch, config, source, prepare)

    def rate(self, step: int) -> float:
        """Share of the peak by `trapezoid`."""
        return trapezoid(
            step,
            num_steps=self.config.num_steps,
            warmup_steps=self.config.warmup_steps,
            decay_share=self.config.decay_share,
        )

    def clip_gradients(self) -> None:
        """Limit their norm."""
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.config.gradient_norm)

    def save(self, net: nn.Module, path: Path, step: int, seconds: float) -> None:
        """Write safetensors and their JSON: settings, step, training time [s]."""
        record = {
            'training': to_mapping(self.config),
            'step': step,
            'seconds': round(seconds),
        }
        write_weights(net, path, record)
