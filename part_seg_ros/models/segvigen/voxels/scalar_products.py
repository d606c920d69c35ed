# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Scalar products of float32 rows, which round as those of the C++ library Eigen do."""

from __future__ import annotations

import numpy as np


def dots(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return (M,) scalar products of (M, 3) or (M, 4) rows.

    The release decides by them what only touches and solves badly conditioned systems of them, so
    that the order of their terms is seen in its voxels.
    """
    terms = (one * other).T
    if len(terms) == 4:
        return (terms[0] + terms[2]) + (terms[1] + terms[3])
    return terms[0] + (terms[1] + terms[2])


def norms(vectors: np.ndarray) -> np.ndarray:
    """Return (M,) lengths of (M, 3) rows."""
    return np.sqrt(dots(vectors, vectors))
