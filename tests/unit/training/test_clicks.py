# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Corrective clicks in torch equal the NumPy protocol where all points are tried."""

import numpy as np
import pytest
import torch

from part_seg_ros.evaluation.metrics import next_click
from part_seg_ros.training.clicks import SLIP_ROWS, next_clicks


@pytest.mark.parametrize('seed', range(5))
def test_without_noise_it_is_the_protocol_click(seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(150, 3)).astype(np.float32)
    target = points[:, 0] > 0.2
    mask = points @ rng.normal(size=3) > 0.4
    expected = next_click(points, target, mask)
    cloud = torch.from_numpy(points)[None]
    rows, labels = next_clicks(
        torch.cdist(cloud, cloud, compute_mode='donot_use_mm_for_euclid_dist'),
        torch.from_numpy(target)[None, None],
        torch.from_numpy(mask)[None, None],
        torch.Generator().manual_seed(0),
        noise=0.0,
        num_tried=150,
    )
    assert (rows.item(), labels.item()) == expected


def test_noise_still_clicks_an_error_with_its_true_label():
    rng = np.random.default_rng(0)
    points = torch.from_numpy(rng.normal(size=(4, 300, 3)))
    targets = torch.from_numpy(rng.random((4, 6, 300)) < 0.3)
    masks = torch.from_numpy(rng.random((4, 6, 300)) < 0.3)
    distances = torch.cdist(points, points)
    generator = torch.Generator().manual_seed(0)
    rows, labels = next_clicks(distances, targets, masks, generator, noise=1.0)
    hit = torch.gather(targets, 2, rows.unsqueeze(-1)).squeeze(-1)
    answered = torch.gather(masks, 2, rows.unsqueeze(-1)).squeeze(-1)
    assert (hit != answered).all()
    assert (labels.bool() == hit).all()


def test_perfect_mask_gets_another_click_on_the_part():
    targets = torch.zeros(1, 1, 100, dtype=torch.bool)
    targets[..., :5] = True
    generator = torch.Generator().manual_seed(0)
    rows, labels = next_clicks(torch.rand(1, 100, 100), targets, targets, generator, noise=0.0)
    assert rows.item() < 5
    assert labels.item() == 1


def test_slips_land_among_the_nearest_rows_and_keep_the_label_that_was_meant():
    points = torch.linspace(0, 1, 200).reshape(1, 200, 1)
    targets = (points < 0.5).reshape(1, 1, 200).expand(1, 400, 200)
    nothing = torch.zeros_like(targets)
    distances = torch.cdist(points, points)
    # Row 0 lies deepest in the part that was missed.
    rows, labels = next_clicks(
        distances,
        targets,
        nothing,
        torch.Generator().manual_seed(0),
        noise=0.0,
        slips=0.25,
        num_tried=100,
    )
    assert labels.bool().all()
    moved = rows[0] != 0
    assert 0.15 < moved.float().mean() < 0.35
    assert set(rows[0, moved].tolist()) == set(range(1, SLIP_ROWS))
