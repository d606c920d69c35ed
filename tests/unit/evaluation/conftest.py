# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Objects and systems whose result is known beforehand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.true_parts import TruePart
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import MaskCandidates, Mesh


class BallSystem:
    """Answers every prompt with the ball around its first click; radius in unit-ball units."""

    name, device, weights_sha256, part_names = 'ball', 'cpu', '', ()
    capabilities = Capabilities(granularity=True)

    def __init__(self, radius, iou_pred=1.0):
        self.radius, self.iou_pred, self.prompts = radius, iou_pred, []

    def encode(self, shape):
        return Embedding(points=shape.points, point_features=None, state=None, num_bytes=0)

    def predict(self, embedding, prompt, previous=None):
        self.prompts.append(prompt)
        points = embedding.points
        size = np.linalg.norm(points - points.mean(0), axis=1).max()
        distance = np.linalg.norm(points - prompt.prompt_coords[0], axis=1)
        logits = (self.radius - distance / size)[None].astype(np.float32)
        iou_pred = np.array([self.iou_pred], np.float32)
        return MaskCandidates(mask_logits=logits, iou_pred=iou_pred)

    def predict_batch(self, embedding, prompts):
        return [self.predict(embedding, prompt) for prompt in prompts]


class NamingBallSystem(BallSystem):
    """Holds what was clicked at x < 5 a `handle` and else a `lid`, with a probability of 0.9."""

    name = 'naming ball'
    part_names = ('door', 'handle', 'knob', 'lid', 'wheel')
    capabilities = Capabilities(granularity=True, names=True)

    def predict(self, embedding, prompt, previous=None):
        found = super().predict(embedding, prompt, previous)
        probs = np.full((1, 5), 0.025, np.float32)
        probs[0, 1 if prompt.prompt_coords[0, 0] < 5 else 3] = 0.9
        return dataclasses.replace(found, name_probs=probs)

    def name_probs_at(self, embedding, coords):
        return np.where(coords[:, :1] < 5, [[0, 0.9, 0, 0.1, 0]], [[0, 0.1, 0, 0.9, 0]])


@pytest.fixture
def ball_segmenter() -> Callable[..., Segmenter]:
    def build(radius: float, iou_pred: float = 1.0) -> Segmenter:
        return Segmenter(BallSystem(radius, iou_pred), SegmenterConfig(snap_radius=0.0))

    return build


@pytest.fixture
def naming_segmenter() -> Callable[..., Segmenter]:
    def build(radius: float, iou_pred: float = 1.0) -> Segmenter:
        return Segmenter(NamingBallSystem(radius, iou_pred), SegmenterConfig(snap_radius=0.0))

    return build


@pytest.fixture
def squares() -> Callable[..., LabeledObject]:
    """Two unit squares in the plane z = 0, one part each, `gap` apart along x."""

    def build(
        gap: float = 10.0, names: tuple[str, ...] = ('a', 'b'), **known: str
    ) -> LabeledObject:
        square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
        faces = np.array([[0, 1, 2], [0, 2, 3]])
        mesh = Mesh(
            vertices=np.concatenate([square, square + np.array([gap, 0, 0])]),
            faces=np.concatenate([faces, faces + 4]),
        )
        ids = np.array([0, 0, 1, 1], np.int32)
        labeled = LabeledMesh(name='squares', mesh=mesh, face_part_ids=ids, part_names=names)
        fields = {'name': 'squares', 'kind': 'pair', 'group': '', **known}
        return LabeledObject(part_names=names, shape=labeled, **fields)

    return build


@pytest.fixture
def true_part() -> Callable[..., TruePart]:
    def build(object_name: str, share: float = 0.1, **known: object) -> TruePart:
        fields = {'kind': '', 'group': '', 'part_id': 0, 'part_name': '', **known}
        return TruePart(object_name=object_name, share=share, **fields)

    return build
