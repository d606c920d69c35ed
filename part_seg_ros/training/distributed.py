# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Data-parallel training under `torchrun`; without it everything here does nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import distributed, nn

from part_seg_ros.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRank:
    """This process among those that train together.

    Attributes:
        rank: From 0; process 0 writes the files.
        world_size: Number of processes.
    """

    rank: int
    world_size: int


@contextmanager
def process_group(device: str) -> Iterator[ProcessRank]:
    """Join the processes that `torchrun` started, for the duration of the block."""
    if 'WORLD_SIZE' not in os.environ:
        yield ProcessRank(rank=0, world_size=1)
        return
    distributed.init_process_group('nccl' if device.startswith('cuda') else 'gloo')
    try:
        yield ProcessRank(rank=distributed.get_rank(), world_size=distributed.get_world_size())
    finally:
        distributed.destroy_process_group()


def own_device(device: str) -> str:
    """Return the GPU of this process where `torchrun` started several and `device` is `cuda`."""
    return (
        f'cuda:{os.environ["LOCAL_RANK"]}'
        if device == 'cuda' and 'LOCAL_RANK' in os.environ
        else device
    )


def own_share(count: int, process: ProcessRank, setting_name: str) -> range:
    """Return which of `count` items of a batch are this process's.

    Raises:
        ConfigError: they cannot be shared out evenly.
    """
    share, rest = divmod(count, process.world_size)
    if rest:
        raise ConfigError(
            f'{setting_name} {count} must be a multiple of the {process.world_size} processes'
        )
    return range(process.rank * share, (process.rank + 1) * share)


def average_gradients(net: nn.Module, process: ProcessRank) -> None:
    """Replace every gradient by its mean over the processes, in one message."""
    if process.world_size == 1:
        return
    gradients = [p.grad for p in net.parameters() if p.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    flat /= process.world_size
    for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(mean.view_as(gradient))
