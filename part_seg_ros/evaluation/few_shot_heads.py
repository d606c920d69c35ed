# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Classifiers of points by their features, learned from a few labelled shapes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
from torch import nn

MLP, LINEAR, MEAN = HEADS = ('mlp', 'linear', 'mean')

Scores = Callable[[np.ndarray], np.ndarray]
"""(N, C) float32 features to (N, L) float32 scores, the highest that of the likeliest label."""

_HIDDEN = 256
_STEPS = 300
_BATCH = 2048
_LEARNING_RATE = 3e-3
_WEIGHT_DECAY = 1e-4
_NEVER = -1e9  # finite, so that scores can be averaged


def fit(
    head: str,
    features: np.ndarray,
    labels: np.ndarray,
    num_labels: int,
    *,
    seed: int = 0,
    device: str = 'cpu',
) -> Scores:
    """Learn which features belong to which label.

    Each channel is first brought to mean 0 and standard deviation 1 over the given points.

    Args:
        head: `mlp`, two layers, and `linear`, one, are trained with cross-entropy; `mean` compares
            with the mean of each label's features, by the cosine.
        features: (M, C) float32.
        labels: (M,) int in [0, L).
        num_labels: L; a label without points is never the likeliest.
        seed: Of the first weights and of the batches.
        device: Where `mlp` and `linear` are trained.
    """
    center, scale = features.mean(axis=0), features.std(axis=0) + 1e-6

    def standard(some: np.ndarray) -> np.ndarray:
        return ((some - center) / scale).astype(np.float32)

    is_known = np.bincount(labels, minlength=num_labels) > 0
    if head == MEAN:
        raw = _fit_mean(standard(features), labels, num_labels)
    else:
        widths = (features.shape[1], _HIDDEN, num_labels)
        raw = _train(
            standard(features),
            labels,
            widths if head == MLP else widths[::2],
            seed=seed,
            device=device,
        )
    return lambda some: np.where(is_known, raw(standard(some)), _NEVER).astype(np.float32)


def _fit_mean(features: np.ndarray, labels: np.ndarray, num_labels: int) -> Scores:
    sums = np.zeros((num_labels, features.shape[1]))
    np.add.at(sums, labels, features)
    means = _unit(sums)
    return lambda some: _unit(some) @ means.T


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def _train(
    features: np.ndarray, labels: np.ndarray, widths: tuple[int, ...], *, seed: int, device: str
) -> Scores:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = [nn.Linear(before, after) for before, after in pairwise(widths)]
    modules = [module for layer in layers for module in (nn.ReLU(), layer)][1:]
    net = nn.Sequential(*modules).to(device)
    optimizer = torch.optim.AdamW(net.parameters(), lr=_LEARNING_RATE, weight_decay=_WEIGHT_DECAY)
    x, y = torch.from_numpy(features).to(device), torch.from_numpy(labels).long().to(device)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(_STEPS):
        rows = torch.randint(len(y), (min(_BATCH, len(y)),), generator=generator).to(device)
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    @torch.inference_mode()
    def scores(some: np.ndarray) -> np.ndarray:
        return net(torch.from_numpy(some).to(device)).cpu().numpy()

    return scores
