# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Batches of GeoSAM2's training: views of objects, parts in them, and a prompt for each part."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.data.rasterisation import PinholeCamera, render_depth
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.rendered_views import RenderedView, mesh_surface, shade
from part_seg_ros.models.geosam2.cameras import NUM_VIEWS, find_world, twelve_cameras
from part_seg_ros.models.geosam2.config import PRESETS
from part_seg_ros.models.geosam2.network_maps import normal_input, point_input
from part_seg_ros.training.cloud_sources import MAX_DRAWS, CloudSource, cloud_generators
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.geosam2_config import GeoSam2Training
from part_seg_ros.training.masked_surface import MaskedSurface
from part_seg_ros.training.tensor_records import moved

MIN_PIXELS = 16
"""Fewest pixels of a part in the view that is prompted [px]."""

_OPENGL = np.diag([1.0, -1.0, -1.0, 1.0])  # from x right, y up, z back to x right, y down, z ahead


class PromptKind(IntEnum):
    """What a part is prompted with in the first view."""

    MASK = 0
    BOX = 1
    CLICK = 2


_KIND_SHARES = (0.5, 0.25, 0.25)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PromptedViews:
    """An object in V views, the first of which is prompted for M of its parts.

    Attributes:
        normals: (V, 3, S, S) float32 input of the network.
        points: (V, 3, S, S) float32 likewise.
        targets: (M, V, S, S) bool, the parts in the views.
        kinds: (M,) int64 `PromptKind`.
        coords: (M, 2, 2) float32 x, y [px]: the corners of a box, or a click, twice.
    """

    normals: Tensor
    points: Tensor
    targets: Tensor
    kinds: Tensor
    coords: Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PromptedObjects:
    """The objects of a batch."""

    objects: tuple[PromptedViews, ...]

    def to(self, device: str) -> PromptedObjects:
        """Return the objects on a device."""
        return PromptedObjects(objects=tuple(moved(each, device) for each in self.objects))


def geosam2_batch(
    config: GeoSam2Training, source: CloudSource, index: int, process: ProcessRank
) -> PromptedObjects:
    """Make a process's share of a batch; an object is the same however many processes there are.

    Raises:
        ConfigError: the objects of a batch cannot be shared out evenly.
        InputError: hardly any object shows a part.
    """
    rngs = cloud_generators(config, index, process)
    return PromptedObjects(objects=tuple(_prompted_object(config, source, rng) for rng in rngs))


def _prompted_object(
    config: GeoSam2Training, source: CloudSource, rng: np.random.Generator
) -> PromptedViews:
    """Draw an object and the view to begin with, and up to `num_masks` parts that it shows."""
    size = PRESETS[config.preset].image_size
    for _ in range(MAX_DRAWS):
        surface = source.draw_surface(rng)
        numbers = (rng.integers(NUM_VIEWS) + np.arange(config.num_views)) % NUM_VIEWS
        views = see(surface, size, config.up_axis if config.meshes else 'z', numbers)
        masks = _masks_in(views, surface)
        masks = masks[masks[:, 0].sum(axis=(1, 2)) >= MIN_PIXELS]
        if len(masks):
            return _prompt(views, rng.permutation(masks)[: config.num_masks], rng)
    raise InputError(
        f'no object of {MAX_DRAWS} shows a part of {MIN_PIXELS} pixels in the view to begin with'
    )


def see(
    surface: MaskedSurface, size: int, up_axis: str, view_numbers: np.ndarray
) -> list[RenderedView]:
    """Render some of the twelve views of a surface, without a ray caster.

    Args:
        surface: The surface.
        size: S, rows and columns [px].
        up_axis: Axis of the surface's frame that points up.
        view_numbers: (V,) integer.

    Raises:
        InputError: the surface has no extent.
    """
    world = find_world(surface.vertices[np.unique(surface.faces)], up_axis)
    placed = mesh_surface(world.apply(surface.vertices), surface.faces)
    cameras = twelve_cameras(world.box_size, size)
    views = []
    for number in view_numbers:
        camera = cameras[number]
        pinhole = PinholeCamera(
            width=size,
            height=size,
            focal_px=camera.focal_px,
            T_world_camera=camera.T_world_camera @ _OPENGL,
        )
        depth, face_idx = render_depth(
            placed.vertices, placed.faces, pinhole, priority=surface.priority
        )
        views.append(shade(placed, camera, depth, face_idx))
    return views


def _masks_in(views: list[RenderedView], surface: MaskedSurface) -> np.ndarray:
    """Return the (M, V, S, S) bool parts in views."""
    shown = np.stack([view.element_idx for view in views])
    is_shape = shown >= 0
    found = surface.masks_at(shown[is_shape])
    masks = np.zeros((len(found), *shown.shape), bool)
    masks[:, is_shape] = found
    return masks


def _prompt(
    views: list[RenderedView], targets: np.ndarray, rng: np.random.Generator
) -> PromptedViews:
    """Draw a prompt for each of (M, V, S, S) parts, and make the views input of the network."""
    kinds = rng.choice(len(PromptKind), size=len(targets), p=_KIND_SHARES)
    coords = []
    for kind, target in zip(kinds, targets[:, 0], strict=True):
        rows, columns = np.nonzero(target)
        pixels = np.stack([columns, rows], axis=1)
        click = pixels[rng.integers(len(pixels))]
        corners = [pixels.min(axis=0), pixels.max(axis=0)]
        coords.append(corners if kind == PromptKind.BOX else [click, click])
    return PromptedViews(
        normals=torch.from_numpy(normal_input(np.stack([view.normals for view in views]))),
        points=torch.from_numpy(point_input(np.stack([view.point_map() for view in views]))),
        targets=torch.from_numpy(targets),
        kinds=torch.from_numpy(kinds),
        coords=torch.from_numpy(np.array(coords, np.float32)),
    )
