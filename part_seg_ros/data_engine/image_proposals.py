# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Everything that a model of images finds on a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data_engine.image_segmenter import ImageMasks, ImageSegmenter
from part_seg_ros.data_engine.rendered_views import RenderedView
from part_seg_ros.segmenter.suppression import pairwise_overlap, suppress


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageProposalSettings:
    """Which masks of a picture are taken.

    Source:
        The automatic mask generator of SAM 2: its thresholds, its grid at half the density, and
        suppression by the masks themselves instead of their boxes.
    """

    grid: int = setting(16, 'Clicks along each side of a picture.', minimum=1)
    min_iou_pred: float = setting(0.8, "Least of the model's own estimate of the IoU.")
    stability_offset: float = setting(
        1.0, 'A mask is stable that changes little when its threshold moves by this.', minimum=0.0
    )
    min_stability: float = setting(
        0.95, 'Least IoU of a mask at both moved thresholds.', minimum=0.0, maximum=1.0
    )
    nms_iou: float = setting(0.7, 'Largest IoU of two masks.', minimum=0.0, maximum=1.0)
    min_pixels: int = setting(20, 'Least size of a mask on the shape [px].', minimum=1)
    refine: bool = setting(False, 'Let the model refine each mask once before it is judged.')

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


def propose(
    model: ImageSegmenter, view: RenderedView, settings: ImageProposalSettings
) -> np.ndarray:
    """Click on a grid of places and keep the masks that are sure, stable and different.

    Args:
        model: Has been given the picture by `set_image`.
        view: The picture.
        settings: What is taken.

    Returns:
        (M, H, W) bool masks on the shape, best first; neither specks nor all of it.
    """
    kept, scores = [], []
    for point_px in _grid(view, settings.grid):
        answer = _answer(model, point_px, settings)
        stability = _stability(answer.mask_logits, settings.stability_offset)
        masks = (answer.mask_logits > 0) & view.is_hit
        sizes = masks.sum(axis=(1, 2))
        is_good = (answer.iou_pred >= settings.min_iou_pred) & (
            stability >= settings.min_stability
        )
        is_good &= (sizes >= settings.min_pixels) & (sizes < np.count_nonzero(view.is_hit))
        kept.append(masks[is_good])
        scores.append(answer.iou_pred[is_good])
    if not kept:
        return np.zeros((0, *view.rows.shape), bool)
    masks = np.concatenate(kept)
    overlap = pairwise_overlap(masks[:, view.is_hit])[0]
    return masks[suppress(np.concatenate(scores), overlap > settings.nms_iou)]


def _grid(view: RenderedView, count: int) -> np.ndarray:
    """Return (P, 2) columns and rows of the middles of count x count fields on the shape."""
    height, width = view.rows.shape
    columns = ((np.arange(count) + 0.5) * width / count).astype(int)
    rows = ((np.arange(count) + 0.5) * height / count).astype(int)
    places = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    return places[view.is_hit[places[:, 1], places[:, 0]]]


def _answer(
    model: ImageSegmenter, point_px: np.ndarray, settings: ImageProposalSettings
) -> ImageMasks:
    clicks, labels = point_px[None].astype(np.float32), np.ones(1, np.int64)
    answer = model.predict(clicks, labels)
    if not settings.refine:
        return answer
    refined = [model.predict(clicks, labels, feedback) for feedback in answer.feedback]
    return ImageMasks(
        mask_logits=np.concatenate([one.mask_logits for one in refined]),
        iou_pred=np.concatenate([one.iou_pred for one in refined]),
        feedback=np.concatenate([one.feedback for one in refined]),
    )


def _stability(mask_logits: np.ndarray, offset: float) -> np.ndarray:
    """Return (O,) IoU of the masks at thresholds `offset` and minus `offset`; 0 for empty ones."""
    inner = np.count_nonzero(mask_logits > offset, axis=(1, 2))
    outer = np.count_nonzero(mask_logits > -offset, axis=(1, 2))
    return inner / np.maximum(outer, 1)
