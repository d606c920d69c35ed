# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Colours that stand in for missing ones."""

import dataclasses

import numpy as np

from part_seg_ros.training.cloud_sources import MaskedCloud
from part_seg_ros.training.part_colors import SHADE, colors_of

PART_IDS = np.repeat([-1, 0, 1, 2], 200).astype(np.int32)
CLOUD = MaskedCloud(
    points=np.zeros((800, 3), np.float32),
    normals=np.zeros((800, 3), np.float32),
    colors=None,
    part_ids=PART_IDS,
    masks=PART_IDS == np.arange(3)[:, None],
)


def test_own_colours_stay():
    own = np.random.default_rng(0).random((800, 3)).astype(np.float32)
    cloud = dataclasses.replace(CLOUD, colors=own)
    assert colors_of(cloud, 0.5, 1.0, np.random.default_rng(0)) is own


def test_unpainted_clouds_are_grey():
    assert (colors_of(CLOUD, 0.25, 0.0, np.random.default_rng(0)) == 0.25).all()


def test_a_part_has_one_colour_but_for_its_shade_and_parts_may_share_it():
    num_colors = []
    for seed in range(40):
        colors = colors_of(CLOUD, 0.5, 1.0, np.random.default_rng(seed))
        assert colors.dtype == np.float32 and colors.min() >= 0 and colors.max() <= 1
        groups = colors.reshape(4, 200, 3)
        assert (groups.std(axis=1) < 1.5 * SHADE).all()
        means = groups.mean(axis=1)
        apart = np.abs(means[:, None] - means[None]).max(axis=-1) > SHADE
        num_colors.append(len(np.unique(apart, axis=0)))
    assert min(num_colors) == 1 and max(num_colors) == 4


def test_the_share_that_is_painted():
    rng = np.random.default_rng(1)
    painted = [np.ptp(colors_of(CLOUD, 0.5, 0.3, rng)) > 0 for _ in range(400)]
    assert 0.2 < np.mean(painted) < 0.4
