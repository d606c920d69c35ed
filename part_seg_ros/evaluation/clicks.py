# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Interactive evaluation: IoU after k simulated clicks on every true part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.evaluation.averages import averages_of, mean_over_objects
from part_seg_ros.evaluation.calibration import Reliability, reliability
from part_seg_ros.evaluation.datasets import LabeledObject, seed_of
from part_seg_ros.evaluation.metrics import mask_iou
from part_seg_ros.evaluation.simulated_users import (
    CLICK_PROTOCOLS,
    POINT_SAM,
    User,
    correcting_user,
)
from part_seg_ros.evaluation.true_parts import TruePart, true_parts
from part_seg_ros.evaluation.views import SeenObject, ViewConfig, see_object
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
    protocol: str = setting(
        POINT_SAM, 'Whose simulated user clicks.', choices=tuple(CLICK_PROTOCOLS)
    )
    true_granularity: bool = setting(
        False, 'Tell the granularity of the true part with every prompt.'
    )

    def __post_init__(self) -> None:
        """Check the numbers of clicks and the protocol.

        Raises:
            ConfigError: the numbers are not positive and ascending, or there is no such protocol.
        """
        check_limits(self)
        if not self.clicks or self.clicks[0] < 1 or sorted(set(self.clicks)) != [*self.clicks]:
            raise ConfigError(f'clicks must be ascending from 1 or more, got {self.clicks}')


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickTrace:
    """What came of clicking on one part.

    Attributes:
        iou: IoU of the chosen mask after click 1, 2, …
        iou_pred: What the system predicted each of them to be.
        best_candidate_iou: Best IoU among the candidates of the first click (an oracle).
        clicks: Index of the point and label, 1 on the part or 0 off it, of every click given.
        click_ms: Time of the answer to each of them [ms].
    """

    iou: tuple[float, ...]
    iou_pred: tuple[float, ...]
    best_candidate_iou: float
    clicks: tuple[tuple[int, int], ...] = ()
    click_ms: tuple[float, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartClicks:
    """A true part and what came of clicking on it.

    Attributes:
        part: The part.
        trace: The clicks and their answers.
        encode_ms: Time that encoding its object took [ms], NaN where it is not known.
    """

    part: TruePart
    trace: ClickTrace
    encode_ms: float = field(default=float('nan'), compare=False)


def first_answer(
    segmenter: Segmenter,
    encoded: EncodedCloud,
    target: np.ndarray,
    *,
    granularity: float | None = None,
    user: User | None = None,
) -> Prediction:
    """Give the first click on one part; arguments as for `click_part`."""
    user = user or correcting_user(encoded.cloud.points, target)
    return _answer_first(segmenter, encoded, user(0, None), granularity)


def _answer_first(
    segmenter: Segmenter, encoded: EncodedCloud, click: tuple[int, int], granularity: float | None
) -> Prediction:
    index, label = click
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
    user: User | None = None,
) -> ClickTrace:
    """Click on one part until `num_clicks` are given.

    Args:
        segmenter: Answers.
        encoded: The cloud, N points.
        target: (N,) bool the part, neither empty nor the whole cloud.
        num_clicks: At least 1. A system that takes fewer clicks keeps its last answer.
        granularity: Fineness told with every prompt, None for none.
        user: Says where to click; by default `correcting_user`.
    """
    most = segmenter.system.capabilities.max_points or num_clicks
    points = encoded.cloud.points
    user = user or correcting_user(points, target)
    clicks = [user(0, None)]
    predictions = [_answer_first(segmenter, encoded, clicks[0], granularity)]
    while len(clicks) < min(num_clicks, most):
        last = predictions[-1]
        index, label = user(len(clicks), last.mask)
        clicks.append((index, label))
        prompt = last.prompt.with_point(points[index], label)
        predictions.append(segmenter.predict(encoded, prompt, last))
    answers = [(mask_iou(answer.mask, target), answer.score) for answer in predictions]
    answers += [answers[-1]] * (num_clicks - len(answers))
    ious, predicted = zip(*answers, strict=True)
    return ClickTrace(
        iou=ious,
        iou_pred=predicted,
        best_candidate_iou=max(mask_iou(mask, target) for mask in predictions[0].candidates.masks),
        clicks=tuple(clicks),
        click_ms=tuple(answer.decode_ms for answer in predictions),
    )


def evaluate_object(
    segmenter: Segmenter, obj: LabeledObject, config: ClicksConfig
) -> list[PartClicks]:
    """Click on every true part that counts.

    Raises:
        InputError: the system takes no clicks off the part, and the protocol gives them.
    """
    _check_clicks_are_taken(segmenter, config)
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
            user=simulated_user(part, seen, config),
        )
        results.append(PartClicks(part=part, trace=trace, encode_ms=encoded.encode_ms))
    return results


def simulated_user(part: TruePart, seen: SeenObject, config: ClicksConfig) -> User:
    """Return the user of the protocol, who clicks on one part; the same in every run."""
    rng = np.random.default_rng((config.view.seed, seed_of(part.object_name), part.part_id))
    build = CLICK_PROTOCOLS[config.protocol].build
    return build(seen.cloud.points, seen.part_ids == part.part_id, rng)


def _check_clicks_are_taken(segmenter: Segmenter, config: ClicksConfig) -> None:
    system = segmenter.system
    takes_one = system.capabilities.max_points == 1 or config.clicks[-1] == 1
    if CLICK_PROTOCOLS[config.protocol].corrects and not (
        takes_one or system.capabilities.negative_points
    ):
        raise InputError(
            f'{system.name} takes no clicks off the part, which the clicks of {config.protocol}'
            ' are among; evaluate it with those of segvigen'
        )


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


def averages(results: Sequence[PartClicks], config: ClicksConfig) -> dict[str, dict[str, float]]:
    """IoU@k in percent, averaged in every way of `averages_of`."""

    def percent_after(num_clicks: int) -> Callable[[PartClicks], float]:
        return lambda result: 100 * result.trace.iou[num_clicks - 1]

    return averages_of(results, {f'IoU@{k}': percent_after(k) for k in config.clicks})


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
