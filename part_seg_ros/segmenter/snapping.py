# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Moving clicks onto the cloud or mesh."""

from __future__ import annotations

import dataclasses

import numpy as np

from part_seg_ros.errors import PromptTooFarError
from part_seg_ros.geometry.closest_points import closest_on_faces
from part_seg_ros.structures import Mesh, PointPrompt

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
    return _moved(prompt, coords, [distance for _, distance in nearest], 'cloud', max_distance)


def snap_to_mesh(
    mesh: Mesh, prompt: PointPrompt, *, max_distance: float
) -> tuple[PointPrompt, np.ndarray]:
    """Move every click to the nearest place on a mesh, which has faces; see `snap`.

    Raises:
        PromptTooFarError: a click is farther than `max_distance` from the mesh.
    """
    corners = mesh.vertices[mesh.faces]
    nearest = [closest_on_faces(corners, coord)[1:] for coord in prompt.prompt_coords]
    coords = np.array([place for place, _ in nearest], np.float32)
    return _moved(prompt, coords, [distance for _, distance in nearest], 'mesh', max_distance)


def _moved(
    prompt: PointPrompt,
    coords: np.ndarray,
    distances: list[float],
    what: str,
    max_distance: float,
) -> tuple[PointPrompt, np.ndarray]:
    """Return the prompt at (Q, 3) coordinates, and how far it moved, unless that is too far."""
    worst = int(np.argmax(distances))
    if max_distance > 0.0 and distances[worst] > max_distance:
        raise PromptTooFarError(
            f'click {worst} at {_text(prompt.prompt_coords[worst])} must lie within'
            f' {max_distance:g} m of a point of the {what} (snap radius); the nearest point'
            f' {_text(coords[worst])} is {distances[worst]:.4g} m away. Check the frame of the'
            ' click, or raise the snap radius'
        )
    moved = dataclasses.replace(prompt, prompt_coords=coords)
    return moved, np.array(distances, np.float32)


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
