# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How well predicted IoU agrees with true IoU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from part_seg_ros.errors import InputError

NUM_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reliability:
    """Predictions in bins of equal width over [0, 1].

    Attributes:
        counts: (B,) int64 predictions in each bin.
        mean_pred: (B,) float64 mean prediction in each bin, NaN in empty ones.
        mean_true: (B,) float64 mean of what it turned out to be, NaN in empty ones.
    """

    counts: np.ndarray
    mean_pred: np.ndarray
    mean_true: np.ndarray

    @property
    def calibration_error(self) -> float:
        """Expected calibration error: mean |mean_pred - mean_true|, weighted by the counts."""
        filled = self.counts > 0
        gaps = np.abs(self.mean_pred - self.mean_true)[filled]
        return float(np.average(gaps, weights=self.counts[filled]))

    @property
    def bias(self) -> float:
        """Mean prediction less mean truth; positive where the system is too sure."""
        filled = self.counts > 0
        gaps = (self.mean_pred - self.mean_true)[filled]
        return float(np.average(gaps, weights=self.counts[filled]))

    def to_mapping(self) -> dict[str, Any]:
        """Return errors and bins as plain values."""
        return {
            'ECE': self.calibration_error,
            'bias': self.bias,
            'bins': {
                'count': self.counts.tolist(),
                'mean_pred': self.mean_pred.tolist(),
                'mean_true': self.mean_true.tolist(),
            },
        }


def reliability(
    predicted: np.ndarray, true: np.ndarray, *, num_bins: int = NUM_BINS
) -> Reliability:
    """Sort predictions into bins.

    Args:
        predicted: (M,) predicted IoU; below 0 and above 1 belong to the first and last bin.
        true: (M,) true IoU in [0, 1].
        num_bins: B, bins of equal width; a prediction on a border belongs to the upper one.

    Raises:
        InputError: no prediction, or not as many truths.

    Source:
        Guo et al. 2017, "On calibration of modern neural networks", Sec. 2, with the IoU in the
        place of the accuracy.
    """
    predicted, true = np.asarray(predicted, np.float64), np.asarray(true, np.float64)
    if predicted.ndim != 1 or len(predicted) == 0 or predicted.shape != true.shape:
        raise InputError(
            f'want as many true as predicted values, at least one, got {true.shape} and'
            f' {predicted.shape}'
        )
    bin_idx = np.clip((predicted * num_bins).astype(np.int64), 0, num_bins - 1)
    counts = np.bincount(bin_idx, minlength=num_bins)
    with np.errstate(invalid='ignore'):
        return Reliability(
            counts=counts,
            mean_pred=np.bincount(bin_idx, predicted, num_bins) / counts,
            mean_true=np.bincount(bin_idx, true, num_bins) / counts,
        )
