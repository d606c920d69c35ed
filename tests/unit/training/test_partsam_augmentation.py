# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every augmentation of PartSAM's training within its limits and as often as it should."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from part_seg_ros.training.partsam_augmentation import augment, random_pose, recolored

POINTS = np.random.default_rng(0).normal(size=(200, 3)) * (1.0, 2.0, 5.0) + (3.0, -1.0, 8.0)
NORMALS = POINTS / np.linalg.norm(POINTS, axis=1, keepdims=True)
COLORS = 0.2 + 0.6 * np.random.default_rng(1).random((200, 3))


class Script:
    """A generator that answers as told, to switch single steps on and off."""

    def __init__(self, random=(), uniform=()):
        self.randoms, self.uniforms = list(random), list(uniform)
        self.normal = np.random.default_rng(2).normal

    def random(self, size=None):
        return self.randoms.pop(0)

    def uniform(self, low, high, size=None):
        share = self.uniforms.pop(0)
        return (
            low + (high - low) * share
            if size is None
            else np.full(size, low + share * (high - low))
        )


@pytest.mark.parametrize('seed', range(10))
def test_the_longest_side_fits_the_cube_give_or_take_a_twentieth(seed):
    made = augment(POINTS, NORMALS, COLORS, np.random.default_rng(seed))
    low, high = made.points.min(axis=0), made.points.max(axis=0)
    assert 0.95 * 1.8 - 1e-5 <= (high - low).max() <= 1.05 * 1.8 + 1e-5
    assert np.allclose(low + high, 0.0, atol=1e-5)
    assert made.points.dtype == made.normals.dtype == made.colors.dtype == np.float32
    assert 0 <= made.colors.min() and made.colors.max() <= 1


@pytest.mark.parametrize('seed', range(10))
def test_shape_and_normals_turn_alike(seed):
    made = augment(POINTS, NORMALS, COLORS, np.random.default_rng(seed))
    centered = POINTS - (POINTS.min(axis=0) + POINTS.max(axis=0)) / 2
    pose = np.linalg.lstsq(NORMALS, made.normals, rcond=None)[0].T
    assert np.allclose(pose @ pose.T, np.eye(3), atol=1e-5)
    moved = centered @ pose.T
    moved -= (moved.min(axis=0) + moved.max(axis=0)) / 2
    scale = np.linalg.norm(made.points) / np.linalg.norm(moved)
    assert np.allclose(made.points, scale * moved, atol=1e-4)


def test_turns_about_each_axis_by_up_to_a_quarter_then_mirrors():
    nothing, always = 1.0, 0.0
    flips = np.ones(3)
    about_z = random_pose(Script(random=[always, nothing, nothing, flips], uniform=[0.75]))
    assert np.allclose(about_z, Rotation.from_euler('z', 45, degrees=True).as_matrix())
    most = random_pose(Script(random=[nothing, always, nothing, flips], uniform=[1.0]))
    assert np.allclose(most, Rotation.from_euler('x', 90, degrees=True).as_matrix())
    all_three = random_pose(Script(random=[always] * 3 + [flips], uniform=[0.6, 0.7, 0.2]))
    assert np.allclose(
        all_three, Rotation.from_euler('zxy', [18, 36, -54], degrees=True).as_matrix()
    )
    mirrored = random_pose(Script(random=[nothing] * 3 + [np.array([0.0, 1.0, 0.0])]))
    assert np.allclose(mirrored, np.diag([-1, 1, 1]))  # z is never mirrored


def test_poses_are_as_frequent_as_in_the_release():
    poses = [random_pose(np.random.default_rng(seed)) for seed in range(600)]
    mirrored = np.mean([np.linalg.det(pose) < 0 for pose in poses])
    unturned = np.mean([np.allclose(np.abs(pose), np.eye(3)) for pose in poses])
    assert 0.44 < mirrored < 0.56  # exactly one of two mirrors of probability one half
    assert 0.005 < unturned < 0.06  # three turns left out: 0.3 cubed


def test_contrast_is_stretched_between_as_is_and_the_full_range():
    off = [1.0, 1.0]
    full = recolored(COLORS, Script(random=[0.0, 1.0, *off]))
    assert np.allclose(full.min(axis=0), 0, atol=1e-6) and np.allclose(full.max(axis=0), 1)
    half = recolored(COLORS, Script(random=[0.0, 0.5, *off]))
    assert np.allclose(half, (COLORS + full) / 2, atol=1e-6)
    grey = np.full((5, 3), 0.75)
    assert np.allclose(recolored(grey, Script(random=[0.0, 1.0, *off])), grey)


def test_colours_are_shifted_alike_and_disturbed_one_by_one():
    shifted = recolored(COLORS, Script(random=[1.0, 0.0, 1.0], uniform=[1.0]))
    assert np.allclose(shifted, np.clip(COLORS + 0.05, 0, 1), atol=1e-6)
    noise = recolored(COLORS, Script(random=[1.0, 1.0, 0.0])) - COLORS
    assert 0.04 < noise.std() < 0.06 and abs(noise.mean()) < 0.01
    assert np.allclose(recolored(COLORS, Script(random=[1.0, 1.0, 1.0])), COLORS)
