# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Interactive evaluation: IoU after k simulated clicks on every true part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.config import setting
from part_seg_ros.errors import ConfigError
from part_seg_ros.evaluation.averages import mean_over_objects
from part_seg_ros.evaluation.calibration import Reliability, reliability
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.metrics import POINT_SAM_CLICKS, ClickRule, mask_iou, next_click
from part_seg_ros.evaluation.true_parts import TruePart, true_parts
from part_seg_ros.evaluation.views import ViewConfig, see_object
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.segmenter.segmenter import EncodedCloud, Segmenter
from part_seg_ros.structures import PointPrompt


@dataclass(frozen=True, slots=True, kw_only=True)
class ClicksConfig:
    """Protocol of the interactive evaluation."""

    view: ViewConfig = field(default_factory=ViewConfig)
    clicks: tuple[int, ...] = setting(
        (1, 3, 5, 7, 10), 'Numbers of clicks that are reported, ascending.'
    )
    true_granularity: bool = setting(
        False, 'Tell the granularity of the true part with every prompt.'
    )

    def __post_init__(self) -> None:
        """Check the numbers of clicks.

        Raises:
            ConfigError: they are not positive and ascending.
        """
        if not self.clicks or self.clicks[0] < 1 or sorted(set(self.clicks)) != [*self.clicks]:
            raise ConfigError(f'clicks must be ascending from 1 or more, got {self.clicks}')


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickTrace:
    """What came of clicking on one part.

    Attributes:
        iou: IoU of the chosen mask after click 1, 2, …
        iou_pred: What the system predicted each of them to be.
        best_candidate_iou: Best IoU among the candidates of the first click (an oracle).
    """

    iou: tuple[float, ...]
    iou_pred: tuple[float, ...]
    best_candidate_iou: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartClicks:
    """A true part and what came of clicking on it."""

    part: TruePart
    trace: ClickTrace


def first_answer(
    segmenter: Segmenter,
    encoded: EncodedCloud,
    target: np.ndarray,
    *,
    granularity: float | None = None,
    rule: ClickRule = POINT_SAM_CLICKS,
) -> Prediction:
    """Give the first click on one part; arguments as for `click_part`."""
    index, label = next_click(encoded.cloud.points, target, None, rule)
    prompt = PointPrompt(
        prompt_coords=encoded.cloud.points[[index]],
        prompt_labels=np.array([label]),
        granularity=granularity,
    )
    return segmenter.predict(encoded, prompt)


def click_part(
    segmenter: Segmenter,
    encoded: EncodedCloud,
    target: np.ndarray,
    num_clicks: int,
    *,
    granularity: float | None = None,
    rule: ClickRule = POINT_SAM_CLICKS,
) -> ClickTrace:
    """Click on one part until `num_clicks` are given.

    Args:
        segmenter: Answers.
        encoded: The cloud, N points.
        target: (N,) bool the part, neither empty nor the whole cloud.
        num_clicks: At least 1. A system that takes fewer clicks keeps its last answer.
        granularity: Fineness told with every prompt, None for none.
        rule: Where the simulated user clicks in cases of doubt.
    """
    most = segmenter.system.capabilities.max_points or num_clicks
    points = encoded.cloud.points
    prediction = first_answer(segmenter, encoded, target, granularity=granularity, rule=rule)
    prompt = prediction.prompt
    oracle = max(mask_iou(mask, target) for mask in prediction.candidates.masks)
    answers = [(mask_iou(prediction.mask, target), prediction.score)]
    while len(answers) < min(num_clicks, most):
        index, label = next_click(points, target, prediction.mask, rule)
        prompt = prompt.with_point(points[index], label)
        prediction = segmenter.predict(encoded, prompt, prediction)
        answers.append((mask_iou(prediction.mask, target), prediction.score))
    answers += [answers[-1]] * (num_clicks - len(answers))
    ious, predicted = zip(*answers, strict=True)
    return ClickTrace(iou=ious, iou_pred=predicted, best_candidate_iou=oracle)


def evaluate_object(
    segmenter: Segmenter, obj: LabeledObject, config: ClicksConfig
) -> list[PartClicks]:
    """Click on every true part that counts."""
    seen = see_object(obj, config.view)
    encoded = segmenter.encode(seen.cloud)
    results = []
    for part in true_parts(obj, seen.part_ids):
        trace = click_part(
            segmenter,
            encoded,
            seen.part_ids == part.part_id,
            config.clicks[-1],
            granularity=part.granularity if config.true_granularity else None,
        )
        results.append(PartClicks(part=part, trace=trace))
    return results


def summarize(results: Sequence[PartClicks], config: ClicksConfig) -> dict[str, float]:
    """IoU@k, the candidates' oracle at one and the error of the predicted IoU, in percent.

    The IoU is the mean over parts, then over objects; the expected calibration error (ECE) is over
    all clicks of all parts alike.
    """
    summary = {f'IoU@{k}': 100 * mean_iou(results, k) for k in config.clicks}
    summary['best candidate@1'] = 100 * mean_over_objects(
        results, lambda r: r.trace.best_candidate_iou
    )
    summary['ECE'] = 100 * calibration(results)['all'].calibration_error
    return summary


def mean_iou(results: Sequence[PartClicks], num_clicks: int) -> float:
    """Mean IoU after so many clicks, over parts, then over objects."""
    return mean_over_objects(results, lambda r: r.trace.iou[num_clicks - 1])


def calibration(results: Sequence[PartClicks]) -> dict[str, Reliability]:
    """Predicted against true IoU of the chosen masks of all parts alike.

    Returns:
        One entry for each number of clicks, `1`, `2`, …, and `all` for all of them together.
    """
    predicted = np.array([r.trace.iou_pred for r in results])  # (M, clicks)
    true = np.array([r.trace.iou for r in results])
    rounds = {
        str(k + 1): reliability(predicted[:, k], true[:, k]) for k in range(predicted.shape[1])
    }
    return {**rounds, 'all': reliability(predicted.ravel(), true.ravel())}
