# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From pictures of a shape back to the shape: what pixels say about faces or points.

Every pixel votes for the element that it shows. An element that owns no pixel, for it is small or
seen at a flat angle, gets the votes of the nearest that do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.geometry.ray_casting import RayScene
from part_seg_ros.geometry.rendered_views import RenderedView, Surface

UNLABELED = -1

_NUM_NEIGHBORS = 3
# Places on a triangle that are looked for: its middle, and towards the corners.
_PLACES = np.concatenate([np.full((1, 3), 1 / 3), np.full((3, 3), 1 / 6) + np.eye(3) / 2])
_HIDDEN_BY = 1e-4  # least distance by which something in front hides a place [unit of the world]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewLinks:
    """Which pixels of V views speak of which of E elements.

    Attributes:
        pixels: For each view, (L,) int32 flat indices of the pixels that show something.
        elements: For each view, (L,) int32 what they show.
        owners: (R,) int64 elements without a pixel that take the votes of others.
        neighbors: (R, K) int64 whose votes they take.
        is_seen: (E,) bool, elements that some view sees, with or without a pixel.
    """

    pixels: tuple[np.ndarray, ...]
    elements: tuple[np.ndarray, ...]
    owners: np.ndarray
    neighbors: np.ndarray
    is_seen: np.ndarray

    @property
    def num_bytes(self) -> int:
        """Memory held [bytes]."""
        arrays = (*self.pixels, *self.elements, self.owners, self.neighbors, self.is_seen)
        return sum(each.nbytes for each in arrays)

    def num_votes(self) -> np.ndarray:
        """Return the (E,) int64 number of votes about each element."""
        return self._count(self.elements)

    def votes_for(self, masks: Sequence[np.ndarray | None]) -> np.ndarray:
        """Return the (E,) int64 number of these votes that lie in a mask.

        Args:
            masks: (S, S) bool for each view, or None for an empty one.
        """
        return self._count(
            elements[mask.ravel()[pixels]]
            for pixels, elements, mask in zip(self.pixels, self.elements, masks, strict=True)
            if mask is not None
        )

    def labels_from(self, pictures: Sequence[np.ndarray | None]) -> np.ndarray:
        """Give each element the label that most of its votes have.

        Args:
            pictures: (S, S) integer labels for each view, -1 for pixels that do not vote; None for
                a view without a picture.

        Returns:
            (E,) int32, the smallest label where several are as frequent, -1 where nothing votes.
        """
        used = [v for v, picture in enumerate(pictures) if picture is not None]
        values = [np.asarray(pictures[v]).ravel()[self.pixels[v]] for v in used]
        labels = np.full(len(self.is_seen), UNLABELED, np.int32)
        most = np.zeros(len(labels), np.int64)
        for label in np.unique(np.concatenate([np.zeros(0, np.int64), *values])):
            if label == UNLABELED:
                continue
            counts = self._count(
                self.elements[v][found == label] for v, found in zip(used, values, strict=True)
            )
            labels[counts > most] = label
            most = np.maximum(most, counts)
        return labels

    def _count(self, votes: Iterable[np.ndarray]) -> np.ndarray:
        counts = np.zeros(len(self.is_seen), np.int64)
        for elements in votes:
            counts += np.bincount(elements, minlength=len(counts))
        counts[self.owners] = counts[self.neighbors].sum(axis=1)
        return counts


def link_views(
    surface: Surface,
    views: Sequence[RenderedView],
    positions: np.ndarray,
    *,
    fills_unseen: bool = False,
) -> ViewLinks:
    """Find what the pixels of rendered views speak of.

    Args:
        surface: What was rendered.
        views: Its views.
        positions: (E, 3) where the elements are, in the world.
        fills_unseen: Elements that no view sees take the votes of the nearest, too; else nothing
            votes about them.

    Raises:
        BackendMissingError: Open3D is not installed.
    """
    pixels = [np.flatnonzero(view.is_shape).astype(np.int32) for view in views]
    elements = [view.element_idx.ravel()[found] for view, found in zip(views, pixels, strict=True)]
    has_pixel = np.zeros(len(positions), bool)
    for found in elements:
        has_pixel[found] = True
    is_seen = has_pixel | _seen_between_pixels(surface, views, has_pixel)
    owners = np.flatnonzero(~has_pixel if fills_unseen else is_seen & ~has_pixel)
    sources = np.flatnonzero(has_pixel)
    neighbors = np.zeros((len(owners), 0), np.int64)
    if len(owners) and len(sources):
        ranks = np.arange(1, min(_NUM_NEIGHBORS, len(sources)) + 1)
        neighbors = sources[cKDTree(positions[sources]).query(positions[owners], ranks)[1]]
    return ViewLinks(
        pixels=tuple(pixels),
        elements=tuple(elements),
        owners=owners,
        neighbors=neighbors,
        is_seen=is_seen,
    )


def _seen_between_pixels(
    surface: Surface, views: Sequence[RenderedView], has_pixel: np.ndarray
) -> np.ndarray:
    """Find, by rays to places on them, which elements (E,) are seen though they own no pixel."""
    is_seen = np.zeros(len(has_pixel), bool)
    rest = np.flatnonzero(~has_pixel[surface.element_idx])
    if not len(rest):
        return is_seen
    scene = RayScene(surface.vertices, surface.faces)
    corners = surface.vertices[surface.faces[rest]]
    places = np.einsum('kc,fcx->fkx', _PLACES, corners).reshape(-1, 3)
    owners = np.repeat(surface.element_idx[rest], len(_PLACES))
    outward = np.repeat(surface.normals[rest], len(_PLACES), axis=0)
    for view in views:
        rays = places - view.camera.position
        is_candidate = view.camera.pixels_of(places)[1]
        if surface.is_one_sided:
            is_candidate &= (rays * outward).sum(axis=1) < 0
        rays = rays[is_candidate]
        lengths = scene.cast(view.camera.position, rays).lengths
        is_free = (1 - lengths) * np.linalg.norm(rays, axis=1) < _HIDDEN_BY
        is_seen[owners[is_candidate][is_free]] = True
    return is_seen
