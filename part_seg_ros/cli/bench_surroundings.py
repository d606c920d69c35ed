# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Speed of what surrounds the networks: propagation, message conversion, procedural objects."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.cli.bench_timing import timed
from part_seg_ros.cli.data_rate import objects_per_second
from part_seg_ros.geometry.interpolation import interpolate, three_nearest


def measure_surroundings(
    sources: np.ndarray, *, num_targets: int, num_objects: int, num_processes: int
) -> dict[str, Any]:
    """Time all that does not depend on the system.

    Args:
        sources: (N, 3) float32 points that masks are carried from [m].
        num_targets: Points that they are carried to, and points of the message.
        num_objects: Procedural objects that each process makes.
        num_processes: Processes that make them.
    """
    return {
        **_measure_propagation(sources, num_targets),
        **_measure_codec(num_targets),
        'objects_per_second': round(objects_per_second(num_objects, num_processes), 1),
    }


def _measure_propagation(sources: np.ndarray, num_targets: int) -> dict[str, Any]:
    """Time 3-NN propagation to `num_targets` points beside a plain SciPy query point by point."""
    rng = np.random.default_rng(1)
    noise = rng.normal(scale=0.01, size=(num_targets, 3))
    targets = (sources[rng.integers(len(sources), size=num_targets)] + noise).astype(np.float32)
    values = rng.normal(size=(3, len(sources))).astype(np.float32)
    ours = timed('propagation', lambda: interpolate(values, *three_nearest(sources, targets)), 5)
    num_looped = min(2000, num_targets)
    looped = timed('SciPy loop', lambda: _loop(sources, targets[:num_looped], values), 3)
    looped_ms = looped['median_ms'] * num_targets / num_looped
    return {
        'propagation': ours,
        'propagation_scipy_loop_ms': round(looped_ms, 1),
        'propagation_speedup': round(looped_ms / ours['median_ms'], 1),
    }


def _loop(sources: np.ndarray, targets: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The peer: one SciPy query per target."""
    tree = cKDTree(sources)
    result = np.zeros((len(values), len(targets)), dtype=np.float32)
    for column, target in enumerate(targets):
        distances, idx = tree.query(target, k=3)
        weights = 1.0 / np.maximum(distances**2, 1e-8)
        result[:, column] = values[:, idx] @ (weights / weights.sum())
    return result


def _measure_codec(num_points: int) -> dict[str, Any]:
    """Time the PointCloud2 conversion in a process of its own: ROS stays out of this one."""
    command = [sys.executable, '-m', 'part_seg_ros.nodes.codec_bench', '--points', str(num_points)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        return {'message_conversion': done.stderr.strip().splitlines()[-1:]}
    return {'message_conversion': json.loads(done.stdout)}
