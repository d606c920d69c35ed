# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training the classifier of label quality on accepted and rejected examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from torch import nn

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.data_engine.quality import QualityNet, quality_inputs
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.surface_sampling import sample_surface


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityTraining:
    """How the classifier is trained; none of it is published."""

    num_steps: int = setting(500, 'Optimisation steps.', minimum=1)
    batch_size: int = setting(16, 'Shapes a step, half of them rejected ones.', minimum=2)
    num_points: int = setting(2048, 'Points of a shape.', minimum=16)
    learning_rate: float = setting(1e-3, 'Of Adam.', minimum=0.0)
    seed: int = setting(0, 'Of weights, choice of shapes and poses.', minimum=0)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


def train_quality(
    accepted: Sequence[LabeledMesh],
    rejected: Sequence[LabeledMesh],
    config: QualityTraining | None = None,
) -> tuple[QualityNet, list[float]]:
    """Train a classifier on shapes whose labels somebody has judged.

    Every step draws as many accepted shapes as rejected ones and turns each at random.

    Args:
        accepted: Shapes with reliable labels.
        rejected: Shapes with unreliable labels.
        config: None for the defaults.

    Returns:
        The network, and the binary cross-entropy of each step.

    Raises:
        InputError: one of the two kinds is missing, or a shape has no labels.
    """
    config = config or QualityTraining()
    if not accepted or not rejected:
        raise InputError(
            f'examples of both kinds are needed, got {len(accepted)} accepted and {len(rejected)}'
            ' rejected'
        )
    kinds = [[_points(shape, config) for shape in kind] for kind in (rejected, accepted)]
    rng = np.random.default_rng(config.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        net = QualityNet()
    optimizer = torch.optim.Adam(net.parameters(), lr=config.learning_rate)
    targets = torch.arange(config.batch_size) % 2
    losses = []
    for _ in range(config.num_steps):
        batch = [_example(kinds[kind], rng) for kind in targets.tolist()]
        logits = net(torch.from_numpy(np.stack(batch)))
        loss = nn.functional.binary_cross_entropy_with_logits(logits, targets.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return net.eval(), losses


def _points(shape: LabeledMesh, config: QualityTraining) -> tuple[np.ndarray, np.ndarray]:
    if (shape.face_part_ids < 0).all():
        raise InputError(f'{shape.name} has no labels to judge')
    sample = sample_surface(shape.mesh, config.num_points, seed=config.seed)
    return sample.points, shape.face_part_ids[sample.face_idx]


def _example(
    shapes: Sequence[tuple[np.ndarray, np.ndarray]], rng: np.random.Generator
) -> np.ndarray:
    points, labels = shapes[int(rng.integers(len(shapes)))]
    turned = points @ Rotation.from_quat(rng.normal(size=4)).as_matrix().T
    return quality_inputs(turned, labels)
