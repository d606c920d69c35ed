# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Interactive evaluation: IoU after k simulated clicks on every true part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data.labeled_meshes import LabeledMesh, sample_labeled_points
from part_seg_ros.evaluation.metrics import mask_iou, next_click
from part_seg_ros.segmenter.segmenter import EncodedCloud, Segmenter
from part_seg_ros.structures import PointCloud, PointPrompt

MIN_PART_POINTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ClicksConfig:
    """Protocol of the interactive evaluation."""

    num_points: int = setting(10_000, 'Points sampled per object, uniformly by area.', minimum=16)
    seed: int = setting(0, 'Seed of the sampling, the same for every object.')
    clicks: tuple[int, ...] = (1, 3, 5, 7, 10)
    exact_normals: bool = setting(
        True, 'Give the normals of the mesh; False lets the system estimate them.'
    )

    def __post_init__(self) -> None:
        """Check the limits."""
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """Result on one true part.

    Attributes:
        object_name: The object.
        part_id: The true part.
        part_name: Its name, '' when unknown.
        share: Its share of the sampled points.
        iou: IoU after click 1, 2, … of the chosen mask.
        best_candidate_iou: Best IoU among the candidates of the first click (an oracle).
    """

    object_name: str
    part_id: int
    part_name: str
    share: float
    iou: tuple[float, ...]
    best_candidate_iou: float


def click_part(
    segmenter: Segmenter, encoded: EncodedCloud, target: np.ndarray, num_clicks: int
) -> tuple[list[float], float]:
    """Click on one part until `num_clicks` are given.

    Returns:
        IoU after each click, and the best IoU among the candidates of the first.
    """
    points = encoded.cloud.points
    index, label = next_click(points, target, None)
    prompt = PointPrompt(prompt_coords=points[[index]], prompt_labels=[label])
    prediction = segmenter.predict(encoded, prompt)
    oracle = max(mask_iou(mask, target) for mask in prediction.candidates.masks)
    ious = [mask_iou(prediction.mask, target)]
    while len(ious) < num_clicks:
        index, label = next_click(points, target, prediction.mask)
        prompt = prompt.with_point(points[index], label)
        prediction = segmenter.predict(encoded, prompt, prediction)
        ious.append(mask_iou(prediction.mask, target))
    return ious, oracle


def evaluate_object(
    segmenter: Segmenter, labeled: LabeledMesh, config: ClicksConfig
) -> list[PartResult]:
    """Click on every true part with at least 10 sampled points that is not the whole object."""
    cloud, part_ids = sample_labeled_points(labeled, config.num_points, config.seed)
    if not config.exact_normals:
        cloud = PointCloud(points=cloud.points)
    encoded = segmenter.encode(cloud)
    results = []
    for part_id, count in zip(*np.unique(part_ids, return_counts=True), strict=True):
        if count < MIN_PART_POINTS or count == len(part_ids):
            continue
        ious, oracle = click_part(segmenter, encoded, part_ids == part_id, max(config.clicks))
        names = labeled.part_names
        results.append(
            PartResult(
                object_name=labeled.name,
                part_id=int(part_id),
                part_name=names[part_id] if part_id < len(names) else '',
                share=float(count / len(part_ids)),
                iou=tuple(ious),
                best_candidate_iou=oracle,
            )
        )
    return results


def evaluate_clicks(
    segmenter: Segmenter,
    objects: Sequence[LabeledMesh],
    config: ClicksConfig,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> list[PartResult]:
    """Evaluate all objects; `progress` is told (done, total) after each."""
    results = []
    for done, labeled in enumerate(objects, start=1):
        results += evaluate_object(segmenter, labeled, config)
        if progress is not None:
            progress(done, len(objects))
    return results


def mean_over_objects(
    results: Sequence[PartResult], value: Callable[[PartResult], float]
) -> float:
    """Average `value` over the parts of each object, then over the objects."""
    by_object: dict[str, list[float]] = {}
    for result in results:
        by_object.setdefault(result.object_name, []).append(value(result))
    return float(np.mean([np.mean(values) for values in by_object.values()]))


def summarize(results: Sequence[PartResult], config: ClicksConfig) -> dict[str, float]:
    """IoU@k in percent, mean over parts, then over objects; and the candidates' oracle at one."""
    summary = {
        f'IoU@{k}': 100 * mean_over_objects(results, lambda r, k=k: r.iou[k - 1])
        for k in config.clicks
    }
    summary['best candidate@1'] = 100 * mean_over_objects(results, lambda r: r.best_candidate_iou)
    return summary
