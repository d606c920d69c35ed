# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A small PointNet that tells reliable part labels from unreliable ones."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from part_seg_ros.models.file_bytes import file_sha256
from part_seg_ros.models.weights_file import load_strictly, read_tensors

Quality = Callable[[np.ndarray, np.ndarray], float]
"""From (N, 3) points and (N,) int labels of a shape to a score, 0 unreliable to 1 reliable."""

NUM_INPUTS = 8
_WIDTHS = (64, 128, 256)


class QualityNet(nn.Module):
    """Points with what they know of their part in, the logit of being reliable out.

    Source:
        S2AM3D (arXiv 2512.00995), dataset construction: "a binary PointNet classifier", nothing
        more. This is the plain form of PointNet (Qi et al. 2017) without its transformation
        networks; the inputs are our choice.
    """

    def __init__(self, widths: tuple[int, ...] = _WIDTHS) -> None:
        """Build with random weights; `widths` are those of the map of each point."""
        super().__init__()
        sizes = (NUM_INPUTS, *widths)
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise(sizes):
            layers += [nn.Linear(before, after), nn.LayerNorm(after), nn.ReLU()]
        self.points = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Linear(2 * widths[-1], widths[-1]), nn.ReLU(), nn.Linear(widths[-1], 1)
        )

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (B, N, 8) inputs to (B,) logits, whatever the order of the points."""
        features = self.points(inputs)
        pooled = torch.cat([features.amax(dim=1), features.mean(dim=1)], dim=-1)
        return self.head(pooled)[:, 0]


def quality_inputs(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Describe points so that neither the numbers of the labels nor place and size matter.

    Args:
        points: (N, 3) float.
        labels: (N,) int.

    Returns:
        (N, 8) float32: the point in the unit ball around the middle of the cloud, its offset from
        the mean of its part, its part's share of the points and mean distance from that mean.
    """
    centered = points - (points.min(axis=0) + points.max(axis=0)) / 2.0
    centered = centered / max(float(np.linalg.norm(centered, axis=1).max()), 1e-12)
    _, part, counts = np.unique(labels, return_inverse=True, return_counts=True)
    part = part.reshape(-1)
    means = np.stack([np.bincount(part, axis) for axis in centered.T], axis=1) / counts[:, None]
    offsets = centered - means[part]
    spread = np.bincount(part, np.linalg.norm(offsets, axis=1)) / counts
    of_part = np.stack([counts / len(labels), spread], axis=1)[part]
    return np.concatenate([centered, offsets, of_part], axis=1).astype(np.float32)


class LearnedQuality:
    """The score that a trained `QualityNet` gives; a `Quality`."""

    def __init__(self, net: QualityNet, weights_sha256: str = '') -> None:
        """Wrap a network; the hash is for records."""
        self.net = net.eval()
        self.weights_sha256 = weights_sha256

    @torch.inference_mode()
    def __call__(self, points: np.ndarray, labels: np.ndarray) -> float:
        """Return the probability that labels (N,) of points (N, 3) are reliable."""
        inputs = torch.from_numpy(quality_inputs(points, labels))[None]
        return float(torch.sigmoid(self.net(inputs))[0])


def load_quality(path: Path) -> LearnedQuality:
    """Read the weights that `quality_training.train_quality` made.

    Raises:
        CheckpointError: the file is missing, damaged or of another network.
    """
    net = QualityNet()
    load_strictly(net, read_tensors(path), path)
    return LearnedQuality(net, file_sha256(path))
