# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Refuses work that does not fit into memory, before it is begun, and says what would."""

from __future__ import annotations

from dataclasses import dataclass

from part_seg_ros.errors import DoesNotFitError
from part_seg_ros.models.free_memory import free_bytes, free_host_bytes
from part_seg_ros.models.segvigen.config import SegvigenConfig
from part_seg_ros.models.segvigen.memory_plan import (
    MemoryPlan,
    PlanOptions,
    alternatives,
    plan_memory,
    scaled_rows,
)

_HALVINGS = 20
_STEP = 1000  # voxels that an advice is rounded down to
_GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeMemory:
    """What is free, or known to be.

    Attributes:
        host: Memory of the host [bytes]; None if not known.
        device: Where the networks work, the host's again on a CPU [bytes]; None if not known.
    """

    host: int | None
    device: int | None


def free_memory(device: str) -> FreeMemory:
    """Ask the system."""
    return FreeMemory(host=free_host_bytes(), device=free_bytes(device))


def check_weights(
    config: SegvigenConfig, options: PlanOptions, free: FreeMemory, *, largest_file: int = 0
) -> None:
    """Refuse weights that do not fit, before they are read.

    Args:
        config: Sizes of the networks.
        options: Which of them, and how they are to work.
        free: Before.
        largest_file: Of those that the weights are read from, one after the other [bytes].

    Raises:
        DoesNotFitError: they do not; the message names what would.
    """
    plan = _smallest(config, options)
    for place, need, left in _weights_needs(plan, free, largest_file):
        if left is None or need <= left:
            continue
        fitting = [
            words
            for words, other in alternatives(plan)
            if all(
                room is None or wanted <= room
                for _, wanted, room in _weights_needs(_smallest(config, other), free, largest_file)
            )
        ]
        raise DoesNotFitError(
            f'the weights of {", ".join(network.name for network in plan.networks)} need'
            f' {_size(need)} of the memory of {place}, of which {_size(left)} are free;'
            f' {_advice(fitting)}'
        )


def check_object(config: SegvigenConfig, plan: MemoryPlan, free: FreeMemory) -> None:
    """Refuse an object that does not fit beside the weights that are loaded.

    Args:
        config: Sizes of the networks.
        plan: Of the object.
        free: With the weights loaded.

    Raises:
        DoesNotFitError: it does not; the message names what would.
    """
    need = plan.work_bytes - plan.working_bytes
    if free.device is None or need <= free.device:
        return
    # Other settings begin anew, without these weights.
    room = free.device + _kept(plan)
    fitting = []
    for words, options in alternatives(plan):
        other = plan_memory(config, plan.rows, options)
        if other.work_bytes - other.working_bytes + _kept(other) <= room:
            fitting.append(words)
    num_voxels = _most_voxels(config, plan, free.device)
    if num_voxels:
        fitting.append(f'an object of up to {num_voxels} voxels')
    worst = max(plan.stages, key=plan.stage_bytes)
    raise DoesNotFitError(
        f'{plan.rows[0]} voxels need {_size(need)} more of the memory of {plan.options.device},'
        f' most of it in the stage {worst.name!r}, and {_size(free.device)} are free;'
        f' {_advice(fitting)}'
    )


def _smallest(config: SegvigenConfig, options: PlanOptions) -> MemoryPlan:
    return plan_memory(config, scaled_rows(1), options)


def _weights_needs(
    plan: MemoryPlan, free: FreeMemory, largest_file: int
) -> list[tuple[str, int, int | None]]:
    """Return place, need and what is free of it. A file is on the host while it is read."""
    if plan.is_apart:
        return [
            ('the host', max(plan.resting_bytes, largest_file), free.host),
            (plan.options.device, plan.work_bytes, free.device),
        ]
    need = max(plan.work_bytes + plan.resting_bytes, largest_file)
    return [(plan.options.device, need, free.host)]


def _kept(plan: MemoryPlan) -> int:
    """Return the weights that are there all the time, where the networks work [bytes]."""
    return plan.working_bytes + (0 if plan.is_apart else plan.resting_bytes)


def _most_voxels(config: SegvigenConfig, plan: MemoryPlan, room: int) -> int:
    """Return how many voxels of such an object would fit, rounded down; 0 for hardly any."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        share = (low + high) / 2
        rows = [max(int(share * count), 1) for count in plan.rows]
        other = plan_memory(config, rows, plan.options)
        fits = other.work_bytes - other.working_bytes <= room
        low, high = (share, high) if fits else (low, share)
    return int(low * plan.rows[0]) // _STEP * _STEP


def _advice(fitting: list[str]) -> str:
    if not fitting:
        return 'none of the settings makes it fit: take a device with more memory'
    return f'what would fit: {"; or ".join(fitting)}'


def _size(num_bytes: int) -> str:
    return f'{max(num_bytes, 0) / _GIB:.2f} GiB'
