# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Bringing a promptable model of clouds to agree with masks on pictures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data_engine.image_segmenter import ImageSegmenter
from part_seg_ros.data_engine.rendered_views import FusedViews, RenderedView
from part_seg_ros.evaluation.metrics import mask_iou
from part_seg_ros.segmenter import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftingSettings:
    """When masks on pictures and on the cloud agree; no number of these is published."""

    agreement_iou: float = setting(
        0.8, 'IoU on the picture above which they agree.', minimum=0.0, maximum=1.0
    )
    max_clicks: int = setting(
        10, 'Most clicks on one picture; who does not agree by then is dropped.', minimum=1
    )
    min_view_iou: float = setting(
        0.5,
        'Least IoU of the mask with what the model of images makes of it on another picture.',
        minimum=0.0,
        maximum=1.0,
    )
    min_pixels: int = setting(
        20, 'Other pictures that show less of the mask say nothing of it [px].', minimum=1
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


def agree(
    session: Session,
    fused: FusedViews,
    view: RenderedView,
    wanted: np.ndarray,
    settings: LiftingSettings,
    rng: np.random.Generator,
) -> Session | None:
    """Click where the picture of the mask is wrong until it is right.

    Args:
        session: What was asked so far, perhaps nothing, on the fused cloud.
        fused: The cloud.
        view: The picture.
        wanted: (H, W) bool mask on the picture, a part of the shape there.
        settings: When it is right.
        rng: Of the pixels that are clicked.

    Returns:
        The session with an answer that agrees, or None where it came to none.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 4: the first click is a random pixel of the mask on the
        picture, each further one a random pixel of the error; the answer before is fed back.
    """
    points = fused.cloud.points
    for num_clicks in range(settings.max_clicks + 1):
        answer = session.prediction
        shown = np.zeros_like(wanted) if answer is None else view.shown(answer.mask)
        if mask_iou(shown, wanted) > settings.agreement_iou:
            return _without_past(session)
        wrong = np.flatnonzero(shown != wanted)
        if num_clicks == settings.max_clicks or not len(wrong):
            return None
        pixel = rng.choice(wrong)
        session = session.add(points[view.rows.flat[pixel]], int(wanted.flat[pixel]))
    return None


def revise(
    session: Session,
    fused: FusedViews,
    view: RenderedView,
    model: ImageSegmenter,
    settings: LiftingSettings,
    rng: np.random.Generator,
) -> Session | None:
    """Hold a mask of the cloud against what a model of images sees on another picture.

    Args:
        session: Has an answer.
        fused: The cloud.
        view: The other picture.
        model: Has been given this picture by `set_image`.
        settings: What is good enough.
        rng: Of the pixels that are clicked.

    Returns:
        The session, refined where need be; None where the two differ too much.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 4: the model of images is asked by a random pixel of the
        picture of the mask; its answer most like that picture is what is wanted there.
    """
    answer = session.prediction
    assert answer is not None
    shown = view.shown(answer.mask)
    if np.count_nonzero(shown) < settings.min_pixels:
        return session
    row, column = np.unravel_index(rng.choice(np.flatnonzero(shown)), shown.shape)
    found = model.predict(np.array([[column, row]], np.float32), np.ones(1, np.int64))
    masks = (found.mask_logits > 0) & view.is_hit
    overlap = [mask_iou(mask, shown) for mask in masks]
    best = int(np.argmax(overlap))
    if overlap[best] < settings.min_view_iou:
        return None
    return agree(session, fused, view, masks[best], settings, rng)


def _without_past(session: Session) -> Session:
    """Return the session with its last answer and the chosen mask alone: many are kept at once."""
    answer = session.history[-1]
    chosen = np.array([answer.chosen_idx])
    kept = dataclasses.replace(
        answer,
        candidates=answer.candidates.select(chosen),
        network_logits=answer.network_logits[chosen],
        chosen_idx=0,
    )
    return dataclasses.replace(session, history=(kept,))
