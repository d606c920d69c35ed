# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Meshes as subjects of sessions: points on them are answered, and from these their faces.

A network that looks at points gets those drawn from the surface; one that looks at meshes gets the
mesh, and the points take its answers from the nearest on their faces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from part_seg_ros.data.files import read_shape
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.closest_points import nearest_on_same_face
from part_seg_ros.geometry.face_graph import FaceGraph, build_face_graph, connected_faces
from part_seg_ros.geometry.face_labels import carry_to_faces
from part_seg_ros.geometry.surface_sampling import sample_surface
from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes.error_codes import RequestError, invalid_input_is
from part_seg_ros.segmenter import EncodedCloud
from part_seg_ros.segmenter.by_agreement import Pieces
from part_seg_ros.structures import Mesh, PointCloud

_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceSurface:
    """The mesh that the points of a session were drawn from.

    Attributes:
        mesh: The mesh as it came in.
        points: (N, 3) float32 the points, in the frame of the mesh [m].
        face_idx: (N,) int64 face of each point.
        graph: Neighbours of the faces.
        piece_of_face: (F,) int64 connected piece of each face.
    """

    mesh: Mesh
    points: np.ndarray
    face_idx: np.ndarray
    graph: FaceGraph
    piece_of_face: np.ndarray

    def face_labels(self, labels: np.ndarray) -> np.ndarray:
        """Carry (N,) labels >= 0 of the points to the (F,) faces; see `carry_to_faces`."""
        return carry_to_faces(labels.astype(np.int64), self.face_idx, self.graph)

    def rows_in(self, encoded: EncodedCloud) -> np.ndarray:
        """Return (N,) int64, the point of the encoded mesh that each point here is to be as."""
        return nearest_on_same_face(
            encoded.cloud.points, encoded.face_idx, self.points, self.face_idx
        )

    def pieces(self, encoded: EncodedCloud, weight: float) -> Pieces | None:
        """Say on which connected piece each network point lies; None where that has no weight."""
        if weight <= 0.0:
            return None
        seen = self.face_idx[encoded.network_idx] if encoded.mesh is None else encoded.face_idx
        of_point = self.piece_of_face[seen]
        number = np.unique(of_point, return_inverse=True)[1]
        return Pieces(of_point=number.reshape(-1), weight=weight)


def is_given(request: Any) -> bool:
    """Return whether an OpenSession request carries a mesh."""
    return bool(request.mesh_resource or request.mesh.triangles or request.mesh.vertices)


def decode_mesh(message: Any) -> Mesh:
    """Return a shape_msgs/Mesh as a mesh.

    Raises:
        RequestError: BAD_FIELDS, no triangles, or one that names a missing vertex.
    """
    corners = [triangle.vertex_indices for triangle in message.triangles]
    vertices = np.array([(p.x, p.y, p.z) for p in message.vertices], np.float32).reshape(-1, 3)
    return _checked(vertices, np.array(corners, np.int64).reshape(-1, 3))


def read_mesh(path: Any) -> Mesh:
    """Read a mesh file.

    Raises:
        RequestError: BAD_FIELDS, the file is malformed or holds a cloud.
    """
    with invalid_input_is(ErrorCode.BAD_FIELDS):
        shape = read_shape(path)
    if not isinstance(shape, Mesh):
        raise RequestError(
            ErrorCode.BAD_FIELDS, f'{path} holds points without faces; send them as `cloud`'
        )
    _checked(shape.vertices, shape.faces)
    return shape


def sample(
    mesh: Mesh, *, num_points: int, max_faces: int, frame_id: str
) -> tuple[PointCloud, SourceSurface]:
    """Draw points from a mesh, uniformly by area, and find which of its faces are neighbours.

    Raises:
        RequestError: TOO_MANY_POINTS, more faces than allowed; EMPTY_CLOUD, no area.
    """
    if len(mesh.faces) > max_faces:
        raise RequestError(
            ErrorCode.TOO_MANY_POINTS,
            f'a mesh may have {max_faces} faces (parameter mesh.max_faces), got'
            f' {len(mesh.faces)}; simplify it',
        )
    with invalid_input_is(ErrorCode.EMPTY_CLOUD):
        drawn = sample_surface(mesh, num_points, seed=_SEED)
    cloud = PointCloud(
        points=drawn.points, colors=drawn.colors, normals=drawn.normals, frame_id=frame_id
    )
    surface = SourceSurface(
        mesh=mesh,
        points=cloud.points,
        face_idx=drawn.face_idx,
        graph=build_face_graph(mesh),
        piece_of_face=connected_faces(mesh),
    )
    return cloud, surface


def _checked(vertices: np.ndarray, faces: np.ndarray) -> Mesh:
    """Return the mesh.

    Raises:
        RequestError: BAD_FIELDS.
    """
    if not len(faces):
        raise RequestError(
            ErrorCode.BAD_FIELDS,
            f'a mesh needs triangles, got none with {len(vertices)} vertices; send points alone as'
            ' `cloud`',
        )
    if not np.isfinite(vertices).all():
        raise RequestError(ErrorCode.BAD_FIELDS, 'the vertices of a mesh must be finite')
    if faces.max() >= len(vertices):
        raise RequestError(
            ErrorCode.BAD_FIELDS,
            f'triangles must name one of {len(vertices)} vertices, got {faces.max()}',
        )
    try:
        return Mesh(vertices=vertices, faces=faces)
    except InputError as error:
        raise RequestError(ErrorCode.BAD_FIELDS, str(error)) from error
