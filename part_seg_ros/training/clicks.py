# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Simulated corrective clicks on a batch, in torch. B clouds, M prompts, R rows."""

from __future__ import annotations

import torch
from torch import Tensor

from part_seg_ros.models.compact.encoder import gather_rows

NUM_TRIED = 48
SLIP_ROWS = 12


def next_clicks(
    distances: Tensor,
    targets: Tensor,
    masks: Tensor,
    generator: torch.Generator,
    *,
    noise: float,
    slips: float = 0.0,
    num_tried: int = NUM_TRIED,
) -> tuple[Tensor, Tensor]:
    """Click where the mask is wrong, deep inside the error region.

    A random subset of the wrong rows is tried; the deepest is taken, or with probability
    `noise` any of them. Where nothing is wrong a row of the target is clicked.

    Args:
        distances: (B, R, R) float32 between the rows of each cloud.
        targets: (B, M, R) bool.
        masks: (B, M, R) bool, what was predicted.
        generator: Source of randomness, on the device of the tensors.
        noise: In [0, 1].
        slips: In [0, 1], how often a click hits one of the nearest rows instead, whatever that is;
            its label stays what was meant.
        num_tried: Wrong rows tried, at most R.

    Returns:
        rows (B, M) int64 and labels (B, M) int64, 1 where the target was missed.

    Source:
        Click protocol of Point-SAM (Sec. 4) and AGILE3D; the subset is for speed.
    """
    region = (targets & ~masks).long() + 2 * (masks & ~targets).long()
    wrong = region > 0
    priority = torch.rand(targets.shape, device=targets.device, generator=generator)
    priority = priority + 2.0 * wrong + 1.0 * (targets & ~wrong)
    tried = priority.topk(num_tried, dim=-1).indices
    tried_region = torch.gather(region, -1, tried)
    same = tried_region.unsqueeze(-1) == region.unsqueeze(-2)
    depth = gather_rows(distances, tried).masked_fill(same, torch.inf).amin(-1)
    depth = torch.where(tried_region > 0, depth, -1.0)
    draw = torch.rand((2, *depth.shape), device=depth.device, generator=generator)
    shuffled = torch.where(tried_region > 0, draw[0], -1.0)
    pick = torch.where(draw[1, ..., :1] < noise, shuffled, depth).argmax(-1, keepdim=True)
    chosen = torch.gather(tried, -1, pick)
    labels = torch.gather(targets, -1, chosen).long().squeeze(-1)
    return slipped(distances, chosen, generator, slips).squeeze(-1), labels


def slipped(distances: Tensor, chosen: Tensor, generator: torch.Generator, slips: float) -> Tensor:
    """Move some of the clicks (B, M, 1) to one of the `SLIP_ROWS` nearest rows."""
    if slips <= 0.0:
        return chosen
    near = gather_rows(distances, chosen.squeeze(-1)).topk(SLIP_ROWS, largest=False).indices
    draw = torch.rand((2, *chosen.shape), device=chosen.device, generator=generator)
    other = torch.gather(near, -1, (draw[0] * SLIP_ROWS).long())
    return torch.where(draw[1] < slips, other, chosen)
