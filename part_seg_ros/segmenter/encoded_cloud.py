# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A cloud together with what the network made of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from part_seg_ros.models.system import Embedding
from part_seg_ros.segmenter.propagation import Propagation
from part_seg_ros.segmenter.snapping import snap, snap_to_mesh
from part_seg_ros.structures import Mesh, PointCloud, PointPrompt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodedCloud:
    """A cloud, encoded once, to be prompted many times.

    Attributes:
        cloud: The cloud as it was given, invalid rows included; N points.
        valid_idx: (V,) int64 ascending rows of `cloud` whose coordinates are finite.
        network_idx: (S,) int64 ascending rows of `cloud` that the network saw.
        embedding: What the system computed, over those S points.
        propagation: Carries values from the S points to all N.
        content_key: Hash of geometry, colours, normals, viewpoint, system and configuration; not
            of time and frame.
        encode_ms: Time that encoding took [ms].
        mesh: The mesh that was encoded, on which the N points lie; None for a cloud.
    """

    cloud: PointCloud
    valid_idx: np.ndarray
    network_idx: np.ndarray
    embedding: Embedding
    propagation: Propagation
    content_key: str
    encode_ms: float
    mesh: Mesh | None = None

    @property
    def face_idx(self) -> np.ndarray:
        """(N,) int64 face of `mesh` on which each point lies."""
        return self.embedding.check_faces()

    def snap(self, prompt: PointPrompt, max_distance: float) -> tuple[PointPrompt, np.ndarray]:
        """Move clicks to the nearest valid point, or to the nearest place on the mesh.

        Args:
            prompt: In the frame of the cloud.
            max_distance: Farthest that a click may be away [m]; no limit if not positive.

        Returns:
            The moved prompt, and (Q,) float32 distances [m].

        Raises:
            PromptTooFarError: a click is farther away.
        """
        if self.mesh is not None:
            return snap_to_mesh(self.mesh, prompt, max_distance=max_distance)
        return snap(self.cloud.points, prompt, max_distance=max_distance)

    @property
    def num_bytes(self) -> int:
        """Memory held, the cloud and the table of `to_all` included [bytes]."""
        cloud = self.cloud
        arrays = (cloud.points, cloud.colors, cloud.normals, self.valid_idx, self.network_idx)
        held = sum(array.nbytes for array in arrays if array is not None)
        return held + self.embedding.num_bytes + self.propagation.num_bytes

    def to_all(self, values: np.ndarray, fill: float = -np.inf) -> np.ndarray:
        """Carry values of the network's points to every input point.

        Values at the network's own points are kept exactly, other valid points take the mean of
        the three nearest of those, weighted by inverse squared distance. In clouds of many more
        points than the network saw, neighbours within a small voxel take the same value.

        Args:
            values: (O, S) float32.
            fill: Value of invalid points.

        Returns:
            (O, N) float32.
        """
        return self.propagation.from_slots(self.propagation.to_slots(values, fill))


def content_key(shape: PointCloud | Mesh, *settings: object) -> str:
    """Return the sha256 of what encoding depends on, as hexadecimal digits.

    Args:
        shape: A cloud, of which points, colours, normals and viewpoint count, not frame and stamp;
            or a mesh, of which vertices and faces count.
        *settings: Further values that encoding depends on; their `repr` counts.
    """
    digest = hashlib.sha256(repr(settings).encode())
    for name in ('points', 'colors', 'normals', 'viewpoint', 'vertices', 'faces'):
        array = getattr(shape, name, None)
        if array is not None:
            digest.update(f'{name} {array.shape}'.encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
