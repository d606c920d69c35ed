# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Moving clicks onto the cloud."""

from __future__ import annotations

import dataclasses

import numpy as np

from part_seg_ros.errors import PromptTooFarError
from part_seg_ros.structures import PointPrompt

_CHUNK = 1 << 20


def snap(
    points: np.ndarray, prompt: PointPrompt, *, max_distance: float
) -> tuple[PointPrompt, np.ndarray]:
    """Move every click to the nearest valid point of the full cloud.

    Args:
        points: (N, 3) float32 [m]; rows that are not finite are skipped.
        prompt: The clicks, in the frame of `points`.
        max_distance: Farthest that a click may be from a point [m]; no limit if not positive.

    Returns:
        The prompt at the snapped coordinates, and (Q,) float32 distances [m].

    Raises:
        PromptTooFarError: a click is farther than `max_distance` from every valid point.
    """
    nearest = [_nearest(points, coord) for coord in prompt.prompt_coords]
    coords = points[[row for row, _ in nearest]]
    distances = np.array([distance for _, distance in nearest], np.float32)
    worst = int(distances.argmax())
    if max_distance > 0.0 and distances[worst] > max_distance:
        raise PromptTooFarError(
            f'click {worst} at {_text(prompt.prompt_coords[worst])} must lie within'
            f' {max_distance:g} m of a point of the cloud (snap radius); the nearest point'
            f' {_text(coords[worst])} is {distances[worst]:.4g} m away. Check the frame of the'
            ' click, or raise the snap radius'
        )
    return dataclasses.replace(prompt, prompt_coords=coords), distances


def _nearest(points: np.ndarray, coord: np.ndarray) -> tuple[int, float]:
    """Return row and distance of the valid point nearest to `coord`; the lower row at a tie.

    One pass is cheaper than a tree for the few clicks that one cloud gets.
    """
    best_row, best = -1, np.inf
    for begin in range(0, len(points), _CHUNK):
        x, y, z = points[begin : begin + _CHUNK].T
        with np.errstate(over='ignore', invalid='ignore'):
            squared = (x - coord[0]) ** 2 + (y - coord[1]) ** 2 + (z - coord[2]) ** 2
        nearest = np.fmin.reduce(squared)
        if nearest < best:
            best_row, best = begin + int((squared == nearest).argmax()), nearest
    return best_row, float(np.sqrt(best))


def _text(coord: np.ndarray) -> str:
    return '(' + ', '.join(f'{value:.4g}' for value in coord) + ')'
