# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A picture of the worst, middle and best answers to a first click."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from part_seg_ros.cli.picture import Panel, draw_sheet
from part_seg_ros.evaluation.clicks import (
    ClicksConfig,
    PartClicks,
    first_answer,
    simulated_user,
)
from part_seg_ros.evaluation.datasets import Dataset
from part_seg_ros.evaluation.views import see_object
from part_seg_ros.segmenter.segmenter import Segmenter
from part_seg_ros.structures import PointCloud

COLUMNS = 4
HIT, MISSED, WRONG = 2, 1, 10  # entries of the palette: green, blue, red


def choose_cases(results: Sequence[PartClicks], count: int = COLUMNS) -> list[PartClicks]:
    """Choose a row of the worst, of the middle and of the best first answers, by IoU.

    Among the worst and the best every object appears once, as long as there are enough objects.
    """
    ranked = sorted(results, key=lambda r: (r.trace.iou[0], r.part.object_name, r.part.part_id))
    begin = max(0, (len(ranked) - count) // 2)
    return [
        *_of_different_objects(ranked, count),
        *ranked[begin : begin + count],
        *reversed(_of_different_objects(ranked[::-1], count)),
    ]


def _of_different_objects(ranked: Sequence[PartClicks], count: int) -> list[PartClicks]:
    first: dict[str, PartClicks] = {}
    for result in ranked:
        first.setdefault(result.part.object_name, result)
    chosen = list(first.values())[:count]
    return chosen + [r for r in ranked if r not in chosen][: count - len(chosen)]


def write_case_sheet(
    path: Path,
    segmenter: Segmenter,
    dataset: Dataset,
    results: Sequence[PartClicks],
    config: ClicksConfig,
) -> None:
    """Draw the cases: hit points green, missed ones blue, wrongly covered ones red."""
    entries = []
    for case in choose_cases(results):
        part = case.part
        seen = see_object(dataset.readers[part.object_name](), config.view)
        target = seen.part_ids == part.part_id
        granularity = part.granularity if config.true_granularity else None
        answer = first_answer(
            segmenter,
            segmenter.encode(seen.cloud),
            target,
            granularity=granularity,
            user=simulated_user(part, seen, config),
        )
        title = f'{part.object_name} {part.part_name or part.part_id}: {case.trace.iou[0]:.0%}'
        panel = Panel(
            title=title, part_ids=compare_masks(answer.mask, target), prompt=answer.prompt
        )
        plain = PointCloud(points=seen.cloud.points, normals=seen.cloud.normals)
        entries.append((plain, panel))
    draw_sheet(path, entries, columns=COLUMNS)


def compare_masks(mask: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Label points (N,) by what an answer did with them: `HIT`, `MISSED`, `WRONG`, else -1."""
    return np.select([mask & target, target, mask], [HIT, MISSED, WRONG], -1)
