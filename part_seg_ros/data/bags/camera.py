# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A depth camera that orbits a scene on a table, and the frames that it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.data.bags.scene import TableScene
from part_seg_ros.data.depth_noise import SensorNoise, displaced_pixels, measured_depth
from part_seg_ros.data.rasterisation import PinholeCamera, look_at, render_depth

FOV_DEG = 55.0  # along columns
ORBIT_RATE = 0.5  # [rad/s]
ELEVATION_DEG = 35.0  # of the camera above the table, from the centre of the scene
ASPECT = 0.75  # rows over columns that a flat scene fills
NOISE = SensorNoise(
    depth_stddev=0.001,
    correlation_px=1.0,
    quantisation=0.0005,
    lateral_px=0.4,
    baseline=0.05,
    grazing_limit_deg=82.0,
    hole_share=0.003,
    edge_loss=0.25,
    flying=0.02,
    flying_reach=0.02,
)

# The mount: the optical frame (z forward, y down) in the camera's body (x forward, z up).
T_LINK_OPTICAL = np.array(
    [
        [0.0, 0.0, 1.0, 0.005],
        [-1.0, 0.0, 0.0, 0.015],
        [0.0, -1.0, 0.0, 0.0125],
        [0.0, 0.0, 0.0, 1.0],
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CameraFrame:
    """One organised cloud with its truth; N = rows * columns, row-major.

    Attributes:
        points: (N, 3) float32 optical frame [m], NaN where the sensor reports nothing.
        colors: (N, 3) float32 rgb in [0, 1], black where it reports nothing.
        part_ids: (N,) int32 part of the scene, -1 for the table and where nothing is reported.
        height: Rows.
        T_world_link: (4, 4) float64 pose of the camera's body.
    """

    points: np.ndarray
    colors: np.ndarray
    part_ids: np.ndarray
    height: int
    T_world_link: np.ndarray

    @property
    def T_world_optical(self) -> np.ndarray:
        """(4, 4) float64 pose of the optical frame."""
        return self.T_world_link @ T_LINK_OPTICAL


class OrbitingCamera:
    """A noisy depth camera on a circle above the table, looking at the objects.

    Args:
        scene: What it looks at.
        resolution: Columns and rows [px].
        seed: Decides the noise, and where on the circle it begins.
    """

    def __init__(self, scene: TableScene, *, resolution: tuple[int, int], seed: int) -> None:
        self._scene = scene
        self._resolution = resolution
        self._seed = seed
        self._start = np.random.default_rng([seed, 1]).uniform(0.0, 2.0 * np.pi)
        width, height = resolution
        self._focal_px = 0.5 * width / np.tan(np.deg2rad(0.5 * FOV_DEG))
        # The objects fill about the width of a ball, but less of its height.
        half_angle = np.arctan(0.5 * min(width, height / ASPECT) / self._focal_px)
        self._distance = scene.radius / np.sin(half_angle)

    def frame(self, idx: int, time_s: float) -> CameraFrame:
        """Take frame number `idx`, `time_s` seconds after the first; the same at every call."""
        scene, (width, height) = self._scene, self._resolution
        rng = np.random.default_rng([self._seed, 2, idx])
        pose = self._pose(time_s)
        camera = PinholeCamera(
            width=width, height=height, focal_px=self._focal_px, T_world_camera=pose
        )
        depth, face_image = render_depth(
            scene.vertices, scene.faces, camera, cull_backfaces=True, priority=scene.face_part_ids
        )
        source = displaced_pixels(depth.shape, NOISE, rng)
        shown = depth.ravel()[source].reshape(depth.shape)
        measured = measured_depth(shown, self._distance, NOISE, rng, focal_px=self._focal_px)
        z = measured.reshape(-1, 1)
        is_seen = np.isfinite(z)
        rays = camera.rays(np.arange(width * height))
        faces = face_image.ravel()[source]
        return CameraFrame(
            points=np.where(is_seen, rays * np.where(is_seen, z, 0.0), np.nan).astype(np.float32),
            colors=np.where(is_seen, scene.face_colors[faces], np.float32(0.0)),
            part_ids=np.where(is_seen[:, 0], scene.face_part_ids[faces], -1).astype(np.int32),
            height=height,
            T_world_link=pose @ np.linalg.inv(T_LINK_OPTICAL),
        )

    def _pose(self, time_s: float) -> np.ndarray:
        """Pose (4, 4) of the optical frame."""
        azimuth = self._start + ORBIT_RATE * time_s
        elevation = np.deg2rad(ELEVATION_DEG)
        outwards = np.array(
            [
                np.cos(elevation) * np.cos(azimuth),
                np.cos(elevation) * np.sin(azimuth),
                np.sin(elevation),
            ]
        )
        return look_at(self._scene.centre + self._distance * outwards, self._scene.centre)
