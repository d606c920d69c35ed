# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Farthest-point sampling with the ties of a block of GPU threads."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.block_sampling import block_farthest_point_sample
from part_seg_ros.geometry.sampling import farthest_point_sample


def block_of_threads(points: np.ndarray, num_samples: int) -> list[int]:
    """Do literally what the threads of one block do."""
    num_threads = 32
    while num_threads < len(points) and num_threads < 512:
        num_threads *= 2
    nearest = np.full(len(points), np.inf, np.float32)
    picked = [0]
    while len(picked) < num_samples:
        offset = points - points[picked[-1]]
        nearest = np.minimum(nearest, (offset**2)[:, 0] + (offset**2)[:, 1] + (offset**2)[:, 2])
        best = np.zeros(num_threads, np.float32)
        best_idx = np.full(num_threads, picked[-1])
        for thread in range(num_threads):
            for row in range(thread, len(points), num_threads):
                if nearest[row] > best[thread]:
                    best[thread], best_idx[thread] = nearest[row], row
        half = num_threads // 2
        while half:
            for thread in range(half):
                if best[thread + half] > best[thread]:
                    best[thread], best_idx[thread] = best[thread + half], best_idx[thread + half]
            half //= 2
        picked.append(int(best_idx[0]))
    return picked


@pytest.mark.parametrize('num_points', [20, 32, 33, 500, 700, 1300])
def test_ties_are_settled_as_by_the_threads(num_points):
    lattice = np.random.default_rng(num_points).integers(0, 5, (num_points, 3)) / np.float32(4)
    num_samples = min(num_points, 60)
    picked = block_farthest_point_sample(lattice.astype(np.float32), num_samples)
    assert picked.tolist() == block_of_threads(lattice.astype(np.float32), num_samples)
    assert picked.tolist() != farthest_point_sample(lattice, num_samples).tolist()


def test_once_all_places_are_used_up_the_last_pick_is_repeated():
    lattice = np.random.default_rng(0).integers(0, 2, (40, 3)).astype(np.float32)
    picked = block_farthest_point_sample(lattice, 20)
    assert picked.tolist() == block_of_threads(lattice, 20)
    assert len(set(picked[:8].tolist())) == 8 and set(picked[8:].tolist()) == {picked[7]}


def test_without_ties_it_is_plain_farthest_point_sampling():
    points = np.random.default_rng(1).normal(size=(3000, 3)).astype(np.float32)
    picked = block_farthest_point_sample(points, 200)
    np.testing.assert_array_equal(picked, farthest_point_sample(points, 200))


def test_more_samples_than_points_are_refused():
    with pytest.raises(InputError, match=r'num_samples must lie in 1 … 5, got 6'):
        block_farthest_point_sample(np.eye(5, 3), 6)
