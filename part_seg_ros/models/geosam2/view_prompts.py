# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clicks, boxes and masks on a view, checked and answered."""

from __future__ import annotations

import operator

import numpy as np
import torch

from part_seg_ros.errors import InputError
from part_seg_ros.models.geosam2.model import GeoSam2Net, ViewFeatures, ViewMasks
from part_seg_ros.models.geosam2.preparation import PreparedShape
from part_seg_ros.structures import BoxPrompt, MaskPrompt, ViewClickPrompt

ViewPrompt = ViewClickPrompt | BoxPrompt | MaskPrompt

BOX_CORNERS = (2, 3)
"""Labels of a box's top left and bottom right corner."""


def view_of(prompt: ViewPrompt, shape: PreparedShape) -> int:
    """Return the number, among the views rendered, of the view that a prompt is on.

    Raises:
        InputError: there is no such view, or it is left out since it does not show the shape.
    """
    limit = f'view_idx must be a whole number in 0 … {len(shape.cameras) - 1}'
    try:
        number = operator.index(prompt.view_idx)
    except TypeError as error:
        raise InputError(f'{limit}, got {prompt.view_idx!r}') from error
    if not 0 <= number < len(shape.cameras):
        raise InputError(f'{limit}, got {number}')
    if number not in shape.view_numbers:
        shown = ', '.join(map(str, shape.view_numbers))
        raise InputError(f'view {number} does not show enough of the cloud; views {shown} do')
    return shape.view_numbers.index(number)


def answer_view_prompt(
    net: GeoSam2Net, features: ViewFeatures, shape: PreparedShape, prompt: ViewPrompt
) -> ViewMasks:
    """Answer a prompt on the view that it names.

    Args:
        net: The network.
        features: Of all views.
        shape: What they show.
        prompt: The prompt.

    Raises:
        InputError: no such view, a click on the background, a box that is empty or not within the
            picture, or a mask that is empty or of another size than the picture.
    """
    view = view_of(prompt, shape)
    size = net.config.image_size
    is_shape = shape.views[view].is_shape
    if isinstance(prompt, MaskPrompt):
        mask = np.asarray(prompt.mask)
        if mask.shape != (size, size):
            raise InputError(f'the mask of a view must be {size} x {size}, got {mask.shape}')
        if not (mask.astype(bool) & is_shape).any():
            raise InputError(
                f'the mask covers nothing of the shape in view {prompt.view_idx}; draw it on the'
                ' shape'
            )
        tensor = torch.from_numpy(mask.astype(bool))[None, None]
        return net.prompt_with_masks(features.view(view), tensor.to(features.coarse.device))
    if isinstance(prompt, BoxPrompt):
        coords, labels = _box_corners(prompt, size), np.array(BOX_CORNERS)
    else:
        coords, labels = prompt.coords_px, prompt.prompt_labels
        _check_clicks(prompt, is_shape)
    return answer_clicks(net, features, view, coords, labels)[0]


def answer_clicks(
    net: GeoSam2Net,
    features: ViewFeatures,
    view: int,
    coords_px: np.ndarray,
    labels: np.ndarray,
    mask_logits: np.ndarray | None = None,
    num_candidates: int = 1,
) -> list[ViewMasks]:
    """Answer clicks of one object on a view.

    Args:
        net: The network.
        features: Of all views.
        view: Number of the view among them.
        coords_px: (Q, 2) x, y [px].
        labels: (Q,) as for `GeoSam2Net.decode_clicks`.
        mask_logits: (S / 4, S / 4) an answer to refine, or None.
        num_candidates: Answers wanted, where there are so many.

    Returns:
        The candidates of the highest predicted IoU, best first.
    """
    device = features.coarse.device
    coords = torch.from_numpy(np.asarray(coords_px, np.float32))[None].to(device)
    kinds = torch.from_numpy(np.asarray(labels, np.int32))[None].to(device)
    masks = None
    if mask_logits is not None:
        masks = torch.from_numpy(np.asarray(mask_logits, np.float32))[None, None].to(device)
    decoded = net.decode_clicks(features.view(view), coords, kinds, masks)
    num_candidates = min(num_candidates, decoded.iou_pred.shape[1])
    return [net.choose(decoded, rank) for rank in range(num_candidates)]


def _box_corners(prompt: BoxPrompt, size: int) -> np.ndarray:
    box = np.asarray(prompt.box_px, np.float32)
    if box.shape != (4,) or not np.isfinite(box).all():
        raise InputError(f'box_px must be x0 y0 x1 y1, got {prompt.box_px}')
    if not (0 <= box).all() or not (box <= size).all():
        raise InputError(f'box_px must lie within the picture, 0 … {size}, got {box.tolist()}')
    if not (box[:2] < box[2:]).all():
        raise InputError(f'box_px must have x0 < x1 and y0 < y1, got {box.tolist()}')
    return box.reshape(2, 2)


def _check_clicks(prompt: ViewClickPrompt, is_shape: np.ndarray) -> None:
    size = len(is_shape)
    coords = prompt.coords_px
    if not np.isfinite(coords).all() or not ((coords >= 0) & (coords < size)).all():
        raise InputError(f'clicks must lie within the picture, 0 … {size}, got {coords.tolist()}')
    for (x, y), label in zip(coords.astype(int), prompt.prompt_labels, strict=True):
        if label == 1 and not is_shape[y, x]:
            raise InputError(
                f'the click at {x}, {y} in view {prompt.view_idx} lies on the background; click on'
                ' the shape'
            )
