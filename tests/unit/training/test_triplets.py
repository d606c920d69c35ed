# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Triplets on a line of points, and their loss on cases worked out by hand."""

import math

import numpy as np
import pytest
import torch

from part_seg_ros.training.triplets import draw_triplets, triplet_loss

LINE = np.stack([np.arange(100.0), np.zeros(100), np.zeros(100)], axis=1)
PART = np.arange(100) < 30


def test_two_points_are_of_the_part_and_one_outside_half_of_them_near():
    rows = draw_triplets(LINE, PART, 20, np.random.default_rng(0))
    assert rows.shape == (3, 20) and rows.dtype == np.int64
    first, second, outside = rows
    assert PART[first].all() and PART[second].all() and not PART[outside].any()
    assert (first != second).any()
    assert sorted(outside[10:]) == list(range(30, 40))  # the ten nearest to the part
    assert outside[:10].max() > 60
    for some in (first, second, outside[:10]):
        assert len(set(some)) == len(some)


def test_a_small_part_and_a_small_rest_repeat():
    for part in (LINE[:, 0] < 3, LINE[:, 0] >= 3):
        first, second, outside = draw_triplets(LINE, part, 40, np.random.default_rng(0))
        assert part[first].all() and part[second].all() and not part[outside].any()
        assert first.shape == second.shape == outside.shape == (40,)


def test_loss_of_one_triplet():
    within, first_across, second_across = 0.5, -0.25, 0.1
    # Unit vectors with these cosines: a Cholesky factor of their Gram matrix.
    gram = np.array(
        [[1, within, first_across], [within, 1, second_across], [first_across, second_across, 1]]
    )
    features = torch.from_numpy(np.linalg.cholesky(gram)) * torch.tensor([[2.0], [0.5], [7.0]])
    s_within, s_first, s_second = map(math.exp, (within, first_across, second_across))
    wanted = -0.5 * (
        math.log(s_within / (s_within + s_first)) + math.log(s_within / (s_within + s_second))
    )
    rows = torch.arange(3)[None, None, :, None]
    assert triplet_loss(features[None], rows).item() == pytest.approx(wanted, rel=1e-5)


def test_loss_is_the_mean_over_clouds_parts_and_triplets():
    torch.manual_seed(0)
    features = torch.randn(2, 50, 4)
    rows = torch.randint(50, (2, 3, 3, 5))
    alone = [
        triplet_loss(features[b : b + 1], rows[b : b + 1, m : m + 1, :, t : t + 1])
        for b in range(2)
        for m in range(3)
        for t in range(5)
    ]
    assert triplet_loss(features, rows).item() == pytest.approx(torch.stack(alone).mean().item())


def test_loss_falls_when_parts_become_alike():
    torch.manual_seed(0)
    part = torch.arange(100) < 30
    features = torch.randn(1, 100, 8, requires_grad=True)
    rows = torch.from_numpy(draw_triplets(LINE, PART, 20, np.random.default_rng(0)))[None, None]
    before = triplet_loss(features, rows)
    before.backward()
    assert triplet_loss(features - features.grad, rows) < before
    ideal = torch.where(part[:, None], 1.0, -1.0) * torch.ones(8)
    assert triplet_loss(ideal[None], rows).item() == pytest.approx(math.log1p(math.exp(-2)))
