# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A picture of the objects whose parts were found worst, in the middle and best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from part_seg_ros.cli.picture import Panel, draw_sheet
from part_seg_ros.evaluation.datasets import Dataset
from part_seg_ros.evaluation.parts import PartFound, PartsConfig, segment_object
from part_seg_ros.evaluation.published_parts import of_results
from part_seg_ros.segmenter.segmenter import Segmenter
from part_seg_ros.structures import PointCloud

OBJECTS_PER_ROW = 2


def choose_objects(ious: Mapping[str, float], count: int = OBJECTS_PER_ROW) -> list[str]:
    """Choose a row of the worst, of the middle and of the best objects by IoU, none twice."""
    ranked = sorted(ious, key=lambda name: (ious[name], name))
    if len(ranked) <= 3 * count:
        return ranked
    begin = (len(ranked) - count) // 2
    return ranked[:count] + ranked[begin : begin + count] + ranked[-count:]


def write_parts_sheet(
    path: Path,
    segmenter: Segmenter,
    dataset: Dataset,
    results: Sequence[PartFound],
    config: PartsConfig,
) -> None:
    """Draw pairs of the true parts and those found; those that fit each other have one colour."""
    ious = of_results(results)
    entries = []
    for name in choose_objects(ious):
        seen, part_ids = segment_object(segmenter, dataset.readers[name](), config)
        cloud = PointCloud(points=seen.cloud.points, normals=seen.cloud.normals)
        found = Panel(
            title=f'{name}: {ious[name]:.0f}%', part_ids=colored_as(part_ids, seen.part_ids)
        )
        entries += [(cloud, Panel(title='true', part_ids=seen.part_ids)), (cloud, found)]
    draw_sheet(path, entries, columns=2 * OBJECTS_PER_ROW)


def colored_as(part_ids: np.ndarray, true_ids: np.ndarray) -> np.ndarray:
    """Give every predicted part the id of the true part that fits it best, each id once.

    Args:
        part_ids: (N,) int predicted part of each point, -1 for none.
        true_ids: (N,) int true part of each point, -1 where it is not known.

    Returns:
        (N,) int: predicted parts without a true one have ids beyond all true ones, -1 stays.
    """
    predicted, predicted_idx = np.unique(part_ids, return_inverse=True)
    true, true_idx = np.unique(true_ids, return_inverse=True)
    shared = np.zeros((len(predicted), len(true)))
    np.add.at(shared, (predicted_idx, true_idx), 1)
    ious = shared / (shared.sum(1, keepdims=True) + shared.sum(0) - shared)
    ious[predicted < 0] = ious[:, true < 0] = 0
    ids = true.max() + 1 + np.arange(len(predicted))
    for row, column in zip(*linear_sum_assignment(-ious), strict=True):
        if ious[row, column] > 0:
            ids[row] = true[column]
    ids[predicted < 0] = -1
    return ids[predicted_idx]
