# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Losses on cases worked out by hand."""

import math

import pytest
import torch

from part_seg_ros.training.losses import (
    EMBEDDING_SLOPE,
    FOCAL_WEIGHT,
    OTHERS_WEIGHT,
    SAFE_FOCAL_WEIGHT,
    SAFE_WEIGHT,
    candidate_loss,
    embedding_loss,
    mask_losses,
    name_loss,
    patch_name_loss,
    weighted_iou,
)

TARGET = torch.tensor([[[True, True, False, False]]])
EVEN = torch.ones(1, 4)


def test_weighted_iou_counts_shares_not_points():
    logits = torch.tensor([[[[1.0, -1.0, 1.0, -1.0]]]])
    assert weighted_iou(logits, TARGET, EVEN).item() == pytest.approx(1 / 3)
    weights = torch.tensor([[4.0, 1.0, 1.0, 9.0]])
    assert weighted_iou(logits, TARGET, weights).item() == pytest.approx(4 / 6)


def test_losses_of_undecided_logits():
    focal, dice = mask_losses(torch.zeros(1, 1, 1, 4), TARGET, EVEN)
    assert focal.item() == pytest.approx(0.25 * math.log(2.0), rel=1e-5)
    assert dice.item() == pytest.approx(1 - 2 * 1.0 / (2.0 + 2.0), rel=1e-5)


def test_perfect_mask_costs_nothing_and_its_opposite_much():
    right = torch.where(TARGET, 20.0, -20.0).unsqueeze(2)
    assert sum(mask_losses(right, TARGET, EVEN)).item() == pytest.approx(0.0, abs=1e-4)
    focal, dice = mask_losses(-right, TARGET, EVEN)
    assert focal.item() == pytest.approx(20.0, rel=1e-3)
    assert dice.item() == pytest.approx(1.0, rel=1e-3)


def test_best_guess_gets_the_gradient_the_others_a_little_and_the_last_always_learns():
    right, wrong = torch.where(TARGET, 0.5, -0.5), torch.where(TARGET, -1.0, 1.0)
    logits = torch.stack([right, wrong, wrong], 2).requires_grad_()
    loss, iou = candidate_loss(logits, torch.tensor([[[1.0, 0.0, 0.0]]]), TARGET, EVEN)
    assert iou.tolist() == [[[1.0, 0.0, 0.0]]]
    focal, dice = (part[0, 0] for part in mask_losses(logits, TARGET, EVEN))
    guesses = (FOCAL_WEIGHT * focal + dice)[:2]
    safe = SAFE_WEIGHT * (SAFE_FOCAL_WEIGHT * focal + dice)[2]
    expected = guesses[0] + OTHERS_WEIGHT * guesses.mean() + safe
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    loss.backward()
    strength = logits.grad[0, 0].abs().sum(-1)
    assert strength[0] > 2 * strength[1]
    assert strength[2] > 2 * strength[1]


def test_only_masks_that_meet_a_named_target_learn_its_name():
    logits = torch.zeros(1, 2, 2, 5, requires_grad=True)
    iou = torch.tensor([[[0.8, 0.4], [0.9, 0.9]]])
    loss = name_loss(logits, torch.tensor([[3, -1]]), iou)
    assert loss.item() == pytest.approx(0.8 * math.log(5.0), rel=1e-5)
    loss.backward()
    assert logits.grad[0, 0, 0].argmin() == 3
    assert logits.grad[0, 0, 1].abs().sum() == logits.grad[0, 1].abs().sum() == 0


def test_patches_without_a_name_teach_none():
    logits = torch.zeros(1, 3, 5, requires_grad=True)
    loss = patch_name_loss(logits, torch.tensor([[4, -1, 2]]))
    assert loss.item() == pytest.approx(math.log(5.0), rel=1e-5)
    loss.backward()
    assert logits.grad[0].argmin(-1)[[0, 2]].tolist() == [4, 2]
    assert logits.grad[0, 1].abs().sum() == 0


def test_embedding_pulls_within_parts_pushes_across_and_leaves_copies_alone():
    embedding = torch.tensor([[[1.0, 0], [0, 1.0], [0, 1.0], [1.0, 0]]])
    parts, groups = torch.tensor([[0, 0, 1, -1]]), torch.tensor([[0, 0, 7, -1]])
    half = EMBEDDING_SLOPE / 2
    alike, unlike = math.log1p(math.exp(-half)), math.log1p(math.exp(half))
    # pairs within a part: 0-0, 1-1, 2-2 agree, 0-1 and 1-0 do not; across: 1-2 agree, 0-2 do not
    expected = (3 * alike + 2 * unlike) / 5 + (2 * unlike + 2 * alike) / 4
    found = embedding_loss(embedding, parts, groups)
    assert found.item() == pytest.approx(expected, rel=1e-5)
    copies = embedding_loss(embedding, parts, torch.tensor([[0, 0, 0, -1]]))
    assert copies.item() == pytest.approx((3 * alike + 2 * unlike) / 5)


def test_wrong_quality_estimate_costs_its_square():
    right = torch.where(TARGET, 20.0, -20.0).unsqueeze(2)
    loss, _ = candidate_loss(right, torch.tensor([[[0.4]]]), TARGET, EVEN)
    assert loss.item() == pytest.approx(0.36, abs=1e-3)
