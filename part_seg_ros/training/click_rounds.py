# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clicks, answers, corrective clicks: the calls from which Point-SAM and PartSAM learn.

B clouds, M parts, N points, Q clicks so far.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

import torch
from torch import Tensor

from part_seg_ros.evaluation.metrics import ClickRule
from part_seg_ros.layers.grouping import take_rows
from part_seg_ros.layers.mask_decoder import DecodedMasks
from part_seg_ros.training.call_losses import CallWeights, call_losses, hard_iou
from part_seg_ros.training.prompted_clouds import PromptedClouds
from part_seg_ros.training.simulated_clicks import simulated_clicks

E = TypeVar('E', contravariant=True)


class ClickedNet(Protocol[E]):
    """A network that answers clicks on what it has encoded."""

    def decode(
        self, encoded: E, coords: Tensor, labels: Tensor, mask_logits: Tensor | None = None
    ) -> DecodedMasks:
        """Answer (B, M, Q, 3) clicks with (B, M, Q) labels and (B, M, N) previous logits."""
        ...


def learn_from_clicks(
    net: ClickedNet[E],
    encoded: E,
    clouds: PromptedClouds,
    *,
    num_calls: int,
    weights: CallWeights,
    rule: ClickRule,
    precision: Callable[[], AbstractContextManager[None]],
    refreshing: Container[int] = (),
) -> dict[str, float]:
    """Call the decoder with more and more clicks; every call adds its gradients at once.

    The first call gets one click and answers with candidates, of which the one of highest
    predicted quality is refined; each later call gets all clicks so far and the logits of the call
    before, cut from the gradient, and answers with one mask. No call needs the graph of another,
    so that memory is that of one call however many there are.

    Args:
        net: Decodes.
        encoded: The clouds, cut off the encoder's graph (`detached`), whose leaves gather the
            gradients of all calls.
        clouds: The same clouds with their parts.
        num_calls: T.
        weights: Of the losses of a call.
        rule: Of the clicks.
        precision: Makes the context in which the network is called.
        refreshing: Calls, counted from 0, that get a new mask but no new click.

    Returns:
        `loss`, the sum over the calls; `iou_1` and `iou_last` of the chosen masks and
        `iou_1_best` of the candidate that fits best, means over the parts.

    Source:
        Point-SAM (Zhou et al. 2024), training, and release; PartSAM (arXiv 2509.21965), Sec. 3.3.
    """
    targets = clouds.targets.flatten(0, 1)  # (B * M, N)
    each = torch.arange(len(targets), device=targets.device)
    rows = clouds.first_rows.unsqueeze(-1)
    labels = torch.ones_like(rows)
    previous: Tensor | None = None
    figures = {'loss': 0.0}
    for call in range(num_calls):
        if previous is not None and call not in refreshing:
            clicks = simulated_clicks(clouds.points, clouds.targets, previous > 0, rule)
            rows, labels = (
                torch.cat([old, new.unsqueeze(-1)], dim=-1)
                for old, new in zip((rows, labels), clicks, strict=True)
            )
        with precision():
            answers = net.decode(
                encoded, take_rows(clouds.points, rows), labels, previous
            ).answers(several=previous is None)
        logits = answers.mask_logits.flatten(0, 1).float()
        iou_pred = answers.iou_pred.flatten(0, 1).float()
        losses = call_losses(logits, iou_pred, targets)
        loss = weights.total([losses])
        loss.backward()
        chosen = iou_pred.argmax(dim=1)
        previous = logits.detach()[each, chosen].unflatten(0, clouds.targets.shape[:2])
        figures['loss'] += loss.item()
        iou = hard_iou(logits.detach(), targets.unsqueeze(1))
        if call == 0:
            figures['iou_1'] = iou[each, chosen].mean().item()
            figures['iou_1_best'] = iou.amax(dim=1).mean().item()
    figures['iou_last'] = iou[each, chosen].mean().item()
    return figures
