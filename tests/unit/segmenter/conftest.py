# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Stand-in systems whose answers are known, to test what is around a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.structures import MaskCandidates, PointCloud, PointPrompt


@dataclasses.dataclass
class BallSystem:
    """Masks are balls around the clicks: candidate o has `radii[o]` and `iou_pred[o]`.

    With a previous mask it gives one answer, the middle radius, and remembers the feedback.
    """

    radii: tuple[float, ...] = (0.1, 0.3, 0.2)
    iou_pred: tuple[float, ...] = (0.4, 0.9, 0.9)
    name: str = 'ball'
    weights_sha256: str = ''
    part_names: tuple[str, ...] = ()
    device: str = 'cpu'
    capabilities: Capabilities = dataclasses.field(default_factory=Capabilities)
    encoded: list[PointCloud] = dataclasses.field(default_factory=list)
    prompts: list[PointPrompt] = dataclasses.field(default_factory=list)
    feedback: list[np.ndarray | None] = dataclasses.field(default_factory=list)

    def encode(self, shape: PointCloud) -> Embedding:
        self.encoded.append(shape)
        return Embedding(points=shape.points, point_features=None, state=None, num_bytes=1000)

    def predict(self, embedding, prompt, previous=None) -> MaskCandidates:
        self.prompts.append(prompt)
        self.feedback.append(previous)
        signed = _signed_distance(embedding.points, prompt)
        if previous is not None:
            radii, iou_pred = self.radii[1:2], self.iou_pred[1:2]
        else:
            radii, iou_pred = self.radii, self.iou_pred
        logits = np.stack([radius - signed for radius in radii]).astype(np.float32)
        return MaskCandidates(mask_logits=logits, iou_pred=np.array(iou_pred, np.float32))

    def predict_batch(self, embedding, prompts) -> list[MaskCandidates]:
        return [self.predict(embedding, prompt) for prompt in prompts]


def _signed_distance(points: np.ndarray, prompt: PointPrompt) -> np.ndarray:
    """Distance to the nearest positive click, beyond all radii where a negative one is nearer."""
    distances = np.linalg.norm(points[None] - prompt.prompt_coords[:, None], axis=2)
    is_positive = prompt.prompt_labels == 1
    nearest = distances[is_positive].min(axis=0)
    if is_positive.all():
        return nearest
    return np.where(distances[~is_positive].min(axis=0) < nearest, 1e3, nearest)


@dataclasses.dataclass
class TruthSystem:
    """Masks are the true parts at the click: candidate o by `levels[o]`, points to labels.

    `names` gives the probabilities of `part_names` for a mask over the points.
    """

    levels: tuple[Callable[[np.ndarray], np.ndarray], ...]
    iou_pred: tuple[float, ...]
    name: str = 'truth'
    weights_sha256: str = ''
    part_names: tuple[str, ...] = ()
    names: Callable[[np.ndarray, np.ndarray], list[float]] | None = None
    device: str = 'cpu'
    capabilities: Capabilities = dataclasses.field(default_factory=Capabilities)
    max_batch: int = 1000
    batches: list[int] = dataclasses.field(default_factory=list)
    granularities: list[float | None] = dataclasses.field(default_factory=list)

    def encode(self, shape: PointCloud) -> Embedding:
        return Embedding(points=shape.points, point_features=None, state=None, num_bytes=1000)

    def predict(self, embedding, prompt, previous=None) -> MaskCandidates:
        self.granularities.append(prompt.granularity)
        masks = [
            level(embedding.points) == level(prompt.prompt_coords[:1])[0] for level in self.levels
        ]
        logits = np.where(masks, 5.0, -5.0).astype(np.float32)
        name_probs = None
        if self.names is not None:
            rows = [self.names(embedding.points, mask) for mask in masks]
            name_probs = np.array(rows, np.float32)
        return MaskCandidates(
            mask_logits=logits,
            iou_pred=np.array(self.iou_pred, np.float32),
            name_probs=name_probs,
        )

    def name_probs_at(self, embedding, coords) -> np.ndarray:
        finest = self.levels[-1]
        here = [finest(embedding.points) == label for label in finest(coords)]
        return np.array([self.names(embedding.points, mask) for mask in here], np.float32)

    def predict_batch(self, embedding, prompts) -> list[MaskCandidates]:
        if len(prompts) > self.max_batch:
            raise RuntimeError('CUDA out of memory. Tried to allocate 2.00 GiB')
        self.batches.append(len(prompts))
        return [self.predict(embedding, prompt) for prompt in prompts]


@pytest.fixture
def ball_system() -> BallSystem:
    return BallSystem()


@pytest.fixture
def truth_system() -> type[TruthSystem]:
    return TruthSystem


@pytest.fixture(scope='session')
def tiny_system():
    """The bundled network's smallest size with random weights."""
    pytest.importorskip('torch')
    from part_seg_ros.models import build_model

    return build_model('compact-tiny', device='cpu')


@pytest.fixture(scope='session')
def confident_system():
    """Random weights again, but the network expects every mask to be right by about a half."""
    torch = pytest.importorskip('torch')
    from part_seg_ros.models import build_model

    system = build_model('compact-tiny', device='cpu')
    with torch.no_grad():
        system.net.mask_decoder.iou_head[-1].bias.fill_(0.5)
    return system


@pytest.fixture
def sphere() -> np.ndarray:
    """(800, 3) float32 points on an ellipsoid, about half a metre across."""
    points = np.random.default_rng(0).normal(size=(800, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return (points * [0.3, 0.25, 0.2]).astype(np.float32)
