# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Losses on cases worked out by hand."""

import pytest
import torch

from part_seg_ros.training.losses import (
    FOCAL_WEIGHT,
    OTHERS_WEIGHT,
    candidate_loss,
    mask_losses,
    weighted_iou,
)

TARGET = torch.tensor([[[True, True, False, False]]])
EVEN = torch.ones(1, 4)


def test_weighted_iou_counts_shares_not_points():
    logits = torch.tensor([[[[1.0, -1.0, 1.0, -1.0]]]])
    assert weighted_iou(logits, TARGET, EVEN).item() == pytest.approx(1 / 3)
    weights = torch.tensor([[4.0, 1.0, 1.0, 9.0]])
    assert weighted_iou(logits, TARGET, weights).item() == pytest.approx(4 / 6)


def test_loss_of_undecided_logits():
    found = mask_losses(torch.zeros(1, 1, 1, 4), TARGET, EVEN).item()
    focal = 0.25 * torch.log(torch.tensor(2.0)).item()
    assert found == pytest.approx(FOCAL_WEIGHT * focal + 1 - 2 * 1.0 / (2.0 + 2.0), rel=1e-5)


def test_perfect_mask_costs_nothing_and_its_opposite_much():
    right = torch.where(TARGET, 20.0, -20.0).unsqueeze(2)
    assert mask_losses(right, TARGET, EVEN).item() == pytest.approx(0.0, abs=1e-4)
    assert mask_losses(-right, TARGET, EVEN).item() > 50


def test_best_candidate_gets_the_gradient_and_the_others_their_small_share():
    logits = torch.stack([torch.where(TARGET, 0.5, -0.5), torch.where(TARGET, -1.0, 1.0)], 2)
    logits.requires_grad_()
    iou_pred = torch.tensor([[[1.0, 0.0]]])
    loss, iou = candidate_loss(logits, iou_pred, TARGET, EVEN)
    assert iou.tolist() == [[[1.0, 0.0]]]
    losses = mask_losses(logits, TARGET, EVEN)[0, 0]
    expected = losses[0] + OTHERS_WEIGHT * losses.mean()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    loss.backward()
    assert logits.grad[0, 0, 0].abs().sum() > 2 * logits.grad[0, 0, 1].abs().sum()


def test_wrong_quality_estimate_costs_its_square():
    right = torch.where(TARGET, 20.0, -20.0).unsqueeze(2)
    loss, _ = candidate_loss(right, torch.tensor([[[0.4]]]), TARGET, EVEN)
    assert loss.item() == pytest.approx(0.36, abs=1e-3)
