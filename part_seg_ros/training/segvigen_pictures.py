# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures of training objects, in the view that SegviGen's networks know."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from part_seg_ros.data.rasterisation import PinholeCamera, render_depth
from part_seg_ros.models.segvigen.picture import VIEW, normalized_pixels, view_frame

_AMBIENT = 0.5


def flat_picture(points: np.ndarray, faces: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """Draw faces in flat colours.

    Args:
        points: (V, 3) in the networks' cube, y up.
        faces: (F, 3) int.
        colors: (F, 3) in [0, 1].

    Returns:
        (S, S, 4) float32 in [0, 1] in the view `VIEW`; alpha is 0 where there is no face.
    """
    pose = np.array(VIEW.to_world)
    pose[:3, 1:3] *= -1  # to a camera that looks along z, with y down
    focal = 0.5 * VIEW.side / np.tan(0.5 * VIEW.field_of_view)
    camera = PinholeCamera(width=VIEW.side, height=VIEW.side, focal_px=focal, T_world_camera=pose)
    _, shown = render_depth(view_frame(points), faces, camera)
    picture = np.zeros((VIEW.side, VIEW.side, 4), np.float32)
    is_shown = shown >= 0
    picture[is_shown, :3] = colors[shown[is_shown]]
    picture[is_shown, 3] = 1
    return picture


def shaded(points: np.ndarray, faces: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """Return (F, 3) colours as a lamp at the camera shows them."""
    corners = view_frame(points)[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    towards = np.array(VIEW.to_world)[:3, 3] - corners.mean(axis=1)
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    light = np.abs((normals * towards).sum(axis=1, keepdims=True))
    return colors * (_AMBIENT + (1 - _AMBIENT) * light)


def network_input(picture: np.ndarray, side: int) -> Tensor | None:
    """Cut a picture to its object and return it as the image encoder wants it.

    Args:
        picture: (S, S, 4) of `flat_picture`.
        side: Of what the encoder takes [px].

    Returns:
        (3, side, side) float32 on black; None where no object is seen. Answers to pictures are
        given by `picture.crop` and `network_picture`, which resample by Lanczos; here it is the
        mean or bilinear.
    """
    rows, columns = np.nonzero(picture[:, :, 3])
    if not len(rows):
        return None
    low = np.array([rows.min(), columns.min()])
    high = np.array([rows.max(), columns.max()]) + 1
    width = int((high - low).max())
    begin = (low + high - width) // 2
    square = np.zeros((width, width, 3), np.float32)
    from_rows, from_columns = (slice(max(b, 0), b + width) for b in begin)
    part = picture[from_rows, from_columns]
    top, left = np.maximum(-begin, 0)
    square[top : top + part.shape[0], left : left + part.shape[1]] = (
        part[:, :, :3] * part[:, :, 3:]
    )
    image = torch.from_numpy(square).permute(2, 0, 1)[None]
    resized = F.interpolate(image, (side, side), mode='bilinear', antialias=True)[0]
    return torch.from_numpy(normalized_pixels(resized.permute(1, 2, 0).numpy()))
