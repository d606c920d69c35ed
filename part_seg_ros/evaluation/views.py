# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How an evaluated object is seen: from all sides, by one depth camera, or by twelve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data.depth_camera import (
    LabeledSurface,
    PartialView,
    camera_cloud,
    cloud_from_directions,
    labeled_surface,
)
from part_seg_ros.data.depth_noise import SensorNoise
from part_seg_ros.data.labeled_clouds import LabeledCloud, draw_labeled_points
from part_seg_ros.data.labeled_meshes import LabeledMesh, camera_surface, sample_labeled_points
from part_seg_ros.data.procedural import sample_surface
from part_seg_ros.data.procedural.object import ProceduralObject
from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import LabeledObject, seed_of
from part_seg_ros.geometry.sampling import fast_farthest_point_sample
from part_seg_ros.structures import PointCloud

FULL, SINGLE, FUSED = 'full', 'single', 'fused'

SENSOR = SensorNoise(
    depth_stddev=1e-3,
    correlation_px=1.5,
    quantisation=2e-3,
    lateral_px=0.8,
    smoothing_px=1,
    baseline=0.08,
    grazing_limit_deg=72.0,
    hole_share=0.005,
    hole_px=2.0,
    edge_loss=0.3,
    flying=0.03,
    flying_reach=0.05,
)
"""A Kinect, or a stereo camera like it; the figures lie amid those measured on recorded scenes,
see `data/depth_noise.py`. Fixed, so that results stay comparable when training changes."""

FOV_DEG = 20.0
"""The camera stands at 4.6 to 7.7 times half the object's diagonal, as one looks at a table."""

NUM_FUSED_VIEWS = 12
"""Point-SAM (Zhou et al. 2024), Sec. 4 and 5.1: twelve rendered views of PartNet-Mobility are
fused and farthest-point sampling picks from the points. Where its cameras stand is not told; ours
stand at the corners of an icosahedron, turned at random."""

_PROBE_COLUMNS, _PROBE_ROWS, _MAX_SCALE = 160, 120, 8.0
_SPARE = 1.02  # points a little too many are drawn from, too few could not be
_PIXELS_PER_FUSED_POINT = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewConfig:
    """Which points of an object an evaluation shows to the system."""

    view: str = setting(
        FULL,
        'full: the surface from all sides; single: what one depth camera sees of it; fused: what'
        ' twelve perfect ones around it see.',
        choices=(FULL, SINGLE, FUSED),
    )
    num_points: int = setting(
        10_000,
        'Points per object: drawn uniformly by area, at most so many pixels of the camera, or'
        ' picked by farthest-point sampling from those of all cameras.',
        minimum=16,
    )
    seed: int = setting(
        0, 'Seed of the points, of the direction of view and of its noise.', minimum=0
    )
    exact_normals: bool | None = setting(
        None,
        'Give the normals of the surface; False lets the system estimate them. None: give them in'
        ' the full view only, as a camera measures none.',
    )
    has_noise: bool = setting(True, 'The camera of the single view has the errors of a real one.')

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)

    @property
    def gives_normals(self) -> bool:
        """Whether the cloud comes with the normals of the surface."""
        return self.view == FULL if self.exact_normals is None else self.exact_normals

    def describe(self) -> str:
        """Say in one line what is shown."""
        noisy = 'noisy' if self.has_noise else 'perfect'
        seen_by = {
            FULL: 'from all sides',
            SINGLE: f'at most, seen by one {noisy} depth camera',
            FUSED: f'spread over what {NUM_FUSED_VIEWS} perfect depth cameras see',
        }[self.view]
        normals = 'exact' if self.gives_normals else 'estimated'
        return f'{self.num_points} points {seen_by}; {normals} normals; seed {self.seed}'


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenObject:
    """The points that are seen of an object.

    Attributes:
        cloud: N points, with normals if the view gives them, with the place of the camera if
            there is one.
        part_ids: (N,) int32 true part of each.
    """

    cloud: PointCloud
    part_ids: np.ndarray


