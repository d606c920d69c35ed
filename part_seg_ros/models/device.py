# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Choice of the torch device."""

from __future__ import annotations

import torch

from part_seg_ros.errors import BackendMissingError, ConfigError


def choose_device(name: str) -> str:
    """Return a torch device name for `auto`, `cpu`, `cuda` or `cuda:N`.

    `auto` takes the GPU where there is one. A device asked for by name is never replaced.

    Raises:
        ConfigError: the name is none of these.
        BackendMissingError: the device is not there.
    """
    if name == 'auto':
        return 'cuda' if torch.cuda.is_available() else 'cpu'
    if name == 'cpu':
        return name
    if name == 'cuda' or (name.startswith('cuda:') and name[5:].isdigit()):
        if not torch.cuda.is_available():
            raise BackendMissingError(
                f'device {name!r} was asked for but torch sees no CUDA device; use cpu or auto, or'
                ' install a CUDA build of torch'
            )
        return name
    raise ConfigError(f'device must be auto, cpu, cuda or cuda:N, got {name!r}')
