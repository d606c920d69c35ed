# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Splitting labels whose points do not hang together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data_engine.density_clusters import NOISE, density_clusters
from part_seg_ros.structures import Mesh


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSettings:
    """When points of one label are apart.

    Neither number is published. With 10 000 points on the surface of a cube, a ball of 3 % of the
    diagonal around a point holds some 14 points.
    """

    radius: float = setting(
        0.03, "Reach of a point, as a share of the bounding box's diagonal.", minimum=1e-6
    )
    min_points: int = setting(4, 'Points within reach that make a place crowded.', minimum=1)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


def split_labels(points: np.ndarray, labels: np.ndarray, settings: SplitSettings) -> np.ndarray:
    """Give every cluster of points of one label a label of its own.

    Args:
        points: (N, 3) float.
        labels: (N,) int, at least 0.
        settings: What hangs together.

    Returns:
        (N,) int64 labels from 0, by old label, then cluster. Stray points take the cluster of the
        nearest point of their label that has one; a label of stray points alone stays whole.

    Source:
        S2AM3D (arXiv 2512.00995), dataset construction, connectivity refinement.
    """
    diagonal = float(np.linalg.norm(np.ptp(points, axis=0)))
    split = np.zeros(len(labels), np.int64)
    num_labels = 0
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        clusters = density_clusters(points[rows], settings.radius * diagonal, settings.min_points)
        clusters = _without_noise(points[rows], clusters)
        split[rows] = num_labels + clusters
        num_labels += int(clusters.max()) + 1
    return split


def _without_noise(points: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    is_noise = clusters == NOISE
    if is_noise.all():
        return np.zeros_like(clusters)
    _, nearest = cKDTree(points[~is_noise]).query(points[is_noise])
    filled = clusters.copy()
    filled[is_noise] = clusters[~is_noise][nearest]
    return filled


def face_labels(
    mesh: Mesh, old: np.ndarray, points: np.ndarray, face_idx: np.ndarray, split: np.ndarray
) -> np.ndarray:
    """Carry the split labels of sampled points to the faces.

    Args:
        mesh: F faces.
        old: (F,) int labels before the split.
        points: (N, 3) points on the faces.
        face_idx: (N,) int64 face of each point.
        split: (N,) int64 labels of the points after the split.

    Returns:
        (F,) int32 labels from 0: the one that most points on the face have, the lower of two
        equals; for a face without points that of the nearest point of its old label, for an old
        label without points one of its own.
    """
    num_labels = int(split.max()) + 1
    votes = np.zeros((len(old), num_labels), np.int32)
    np.add.at(votes, (face_idx, split), 1)
    new = votes.argmax(axis=1)
    is_empty = ~votes.any(axis=1)
    centroids = mesh.vertices.astype(np.float64)[mesh.faces].mean(axis=1)
    for label in np.unique(old[is_empty]):
        faces = np.flatnonzero(is_empty & (old == label))
        rows = np.flatnonzero(old[face_idx] == label)
        if len(rows):
            new[faces] = split[rows[cKDTree(points[rows]).query(centroids[faces])[1]]]
        else:
            new[faces] = num_labels
            num_labels += 1
    return np.unique(new, return_inverse=True)[1].reshape(-1).astype(np.int32)
