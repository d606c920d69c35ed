# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A vector of features for every face of a mesh, from an encoder of points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from part_seg_ros.errors import ConfigError
from part_seg_ros.geometry.cube_fit import fit_cube
from part_seg_ros.geometry.interpolation import interpolate, three_nearest
from part_seg_ros.layers.partfield.planes import sample_planes
from part_seg_ros.models.partsam.model import PartSamNet
from part_seg_ros.models.partsam.preparation import HALF_SIDE
from part_seg_ros.models.partsam.system import PartSamSystem
from part_seg_ros.models.system import Embedding, System
from part_seg_ros.structures import Mesh

FeatureField = Callable[[np.ndarray], np.ndarray]
"""From (S, 3) places on a shape, in its frame, to (S, C) float32 features."""

_FACES_AT_ONCE = 16_384


def feature_field(system: System, embedding: Embedding) -> FeatureField:
    """Return the features that an encoder gives to any place on a shape.

    PartSAM gives those of its frozen branch, which is PartField; every other system the features
    of its points, taken from the three nearest.

    Args:
        system: The encoder.
        embedding: From `encode` of this system.

    Raises:
        ConfigError: the system gives no features of points.
    """
    if isinstance(system, PartSamSystem):
        return _frozen_branch(system.net, embedding.points, system.device)
    features = embedding.point_features
    if features is None:
        raise ConfigError(f'{system.name} gives no features of points; cluster with partsam')

    def between(places: np.ndarray) -> np.ndarray:
        return interpolate(features.T, *three_nearest(embedding.points, places)).T

    return between


@torch.inference_mode()
def _frozen_branch(net: PartSamNet, points: np.ndarray, device: str) -> FeatureField:
    fit = fit_cube(points, HALF_SIDE)

    def coords(places: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(fit.apply(places))[None].to(device)

    of_cloud = coords(points)
    planes = net.pc_encoder.partfield.part_planes(of_cloud, of_cloud)

    @torch.inference_mode()
    def sampled(places: np.ndarray) -> np.ndarray:
        return sample_planes(planes, coords(places))[0].float().cpu().numpy()

    return sampled


def face_features(
    field: FeatureField, mesh: Mesh, rng: np.random.Generator, *, samples_per_face: int = 10
) -> np.ndarray:
    """Average the features of random places on every face, and make the averages unit vectors.

    Args:
        field: Features by place.
        mesh: F faces.
        rng: Of the places, which are uniform on each face.
        samples_per_face: At least 1.

    Returns:
        (F, C) float32 of length one; zero where the average is.

    Source:
        PartSAM's release, second stage of its curation: 10 barycentric samples a face.
    """
    weights = rng.standard_exponential((len(mesh.faces), samples_per_face, 3))
    weights /= weights.sum(axis=2, keepdims=True)
    chunks = []
    for begin in range(0, len(mesh.faces), _FACES_AT_ONCE):
        chunk = slice(begin, begin + _FACES_AT_ONCE)
        corners = mesh.vertices[mesh.faces[chunk]].astype(np.float64)
        places = (weights[chunk] @ corners).reshape(-1, 3)
        features = field(places).reshape(len(corners), samples_per_face, -1)
        chunks.append(features.mean(axis=1))
    means = np.concatenate(chunks)
    length = np.linalg.norm(means, axis=1, keepdims=True)
    return (means / np.where(length > 0.0, length, 1.0)).astype(np.float32)
