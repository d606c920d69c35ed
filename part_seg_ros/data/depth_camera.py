# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A simulated depth camera: what it sees of an object with labelled parts, with its errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.procedural.object import ProceduralObject
from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.data.rasterisation import PinholeCamera, look_at, render_depth
from part_seg_ros.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SensorNoise:
    """Errors of a depth sensor, in terms of the distance z0 of the object's centre.

    Attributes:
        depth_stddev: Standard deviation at distance z0 over z0; grows with distance squared.
        quantisation: Step at distance z0 over z0; the sensor rounds inverse depth.
        edge_loss: Probability that a pixel at a depth edge gives no depth.
        flying: Probability that a pixel at a depth edge mixes foreground and background.
    """

    depth_stddev: float = 0.0
    quantisation: float = 0.0
    edge_loss: float = 0.0
    flying: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabeledSurface:
    """Triangles with a part each, as a camera looks at them.

    Attributes:
        vertices: (V, 3) float32.
        faces: (F, 3) int32.
        face_part_ids: (F,) int32 part of every face.
        corner_normals: (F, 3, 3) float32 unit normals at the corners of every face.
        is_solid: The triangles run counter-clockwise around solids, which may overlap; where
            surfaces coincide the later part shows. False: seen from both sides, the nearest shows.
    """

    vertices: np.ndarray
    faces: np.ndarray
    face_part_ids: np.ndarray
    corner_normals: np.ndarray
    is_solid: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartialView:
    """What one or a few depth cameras see of an object.

    Attributes:
        points: (N, 3) float32 in the object's frame.
        normals: (N, 3) float32 exact unit normals of the surface, towards the camera.
        part_ids: (N,) int32 part that each point shows.
        viewpoint: (3,) float32 centre of the first camera.
        view_idx: (N,) int32 camera that saw each point.
    """

    points: np.ndarray
    normals: np.ndarray
    part_ids: np.ndarray
    viewpoint: np.ndarray
    view_idx: np.ndarray


def random_noise(rng: np.random.Generator) -> SensorNoise:
    """Draws a sensor between nearly perfect and poor; one in five is perfect."""
    if rng.random() < 0.2:
        return SensorNoise()
    return SensorNoise(
        depth_stddev=float(np.exp(rng.uniform(np.log(2e-4), np.log(3e-3)))),
        quantisation=float(np.exp(rng.uniform(np.log(1e-4), np.log(3e-3)))),
        edge_loss=float(rng.uniform(0.0, 0.6)),
        flying=float(rng.uniform(0.0, 0.08)),
    )


def camera_cloud(
    obj: ProceduralObject | LabeledSurface,
    rng: np.random.Generator,
    *,
    num_cameras: int = 1,
    resolution: tuple[int, int] = (160, 120),
    fov_deg: float = 45.0,
    noise: SensorNoise | None = None,
    from_above: bool = False,
) -> PartialView:
    """Looks at an object from random directions and merges what the cameras see.

    Every camera looks at the object's centre from about where its bounding ball fills the field
    of view, and is zoomed until the object spans 75 to 105 % of the image.

    Args:
        obj: The object, or its surface.
        rng: Source of randomness.
        num_cameras: 1 or more.
        resolution: Columns and rows [px].
        fov_deg: Angle under which the bounding ball is seen, about; sets the perspective.
        noise: The sensor's errors; None draws them by `random_noise`.
        from_above: Only look from directions with z >= 0.

    Raises:
        InputError: no camera, a bad field of view, or no camera saw anything.
    """
    if num_cameras < 1 or not 1.0 <= fov_deg <= 150.0:
        raise InputError(f'want num_cameras >= 1, fov_deg 1 to 150, got {num_cameras}, {fov_deg}')
    noise = random_noise(rng) if noise is None else noise
    surface = obj if isinstance(obj, LabeledSurface) else _surface(obj)
    low, high = surface.vertices.min(axis=0), surface.vertices.max(axis=0)
    centre, radius = 0.5 * (low + high), 0.5 * float(np.linalg.norm(high - low))
    width, height = resolution
    views, eyes = [], []
    for _ in range(num_cameras):
        fov = np.deg2rad(fov_deg) * rng.uniform(0.75, 1.25)
        distance = radius / np.sin(0.5 * min(fov, 2.6))
        direction = unit(rng.normal(size=3))
        if from_above:
            direction[2] = abs(direction[2])
        eye = centre + distance * direction
        pose = look_at(eye, centre, rng.uniform(0.0, 2.0 * np.pi))
        spread = _angular_spread(surface.vertices, pose)
        zoom = float(np.min(0.5 * np.array([width, height]) / spread))
        camera = PinholeCamera(
            width=width,
            height=height,
            focal_px=zoom * rng.uniform(0.75, 1.05),
            T_world_camera=pose,
        )
        views.append(_view(surface, camera, distance, noise, rng))
        eyes.append(eye)
    counts = [len(view[0]) for view in views]
    if not any(counts):
        raise InputError('no camera saw the object; raise the resolution')
    points, normals, part_ids = (np.concatenate(arrays) for arrays in zip(*views, strict=True))
    return PartialView(
        points=points.astype(np.float32),
        normals=normals.astype(np.float32),
        part_ids=part_ids.astype(np.int32),
        viewpoint=eyes[0].astype(np.float32),
        view_idx=np.repeat(np.arange(num_cameras, dtype=np.int32), counts),
    )


