# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg bench`: speed and memory of encoding, clicks, names, propagation and conversion."""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from tqdm import tqdm

from part_seg_ros.cli.data_rate import objects_per_second
from part_seg_ros.cli.model_options import add_model_options, build_segmenter
from part_seg_ros.data.procedural import FAMILIES, sample_surface
from part_seg_ros.geometry.interpolation import interpolate, three_nearest
from part_seg_ros.geometry.normals import estimate_normals
from part_seg_ros.segmenter import EncodedCloud, Segmenter
from part_seg_ros.structures import NamePrompt, PointCloud, PointPrompt


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser('bench', description=__doc__)
    add_model_options(parser)
    parser.set_defaults(device='cpu')
    parser.add_argument(
        '--num-points', type=int, default=10_000, help='points encoded (default: %(default)s)'
    )
    parser.add_argument(
        '--num-targets',
        type=int,
        default=300_000,
        help='points that masks are propagated to, and of the message (default: %(default)s)',
    )
    parser.add_argument(
        '--threads', type=int, default=os.cpu_count(), help='CPU threads (default: all cores)'
    )
    parser.add_argument(
        '--repeats', type=int, default=20, help='timed repetitions (default: %(default)s)'
    )
    parser.add_argument(
        '--num-objects',
        type=int,
        default=400,
        help='procedural objects that each thread makes (default: %(default)s)',
    )
    parser.add_argument('-o', '--output', metavar='JSON', help='write the results there as well')
    return parser


def run(args: argparse.Namespace) -> int:
    """Measure everything and print it as JSON."""
    import torch

    torch.set_num_threads(args.threads)
    segmenter = build_segmenter(args)
    cloud = _object(args.num_points)
    results = {
        **_measure_network(segmenter, cloud, args.repeats),
        **_measure_propagation(cloud.points, args.num_targets, args.threads),
        **_measure_codec(args.num_targets),
        'objects_per_second': round(objects_per_second(args.num_objects, args.threads), 1),
        'memory_peak_mib': round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    report = {
        'config': {key: getattr(args, key) for key in _CONFIG_KEYS},
        'weights_sha256': segmenter.system.weights_sha256,
        'machine': _machine(torch.__version__),
        'results': results,
    }
    text = json.dumps(report, indent=1)
    print(text)
    if args.output:
        Path(args.output).parent.mkdir(parents=True, exist_ok=True)
        Path(args.output).write_text(text + '\n')
    return 0


_CONFIG_KEYS = (
    'model',
    'checkpoint',
    'device',
    'max_points',
    'num_points',
    'num_targets',
    'threads',
    'repeats',
    'num_objects',
)


def _object(num_points: int) -> PointCloud:
    rng = np.random.default_rng(0)
    return PointCloud(points=sample_surface(FAMILIES['mug'](rng), num_points, rng).points)


def _measure_network(segmenter: Segmenter, cloud: PointCloud, repeats: int) -> dict[str, Any]:
    """Time encoding, the normals' share of it, a first click and one that refines its mask."""
    prompt = PointPrompt(prompt_coords=cloud.points[:1], prompt_labels=np.array([1]))
    encoded = segmenter.encode(cloud)
    return {
        'encode': _timed('encode', lambda: segmenter.encode(cloud), repeats),
        'first_click': _timed('first click', lambda: segmenter.predict(encoded, prompt), repeats),
        **_measure_next_click(segmenter, encoded, prompt, repeats),
        **_measure_name(segmenter, encoded),
        'normals': _timed('normals', lambda: estimate_normals(cloud.points), repeats),
        'embedding_mib': round(encoded.num_bytes / 2**20, 2),
    }


def _measure_next_click(
    segmenter: Segmenter, encoded: EncodedCloud, prompt: PointPrompt, repeats: int
) -> dict[str, Any]:
    """Time a click that refines the answer to the first, where the system refines answers."""
    if not segmenter.system.capabilities.mask_feedback:
        return {}
    first = segmenter.predict(encoded, prompt)
    more = prompt.with_point(encoded.cloud.points[1], 0)
    work = functools.partial(segmenter.predict, encoded, more, first)
    return {'next_click': _timed('next click', work, repeats)}


def _measure_name(segmenter: Segmenter, encoded: EncodedCloud) -> dict[str, Any]:
    """Time the search for a part by name, where the system has names."""
    if not segmenter.system.capabilities.names:
        return {}
    prompt = NamePrompt(name='handle')
    return {'find_named': _timed('name', lambda: segmenter.find_named(encoded, prompt), 3)}


def _measure_propagation(sources: np.ndarray, num_targets: int, threads: int) -> dict[str, Any]:
    """Time 3-NN propagation to `num_targets` points beside a plain SciPy query point by point."""
    rng = np.random.default_rng(1)
    noise = rng.normal(scale=0.01, size=(num_targets, 3))
    targets = (sources[rng.integers(len(sources), size=num_targets)] + noise).astype(np.float32)
    values = rng.normal(size=(3, len(sources))).astype(np.float32)
    ours = _timed('propagation', lambda: interpolate(values, *three_nearest(sources, targets)), 5)
    num_looped = min(2000, num_targets)
    looped = _timed('SciPy loop', lambda: _loop(sources, targets[:num_looped], values), 3)
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


def _timed(name: str, work: Callable[[], object], repeats: int) -> dict[str, float]:
    """Return median, spread and minimum of `repeats` runs [ms], after three to warm up."""
    for _ in range(3):
        work()
    times = []
    for _ in tqdm(range(repeats), desc=name, unit='', disable=None, leave=False):
        start = time.perf_counter()
        work()
        times.append(1e3 * (time.perf_counter() - start))
    low, median, high = (round(float(t), 3) for t in np.percentile(times, [10, 50, 90]))
    return {'median_ms': median, 'p10_ms': low, 'p90_ms': high, 'min_ms': round(min(times), 3)}


def _machine(torch_version: str) -> dict[str, Any]:
    cpu_info = Path('/proc/cpuinfo')
    lines = cpu_info.read_text().splitlines() if cpu_info.exists() else []
    names = [line.split(':', 1)[1].strip() for line in lines if line.startswith('model name')]
    return {
        'cpu': names[0] if names else platform.processor(),
        'cores': os.cpu_count(),
        'load_average_1min': os.getloadavg()[0],
        'platform': platform.platform(),
        'python': platform.python_version(),
        'numpy': importlib.metadata.version('numpy'),
        'torch': torch_version,
    }
