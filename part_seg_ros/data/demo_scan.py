# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The demo's input: a mug on a table, as one simulated depth camera sees it, with the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from part_seg_ros.data.depth_noise import SensorNoise, measured_depth
from part_seg_ros.data.files import CloudFile
from part_seg_ros.data.procedural import FAMILIES, Part, ProceduralObject
from part_seg_ros.data.procedural.primitives import box
from part_seg_ros.data.rasterisation import PinholeCamera, look_at, render_depth
from part_seg_ros.structures import PointCloud, PointPrompt

PART_NAMES = ('body', 'handle', 'table')
MUG_SIZE = 0.11  # longest side, handle included [m]
CAMERA_DISTANCE = 0.50  # [m]
FOCAL_PX = 525.0
REGION_PX = (152, 140)  # columns and rows around the mug, with a remnant of the table
NOISE = SensorNoise(depth_stddev=0.0008, quantisation=0.0005, edge_loss=0.25, flying=0.02)
_TABLE_SIZE = (0.8, 0.8, 0.03)  # [m]
_VIEW_DIRECTION = np.array([0.30, -0.80, 0.50])  # from the mug, whose handle points along x


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DemoScan:
    """A scan with its truth and the two clicks of the demo.

    Attributes:
        file: Organised cloud in the camera's optical frame; pixels without depth are NaN and
            belong to part -1; `part_ids` index `PART_NAMES`.
        prompt: A click on the handle (1) and one off it, on the body (0); each well inside its
            part as the camera sees it, and far from the other parts.
    """

    file: CloudFile
    prompt: PointPrompt


def mug_on_table(rng: np.random.Generator) -> DemoScan:
    """Build a mug on a table and look at it with a noisy depth camera.

    The camera reports a region of interest around the mug, `REGION_PX` wide and high, as a robot
    cuts it out of a full frame.

    Args:
        rng: Decides the mug's shape and the sensor's noise.
    """
    scene = _mug_and_table(rng)
    eye_direction = _VIEW_DIRECTION / np.linalg.norm(_VIEW_DIRECTION)
    mug = np.concatenate([p.vertices for part in scene.parts[:2] for p in part.primitives])
    target = (mug.min(axis=0) + mug.max(axis=0)) / 2
    camera = PinholeCamera(
        width=REGION_PX[0],
        height=REGION_PX[1],
        focal_px=FOCAL_PX,
        T_world_camera=look_at(target + CAMERA_DISTANCE * eye_direction, target),
    )
    vertices, faces, face_part_ids, _ = scene.mesh()
    depth, face_image = render_depth(
        vertices, faces, camera, cull_backfaces=True, priority=face_part_ids
    )
    measured = measured_depth(depth, CAMERA_DISTANCE, NOISE, rng, focal_px=FOCAL_PX).ravel()
    is_seen = np.isfinite(measured)
    rays = camera.rays(np.arange(measured.size))
    points = np.where(is_seen[:, None], rays * np.where(is_seen, measured, 0)[:, None], np.nan)
    part_ids = np.where(is_seen, face_part_ids[face_image.ravel()], -1)
    cloud = PointCloud(points=points, viewpoint=np.zeros(3), frame_id='camera')
    file = CloudFile(cloud=cloud, part_ids=part_ids, height=REGION_PX[1], width=REGION_PX[0])
    rows = [_click_row(file, PART_NAMES.index(name)) for name in ('handle', 'body')]
    prompt = PointPrompt(prompt_coords=cloud.points[rows], prompt_labels=np.array([1, 0]))
    return DemoScan(file=file, prompt=prompt)


def _mug_and_table(rng: np.random.Generator) -> ProceduralObject:
    mug = _plain_mug(rng)
    vertices = mug.mesh()[0]
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    scale = MUG_SIZE / (high - low).max()
    T_world_mug = np.diag([scale, scale, scale, 1.0])
    T_world_mug[2, 3] = -scale * low[2]
    T_world_table = np.eye(4)
    T_world_table[2, 3] = -_TABLE_SIZE[2] / 2
    parts = [
        Part(
            name=part.name,
            primitives=tuple(primitive.transformed(T_world_mug) for primitive in part.primitives),
            group=part.group,
            parent=part.parent,
        )
        for part in mug.parts
    ]
    table = Part(
        name='table',
        primitives=(box(_TABLE_SIZE).transformed(T_world_table),),
        group=len(parts),
        parent=-1,
    )
    return ProceduralObject(parts=(*parts, table), family='mug_on_table')


def _plain_mug(rng: np.random.Generator) -> ProceduralObject:
    """Draw mugs until one has just a body and a handle."""
    while True:
        mug = FAMILIES['mug'](rng)
        if tuple(part.name for part in mug.parts) == PART_NAMES[:2]:
            return mug


def _click_row(file: CloudFile, part_id: int) -> int:
    """Return the row where a person would click: inside the part's image, far from other parts."""
    is_part = file.part_ids == part_id
    depth_px = distance_transform_edt(is_part.reshape(file.height, file.width)).ravel()
    rows = np.flatnonzero(depth_px > 0.6 * depth_px.max())
    others = file.cloud.points[(file.part_ids >= 0) & ~is_part]
    return int(rows[cKDTree(others).query(file.cloud.points[rows])[0].argmax()])
