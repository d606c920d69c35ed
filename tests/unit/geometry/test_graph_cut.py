# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Labels that are cheap where the graph is cheap to cut."""

import itertools

import numpy as np
import pytest

from part_seg_ros.geometry.graph_cut import alpha_expansion, labelling_cost


def random_problem(seed, num_labels):
    rng = np.random.default_rng(seed)
    pairs = np.array([pair for pair in itertools.combinations(range(7), 2) if rng.random() < 0.5])
    labels = rng.integers(num_labels, size=7)
    return labels, rng.uniform(0, 3, (7, num_labels)), pairs, rng.uniform(0, 2, len(pairs))


def test_cost_is_of_labels_and_of_pairs_that_differ():
    data_cost = np.array([[0.0, 1.0], [2.0, 5.0], [0.5, 0.0]])
    pairs, weights = np.array([[0, 1], [1, 2]]), np.array([10.0, 100.0])
    assert labelling_cost(np.array([0, 0, 1]), data_cost, pairs, weights) == 102.0
    assert labelling_cost(np.array([1, 0, 0]), data_cost, pairs, weights) == 13.5


@pytest.mark.parametrize('seed', range(12))
@pytest.mark.parametrize('num_labels', [2, 4])
def test_every_expansion_is_the_cheapest_of_all(seed, num_labels):
    labels, data_cost, pairs, weights = random_problem(seed, num_labels)
    wanted = labels
    for alpha in np.unique(labels):
        choices = [
            np.where(takes, alpha, wanted) for takes in itertools.product([False, True], repeat=7)
        ]
        wanted = min(choices, key=lambda c: labelling_cost(c, data_cost, pairs, weights))
    found = alpha_expansion(labels, data_cost, pairs, weights)
    costs = [labelling_cost(c, data_cost, pairs, weights) for c in (labels, found, wanted)]
    assert costs[1] == pytest.approx(costs[2], abs=2e-3) and costs[1] <= costs[0]


def test_where_changing_gains_nothing_nothing_changes():
    labels = np.array([0, 1, 1])
    found = alpha_expansion(labels, np.zeros((3, 2)), np.array([[1, 2]]), np.array([4.0]))
    assert found.tolist() == [0, 1, 1]
