# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training of Point-SAM."""

from __future__ import annotations

import functools
from pathlib import Path

import torch
from torch import nn

from part_seg_ros.config import to_mapping
from part_seg_ros.errors import ConfigError
from part_seg_ros.evaluation.metrics import POINT_SAM_CLICKS
from part_seg_ros.models.device import choose_device
from part_seg_ros.models.point_sam.config import PRESETS
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.models.weights_file import load_strictly, read_tensors
from part_seg_ros.training.call_losses import point_sam_weights
from part_seg_ros.training.click_rounds import learn_from_clicks
from part_seg_ros.training.distributed import own_device
from part_seg_ros.training.labeled_clouds import cloud_source
from part_seg_ros.training.loop import mixed_precision
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
from part_seg_ros.training.weights_output import write_weights

__all__ = [
    'PointSamBaseTraining',
    'PointSamGiantTraining',
    'PointSamRecipe',
    'PointSamTinyTraining',
    'PointSamTraining',
]


class PointSamRecipe:
    """Point-SAM, trained by clicks on labelled clouds.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 3.2 and App. A, and where it differs its release.
    """

    weights_name = 'point_sam.safetensors'

    def __init__(self, config: PointSamTraining, *, init: Path | None = None) -> None:
        """Build the network at random, from the weights `init` or its encoder from Uni3D.

        Raises:
            CheckpointError: `init` or the Uni3D checkpoint does not fit.
            ConfigError: both are given.
            InputError: the folder of meshes is missing or empty.
        """
        self.config = config
        self.device = own_device(choose_device(config.device))
        torch.manual_seed(config.seed)
        net = PointSamNet(PRESETS[config.preset])
        if init is not None and config.uni3d:
            raise ConfigError(f'start from {init} or from Uni3D ({config.uni3d}), not from both')
        if init is not None:
            load_strictly(net, read_tensors(init), init)
        elif config.uni3d:
            load_uni3d(net.pc_encoder, Path(config.uni3d))
        self.net = net.to(self.device)
        self.optimizers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(
                [parameter for parameter in self.net.parameters() if parameter.requires_grad],
                lr=config.learning_rate,
                weight_decay=config.weight_decay,
            )
        ]
        source = cloud_source(config.meshes, free_share=config.free_share)
        self.make_batch = functools.partial(point_sam_batch, config, source)

    def rate(self, step: int) -> float:
        """Share of the peak by `milestones`."""
        return milestones(
            step, warmup_steps=self.config.warmup_steps, marks=self.config.milestones
        )

    def learn(self, batch: PromptedClouds, generator: torch.Generator) -> dict[str, float]:
        """Learn from clicks; see `learn_from_clicks` for the figures."""
        config = self.config
        precision = functools.partial(mixed_precision, self.device, config)
        with precision():
            encoded = self.net.encode(batch.colors, batch.groups)
        leaf, pairs = detached(encoded)
        figures = learn_from_clicks(
            self.net,
            leaf,
            batch,
            num_calls=config.num_calls,
            weights=point_sam_weights(config.num_calls),
            rule=POINT_SAM_CLICKS,
            precision=precision,
            refreshing=refreshing_calls(config.num_calls, generator),
        )
        backward_through(pairs)
        return figures

    def clip_gradients(self) -> None:
        """Limit their values."""
        torch.nn.utils.clip_grad_value_(self.net.parameters(), self.config.gradient_value)

    def save(self, net: nn.Module, path: Path, step: int, seconds: float) -> None:
        """Write safetensors and their JSON: settings, step, training time [s]."""
        record = {'training': to_mapping(self.config), 'step': step, 'seconds': round(seconds)}
        write_weights(net, path, record)


def refreshing_calls(num_calls: int, generator: torch.Generator) -> set[int]:
    """Choose the calls, from 0, without a new click: the last, and any but the first."""
    if num_calls == 1:
        return set()
    drawn = torch.randint(1, num_calls, (), generator=generator, device=generator.device)
    return {num_calls - 1, int(drawn)}
