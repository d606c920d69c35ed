# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How good a mask is, for a network that does not say so itself.

Everything here is ours. The confidence that the release shows is the highest probability among
the points, nearly always close to 1 and no estimate of quality.
"""

from __future__ import annotations

import numpy as np

STABILITY_MARGIN = 0.15
_OCTAVES = 8.0
_LEAST_SHARE = 1e-12  # instead of 0, which has no logarithm


def scale_of(granularity: float) -> float:
    """Return the scale, a share of the points, for a fineness in (0, 1].

    The fineness of the package falls evenly with the logarithm of the share: 1 means 1/256 of the
    points, 0.5 means 1/16, close to 0 the whole shape.
    """
    return 2.0 ** (-_OCTAVES * granularity)


def logit(probability: float) -> float:
    """Return the logit of a probability in (0, 1)."""
    return float(np.log(probability / (1.0 - probability)))


def stability(logits: np.ndarray, threshold: float) -> np.ndarray:
    """Return how little masks change as the threshold moves by 0.15 either way.

    Args:
        logits: (M, N) float.
        threshold: Probability in (0.15, 0.85).

    Returns:
        (M,) float32 IoU of the mask at the higher threshold with that at the lower; 0 where the
        latter is empty.

    Source:
        Segment Anything (Kirillov et al. 2023), appendix B, on probabilities instead of logits.
    """
    inner = (logits > logit(threshold + STABILITY_MARGIN)).sum(axis=1)
    outer = (logits > logit(threshold - STABILITY_MARGIN)).sum(axis=1)
    return (inner / np.maximum(outer, 1)).astype(np.float32)


def scale_agreement(masks: np.ndarray, scale: float) -> np.ndarray:
    """Return how well the sizes of masks agree with the scale that was asked for.

    Args:
        masks: (M, N) bool.
        scale: Wanted share of the points, in [0, 1].

    Returns:
        (M,) float32, 1 where they are equal, falling with the logarithm of their ratio to 0 at e.
    """
    share = np.maximum(masks.mean(axis=1), _LEAST_SHARE)
    distance = np.abs(np.log(share / max(scale, _LEAST_SHARE)))
    return np.maximum(1.0 - distance, 0.0).astype(np.float32)
