# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What a training run of any network consists of; `loop.run` carries it out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from torch import nn

from part_seg_ros.training.distributed import ProcessRank


class Batch(Protocol):
    """What one step learns from, or a part of it when gradients are accumulated."""

    def to(self, device: str) -> Any:
        """Return the batch on a device."""
        ...


B = TypeVar('B', bound=Batch)

BatchMaker = Callable[[int, ProcessRank], B]
"""Makes a process's share of batch i = 0, 1, …; the same in every run and worker process."""


class Recipe(Protocol[B]):
    """A network and how it learns.

    Attributes:
        net: On the device that trains; parameters that require no gradient stay as they are.
        optimizers: Over its parameters, each group with the peak of its learning rate.
        make_batch: Source of data.
        weights_name: File name of the weights that a run leaves.
    """

    net: nn.Module
    optimizers: list[torch.optim.Optimizer]
    make_batch: BatchMaker[B]
    weights_name: str

    def rate(self, step: int) -> float:
        """Share of the peak learning rate at a step, from 0."""
        ...

    def learn(self, batch: B, generator: torch.Generator) -> dict[str, float]:
        """Add the gradients of a batch to those of `net`.

        Args:
            batch: On the device of the network.
            generator: Source of randomness, on that device.

        Returns:
            Figures for the curve, `loss` among them.
        """
        ...

    def clip_gradients(self) -> None:
        """Limit the gradients of `net` before an optimiser step."""
        ...

    def save(self, net: nn.Module, path: Path, step: int, seconds: float) -> None:
        """Write weights that the system loads, and a JSON beside them that says what they are.

        Args:
            net: Of the type of `self.net`: that, or the average over the steps.
            path: The file.
            step: Optimiser steps done.
            seconds: Training time [s].
        """
        ...
