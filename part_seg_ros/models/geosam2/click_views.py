# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""3D clicks as clicks on views: in which views they are seen, and which of these is the best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from part_seg_ros.geometry.rendered_views import RenderedView
from part_seg_ros.models.geosam2.preparation import PreparedShape

# A click is seen where the picture shows something about as far away [longest side of the shape].
_DEPTH_TOLERANCE = 0.02
_LARGEST_LOGIT = 32.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewClicks:
    """Clicks on one view.

    Attributes:
        view: Number of the view among those rendered.
        coords_px: (Q, 2) float32 x, y [px].
        labels: (Q,) int8, 1 on the part, 0 off it.
    """

    view: int
    coords_px: np.ndarray
    labels: np.ndarray


def spread_clicks(
    shape: PreparedShape, coords: np.ndarray, labels: np.ndarray
) -> list[ViewClicks]:
    """Give each click on the part to a view that sees it, as few views as will do.

    The first view sees most of these clicks; of several the one that looks most straight at them.
    Those that it does not see go to further views in the same way. Clicks off the part count in
    every view that sees them. A click that no view sees moves to the nearest place that one does.

    Args:
        shape: The shape.
        coords: (Q, 3) in the world.
        labels: (Q,) 1 on the part, 0 off it.

    Returns:
        At most one for each view; none where no click is on the part.
    """
    coords = np.asarray(coords, np.float64)
    cosines, places = _seen(shape, coords)
    is_lost = np.isnan(cosines).all(axis=0)
    if is_lost.any():
        coords = coords.copy()
        coords[is_lost] = _nearest_shown(shape, coords[is_lost])
        cosines, places = _seen(shape, coords)
    is_on, found = labels == 1, []
    rest = is_on.copy()
    while rest.any():
        is_seen = ~np.isnan(cosines)
        num_seen = (is_seen & rest).sum(axis=1)
        straightness = np.where(is_seen & rest, cosines, 0.0).sum(axis=1)
        view = int(np.lexsort((-straightness, -num_seen))[0])
        if not num_seen[view]:
            break
        chosen = is_seen[view] & (rest | ~is_on)
        found.append(ViewClicks(view=view, coords_px=places[view, chosen], labels=labels[chosen]))
        rest &= ~is_seen[view]
    return found


def draw_logits(view: RenderedView, logits: np.ndarray, size: int) -> np.ndarray:
    """Draw logits of points, (N,), as mask logits of a view, (size, size) float32."""
    drawn = np.where(view.is_shape, logits[view.element_idx], -_LARGEST_LOGIT).astype(np.float32)
    small = functional.interpolate(
        torch.from_numpy(drawn)[None, None],
        size=(size, size),
        mode='bilinear',
        align_corners=False,
        antialias=True,
    )
    return small[0, 0].clamp(-_LARGEST_LOGIT, _LARGEST_LOGIT).numpy()


def _seen(shape: PreparedShape, coords: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how straight (V, Q) views look at clicks, NaN where unseen, and (V, Q, 2) float32 px.

    A place in the middle of a pixel has whole coordinates, as the network counts.
    """
    cosines = np.full((len(shape.views), len(coords)), np.nan)
    places = np.zeros((len(shape.views), len(coords), 2), np.float32)
    for v, view in enumerate(shape.views):
        projected, depth = view.camera.project(coords)
        cells, is_inside = view.camera.pixels_of(coords)
        columns, rows = cells.T
        is_near = np.abs(view.depth[rows, columns] - depth) < _DEPTH_TOLERANCE
        across = view.normals[rows, columns] / 127.5 - 1.0
        towards = view.camera.position - coords
        towards /= np.linalg.norm(towards, axis=1, keepdims=True)
        cosine = (across * towards).sum(axis=1)
        cosines[v] = np.where(is_inside & is_near, cosine, np.nan)
        places[v] = np.nan_to_num(projected - 0.5)
    return cosines, places


def _nearest_shown(shape: PreparedShape, coords: np.ndarray) -> np.ndarray:
    """Return, for (Q, 3) places, the nearest places that pixels show."""
    shown = []
    for view in shape.views:
        points = view.point_map()[view.is_shape]
        squares = np.square(coords[:, None] - points[None, :: max(1, len(points) // 4096)])
        nearest = squares.sum(axis=2).argmin(axis=1)
        shown.append(points[nearest * max(1, len(points) // 4096)])
    stacked = np.stack(shown).astype(np.float64)  # (V, Q, 3)
    best = np.linalg.norm(stacked - coords, axis=2).argmin(axis=0)
    return stacked[best, np.arange(len(coords))]
