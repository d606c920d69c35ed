# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Several objects in all views: which of them are kept, and which of them each pixel shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.rendered_views import RenderedView
from part_seg_ros.geometry.view_votes import UNLABELED
from part_seg_ros.models.geosam2.mask_filters import ObjectRules, is_kept, overlap
from part_seg_ros.models.geosam2.passes import FollowedObject
from part_seg_ros.models.geosam2.preparation import PreparedShape
from part_seg_ros.structures import PartSegmentation, SegmentedPart

NO_PART = np.iinfo(np.int32).max
"""Label of pixels that show the shape but no object; they vote, and lose ties."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ObjectMasks:
    """One object's masks in the V views.

    Attributes:
        part_id: Its id.
        view: Number of the prompted view.
        masks: (V, S, S) bool.
        iou_pred: Predicted IoU in the prompted view.
        is_prompted: A caller asked for it; else it was found.
    """

    part_id: int
    view: int
    masks: np.ndarray
    iou_pred: float
    is_prompted: bool

    @property
    def area(self) -> int:
        """Pixels in all views."""
        return int(self.masks.sum())


def keep_objects(
    found: Sequence[FollowedObject],
    part_ids: Sequence[int],
    views: Sequence[RenderedView],
    rules: ObjectRules,
    earlier: Sequence[ObjectMasks],
    *,
    is_prompted: bool,
) -> list[ObjectMasks]:
    """Drop objects that are unstable, that grow too much, or that are there already.

    An object that repeats one of its own pass is dropped even if that is there already, too.

    Args:
        found: Objects, in the order of their importance.
        part_ids: Of each.
        views: What they are masks of.
        rules: When an object is dropped.
        earlier: Objects kept before.
        is_prompted: A caller asked for them.
    """
    kept: list[ObjectMasks] = []

    def repeats(masks: np.ndarray, view: int, others: Sequence[ObjectMasks]) -> bool:
        return any(overlap(masks[view], other.masks[view]) > rules.max_overlap for other in others)

    for each, part_id in zip(found, part_ids, strict=True):
        logits = {
            v: enlarged(low, view)
            for v, (low, view) in enumerate(zip(each.logits, views, strict=True))
        }
        if not is_kept(logits, each.view, rules):
            continue
        masks = np.stack([logits[v] > 0 for v in range(len(views))])
        if repeats(masks, each.view, kept):
            continue
        kept.append(
            ObjectMasks(
                part_id=part_id,
                view=each.view,
                masks=masks,
                iou_pred=each.iou_pred,
                is_prompted=is_prompted,
            )
        )
    return [each for each in kept if not repeats(each.masks, each.view, earlier)]


def enlarged(mask_logits: np.ndarray, view: RenderedView) -> np.ndarray:
    """Return (S / 4, S / 4) mask logits as (S, S), at the size of the view's picture."""
    size = view.camera.size
    low = torch.from_numpy(mask_logits)[None, None]
    high = functional.interpolate(low, size=(size, size), mode='bilinear', align_corners=False)
    return high[0, 0].numpy()


def paint(objects: Sequence[ObjectMasks], views: Sequence[RenderedView]) -> list[np.ndarray]:
    """Say which object each pixel shows: found ones below prompted ones, large below small.

    Returns:
        For each view, (S, S) int32 part ids, `NO_PART` for the rest of the shape, -1 for the
        background.
    """
    ordered = sorted(objects, key=lambda each: (each.is_prompted, -each.area))
    pictures = []
    for v, view in enumerate(views):
        labels = np.full(view.element_idx.shape, NO_PART, np.int32)
        for each in ordered:
            labels[each.masks[v]] = each.part_id
        pictures.append(np.where(view.is_shape, labels, np.int32(UNLABELED)))
    return pictures


def vote_for_objects(
    shape: PreparedShape,
    objects: Sequence[ObjectMasks],
    num_prompted: int,
    within: np.ndarray | None = None,
) -> PartSegmentation:
    """Let the pixels of all views vote for the object that a point belongs to.

    Args:
        shape: The shape.
        objects: What is in its views.
        num_prompted: Ids below this are kept, even of objects that own nothing; those above are
            made to follow without gaps.
        within: (N,) bool, points that may belong to an object; None for all.

    Raises:
        InputError: `within` has another length.
    """
    num_points = len(shape.points)
    if within is not None and np.shape(within) != (num_points,):
        raise InputError(
            f'within must say for each of {num_points} points whether it counts, got'
            f' {np.shape(within)}'
        )
    labels = shape.links.labels_from(paint(objects, shape.views))
    is_free = labels == NO_PART
    if within is not None:
        is_free |= ~np.asarray(within, bool)
    labels[is_free] = UNLABELED
    found_ids = np.unique(labels[labels >= num_prompted])
    ids = np.concatenate([np.arange(num_prompted), found_ids])
    scores = {each.part_id: each.iou_pred for each in objects}
    parts = tuple(
        SegmentedPart(part_id=new, score=scores.get(int(old), 0.0)) for new, old in enumerate(ids)
    )
    renamed = np.where(labels < 0, UNLABELED, np.searchsorted(ids, labels))
    return PartSegmentation(part_ids=renamed.astype(np.int32), parts=parts)
