# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Losses of S2AM3D against cases computed by hand."""

import math

import pytest
import torch

from part_seg_ros.training.s2am3d_losses import (
    balanced_cross_entropy,
    dice_loss,
    part_contrast,
)


def test_contrast_is_the_share_of_likeness_that_falls_on_the_own_part():
    """Directions at 0, 60 and 90 degrees; lengths do not matter, the last point has no partner."""
    features = torch.tensor([[2.0, 0.0], [0.5, math.sqrt(0.75)], [0.0, 3.0]])
    likeness_01, likeness_02, likeness_12 = 0.5 / 0.2, 0.0 / 0.2, math.sqrt(0.75) / 0.2
    of_0 = -math.log(math.exp(likeness_01) / (math.exp(likeness_01) + math.exp(likeness_02)))
    of_1 = -math.log(math.exp(likeness_01) / (math.exp(likeness_01) + math.exp(likeness_12)))
    loss = part_contrast(features, torch.tensor([7, 7, 3]), temperature=0.2)
    assert loss.item() == pytest.approx((of_0 + of_1) / 2, rel=1e-5)


def test_contrast_sums_over_all_positives_inside_the_logarithm():
    """Of equal features every other point takes an equal share: 2 of 4, 2 of 4, 2 of 4, 1, 1."""
    loss = part_contrast(torch.ones(5, 3), torch.tensor([0, 0, 0, 1, 1]), temperature=0.07)
    assert loss.item() == pytest.approx((3 * math.log(4 / 2) + 2 * math.log(4 / 1)) / 5)


def test_contrast_has_finite_gradients_beside_a_part_of_one_point():
    features = torch.randn(4, 3, generator=torch.Generator().manual_seed(0)).requires_grad_()
    part_contrast(features, torch.tensor([0, 0, 1, 2]), temperature=0.07).backward()
    assert features.grad.isfinite().all()
    assert (features.grad.abs().sum(-1) > 0).all()


def test_cross_entropy_weighs_the_part_by_what_is_missing_to_it():
    """One of four points: its term counts three times."""
    logits = torch.tensor([[math.log(3.0), 0.0, 0.0, -math.log(3.0)]])
    targets = torch.tensor([[True, False, False, False]])
    wanted = (3 * -math.log(3 / 4) + 2 * math.log(2) - math.log(3 / 4)) / 4
    assert balanced_cross_entropy(logits, targets).tolist() == pytest.approx([wanted], rel=1e-5)


def test_cross_entropy_weighs_each_mask_by_its_own_share():
    logits, targets = torch.zeros(2, 8), torch.arange(8) < torch.tensor([[1], [6]])
    wanted = [2 * (1 - 1 / 8) * math.log(2), 2 * (1 - 6 / 8) * math.log(2)]
    assert balanced_cross_entropy(logits, targets).tolist() == pytest.approx(wanted, rel=1e-5)


def test_dice_counts_the_overlap_of_soft_masks():
    logits = torch.tensor([[math.log(3.0), math.log(3.0), -math.log(3.0)], [40.0, -40.0, -40.0]])
    targets = torch.tensor([[True, False, False], [True, False, False]])
    wanted = [1 - 2 * 0.75 / (1 + 0.75 + 0.75 + 0.25), 0.0]
    assert dice_loss(logits, targets).tolist() == pytest.approx(wanted, abs=1e-6)