def see_object(obj: LabeledObject, config: ViewConfig) -> SeenObject:
    """Look at an object; the same object and configuration always give the same points.

    Raises:
        InputError: the object has no surface to be seen, or is a cloud that a camera should see.
    """
    look = {FULL: _from_all_sides, SINGLE: _by_camera, FUSED: _by_cameras_around}[config.view]
    seen = look(obj, config)
    if config.gives_normals:
        return seen
    cloud = PointCloud(points=seen.cloud.points, viewpoint=seen.cloud.viewpoint)
    return SeenObject(cloud=cloud, part_ids=seen.part_ids)


def _from_all_sides(obj: LabeledObject, config: ViewConfig) -> SeenObject:
    if isinstance(obj.shape, LabeledMesh):
        cloud, part_ids = sample_labeled_points(obj.shape, config.num_points, config.seed)
        return SeenObject(cloud=cloud, part_ids=part_ids)
    if isinstance(obj.shape, LabeledCloud):
        cloud, part_ids = draw_labeled_points(
            obj.shape, config.num_points, _generator(obj, config)
        )
        return SeenObject(cloud=cloud, part_ids=part_ids)
    sample = sample_surface(obj.shape, config.num_points, _generator(obj, config))
    cloud = PointCloud(points=sample.points, normals=sample.normals)
    return SeenObject(cloud=cloud, part_ids=sample.part_ids)


def _by_camera(obj: LabeledObject, config: ViewConfig) -> SeenObject:
    """See the object once to count pixels, then from the same place in the resolution wanted."""
    noise = SENSOR if config.has_noise else SensorNoise()
    surface = _surface(obj)

    def look(scale: float, rng: np.random.Generator) -> PartialView:
        resolution = (round(scale * _PROBE_COLUMNS), round(scale * _PROBE_ROWS))
        return camera_cloud(surface, rng, resolution=resolution, fov_deg=FOV_DEG, noise=noise)

    probed = len(look(1.0, _generator(obj, config)).points)
    scale = min(_MAX_SCALE, _SPARE * np.sqrt(config.num_points / probed))
    rng = _generator(obj, config)
    view = look(scale, rng)
    kept = np.sort(rng.permutation(len(view.points))[: config.num_points])
    cloud = PointCloud(
        points=view.points[kept], normals=view.normals[kept], viewpoint=view.viewpoint
    )
    return SeenObject(cloud=cloud, part_ids=view.part_ids[kept])


def directions_around(rng: np.random.Generator) -> np.ndarray:
    """Return (12, 3) unit vectors to the corners of an icosahedron, turned at random."""
    golden = 0.5 * (1.0 + np.sqrt(5.0))
    plane = np.array([[0.0, y, z] for y in (-1.0, 1.0) for z in (-golden, golden)])
    corners = np.concatenate([np.roll(plane, turn, axis=1) for turn in range(3)])
    return unit(corners) @ Rotation.random(random_state=rng).as_matrix().T


def _by_cameras_around(obj: LabeledObject, config: ViewConfig) -> SeenObject:
    """See the object once to count pixels, then from the same places with enough to choose from.

    Raises:
        InputError: the object is a cloud.
    """
    surface = _surface(obj)
    directions = directions_around(_generator(obj, config))

    def look(scale: float) -> PartialView:
        resolution = (round(scale * _PROBE_COLUMNS), round(scale * _PROBE_ROWS))
        return cloud_from_directions(surface, directions, resolution=resolution, fov_deg=FOV_DEG)

    probed = len(look(1.0).points)
    wanted = _PIXELS_PER_FUSED_POINT * config.num_points
    view = look(min(_MAX_SCALE, np.sqrt(wanted / probed)))
    kept = np.arange(len(view.points))
    if len(kept) > config.num_points:
        kept = np.sort(fast_farthest_point_sample(view.points, config.num_points))
    cloud = PointCloud(points=view.points[kept], normals=view.normals[kept])
    return SeenObject(cloud=cloud, part_ids=view.part_ids[kept])


def _surface(obj: LabeledObject) -> LabeledSurface:
    """What a camera sees of an object.

    Raises:
        InputError: the object is a cloud.
    """
    if isinstance(obj.shape, LabeledCloud):
        raise InputError(
            f'{obj.name} is a cloud and has no surface that a camera could see; use --view full'
        )
    if isinstance(obj.shape, ProceduralObject):
        return labeled_surface(obj.shape)
    return camera_surface(obj.shape)


def _generator(obj: LabeledObject, config: ViewConfig) -> np.random.Generator:
    return np.random.default_rng((config.seed, seed_of(obj.name)))
