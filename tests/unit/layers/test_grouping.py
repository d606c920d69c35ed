# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Patches as tensors."""

import numpy as np
import torch

from part_seg_ros.geometry.patches import find_patches
from part_seg_ros.layers.grouping import group_points, take_rows


def test_rows_are_picked_of_each_cloud_by_its_own_indices():
    values = torch.arange(2 * 5 * 3.0).view(2, 5, 3)
    idx = torch.tensor([[[0, 4]], [[2, 2]]])
    picked = take_rows(values, idx)
    assert picked.shape == (2, 1, 2, 3)
    assert torch.equal(picked[0, 0, 1], values[0, 4])
    assert torch.equal(picked[1, 0], values[1, [2, 2]])


def test_offsets_lead_from_the_centres_to_the_points():
    clouds = np.random.default_rng(0).uniform(-1, 1, (2, 50, 3)).astype(np.float32)
    tables = [find_patches(points, 6, 4) for points in clouds]
    groups = group_points(torch.from_numpy(clouds), tables)
    for cloud, table in enumerate(tables):
        centers = clouds[cloud][table.center_idx]
        np.testing.assert_array_equal(groups.centers[cloud], centers)
        ends = groups.offsets[cloud].numpy() + centers[:, None]
        np.testing.assert_allclose(ends, clouds[cloud][table.neighbor_idx], atol=1e-6)
        np.testing.assert_array_equal(groups.interp_weights[cloud], table.interp_weights)
    assert groups.num_bytes == 2 * (6 * 12 + 6 * 4 * 8 + 6 * 4 * 12 + 50 * 3 * 8 + 50 * 3 * 4)
