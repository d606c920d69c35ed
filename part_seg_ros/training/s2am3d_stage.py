# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What both stages of S2AM3D's training do alike."""

from __future__ import annotations

import functools
from typing import Generic

import torch
from torch import nn

from part_seg_ros.training.labeled_recipe import LabeledRecipe, NetT
from part_seg_ros.training.s2am3d_clouds import CloudT, ConfigT, Preparation, draw_batch
from part_seg_ros.training.schedule import trapezoid


class S2am3dStage(LabeledRecipe[ConfigT, NetT], Generic[ConfigT, NetT, CloudT]):
    """A recipe but for what it learns; schedule and clipping are ours."""

    def __init__(
        self,
        config: ConfigT,
        net: NetT,
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
        parameters = [{'params': list(learned.parameters())}]
        super().__init__(config, net, parameters, functools.partial(draw_batch, prepare))

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
