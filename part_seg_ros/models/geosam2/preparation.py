# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A mesh or cloud on its way into the network: its place in the world, its views, its links."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.rendered_views import (
    RenderedView,
    cloud_surface,
    mesh_surface,
    render,
)
from part_seg_ros.geometry.view_cameras import ViewCamera
from part_seg_ros.geometry.view_votes import ViewLinks, link_faces, link_points
from part_seg_ros.models.geosam2.cameras import World, find_world, twelve_cameras
from part_seg_ros.models.geosam2.settings import GeoSam2Settings
from part_seg_ros.structures import Mesh, PointCloud

MIN_POINTS = 16

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedShape:
    """A shape and what its views show.

    Attributes:
        points: (N, 3) float32 what answers are about, in the frame of the shape [m]: the points of
            a cloud, the middles of the faces of a mesh.
        positions: (N, 3) float64 the same in the world.
        world: Where the shape lies in the world.
        cameras: All twelve.
        view_numbers: Numbers, of these twelve, of the V views that show enough of the shape.
        views: These V views.
        links: Which of their pixels speak of which points.
    """

    points: np.ndarray
    positions: np.ndarray
    world: World
    cameras: tuple[ViewCamera, ...]
    view_numbers: tuple[int, ...]
    views: tuple[RenderedView, ...]
    links: ViewLinks

    @property
    def num_bytes(self) -> int:
        """Memory held [bytes]."""
        pictures = sum(
            v.depth.nbytes + v.element_idx.nbytes + v.normals.nbytes for v in self.views
        )
        return pictures + self.points.nbytes + self.positions.nbytes + self.links.num_bytes

    def opposite(self, view: int) -> int | None:
        """Return which of the V views is opposite to one of them; None if it is left out."""
        num_cameras = len(self.cameras)
        number = (self.view_numbers[view] + num_cameras // 2) % num_cameras
        return self.view_numbers.index(number) if number in self.view_numbers else None


def prepare(shape: PointCloud | Mesh, image_size: int, settings: GeoSam2Settings) -> PreparedShape:
    """Render a shape from twelve sides.

    A cloud with a viewpoint was seen from there only: the first camera looks from there, and views
    that show little of it are left out. Where faces of a mesh are seen by no view nothing is said
    about them; points of a cloud take the answer of their neighbours.

    Args:
        shape: N >= 16 finite points, or a mesh with faces.
        image_size: S, rows and columns of the views [px].
        settings: Up axis, and which views count.

    Raises:
        InputError: too few points, one that is not finite, all in one place, a mesh without faces,
            or a shape that no view shows.
        BackendMissingError: Open3D is not installed.
    """
    if isinstance(shape, Mesh):
        return _prepare_mesh(shape, image_size, settings)
    return _prepare_cloud(shape, image_size, settings)


def _prepare_mesh(mesh: Mesh, image_size: int, settings: GeoSam2Settings) -> PreparedShape:
    if len(mesh.faces) == 0:
        raise InputError('geosam2 needs a mesh with faces, got one without any')
    world = find_world(mesh.vertices[np.unique(mesh.faces)], settings.up_axis)
    surface = mesh_surface(world.apply(mesh.vertices), mesh.faces)
    cameras = twelve_cameras(world.box_size, image_size)
    middles = mesh.vertices[mesh.faces].mean(axis=1, dtype=np.float64)
    views = dict(enumerate(render(surface, cameras)))
    points = middles.astype(np.float32)
    links = link_faces(surface, list(views.values()), world.apply(points).astype(np.float64))
    return _collect(points, world, cameras, views, links)


def _prepare_cloud(cloud: PointCloud, image_size: int, settings: GeoSam2Settings) -> PreparedShape:
    if len(cloud) < MIN_POINTS:
        raise InputError(f'geosam2 needs at least {MIN_POINTS} points, got {len(cloud)}')
    world = find_world(cloud.points, settings.up_axis)
    normals = None if cloud.normals is None else world.rotate(cloud.normals)
    viewpoint = None if cloud.viewpoint is None else world.apply(cloud.viewpoint[None])[0]
    surface = cloud_surface(world.apply(cloud.points), normals, viewpoint)
    cameras = twelve_cameras(world.box_size, image_size, sensor=viewpoint)
    views = dict(enumerate(render(surface, cameras)))
    if viewpoint is not None:
        num_seen = {v: len(np.unique(view.element_idx)) - 1 for v, view in views.items()}
        least = settings.min_seen_share * max(num_seen.values())
        views = {v: view for v, view in views.items() if num_seen[v] >= least}
    positions = world.apply(cloud.points).astype(np.float64)
    links = link_points(surface, list(views.values()), positions)
    return _collect(cloud.points, world, cameras, views, links)


def _collect(
    points: np.ndarray,
    world: World,
    cameras: list[ViewCamera],
    views: dict[int, RenderedView],
    links: ViewLinks,
) -> PreparedShape:
    if not any(map(len, links.pixels)):
        raise InputError(
            'no view sees anything of the shape; has a mesh area, and does a cloud face its'
            ' viewpoint?'
        )
    positions = world.apply(points).astype(np.float64)
    outside = [
        number for number, view in views.items() if not view.camera.pixels_of(positions)[1].all()
    ]
    if outside:
        _logger.warning('the shape leaves the picture of view %s', ', '.join(map(str, outside)))
    return PreparedShape(
        points=points,
        positions=positions,
        world=world,
        cameras=tuple(cameras),
        view_numbers=tuple(views),
        views=tuple(views.values()),
        links=links,
    )
