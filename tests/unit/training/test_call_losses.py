# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Losses on one call of the decoder, on cases worked out by hand."""

import math

import pytest
import torch

from part_seg_ros.training.call_losses import (
    call_losses,
    dice_loss,
    focal_loss,
    point_sam_weights,
)

TARGET = torch.tensor([[True, True, False, False]])


def test_losses_of_undecided_logits():
    wanted = TARGET.unsqueeze(1).float()
    logits = torch.zeros(1, 1, 4)
    assert focal_loss(logits, wanted).item() == pytest.approx(0.25 * math.log(2.0))
    assert dice_loss(logits, wanted).item() == pytest.approx(1 - 2.001 / (1.0 + 2.0 + 1e-3))


def test_sure_and_right_costs_nothing_sure_and_wrong_much():
    logits = torch.where(TARGET, 30.0, -30.0).unsqueeze(1)
    right, wrong = (
        call_losses(sign * logits, torch.full((1, 1), 0.5), TARGET) for sign in (1, -1)
    )
    assert right.mask.item() == pytest.approx(0.0, abs=1e-6)
    assert wrong.mask.item() == pytest.approx(30.0 + 2.0 * (1 - 1e-3 / 4.001), rel=1e-5)
    assert (right.iou.item(), wrong.iou.item()) == (1.0, 0.0)
    assert right.iou_pred.item() == wrong.iou_pred.item() == 0.25


def test_only_the_best_candidate_counts_and_learns():
    logits = torch.stack([torch.where(TARGET, -1.0, 1.0), torch.where(TARGET, 1.0, -1.0)], dim=1)
    logits.requires_grad_()
    iou_pred = torch.tensor([[0.9, 0.25]], requires_grad=True)
    losses = call_losses(logits, iou_pred, TARGET)
    alone = call_losses(logits[:, 1:], iou_pred[:, 1:], TARGET)
    assert losses.mask.item() == alone.mask.item()
    assert losses.iou_pred.item() == pytest.approx(0.75**2)
    point_sam_weights(1).total([losses]).backward()
    assert (logits.grad != 0).tolist() == [[[False] * 4, [True] * 4]]
    assert (iou_pred.grad != 0).tolist() == [[False, True]]


def test_total_is_the_mean_over_calls():
    calls = [
        call_losses(torch.full((1, 1, 4), value), torch.zeros(1, 1), TARGET)
        for value in (0.5, 2.0)
    ]
    wanted = sum(call.mask + call.iou_pred for call in calls) / 2
    assert point_sam_weights(len(calls)).total(calls).item() == pytest.approx(wanted.item())
