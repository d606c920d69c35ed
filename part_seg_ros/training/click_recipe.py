# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What the recipes of Point-SAM and PartSAM do alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch

from part_seg_ros.errors import ConfigError
from part_seg_ros.models.weights_file import load_strictly, read_tensors
from part_seg_ros.training.click_config import ClickTraining
from part_seg_ros.training.labeled_recipe import LabeledRecipe, NetT

ConfigT = TypeVar('ConfigT', bound=ClickTraining)


class ClickRecipe(LabeledRecipe[ConfigT, NetT]):
    """A recipe but for what it learns and its schedule: clipping by value."""

    def clip_gradients(self) -> None:
        """Limit their values."""
        torch.nn.utils.clip_grad_value_(self.net.parameters(), self.config.gradient_value)


def start(net: NetT, init: Path | None, other: str, load: Callable[[NetT, Path], None]) -> None:
    """Start from weights of the whole network or of a part of it, or leave it random.

    Args:
        net: The network.
        init: Weights of the whole, or None.
        other: File that a part of it may start from, `''` for none.
        load: Puts that file into the network.

    Raises:
        CheckpointError: the file does not fit.
        ConfigError: both are given.
    """
    if init is not None and other:
        raise ConfigError(f'start from {init} or from {other}, not from both')
    if init is not None:
        load_strictly(net, read_tensors(init), init)
    elif other:
        load(net, Path(other))
