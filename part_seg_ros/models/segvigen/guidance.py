# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Guidance pictures from what other cameras, or other systems, say of the parts of a mesh."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.face_graph import build_face_graph
from part_seg_ros.geometry.face_labels import (
    NO_LABEL,
    fill_from_nearest,
    fill_from_neighbors,
    vote,
)
from part_seg_ros.geometry.rendered_views import WHITE, RenderedView, mesh_surface, render
from part_seg_ros.geometry.view_cameras import ViewCamera
from part_seg_ros.models.segvigen.colors import PaletteSettings, find_palette
from part_seg_ros.models.segvigen.picture import VIEW, foreground, view_frame
from part_seg_ros.models.segvigen.preparation import Placement
from part_seg_ros.structures import Mesh

# Colours of parts keep so far from white and black, which mean other things.
_FAR = 110.0
_SHADES = (0, 51, 102, 153, 204, 255)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Guide:
    """A guidance picture.

    Attributes:
        picture: (S, S, 3) uint8 flat colours on white, seen from `picture.VIEW`.
        palette: (K, 3) uint8 colour of each part.
    """

    picture: np.ndarray
    palette: np.ndarray


def view_camera() -> ViewCamera:
    """Return the camera of `picture.VIEW`."""
    return _camera(np.array(VIEW.to_world), VIEW.field_of_view, VIEW.side)


def read_camera(path: Path, side: int) -> ViewCamera:
    """Read the camera of a square picture.

    Args:
        path: JSON as beside the pictures of the release: `camera_angle_x` [rad] and
            `transform_matrix`, four rows of the pose of a camera that looks along -z, y up; or a
            list whose first entry that is. In its world z is up, the object's box is centred at
            the origin and its longest side is 1.
        side: Of the picture [px].

    Raises:
        InputError: the file is no such JSON.
    """
    try:
        found = json.loads(path.read_text())
        entry = found[0] if isinstance(found, list) else found
        pose = np.array(entry['transform_matrix'], np.float64)
        angle = float(entry['camera_angle_x'])
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(
            f'{path} must be JSON with camera_angle_x and transform_matrix ({error!r})'
        ) from error
    if pose.shape != (4, 4) or not np.isfinite(pose).all() or not 0 < angle < np.pi:
        raise InputError(
            f'{path}: transform_matrix must be 4 finite rows of 4 and camera_angle_x between 0 and'
            f' pi, got {pose.shape} and {angle}'
        )
    return _camera(pose, angle, side)


def parts_in_picture(
    mesh: Mesh,
    placement: Placement,
    picture: np.ndarray,
    camera: ViewCamera,
    colors: PaletteSettings | None = None,
) -> np.ndarray:
    """Carry the flat colours of a picture to the faces that it shows.

    Args:
        mesh: F faces.
        placement: Of the mesh in the networks' cube.
        picture: (S, S, 3) or (S, S, 4) uint8 from `camera`; white or transparent background.
        camera: Of S px.
        colors: How distinct colours are found; None for the defaults.

    Returns:
        (F,) int64 number of the colour that most pixels of a face have, -1 for faces not shown.

    Raises:
        InputError: the picture is not as large as the camera's, or shows nothing of the mesh.
        BackendMissingError: Open3D is not installed.
    """
    if picture.shape[:2] != (camera.size, camera.size):
        raise InputError(
            f'the picture of a camera must be square, {camera.size} x {camera.size}, got'
            f' {picture.shape[1]} x {picture.shape[0]}'
        )
    view = _seen(mesh, placement, camera)
    is_shown = view.is_shape & (foreground(picture) > 0)
    if not is_shown.any():
        raise InputError('the picture shows nothing of the mesh; is it from another camera?')
    palette_of = find_palette(picture[is_shown][:, :3], colors or PaletteSettings())[1]
    return vote(
        view.element_idx[is_shown].astype(np.int64), palette_of.astype(np.int64), len(mesh.faces)
    )


def draw_guide(mesh: Mesh, placement: Placement, part_ids: np.ndarray) -> Guide:
    """Draw parts of a mesh in colours far from each other, as the networks want to see them.

    Args:
        mesh: F faces.
        placement: Of the mesh in the networks' cube.
        part_ids: (F,) int part of each face, -1 for faces not known, which take that of faces
            around them.

    Raises:
        InputError: not one part id a face, or no face has one.
        BackendMissingError: Open3D is not installed.
    """
    part_ids = np.asarray(part_ids, np.int64)
    if part_ids.shape != (len(mesh.faces),):
        raise InputError(
            f'part ids of a guide must be one for each of the {len(mesh.faces)} faces, got'
            f' {part_ids.shape}; are they of another mesh?'
        )
    if not (part_ids >= 0).any():
        raise InputError('no face of the guide has a part')
    graph = build_face_graph(mesh)
    part_ids = fill_from_neighbors(part_ids, graph.pairs, ignored=NO_LABEL)
    part_ids = fill_from_nearest(part_ids, graph.centroids)
    used, numbers = np.unique(part_ids, return_inverse=True)
    palette = spread_colors(len(used))
    view = _seen(mesh, placement, view_camera())
    picture = np.full((*view.element_idx.shape, 3), WHITE, np.uint8)
    of_pixels = numbers.reshape(-1)[view.element_idx[view.is_shape]]
    picture[view.is_shape] = palette[of_pixels]
    # Parts that are not seen in the picture cannot be told by it.
    return Guide(picture=picture, palette=palette[np.unique(of_pixels)])


def spread_colors(count: int) -> np.ndarray:
    """Return (count, 3) uint8 colours, each as far as can be from those before, white and black.

    Raises:
        InputError: there are not so many.
    """
    shades = np.array(list(itertools.product(_SHADES, repeat=3)), np.float64)
    least = np.minimum(np.linalg.norm(shades, axis=1), np.linalg.norm(shades - 255, axis=1))
    shades = shades[least >= _FAR]
    if count > len(shades):
        raise InputError(f'a guide can tell {len(shades)} parts apart, got {count}')
    distance = np.linalg.norm(shades - 127.5, axis=1)  # begins with the strongest
    chosen: list[int] = []
    for _ in range(count):
        chosen.append(int(distance.argmax()))
        to_last = np.linalg.norm(shades - shades[chosen[-1]], axis=1)
        distance = to_last if len(chosen) == 1 else np.minimum(distance, to_last)
    return shades[chosen].astype(np.uint8)


def _camera(pose: np.ndarray, field_of_view: float, side: int) -> ViewCamera:
    focal = 0.5 * side / np.tan(0.5 * field_of_view)
    return ViewCamera(size=side, focal_px=float(focal), T_world_camera=pose)


def _seen(mesh: Mesh, placement: Placement, camera: ViewCamera) -> RenderedView:
    points = view_frame(placement.apply(mesh.vertices))
    return render(mesh_surface(points, mesh.faces), [camera])[0]
