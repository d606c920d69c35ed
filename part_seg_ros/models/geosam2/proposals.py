# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Objects in a view that nobody prompted: clicks at random places, and the masks worth keeping.

Source: the release of GeoSAM2, which takes it from SAM 2's automatic mask generator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from part_seg_ros.models.geosam2.mask_filters import overlap, stability
from part_seg_ros.models.geosam2.model import GeoSam2Net, ViewFeatures
from part_seg_ros.models.geosam2.settings import ProposalSettings

_LARGEST_LOGIT = 32.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proposal:
    """An object found in a view.

    Attributes:
        coord_px: (2,) float32 the click that found it, x and y [px].
        mask: (S, S) bool, not empty.
        box: (4,) int64 x0 y0 x1 y1, its first and last columns and rows.
        iou_pred: Predicted IoU.
    """

    coord_px: np.ndarray
    mask: np.ndarray
    box: np.ndarray
    iou_pred: float


def find_proposals(
    net: GeoSam2Net,
    features: ViewFeatures,
    region: np.ndarray,
    settings: ProposalSettings,
    before_batch: Callable[[], None] = lambda: None,
) -> list[Proposal]:
    """Look for objects within a region of a view.

    Args:
        net: The network.
        features: Of this one view.
        region: (S, S) bool, where clicks may lie.
        settings: How many clicks, and which masks are kept.
        before_batch: Called before each batch of clicks; what it raises ends the work.

    Returns:
        Proposals, the largest first; none where the region is empty or no mask is good enough.
    """
    rows, columns = np.nonzero(region)
    random = np.random.RandomState(settings.seed)
    chosen = random.permutation(len(rows))[: settings.num_clicks]
    clicks = np.stack([columns[chosen], rows[chosen]], axis=1).astype(np.float32)
    found: list[Proposal] = []
    for begin in range(0, len(clicks), settings.clicks_at_once):
        before_batch()
        batch = clicks[begin : begin + settings.clicks_at_once]
        found += _good_masks(net, features, batch, settings)
    found.sort(key=lambda each: -each.iou_pred)
    found = _without_overlaps(found, _box_iou, settings.max_box_iou)
    found = _without_overlaps(found, lambda a, b: overlap(a.mask, b.mask), settings.max_mask_iou)
    return sorted(found, key=lambda each: -int(each.mask.sum()))


def _good_masks(
    net: GeoSam2Net, features: ViewFeatures, clicks: np.ndarray, settings: ProposalSettings
) -> list[Proposal]:
    """Answer clicks, refine each of the three masks, and keep those that are sure enough."""
    candidates = _answer(net, features, np.asarray(clicks), None)[0][:, 1:]
    repeated = np.repeat(clicks, candidates.shape[1], axis=0)
    masks = candidates.flatten(0, 1)[:, None].clamp(-_LARGEST_LOGIT, _LARGEST_LOGIT)
    refined, iou_pred = _answer(net, features, repeated, masks)
    size = net.config.image_size
    found = []
    for coord, mask_logits, score in zip(repeated, refined[:, :1], iou_pred[:, 0], strict=True):
        if score <= settings.min_iou:
            continue
        picture = functional.interpolate(
            mask_logits[None], size=(size, size), mode='bilinear', align_corners=False
        )
        logits = picture[0, 0].cpu().numpy()
        if stability(logits) >= settings.min_stability and (logits > 0).any():
            mask = logits > 0
            found.append(
                Proposal(coord_px=coord, mask=mask, box=_box(mask), iou_pred=float(score))
            )
    return found


def _answer(
    net: GeoSam2Net, features: ViewFeatures, clicks: np.ndarray, masks: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Return the (B, 4, S / 4, S / 4) mask logits and (B, 4) predicted IoUs of one click each."""
    device = features.coarse.device
    coords = torch.from_numpy(clicks)[:, None].to(device)
    labels = torch.ones(len(clicks), 1, dtype=torch.int32, device=device)
    decoded = net.propose(features.view(0, len(clicks)), coords, labels, masks)
    return decoded.mask_logits, decoded.iou_pred


def _without_overlaps(
    proposals: list[Proposal], measure: Callable[[Proposal, Proposal], float], limit: float
) -> list[Proposal]:
    """Keep, in order, what does not overlap more than the limit with what was kept before."""
    kept: list[Proposal] = []
    for each in proposals:
        if all(measure(each, other) <= limit for other in kept):
            kept.append(each)
    return kept


def _box_iou(first: Proposal, second: Proposal) -> float:
    low, high = np.maximum(first.box, second.box)[:2], np.minimum(first.box, second.box)[2:]
    shared = float(np.prod((high - low).clip(0)))
    areas = (float(np.prod(each.box[2:] - each.box[:2])) for each in (first, second))
    return shared / (sum(areas) - shared) if shared else 0.0


def _box(mask: np.ndarray) -> np.ndarray:
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return np.array([columns[0], rows[0], columns[-1], rows[-1]])
