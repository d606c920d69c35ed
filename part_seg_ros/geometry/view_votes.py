# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From pictures of a shape back to the shape: what pixels say about faces or points.

Every pixel votes for the face that it shows. Points are asked the other way round, since the discs
that they are drawn as hide each other: each looks up its pixel in every view that sees it.
Elements without votes take those of the nearest that have some.
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
    """Which pixels of V views speak of which of E elements, faces or points.

    Attributes:
        pixels: For each view, (L,) int32 flat indices of pixels.
        elements: For each view, (L,) int32 elements that these pixels speak of.
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
        """Return the (E,) float64 number of votes about each element."""
        return self._count((elements, None) for elements in self.elements)

    def votes_for(self, pictures: Sequence[np.ndarray | None]) -> np.ndarray:
        """Return the (E,) float64 sum of these votes.

        Args:
            pictures: (S, S) what a vote of each pixel weighs, or bool, for each view; None for a
                view whose votes weigh nothing.
        """
        return self._count(
            (elements, picture.ravel()[pixels])
            for pixels, elements, picture in zip(self.pixels, self.elements, pictures, strict=True)
            if picture is not None
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
        most = np.zeros(len(labels))
        for label in np.unique(np.concatenate([np.zeros(0, np.int64), *values])):
            if label == UNLABELED:
                continue
            counts = self._count(
                (self.elements[v], found == label) for v, found in zip(used, values, strict=True)
            )
            labels[counts > most] = label
            most = np.maximum(most, counts)
        return labels

    def _count(self, votes: Iterable[tuple[np.ndarray, np.ndarray | None]]) -> np.ndarray:
        """Add up votes about elements, with their weights."""
        counts = np.zeros(len(self.is_seen))
        for elements, weights in votes:
            counts += np.bincount(elements, weights, minlength=len(counts))
        counts[self.owners] = counts[self.neighbors].sum(axis=1)
        return counts


def link_faces(surface: Surface, views: Sequence[RenderedView], middles: np.ndarray) -> ViewLinks:
    """Find which faces of a mesh the pixels of its views show.

    A face that is seen but owns no pixel, for it is small or seen at a flat angle, takes the votes
    of the three nearest that do. Nothing votes about faces that no view sees.

    Args:
        surface: The mesh.
        views: Its views.
        middles: (F, 3) middles of the faces, in the world.

    Raises:
        BackendMissingError: Open3D is not installed.
    """
    pixels = [np.flatnonzero(view.is_shape) for view in views]
    faces = [view.element_idx.ravel()[found] for view, found in zip(views, pixels, strict=True)]
    has_pixel = _mentioned(faces, len(middles))
    is_seen = has_pixel | _seen_between_pixels(surface, views, has_pixel)
    return _links(pixels, faces, np.flatnonzero(is_seen & ~has_pixel), middles, is_seen)


def link_points(surface: Surface, views: Sequence[RenderedView], points: np.ndarray) -> ViewLinks:
    """Find into which pixels of its views the points of a cloud fall, where they are seen.

    A point is seen unless something hides it by more than the width of its disc. Points that no
    view sees take the votes of the three nearest that one does.

    Args:
        surface: The cloud as discs.
        views: Its views.
        points: (N, 3) in the world.
    """
    first_face = np.unique(surface.element_idx, return_index=True)[1]
    rims = surface.vertices[surface.faces[first_face, 0]]
    widths = 2 * np.linalg.norm(rims - points, axis=1)
    outward = surface.normals[first_face] if surface.is_one_sided else None
    pixels, seen = [], []
    for view in views:
        cells, is_inside = view.camera.pixels_of(points)
        found = cells[:, 1] * view.camera.size + cells[:, 0]
        depth = view.camera.project(points)[1]
        is_seen = is_inside & view.is_shape.ravel()[found]
        is_seen &= depth - view.depth.ravel()[found] < widths
        if outward is not None:
            is_seen &= ((view.camera.position - points) * outward).sum(axis=1) > 0
        pixels.append(found[is_seen])
        seen.append(np.flatnonzero(is_seen))
    is_seen = _mentioned(seen, len(points))
    return _links(pixels, seen, np.flatnonzero(~is_seen), points, is_seen)


def _links(
    pixels: Sequence[np.ndarray],
    elements: Sequence[np.ndarray],
    owners: np.ndarray,
    positions: np.ndarray,
    is_seen: np.ndarray,
) -> ViewLinks:
    sources = np.flatnonzero(_mentioned(elements, len(positions)))
    neighbors = np.zeros((len(owners), 0), np.int64)
    if len(owners) and len(sources):
        ranks = np.arange(1, min(_NUM_NEIGHBORS, len(sources)) + 1)
        neighbors = sources[cKDTree(positions[sources]).query(positions[owners], ranks)[1]]
    return ViewLinks(
        pixels=tuple(each.astype(np.int32) for each in pixels),
        elements=tuple(each.astype(np.int32) for each in elements),
        owners=owners,
        neighbors=neighbors,
        is_seen=is_seen,
    )


def _mentioned(elements: Sequence[np.ndarray], num_elements: int) -> np.ndarray:
    is_mentioned = np.zeros(num_elements, bool)
    for each in elements:
        is_mentioned[each] = True
    return is_mentioned


def _seen_between_pixels(
    surface: Surface, views: Sequence[RenderedView], has_pixel: np.ndarray
) -> np.ndarray:
    """Find, by rays to places on them, which of (F,) faces are seen though they own no pixel."""
    is_seen = np.zeros(len(has_pixel), bool)
    rest = np.flatnonzero(~has_pixel)
    if not len(rest):
        return is_seen
    scene = RayScene(surface.vertices, surface.faces)
    corners = surface.vertices[surface.faces[rest]]
    places = np.einsum('kc,fcx->fkx', _PLACES, corners).reshape(-1, 3)
    owners = np.repeat(rest, len(_PLACES))
    for view in views:
        is_candidate = view.camera.pixels_of(places)[1]
        rays = places[is_candidate] - view.camera.position
        lengths = scene.cast(view.camera.position, rays).lengths
        is_free = (1 - lengths) * np.linalg.norm(rays, axis=1) < _HIDDEN_BY
        is_seen[owners[is_candidate][is_free]] = True
    return is_seen
