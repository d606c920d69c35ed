# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training of Point-SAM."""

from __future__ import annotations

from pathlib import Path

import torch

from part_seg_ros.evaluation.metrics import POINT_SAM_CLICKS
from part_seg_ros.models.point_sam.config import PRESETS
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.training.call_losses import point_sam_weights
from part_seg_ros.training.click_recipe import ClickRecipe, start
from part_seg_ros.training.click_rounds import learn_from_clicks
from part_seg_ros.training.point_sam_clouds import point_sam_batch
from part_seg_ros.training.point_sam_config import (
    PointSamBaseTraining,
    PointSamGiantTraining,
    PointSamTinyTraining,
    PointSamTraining,
)
from part_seg_ros.training.prompted_clouds import PromptedClouds
from part_seg_ros.training.schedule import milestones
from part_seg_ros.training.tensor_records import backward_through, detached
from part_seg_ros.training.uni3d import load_uni3d

__all__ = [
    'PointSamBaseTraining',
    'PointSamGiantTraining',
    'PointSamRecipe',
    'PointSamTinyTraining',
    'PointSamTraining',
]


class PointSamRecipe(ClickRecipe[PointSamTraining, PointSamNet]):
    """Point-SAM, trained by clicks on labelled clouds.

    Source:
        Point-SAM (Zhou et al. 2024), App. A, and where it differs its release.
    """

    weights_name = 'point_sam.safetensors'

    def __init__(self, config: PointSamTraining, *, init: Path | None = None) -> None:
        """Build the network at random, from the weights `init` or its encoder from Uni3D.

        Raises:
            CheckpointError: `init` or the Uni3D checkpoint does not fit.
            ConfigError: both are given.
            InputError: the folder of meshes is missing or empty.
        """
        torch.manual_seed(config.seed)
        net = PointSamNet(PRESETS[config.preset])
        start(net, init, config.uni3d, lambda net, path: load_uni3d(net.pc_encoder, path))
        learned = [parameter for parameter in net.parameters() if parameter.requires_grad]
        super().__init__(config, net, [{'params': learned}], point_sam_batch)

    def rate(self, step: int) -> float:
        """Share of the peak by `milestones`."""
        return milestones(
            step, warmup_steps=self.config.warmup_steps, marks=self.config.milestones
        )

    def learn(self, batch: PromptedClouds, generator: torch.Generator) -> dict[str, float]:
        """Learn from clicks; see `learn_from_clicks` for the figures."""
        num_calls = self.config.num_calls
        with self.precision():
            encoded = self.net.encode(batch.colors, batch.groups)
        leaf, pairs = detached(encoded)
        figures = learn_from_clicks(
            self.net,
            leaf,
            batch,
            num_calls=num_calls,
            weights=point_sam_weights(num_calls),
            rule=POINT_SAM_CLICKS,
            precision=self.precision,
            refreshing=refreshing_calls(num_calls, generator),
        )
        backward_through(pairs)
        return figures


def refreshing_calls(num_calls: int, generator: torch.Generator) -> set[int]:
    """Choose the calls, from 0, without a new click: the last, and any but the first."""
    if num_calls == 1:
        return set()
    drawn = torch.randint(1, num_calls, (), generator=generator, device=generator.device)
    return {num_calls - 1, int(drawn)}
