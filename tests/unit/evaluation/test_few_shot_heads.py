# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Classifiers that learn from features of which the answer is known."""

import numpy as np
import pytest
import torch

from part_seg_ros.evaluation.few_shot_heads import HEADS, fit


def groups(rng, num=200):
    """Two labels, told by the first of three channels, whose scales differ much."""
    labels = rng.integers(0, 2, num)
    channels = [labels + rng.normal(0, 0.1, num), rng.normal(0, 1e4, num), np.full(num, 7.0)]
    return np.stack(channels, axis=1).astype(np.float32), labels


@pytest.mark.parametrize('head', HEADS)
def test_labels_of_other_points_are_told(head):
    rng = np.random.default_rng(0)
    features, labels = groups(rng)
    others, expected = groups(rng)
    scores = fit(head, features, labels, 2)(others)
    assert scores.shape == (200, 2) and scores.dtype == np.float32
    assert (scores.argmax(axis=1) == expected).mean() > 0.97


@pytest.mark.parametrize('head', HEADS)
def test_label_without_points_is_never_the_likeliest(head):
    features, labels = groups(np.random.default_rng(0))
    scores = fit(head, features, 2 * labels, 4)(features)
    assert np.isfinite(scores).all()
    assert set(scores.argmax(axis=1)) == {0, 2}


def test_two_layers_tell_apart_what_one_cannot():
    rng = np.random.default_rng(0)
    corners = rng.integers(0, 2, (400, 2))
    features = (corners + rng.normal(0, 0.1, (400, 2))).astype(np.float32)
    labels = corners[:, 0] ^ corners[:, 1]
    right = {
        head: (fit(head, features, labels, 2)(features).argmax(axis=1) == labels).mean()
        for head in HEADS
    }
    assert right['mlp'] > 0.99
    assert max(right['linear'], right['mean']) < 0.8


def test_mean_is_the_cosine_to_the_mean_of_each_label():
    features = np.array([[2, 0], [0, 2], [-1, -1], [-1, -1]], np.float32)
    center, scale = [0, 0], np.sqrt([1.5, 1.5])
    scores = fit('mean', features, np.array([0, 1, 2, 2]), 3)
    rows = np.array([[3, 0], [0.5, 0.5]], np.float32) * scale + center
    third = -np.sqrt(0.5)
    np.testing.assert_allclose(
        scores(rows.astype(np.float32)), [[1, 0, third], [-third, -third, -1]], atol=1e-5
    )


@pytest.mark.parametrize('head', ['mlp', 'linear'])
def test_seed_alone_decides_and_other_random_numbers_stay(head):
    features, labels = groups(np.random.default_rng(0))
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = fit(head, features, labels, 2, seed=1)(features)
    assert torch.equal(torch.rand(3), expected)
    np.testing.assert_array_equal(fit(head, features, labels, 2, seed=1)(features), first)
    assert not np.array_equal(fit(head, features, labels, 2, seed=2)(features), first)
