# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What recipes of the published systems do alike: they learn from labelled clouds by AdamW."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import nn

from part_seg_ros.config import to_mapping
from part_seg_ros.models.device import choose_device
from part_seg_ros.training.cloud_sources import CloudSource, cloud_source
from part_seg_ros.training.config import LabeledTraining
from part_seg_ros.training.distributed import ProcessRank, own_device
from part_seg_ros.training.loop import mixed_precision
from part_seg_ros.training.weights_output import write_weights

ConfigT = TypeVar('ConfigT', bound=LabeledTraining)
NetT = TypeVar('NetT', bound=nn.Module)


class LabeledRecipe(Generic[ConfigT, NetT]):
    """A recipe but for what it learns, its schedule and its clipping."""

    def __init__(
        self,
        config: ConfigT,
        net: NetT,
        parameters: list[dict[str, Any]],
        draw_batch: Callable[[ConfigT, CloudSource, int, ProcessRank], Any],
    ) -> None:
        """Take the network to the device of the run.

        Args:
            config: The run.
            net: The network.
            parameters: Groups of what of it learns; a group may have an `lr` of its own.
            draw_batch: Makes a process's share of a batch from a source of clouds.

        Raises:
            InputError: the folder of meshes is missing or empty.
        """
        self.config = config
        self.device = own_device(choose_device(config.device))
        self.net = net.to(self.device)
        self.optimizers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(
                parameters, lr=config.learning_rate, weight_decay=config.weight_decay
            )
        ]
        source = cloud_source(config.meshes, free_share=config.free_share)
        self.make_batch = functools.partial(draw_batch, config, source)
        self.precision = functools.partial(mixed_precision, self.device, config)

    def save(self, net: nn.Module, path: Path, step: int, seconds: float) -> None:
        """Write safetensors and their JSON: settings, step, training time [s]."""
        record = {'training': to_mapping(self.config), 'step': step, 'seconds': round(seconds)}
        write_weights(net, path, record)
