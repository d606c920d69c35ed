# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures as the image encoder wants them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.errors import BackendMissingError, InputError

# Mean and spread of the pictures that DINOv3 was trained on.
_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)
_MAX_SIDE = 1024
_SOLID = 0.8 * 255
_WHITE = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A camera.

    Attributes:
        to_world: Four rows of the camera's pose: it looks along -z, y up; the world is z up.
        field_of_view: Horizontal and vertical [rad].
        side: Of its square picture [px].
    """

    to_world: tuple[tuple[float, ...], ...]
    field_of_view: float
    side: int


# The view that the released networks were trained with. The object lies as glTF (x, y, z) ->
# (x, -z, y), its box centred at the origin, longest side 1.
VIEW = View(
    to_world=(
        (0.8819212913513184, 0.06494797021150589, -0.46690112352371216, -0.9338021874427795),
        (-0.4713967740535736, 0.12150891125202179, -0.8735106587409973, -1.7470210790634155),
        (-4.881157167346828e-08, 0.9904633164405823, 0.13777753710746765, 0.2755555510520935),
        (0.0, 0.0, 0.0, 1.0),
    ),
    field_of_view=0.6981317007977318,
    side=512,
)


def read_picture(path: Path) -> np.ndarray:
    """Read a picture: (H, W, 3) uint8, or (H, W, 4) where it has alpha.

    Raises:
        InputError: the file is missing or no picture.
        BackendMissingError: Pillow is not installed.
    """
    image_type = _pillow()
    try:
        with image_type.open(path) as image:
            has_alpha = 'A' in image.getbands() or 'transparency' in image.info
            return np.asarray(image.convert('RGBA' if has_alpha else 'RGB'))
    except FileNotFoundError as error:
        raise InputError(f'{path}: no such file; give the path of a picture') from error
    except (OSError, ValueError) as error:
        raise InputError(f'{path}: not a readable picture ({error})') from error


def foreground(picture: np.ndarray) -> np.ndarray:
    """Return (H, W) uint8, 255 where the object is.

    It is the picture's alpha; in pictures without one, or with one that is 255 everywhere, all
    that is not pure white. The release runs a network for the removal of backgrounds instead.

    Args:
        picture: (H, W, 3) or (H, W, 4) uint8.
    """
    if picture.shape[2] == 4 and (picture[:, :, 3] < 255).any():
        return picture[:, :, 3]
    return np.where((picture[:, :, :3] < _WHITE).any(axis=2), 255, 0).astype(np.uint8)


def crop(picture: np.ndarray) -> np.ndarray:
    """Cut a picture to its object, as a square on black.

    What shows through at the rim of the object is white first and then dimmed, as in the release.

    Args:
        picture: (H, W, 3) or (H, W, 4) uint8 of any size.

    Returns:
        (S, S, 3) uint8.

    Raises:
        InputError: there is no object in it.
        BackendMissingError: Pillow is not installed.
    """
    image_type = _pillow()
    colors, alpha = (
        image_type.fromarray(part) for part in (picture[:, :, :3], foreground(picture))
    )
    image = image_type.new('RGB', colors.size, (_WHITE, _WHITE, _WHITE))
    image.paste(colors, mask=alpha)
    if max(image.size) > _MAX_SIDE:
        scale = _MAX_SIDE / max(image.size)
        sides = [max(int(side * scale), 1) for side in image.size]
        image, alpha = (
            part.resize(sides, image_type.Resampling.LANCZOS) for part in (image, alpha)
        )
    image.putalpha(alpha)
    rows, columns = np.nonzero(np.asarray(image)[:, :, 3] > _SOLID)
    if not len(rows):
        raise InputError('the picture shows no object: all of it is background')
    low = np.array([columns.min(), rows.min()])
    high = np.array([columns.max(), rows.max()])
    half = max(int((high - low).max()) // 2, 1)
    center = (low + high) / 2
    image = image.crop((*(center - half), *(center + half)))
    pixels = np.asarray(image).astype(np.float32) / 255
    return (pixels[:, :, :3] * pixels[:, :, 3:] * 255).astype(np.uint8)


def network_picture(picture: np.ndarray, side: int) -> np.ndarray:
    """Return the (3, side, side) float32 input of the image encoder for a cropped picture.

    Raises:
        BackendMissingError: Pillow is not installed.
    """
    image_type = _pillow()
    image = image_type.fromarray(picture).resize((side, side), image_type.Resampling.LANCZOS)
    return normalized_pixels(np.asarray(image, dtype=np.float32) / 255)


def normalized_pixels(pixels: np.ndarray) -> np.ndarray:
    """Return the (3, H, W) float32 input of the image encoder for (H, W, 3) in [0, 1]."""
    normalized = (pixels - np.array(_MEAN, np.float32)) / np.array(_STD, np.float32)
    return np.ascontiguousarray(normalized.transpose(2, 0, 1))


def view_frame(points: np.ndarray) -> np.ndarray:
    """Return (N, 3) points of the networks' cube, y up, in the world of `VIEW`, z up."""
    return points[:, [0, 2, 1]] * np.array([1, -1, 1], points.dtype)


def _pillow() -> Any:
    try:
        from PIL import Image
    except ModuleNotFoundError as error:
        raise BackendMissingError('pictures need Pillow: pip install pillow') from error
    return Image
