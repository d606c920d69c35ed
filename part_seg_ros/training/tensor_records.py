# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Dataclasses of tensors: moved to a device, or cut off the graph that made them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeVar, cast

import torch
from torch import Tensor

R = TypeVar('R')


def moved(record: R, device: str) -> R:
    """Return a dataclass with all its tensors, those of dataclasses in it too, on a device."""

    def move(value: Any) -> Any:
        if isinstance(value, Tensor):
            return value.to(device)
        return moved(value, device) if dataclasses.is_dataclass(value) else value

    changes = {name: move(value) for name, value in _fields(record).items()}
    return dataclasses.replace(cast(Any, record), **changes)


def detached(record: R) -> tuple[R, list[tuple[Tensor, Tensor]]]:
    """Cut a dataclass off the graph of its tensors, so that losses can go back one by one.

    Args:
        record: Of tensors; fields that are none, or need no gradient, stay as they are.

    Returns:
        The dataclass with leaves in the place of tensors that need a gradient, float32 so that
        many gradients add up well, and the (tensor, leaf) pairs for `backward_through`.
    """
    leaves: dict[str, Tensor] = {}
    pairs: list[tuple[Tensor, Tensor]] = []
    for name, value in _fields(record).items():
        if isinstance(value, Tensor) and value.requires_grad:
            leaves[name] = value.detach().float().requires_grad_()
            pairs.append((value, leaves[name]))
    return dataclasses.replace(cast(Any, record), **leaves), pairs


def backward_through(pairs: Sequence[tuple[Tensor, Tensor]]) -> None:
    """Send the gradients that leaves have gathered through the graphs they were cut from."""
    reached = [
        (value, leaf.grad.to(value.dtype)) for value, leaf in pairs if leaf.grad is not None
    ]
    torch.autograd.backward([value for value, _ in reached], [grad for _, grad in reached])


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
