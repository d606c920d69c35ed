# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Prompts on views, followed through all views and voted on by their pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.models.geosam2.model import GeoSam2Net, ViewFeatures, ViewMasks
from part_seg_ros.models.geosam2.propagation import (
    Plan,
    Slots,
    plan_both_ways,
    plan_round,
    propagate,
    stack_objects,
)
from part_seg_ros.models.geosam2.settings import AUTO, ROUND, GeoSam2Settings

BeforeStep = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """The answer to a prompt on a view, to be followed through the others.

    Attributes:
        view: Number of the view among those rendered.
        answer: For one object.
    """

    view: int
    answer: ViewMasks


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FollowedObject:
    """One object in all views.

    Attributes:
        view: Number of the prompted view.
        logits: For each view, (S / 4, S / 4) float32.
        iou_pred: Best IoU that the network predicts for it in the prompted view, 0 to 1.
    """

    view: int
    logits: tuple[np.ndarray, ...]
    iou_pred: float


def follow(
    net: GeoSam2Net,
    features: ViewFeatures,
    requests: Sequence[Request],
    settings: GeoSam2Settings,
    *,
    is_ring: bool,
    before_step: BeforeStep = lambda: None,
) -> list[FollowedObject]:
    """Follow prompted objects through all views, those of one view together.

    Args:
        net: The network.
        features: Of all views.
        requests: Any number of objects, on any views.
        settings: Which way, and how many objects at once.
        is_ring: All twelve views are there.
        before_step: Called before each view that is looked at; what it raises ends the work.

    Returns:
        One for each request, in order.
    """
    found: dict[int, FollowedObject] = {}
    for view in dict.fromkeys(request.view for request in requests):
        rows = [row for row, request in enumerate(requests) if request.view == view]
        for begin in range(0, len(rows), settings.objects_at_once):
            chosen = rows[begin : begin + settings.objects_at_once]
            answers = stack_objects([requests[row].answer for row in chosen])
            plans = _plans(len(features), view, settings, is_ring=is_ring)
            masks = _follow_together(net, features, answers, plans, before_step)
            for place, row in enumerate(chosen):
                found[row] = _of_object(masks, place, view)
    return [found[row] for row in range(len(requests))]


def _plans(
    num_views: int, view: int, settings: GeoSam2Settings, *, is_ring: bool
) -> tuple[Plan, ...]:
    is_round = settings.ways == ROUND or (settings.ways == AUTO and is_ring)
    if is_round:
        return (plan_round(num_views, view, Slots(settings.slots)),)
    return plan_both_ways(num_views, view)


def _follow_together(
    net: GeoSam2Net,
    features: ViewFeatures,
    answers: ViewMasks,
    plans: Sequence[Plan],
    before_step: BeforeStep,
) -> list[ViewMasks]:
    """Return the masks of B objects in each view; in the prompted one those that were tracked."""
    masks: dict[int, ViewMasks] = {}
    for plan in plans:
        steps = propagate(net, features, answers, plan)
        for step, found in steps:
            before_step()
            masks[step.view_idx] = found
    return [masks[v] for v in range(len(features))]


def _of_object(masks: Sequence[ViewMasks], row: int, view: int) -> FollowedObject:
    return FollowedObject(
        view=view,
        logits=tuple(each.mask_logits[row, 0].float().cpu().numpy() for each in masks),
        iou_pred=float(masks[view].iou_pred[row].max()),
    )
