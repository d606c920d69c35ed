# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which network's weights are where the work is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import torch
from torch import nn

PRECISIONS = ('auto', 'released', 'float32')


def is_widened(precision: str, device: str) -> bool:
    """Whether weights are to have 32 bits where they work.

    Args:
        precision: One of `PRECISIONS`. `auto` means the 16 bits of the release on GPUs that
            compute with bfloat16, else 32: a CPU is slow with 16, and the flow networks may
            exceed the range of float16.
        device: Torch device name.
    """
    if precision != 'auto':
        return precision == 'float32'
    return not (device.startswith('cuda') and torch.cuda.is_bf16_supported())


class Residency:
    """Networks that rest in the host's memory, of which one at a time works on the device.

    Attributes:
        device: Where they work.
        is_widened: There they have 32 bits.
    """

    def __init__(self, device: str, *, is_widened: bool) -> None:
        """Let networks work there."""
        self.device = device
        self.is_widened = is_widened
        self._working: list[nn.Module] = []

    @contextmanager
    def at_work(self, network: nn.Module) -> Iterator[None]:
        """Copy the weights of a network to where it works, for the duration of the block."""
        if network in self._working:
            yield
            return
        rested = [
            (tensor, tensor.data) for tensor in chain(network.parameters(), network.buffers())
        ]
        self._working.append(network)
        try:
            with torch.inference_mode(False):
                for tensor, data in rested:
                    is_wide = self.is_widened and data.is_floating_point()
                    tensor.data = data.to(self.device, torch.float32 if is_wide else data.dtype)
            yield
        finally:
            for tensor, data in rested:
                tensor.data = data
            self._working.remove(network)
