# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How a robot might see an object: on a table, among others, by cameras, unevenly dense."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.cropping import random_crop
from part_seg_ros.data.density import (
    draw_rows,
    inverse_square_density,
    random_density,
    voxel_grid,
    voxel_size_for,
)
from part_seg_ros.data.depth_camera import LabeledSurface, camera_cloud, labeled_surface
from part_seg_ros.data.neighbors import (
    Neighbor,
    neighbor_points,
    random_neighbors,
    with_neighbors,
)
from part_seg_ros.data.procedural import SurfaceSample, sample_surface
from part_seg_ros.data.procedural.object import ProceduralObject
from part_seg_ros.data.procedural.support import before_wall, on_support
from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.errors import InputError
from part_seg_ros.training.config import SampleConfig

WALL_SHARE = 0.25  # of the objects on a table
NEIGHBOR_SHARE = 0.08
NEIGHBOR_ON_TABLE_SHARE = 0.5
CROP_SHARE = 0.6  # of complete clouds on a table alone; all others that need it are cut
RESOLUTION = (160, 120)
POINTS_AT_RESOLUTION = 8192  # larger clouds are seen at a higher resolution
VOXEL_SHARE = 0.25
UNEVEN_SHARE = 0.25
LEAST_POINTS = 1000  # that thinning out leaves


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenObject:
    """An object and the points that are seen of it and around it.

    Attributes:
        obj: With what it stands on and before.
        points: (N, 3) float32.
        normals: (N, 3) float32 unit vectors.
        part_ids: (N,) int32, -1 for pieces of other objects.
        is_partial: Seen by depth cameras, not sampled from all sides.
    """

    obj: ProceduralObject
    points: np.ndarray
    normals: np.ndarray
    part_ids: np.ndarray
    is_partial: bool


def see_object(
    obj: ProceduralObject, config: SampleConfig, num_points: int, rng: np.random.Generator
) -> SeenObject:
    """See at most `num_points` of an object, perhaps on a table and among others.

    It is seen completely or by one to three depth cameras; a crop cuts off what surrounds it,
    and the density may be uneven. Where all is lost to the sensor or hidden there is no point.
    """
    is_partial = rng.random() < config.partial_share
    has_table = rng.random() < config.table_share
    num_own_parts = len(obj.parts)
    if has_table:
        obj = on_support(obj, rng)
        if rng.random() < WALL_SHARE:
            obj = before_wall(obj, rng)
    own_vertices = _vertices(obj, num_own_parts)
    neighbors: list[Neighbor] = []
    if rng.random() < (NEIGHBOR_ON_TABLE_SHARE if has_table else NEIGHBOR_SHARE):
        neighbors = random_neighbors(own_vertices, rng, upright=has_table)
    if is_partial:
        cloud = _by_cameras(obj, num_own_parts, neighbors, num_points, rng, from_above=has_table)
    else:
        keep_hidden = rng.random() < config.hidden_share
        cloud = _from_all_sides(
            obj, num_own_parts, neighbors, num_points, rng, keep_hidden=keep_hidden
        )
    if is_partial or neighbors or (has_table and rng.random() < CROP_SHARE):
        cloud = _rows(cloud, random_crop(own_vertices, rng).contains(cloud.points))
    cloud = thin_out(cloud, num_points, rng)
    return SeenObject(
        obj=obj,
        points=cloud.points,
        normals=cloud.normals,
        part_ids=cloud.part_ids,
        is_partial=is_partial,
    )


def _vertices(obj: ProceduralObject, num_parts: int) -> np.ndarray:
    return np.concatenate([p.vertices for part in obj.parts[:num_parts] for p in part.primitives])


def _rows(cloud: SurfaceSample, rows: np.ndarray) -> SurfaceSample:
    return SurfaceSample(
        points=cloud.points[rows], normals=cloud.normals[rows], part_ids=cloud.part_ids[rows]
    )


