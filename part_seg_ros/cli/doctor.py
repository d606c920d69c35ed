# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg doctor`: versions, GPU, ROS and optional packages."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import sys
from collections.abc import Iterator
from typing import Any

_REQUIRED = ('numpy', 'scipy', 'torch', 'safetensors', 'fpsample', 'trimesh', 'matplotlib', 'tqdm')
_OPTIONAL = {  # module -> what works with it
    'open3d': 'geosam2 and sam2_multiview, which render views',
    'sam2': 'geosam2 and sam2_multiview',
    'spconv': 'segvigen, which can convolve by it',
    'dash': 'part-seg view',
    'rosbags': 'bags',
    'h5py': 'data sets in HDF5 files',
    'ray': 'evaluations on a Ray cluster',
}
_ROS = {  # module -> what works with it
    'rclpy': 'the node',
    'part_seg_ros.srv': 'the node; built by `make setup` or colcon',
    'sensor_msgs': 'the node',
    'visualization_msgs': 'markers',
    'diagnostic_msgs': 'diagnostics',
    'tf2_ros': 'prompts and clouds in different frames',
    'launch_ros': 'launch files',
}


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    return subparsers.add_parser('doctor', description=__doc__)


def run(args: argparse.Namespace) -> int:
    """Print one line per finding; exit code 1 when a required package is missing."""
    findings = [*_machine(), *_required(), *_device(), *_optional(), *_ros(), *_weights()]
    width = max(len(name) for name, _, _ in findings)
    for name, is_fine, text in findings:
        print(f'{"ok " if is_fine else "-- "} {name.ljust(width)}  {text}')
    is_complete = all(is_fine for name, is_fine, _ in findings if name in _REQUIRED)
    return 0 if is_complete else 1


Finding = tuple[str, bool, str]


def _machine() -> Iterator[Finding]:
    yield 'python', True, f'{platform.python_version()} ({sys.executable})'
    yield 'platform', True, f'{platform.system()} {platform.machine()}, {os.cpu_count()} cores'


def _required() -> Iterator[Finding]:
    for name in _REQUIRED:
        try:
            yield name, True, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield name, False, f'missing: pip install {name}'


def _device() -> Iterator[Finding]:
    if importlib.util.find_spec('torch') is None:
        return
    import torch

    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        memory = f'{free / 2**30:.1f} of {total / 2**30:.1f} GiB free'
        yield 'GPU', True, f'{torch.cuda.get_device_name()}, {memory}'
    else:
        yield 'GPU', False, 'torch sees none; device auto is the CPU'
    yield 'threads', True, f'{torch.get_num_threads()} used by torch'


def _ros() -> Iterator[Finding]:
    distro = os.environ.get('ROS_DISTRO')
    yield 'ROS_DISTRO', distro is not None, distro or 'not set; ROS 2 from wheels or none'
    yield from _importable(_ROS)


def _optional() -> Iterator[Finding]:
    yield from _importable(_OPTIONAL)


def _importable(purposes: dict[str, str]) -> Iterator[Finding]:
    for name, purpose in purposes.items():
        is_there = _is_importable(name)
        yield name, is_there, 'there' if is_there else f'missing; needed for: {purpose}'


def _is_importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _weights() -> Iterator[Finding]:
    from part_seg_ros.errors import PartSegError

    try:
        from part_seg_ros.models import build_model

        build_model('compact', device='cpu')
        yield 'weights', True, 'compact can be built'
    except (ImportError, PartSegError) as error:
        yield 'weights', False, str(error)
