# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Labels of a graph that are cheap to change where the graph is cheap to cut."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

# Flows are whole numbers: one unit of cost in so many steps.
_STEPS = 10_000
_UNBOUNDED = 2**30


def labelling_cost(
    labels: np.ndarray, data_cost: np.ndarray, pairs: np.ndarray, weights: np.ndarray
) -> float:
    """Return the cost of a labelling: of each node's label, and of each pair that differs.

    Args:
        labels: (F,) int64.
        data_cost: (F, L) cost of each label at each node.
        pairs: (E, 2) int64 neighbours.
        weights: (E,) cost of different labels.
    """
    differs = labels[pairs[:, 0]] != labels[pairs[:, 1]]
    return float(data_cost[np.arange(len(labels)), labels].sum() + weights[differs].sum())


def alpha_expansion(
    labels: np.ndarray, data_cost: np.ndarray, pairs: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Lower the cost of a labelling by one sweep of expansions, each label once, ascending.

    Each step is the best among all in which some nodes take the label at hand and the others keep
    theirs. A step that rounding would make dearer is left out, so the cost never rises.

    Args:
        labels: (F,) int64 in [0, L).
        data_cost: (F, L) float >= 0.
        pairs: (E, 2) int64 neighbours, no pair twice.
        weights: (E,) float >= 0.

    Returns:
        (F,) int64.

    Source:
        Boykov, Veksler, Zabih 2001, "Fast Approximate Energy Minimization via Graph Cuts", Sec. 5.
        Minimum cuts by SciPy's maximum flow over costs rounded to 1e-4.
    """
    labels = labels.copy()
    cost = labelling_cost(labels, data_cost, pairs, weights)
    for alpha in np.unique(labels):
        takes = _expansion(labels, int(alpha), data_cost, pairs, weights)
        expanded = np.where(takes, alpha, labels)
        expanded_cost = labelling_cost(expanded, data_cost, pairs, weights)
        if expanded_cost <= cost:
            labels, cost = expanded, expanded_cost
    return labels


def _expansion(
    labels: np.ndarray, alpha: int, data_cost: np.ndarray, pairs: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return (F,) bool, which nodes take the label `alpha` in the cheapest expansion.

    The source stands for alpha, the sink for the present labels. What stays with the sink is cut
    off from alpha: it pays for alpha, and takes it. Of equally cheap cuts the one that changes
    fewest labels is taken.
    """
    num_nodes = len(labels)
    first, second = labels[pairs[:, 0]], labels[pairs[:, 1]]
    is_equal = first == second
    joined = pairs[is_equal & (first != alpha)]
    joined_weights = weights[is_equal & (first != alpha)]
    split, split_weights = pairs[~is_equal], weights[~is_equal]
    between = num_nodes + np.arange(len(split))  # one extra node for each pair that differs
    source, sink = num_nodes + len(split), num_nodes + len(split) + 1

    nodes = np.arange(num_nodes)
    to_sink = np.where(labels == alpha, np.inf, data_cost[nodes, labels])
    rows = [np.full(num_nodes, source), nodes, between]
    columns = [nodes, np.full(num_nodes, sink), np.full(len(split), sink)]
    capacities = [data_cost[:, alpha], to_sink, split_weights]
    for end in (0, 1):
        is_other = labels[split[:, end]] != alpha
        rows += [split[is_other, end], between[is_other]]
        columns += [between[is_other], split[is_other, end]]
        capacities += [split_weights[is_other]] * 2
        rows.append(joined[:, end])
        columns.append(joined[:, 1 - end])
        capacities.append(joined_weights)
    graph = _capacities(rows, columns, capacities, sink + 1)
    residual = graph - maximum_flow(graph, source, sink).flow
    residual.eliminate_zeros()
    takes = np.zeros(sink + 1, bool)
    takes[breadth_first_order(residual.T.tocsr(), sink, return_predecessors=False)] = True
    return takes[:num_nodes]


def _capacities(
    rows: list[np.ndarray], columns: list[np.ndarray], capacities: list[np.ndarray], size: int
) -> csr_matrix:
    steps = np.minimum(np.round(np.concatenate(capacities) * _STEPS), _UNBOUNDED)
    edges = (np.concatenate(rows), np.concatenate(columns))
    return coo_matrix((steps.astype(np.int32), edges), shape=(size, size)).tocsr()
