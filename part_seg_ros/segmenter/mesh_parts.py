# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every part of a mesh: points on its surface are segmented, their labels carried to the faces.

A system that looks at meshes themselves labels the faces, which are then tidied up alike.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.geometry.face_borders import cut_between_votes, smooth_labels, vote_shares
from part_seg_ros.geometry.face_graph import FaceGraph, build_face_graph, connected_faces
from part_seg_ros.geometry.face_labels import (
    NO_LABEL,
    drop_small_pieces,
    fill,
    vote,
)
from part_seg_ros.geometry.surface_sampling import sample_surface
from part_seg_ros.segmenter.by_agreement import Pieces
from part_seg_ros.segmenter.carried_parts import carry_parts
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.proposals import Progress
from part_seg_ros.segmenter.segment_all import SegmentAllSettings
from part_seg_ros.segmenter.segmenter import Segmenter
from part_seg_ros.structures import Mesh, PartSegmentation, PointCloud


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshSettings:
    """How a mesh is sampled, and what becomes of its faces."""

    num_samples: int = setting(
        100_000, 'Points drawn from the surface.', minimum=16, maximum=10_000_000
    )
    seed: int = setting(0, 'Seed of that draw.', minimum=0)
    connectivity: float = setting(
        0.4,
        'How much it counts, beside what the network says, that points lie on one connected piece'
        ' of the mesh; 0 ignores it, for meshes of scans and of one piece.',
        minimum=0.0,
        maximum=0.9,
    )
    fill: bool = setting(
        True, 'Faces without a sampled point of a part take the part of the nearest that has one.'
    )
    min_piece_share: float = setting(
        0.01,
        'Specks on a connected piece are given to what is around them if they have less than this'
        ' share of the faces, and of the area, of the largest region of one part.',
        minimum=0.0,
        maximum=1.0,
    )
    smoothing: int = setting(
        0, 'Sweeps in which a face takes the part that most of its neighbours have.', minimum=0
    )
    graph_cut: bool = setting(
        False, 'Move the borders between parts to creases by a graph cut; slow on fine meshes.'
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


class SampledMesh:
    """A mesh, its faces' neighbours, and an encoded sample of its surface, or all of it.

    Attributes:
        mesh: The mesh.
        graph: Its faces.
        piece_of_face: (F,) int64 connected piece of each face.
        face_idx: (N,) int64 face of each encoded point.
        encoded: The sampled points, encoded; or for a system with `Capabilities.meshes` the mesh,
            and the points on it that its answers are about.
    """

    def __init__(self, segmenter: Segmenter, mesh: Mesh, settings: MeshSettings) -> None:
        """Sample the surface and encode the points, or encode the mesh itself.

        Raises:
            InputError: the mesh has no area, or the system cannot take it or its points.
        """
        self.mesh = mesh
        self._segmenter = segmenter
        self._settings = settings
        if segmenter.system.capabilities.meshes:
            self.encoded: EncodedCloud = segmenter.encode_mesh(mesh)
            self.face_idx = self.encoded.face_idx
        else:
            sample = sample_surface(mesh, settings.num_samples, seed=settings.seed)
            cloud = PointCloud(
                points=sample.points,
                colors=sample.colors,
                normals=sample.normals,
                frame_id=mesh.frame_id,
            )
            self.encoded = segmenter.encode(cloud)
            self.face_idx = sample.face_idx
        self.graph: FaceGraph = build_face_graph(mesh)
        self.piece_of_face = connected_faces(mesh)

    def segment_all(
        self,
        settings: SegmentAllSettings | None = None,
        *,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> PartSegmentation:
        """Find every part of the mesh.

        Args:
            settings: As for `Segmenter.segment_all`.
            progress: As for `Segmenter.segment_all`.
            should_stop: As for `Segmenter.segment_all`.

        Returns:
            Part ids of the F faces, in the place of points, -1 for faces of no part; boxes hold
            the corners of the faces.

        Raises:
            CanceledError: `should_stop` said so.
        """
        found = self._segmenter.segment_all(
            self.encoded,
            settings,
            progress=progress,
            should_stop=should_stop,
            pieces=self._pieces,
        )
        return self.tidied(found)

    def tidied(self, found: PartSegmentation) -> PartSegmentation:
        """Carry parts of the encoded points to the faces and tidy them up, as `segment_all` does.

        Args:
            found: Part ids of the N encoded points.
        """
        return self._on_faces(found, self._face_labels(found))[0]

    def segment_levels(
        self,
        granularities: Sequence[float],
        settings: SegmentAllSettings | None = None,
        *,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
        nested: bool = True,
    ) -> tuple[PartSegmentation, ...]:
        """Find every part of the mesh at several granularities.

        Args:
            granularities: As for `Segmenter.segment_levels`.
            settings: As for `Segmenter.segment_levels`.
            progress: As for `Segmenter.segment_levels`.
            should_stop: As for `Segmenter.segment_levels`.
            nested: As for `Segmenter.segment_levels`; the faces of the finest level are then
                tidied up, and those of the coarser ones follow.

        Returns:
            As from `segment_all`, one for each granularity.

        Raises:
            CanceledError: `should_stop` said so.
            InputError: the granularities do not ascend.
        """
        levels = self._segmenter.segment_levels(
            self.encoded,
            granularities,
            settings,
            progress=progress,
            should_stop=should_stop,
            pieces=self._pieces,
            nested=nested,
        )
        if not nested:
            return tuple(self._on_faces(level, self._face_labels(level))[0] for level in levels)
        labels = [self._face_labels(levels[-1])]
        for level in levels[:0:-1]:  # faces of coarser parts are those of the parts within
            parents = np.array([*(part.parent_id for part in level.parts), NO_LABEL])
            labels.insert(0, parents[labels[0]])
        of_faces: list[PartSegmentation] = []
        number = None
        for level, of_level in zip(levels, labels, strict=True):
            found, number = self._on_faces(level, of_level, number)
            of_faces.append(found)
        return tuple(of_faces)

    @property
    def _pieces(self) -> Pieces | None:
        weight = self._settings.connectivity
        if weight <= 0.0:
            return None
        of_point = self.piece_of_face[self.face_idx[self.encoded.network_idx]]
        number = np.unique(of_point, return_inverse=True)[1]
        return Pieces(of_point=number.reshape(-1), weight=weight)

    def _face_labels(self, found: PartSegmentation) -> np.ndarray:
        """Return the (F,) part of each face by a segmentation of the sampled points."""
        return face_labels(
            self.graph, self.piece_of_face, self.face_idx, found.part_ids, self._settings
        )

    def _on_faces(
        self,
        found: PartSegmentation,
        labels: np.ndarray,
        number_above: np.ndarray | None = None,
    ) -> tuple[PartSegmentation, np.ndarray]:
        """Describe (F,) labels of faces, the ids of parts that were found on points.

        Returns:
            The parts that any face shows, numbered anew, and (K + 1,) int32 the new id of each of
            the K parts, -1 for none; the last stands for the id -1.
        """
        corners = self.mesh.vertices[self.mesh.faces]
        carried, number = carry_parts(found, labels, lambda is_in: corners[is_in].reshape(-1, 3))
        parts = tuple(
            dataclasses.replace(
                part,
                parent_id=-1 if number_above is None else int(number_above[part.parent_id]),
            )
            for part in carried.parts
        )
        return dataclasses.replace(carried, parts=parts), number


def face_labels(
    graph: FaceGraph,
    piece_of_face: np.ndarray,
    face_idx: np.ndarray,
    part_ids: np.ndarray,
    settings: MeshSettings,
) -> np.ndarray:
    """Carry labels of points on a mesh to its faces, and tidy them up.

    Points vote for their face. With `fill`, faces without a vote are overgrown by their
    neighbours, or take the label of the nearest. Borders may then be smoothed or cut.

    Args:
        graph: The faces.
        piece_of_face: (F,) int64 connected piece of each.
        face_idx: (N,) int64 face of each point.
        part_ids: (N,) int label of each point, -1 for none.
        settings: What to do.

    Returns:
        (F,) int64 labels, -1 for none.
    """
    labels = vote(face_idx, part_ids, len(graph.areas))
    if not (labels >= 0).any():
        return labels
    is_open = labels < 0
    labels = fill(labels, graph)
    specks = drop_small_pieces(labels, graph.pairs, graph.areas, settings.min_piece_share)
    has_label = np.bincount(piece_of_face, specks >= 0)[piece_of_face] > 0
    labels = fill(np.where(has_label, specks, labels), graph)
    if settings.graph_cut:
        shares = vote_shares(face_idx, part_ids, labels)
        labels = cut_between_votes(labels, shares, graph)
    labels = smooth_labels(labels, graph.pairs, num_sweeps=settings.smoothing)
    return labels if settings.fill else np.where(is_open, NO_LABEL, labels)