def _by_cameras(
    obj: ProceduralObject,
    num_own_parts: int,
    neighbors: list[Neighbor],
    num_points: int,
    rng: np.random.Generator,
    *,
    from_above: bool,
) -> SurfaceSample:
    surface = labeled_surface(obj)
    if neighbors:
        surface = with_neighbors(surface, _first_parts(surface, num_own_parts), neighbors)
    zoom = np.sqrt(max(1.0, num_points / POINTS_AT_RESOLUTION))
    try:
        view = camera_cloud(
            surface,
            rng,
            num_cameras=int(rng.choice([1, 2, 3], p=[0.7, 0.2, 0.1])),
            resolution=(round(RESOLUTION[0] * zoom), round(RESOLUTION[1] * zoom)),
            from_above=from_above,
        )
    except InputError:  # the sensor lost all of a thin object
        empty = np.zeros((0, 3), dtype=np.float32)
        return SurfaceSample(points=empty, normals=empty, part_ids=np.zeros(0, dtype=np.int32))
    return SurfaceSample(points=view.points, normals=view.normals, part_ids=view.part_ids)


def _first_parts(surface: LabeledSurface, count: int) -> LabeledSurface:
    """Surface of the first parts, whose vertices and faces come first."""
    num_faces = int(np.count_nonzero(surface.face_part_ids < count))
    faces = surface.faces[:num_faces]
    return LabeledSurface(
        vertices=surface.vertices[: int(faces.max()) + 1],
        faces=faces,
        face_part_ids=surface.face_part_ids[:num_faces],
        corner_normals=surface.corner_normals[:num_faces],
        is_solid=surface.is_solid,
    )


def _from_all_sides(
    obj: ProceduralObject,
    num_own_parts: int,
    neighbors: list[Neighbor],
    num_points: int,
    rng: np.random.Generator,
    *,
    keep_hidden: bool,
) -> SurfaceSample:
    sample = sample_surface(obj, num_points, rng, keep_hidden=keep_hidden)
    if not neighbors:
        return sample
    points, normals = neighbor_points(
        _rows(sample, sample.part_ids < num_own_parts), neighbors, rng
    )
    return SurfaceSample(
        points=np.concatenate([sample.points, points]),
        normals=np.concatenate([sample.normals, normals]),
        part_ids=np.concatenate([sample.part_ids, np.full(len(points), -1, dtype=np.int32)]),
    )


def thin_out(cloud: SurfaceSample, num_points: int, rng: np.random.Generator) -> SurfaceSample:
    """Thin out a cloud to at most `num_points`: evenly, unevenly or by a grid of voxels.

    Half of the clouds stay as even as they are. Uneven ones (25 %) keep 40 to 90 % of their
    points; a scanner's density or a random one decides which. A grid of voxels (25 %) leaves
    40 to 90 % of the points, too, or as many voxels as are asked for. What has fewer than
    `LEAST_POINTS` is left as it is.
    """
    if len(cloud.points) <= LEAST_POINTS:
        return _rows(cloud, rng.permutation(len(cloud.points))[:num_points])
    thinned = max(LEAST_POINTS, int(rng.uniform(0.4, 0.9) * len(cloud.points)))
    wanted = min(num_points, thinned)
    kind = rng.random()
    if kind < VOXEL_SHARE:
        size = voxel_size_for(cloud.points, wanted)
        points, normals, part_ids = voxel_grid(cloud.points, cloud.normals, cloud.part_ids, size)
        cloud = SurfaceSample(points=points, normals=normals, part_ids=part_ids)
    elif kind < VOXEL_SHARE + UNEVEN_SHARE:
        if rng.random() < 0.5:
            density = random_density(cloud.points, rng)
        else:
            density = inverse_square_density(
                cloud.points, cloud.normals, _scanner_position(cloud.points, rng)
            )
        cloud = _rows(cloud, draw_rows(density, wanted, rng))
    return _rows(cloud, rng.permutation(len(cloud.points))[:num_points])


def _scanner_position(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a point 1.3 to 4 radii from the centre of a cloud."""
    low, high = points.min(axis=0), points.max(axis=0)
    radius = 0.5 * float(np.linalg.norm(high - low))
    return 0.5 * (low + high) + rng.uniform(1.3, 4.0) * radius * unit(rng.normal(size=3))
