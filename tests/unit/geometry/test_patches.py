# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Patches of a cloud against tables made by brute force."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.patches import find_patches
from part_seg_ros.geometry.sampling import farthest_point_sample


@pytest.fixture(scope='module')
def points():
    return np.random.default_rng(0).uniform(-0.5, 0.5, (300, 3)).astype(np.float32)


def test_tables_equal_those_of_a_distance_matrix(points):
    patches = find_patches(points, 20, 9)
    np.testing.assert_array_equal(patches.center_idx, farthest_point_sample(points, 20))
    centers = points[patches.center_idx].astype(np.float64)
    squared = ((points[:, None] - centers) ** 2).sum(-1)
    members = np.argsort(squared.T, axis=1)[:, :9]
    np.testing.assert_array_equal(np.sort(patches.neighbor_idx, 1), np.sort(members, 1))
    assert (patches.neighbor_idx == patches.center_idx[:, None]).any(axis=1).all()

    nearest = np.argsort(squared, axis=1)[:, :3]
    np.testing.assert_array_equal(patches.interp_idx, nearest)
    inverse = 1.0 / np.maximum(np.take_along_axis(squared, nearest, 1), 1e-8)
    wanted = inverse / inverse.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(patches.interp_weights, wanted, rtol=1e-5)


def test_a_cloud_can_be_all_centres_and_each_patch_all_of_it(points):
    patches = find_patches(points[:10], 10, 10)
    assert sorted(patches.center_idx) == list(range(10))
    assert (np.sort(patches.neighbor_idx, axis=1) == np.arange(10)).all()


@pytest.mark.parametrize(('num_patches', 'patch_size'), [(301, 8), (20, 301), (2, 8)])
def test_sizes_beyond_the_cloud_are_refused(points, num_patches, patch_size):
    with pytest.raises(InputError):
        find_patches(points, num_patches, patch_size)
