# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What Point-SAM's training does to a cloud stays within its limits."""

import dataclasses

import numpy as np
import pytest
import torch

from part_seg_ros.errors import ConfigError
from part_seg_ros.evaluation.metrics import next_click
from part_seg_ros.training.cloud_sources import MaskedCloud, ProceduralClouds
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.loop import batches
from part_seg_ros.training.point_sam import PointSamTinyTraining
from part_seg_ros.training.point_sam_clouds import (
    draw_points,
    point_sam_batch,
    point_sam_cloud,
    turned,
    without_empty,
)

CONFIG = PointSamTinyTraining(
    num_points=128, pool_points=256, num_patches=16, patch_size=8, batch_clouds=4, device='cpu'
)
SOURCE = ProceduralClouds(free_share=0.5)
ALONE = ProcessRank(rank=0, world_size=1)


def linear_map(before, after):
    """The (3, 3) map between two sets of rows."""
    return np.linalg.lstsq(before, after, rcond=None)[0].T


@pytest.mark.parametrize('seed', range(20))
def test_turns_and_scales_stay_within_their_limits(seed):
    points = np.random.default_rng(100).normal(size=(50, 3))
    for tilted in (True, False):
        found = linear_map(points, turned(points, np.random.default_rng(seed), tilted=tilted))
        scale = np.cbrt(np.linalg.det(found))
        assert 0.8 <= scale <= 1.0
        rotation = found / scale
        assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-5)
        up = np.degrees(np.arccos(np.clip(rotation[1, 1], -1, 1)))
        assert up <= (np.degrees(np.hypot(0.18, 0.18)) if tilted else 0.1)


def test_turns_about_the_vertical_go_all_round():
    points = np.eye(3)
    rng = np.random.default_rng(0)
    turns = [linear_map(points, turned(points, rng, tilted=False)) for _ in range(300)]
    angles = np.array([np.arctan2(turn[0, 2], turn[0, 0]) for turn in turns])
    assert np.histogram(angles, bins=6, range=(-np.pi, np.pi))[0].min() > 25


def test_clouds_with_z_up_are_turned_to_y_up_in_the_unit_ball():
    height = np.linspace(0, 1, 300, dtype=np.float32)
    points = np.stack([0.01 * np.sin(40 * height), 0.01 * np.cos(70 * height), height], axis=1)
    cloud = MaskedCloud(
        points=points,
        normals=np.zeros_like(points),
        colors=None,
        part_ids=(height > 0.5).astype(np.int32),
        masks=height > np.array([[0.5], [0.8]]),
    )

    class Fixed:
        def draw(self, num_points, rng):
            return cloud

    made = point_sam_cloud(CONFIG, Fixed(), np.random.default_rng(0))
    assert 0.75 < np.linalg.norm(made.points, axis=1).max() <= 1.0
    in_part = made.targets[made.targets.sum(axis=1).argmax()]
    assert made.points[in_part, 1].min() > made.points[~in_part, 1].max() - 0.05
    as_is = point_sam_cloud(
        dataclasses.replace(CONFIG, up_axis='y', tilted=False), Fixed(), np.random.default_rng(0)
    )
    assert np.ptp(as_is.points[:, 1]) < 0.1


def test_a_cloud_is_made_of_distinct_parts_points_patches_and_first_clicks():
    made = point_sam_cloud(CONFIG, SOURCE, np.random.default_rng(4))
    assert made.points.shape == made.colors.shape == (128, 3)
    assert made.points.dtype == made.colors.dtype == np.float32
    assert -1 <= made.colors.min() and made.colors.max() <= 1
    assert len(np.unique(made.points, axis=0)) == 128
    assert made.targets.shape == (2, 128) and made.targets.any(axis=1).all()
    assert (made.targets[0] != made.targets[1]).any()
    assert made.patches.neighbor_idx.shape == (16, 8)
    for row, part in zip(made.first_rows, made.targets, strict=True):
        assert next_click(made.points, part, None) == (row, 1)


@pytest.mark.parametrize(('num_covered', 'share_of_20'), [(5, 1), (60, 2)])  # rounded up
def test_points_are_redrawn_where_no_part_would_have_any(num_covered, share_of_20):
    targets = np.zeros((2, 1000), bool)
    targets[0, :3], targets[1, 3:num_covered] = True, True
    covered = targets.any(axis=0)
    redrawn = 0
    for seed in range(50):
        rows = draw_points(targets, 20, np.random.default_rng(seed))
        assert rows.shape == (20,) and covered[rows].any()
        plain = np.random.default_rng(seed).choice(1000, 20, replace=False)
        if covered[plain].any():
            assert np.array_equal(rows, plain)
        else:
            assert covered[rows].sum() == share_of_20
            redrawn += 1
    assert redrawn > 5


def test_an_empty_part_is_replaced_by_another():
    full = np.array([False, True, True])
    empty = np.zeros(3, bool)
    assert np.array_equal(without_empty(np.stack([empty, full])), [full, full])
    assert np.array_equal(without_empty(np.stack([full, ~full])), [full, ~full])


def test_batches_are_the_same_however_many_make_them():
    whole = point_sam_batch(CONFIG, SOURCE, 5, ALONE)
    halves = [
        point_sam_batch(CONFIG, SOURCE, 5, ProcessRank(rank=rank, world_size=2))
        for rank in range(2)
    ]
    for name in ('points', 'colors', 'targets', 'first_rows'):
        joined = torch.cat([getattr(half, name) for half in halves])
        assert torch.equal(joined, getattr(whole, name)), name
    assert not torch.equal(whole.points[0], point_sam_batch(CONFIG, SOURCE, 6, ALONE).points[0])
    with pytest.raises(ConfigError, match='batch_clouds 4 must be a multiple of the 3 processes'):
        point_sam_batch(CONFIG, SOURCE, 0, ProcessRank(rank=0, world_size=3))


def test_worker_processes_hand_over_the_same_batches():
    def make_batch(index, process):
        return point_sam_batch(CONFIG, SOURCE, index, process)

    config = dataclasses.replace(CONFIG, num_workers=2)
    stream = batches(make_batch, 3, config, ALONE)
    for index in (3, 4, 5):
        found, wanted = next(stream), make_batch(index, ALONE)
        assert torch.equal(found.points, wanted.points)
        assert torch.equal(found.groups.neighbor_idx, wanted.groups.neighbor_idx)