def _surface(obj: ProceduralObject) -> LabeledSurface:
    vertices, faces, face_part_ids, corner_normals = obj.mesh()
    return LabeledSurface(
        vertices=vertices,
        faces=faces,
        face_part_ids=face_part_ids,
        corner_normals=corner_normals,
        is_solid=True,
    )


def _angular_spread(vertices: np.ndarray, T_world_camera: np.ndarray) -> np.ndarray:
    """Largest |x / z| and |y / z| (2,) of vertices in front of a camera."""
    in_camera = (vertices - T_world_camera[:3, 3]) @ T_world_camera[:3, :3]
    return np.abs(in_camera[:, :2] / in_camera[:, 2:]).max(axis=0)


def _view(
    surface: LabeledSurface,
    camera: PinholeCamera,
    distance: float,
    noise: SensorNoise,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, normals and part ids (N, ...) that one camera sees, world frame."""
    depth, face_image = render_depth(
        surface.vertices,
        surface.faces,
        camera,
        cull_backfaces=surface.is_solid,
        priority=surface.face_part_ids if surface.is_solid else None,
    )
    measured = measured_depth(depth, distance, noise, rng)
    pixels = np.flatnonzero(np.isfinite(measured))
    rays = camera.rays(pixels)
    pose = camera.T_world_camera
    exact = (rays * depth.ravel()[pixels, None]) @ pose[:3, :3].T + pose[:3, 3]
    points = (rays * measured.ravel()[pixels, None]) @ pose[:3, :3].T + pose[:3, 3]
    hit = face_image.ravel()[pixels]
    corners = surface.vertices[surface.faces[hit]]
    normals = _interpolated_normals(exact, corners, surface.corner_normals[hit])
    away = np.einsum('ij,ij->i', normals, exact - pose[:3, 3]) > 0.0
    return points, np.where(away[:, None], -normals, normals), surface.face_part_ids[hit]


def measured_depth(
    depth: np.ndarray, distance: float, noise: SensorNoise, rng: np.random.Generator
) -> np.ndarray:
    """Returns a depth image as a noisy sensor reports it.

    Args:
        depth: (H, W) true z, inf where nothing is hit.
        distance: z0 of `noise`, in the unit of `depth`.
        noise: The sensor's errors.
        rng: Source of randomness.

    Returns:
        (H, W) float64 z, inf where the sensor reports nothing.
    """
    measured = depth.astype(np.float64)
    if noise.edge_loss > 0.0 or noise.flying > 0.0:
        farthest, at_edge = _depth_edges(measured, 0.02 * distance)
        draw = rng.random(depth.shape)
        mixes = at_edge & np.isfinite(farthest) & (draw > 1.0 - noise.flying)
        blend = rng.random(depth.shape)[mixes]
        measured[mixes] += blend * (farthest[mixes] - measured[mixes])
        measured[at_edge & (draw < noise.edge_loss)] = np.inf
    seen = np.isfinite(measured)
    values = measured[seen]
    if noise.depth_stddev > 0.0:
        spread = noise.depth_stddev / distance * values**2
        values = values + spread * rng.standard_normal(len(values))
    if noise.quantisation > 0.0:
        step = noise.quantisation / distance
        values = 1.0 / (np.round(1.0 / values / step) * step)
    measured[seen] = values
    return measured


def _depth_edges(depth: np.ndarray, jump: float) -> tuple[np.ndarray, np.ndarray]:
    """Depth of the farthest of the four neighbours that are hit, and the pixels in front of it.

    The second image marks pixels with a neighbour farther by more than `jump`, or empty.
    """
    padded = np.pad(depth, 1, constant_values=np.inf)
    around = np.stack([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
    farthest = np.where(np.isfinite(around), around, -np.inf).max(axis=0)
    with np.errstate(invalid='ignore'):
        at_edge = np.isfinite(depth) & ((around.max(axis=0) - depth) > jump)
    farthest = np.where(farthest > depth + jump, farthest, np.inf)
    return farthest, at_edge


def _interpolated_normals(
    points: np.ndarray, corners: np.ndarray, corner_normals: np.ndarray
) -> np.ndarray:
    """Unit normals (N, 3) at points inside triangles with corners (N, 3, 3)."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    offset = points - corners[:, 0]
    across = np.cross(first, second).astype(np.float64)
    squared = np.maximum(np.einsum('ij,ij->i', across, across), 1e-30)
    v = np.einsum('ij,ij->i', np.cross(offset, second), across) / squared
    w = np.einsum('ij,ij->i', np.cross(first, offset), across) / squared
    weights = np.stack([1.0 - v - w, v, w], axis=1).clip(0.0, 1.0)
    return unit(np.einsum('nc,nci->ni', weights, corner_normals))
