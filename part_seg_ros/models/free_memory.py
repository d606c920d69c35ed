# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How much memory is free."""

from __future__ import annotations

from pathlib import Path

import torch

_MEMINFO = Path('/proc/meminfo')
_CGROUP = Path('/sys/fs/cgroup')


def free_host_bytes(meminfo: Path = _MEMINFO, cgroup: Path = _CGROUP) -> int | None:
    """Return what this process can still take of the memory of the host; None if not known.

    Args:
        meminfo: As Linux writes it.
        cgroup: Folder with the limit of a container, of the second version.
    """
    free = None
    if meminfo.is_file():
        lines = dict(line.split(':', 1) for line in meminfo.read_text().splitlines())
        free = int(lines['MemAvailable'].split()[0]) << 10
    limit, current = cgroup / 'memory.max', cgroup / 'memory.current'
    if limit.is_file() and current.is_file() and limit.read_text().strip() != 'max':
        left = int(limit.read_text()) - int(current.read_text())
        free = left if free is None else min(free, left)
    return free


def free_bytes(device: str) -> int | None:
    """Return what this process can still take where a device computes; None if not known.

    On a GPU that is what is free there, and what torch has taken and does not use.
    """
    if not device.startswith('cuda'):
        return free_host_bytes()
    unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return torch.cuda.mem_get_info(device)[0] + unused
