# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg demo`: the node finds a mug's handle in a simulated scan, over ROS 2.

Three processes talk over DDS: the node, a publisher of the scan at 10 Hz, and a client that asks
for the part under one click, then with a second click off it, then for every part.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.cli.picture import Panel, draw
from part_seg_ros.cli.processes import ProcessGroup
from part_seg_ros.data.demo_scan import (
    CAMERA_DISTANCE,
    PART_NAMES,
    REGION_PX,
    DemoScan,
    mug_on_table,
)
from part_seg_ros.data.files import write_cloud
from part_seg_ros.errors import BackendMissingError
from part_seg_ros.structures import PointPrompt

_CLIENT_TIMEOUT_S = 120.0


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the command's options."""
    parser = subparsers.add_parser('demo', description=__doc__)
    parser.add_argument(
        '-o', '--output', default='demo_out', help='folder for results (default: %(default)s)'
    )
    parser.add_argument('--seed', type=int, default=2, help='mug and noise (default: %(default)s)')
    parser.add_argument(
        '--model', default='compact', help='system of the node (default: %(default)s)'
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Make the scan, run the three processes, compare with the truth, draw."""
    if importlib.util.find_spec('rclpy') is None:
        raise BackendMissingError(
            'the demo needs ROS 2: run `make demo`, which installs it into .venv, or source the'
            ' set-up file of your ROS installation'
        )
    folder = Path(args.output)
    scan = mug_on_table(np.random.default_rng(args.seed))
    _write_inputs(folder, scan)
    _describe(scan)
    _run_processes(folder, args.model)
    report(folder, scan)
    print(f'pictures and arrays: {folder}/')
    return 0


def _write_inputs(folder: Path, scan: DemoScan) -> None:
    write_cloud(folder / 'scan.npz', scan.file)
    positive, negative = scan.prompt.prompt_coords.tolist()
    clicks = {'positive': positive, 'negative': negative}
    (folder / 'clicks.json').write_text(json.dumps(clicks))


def _describe(scan: DemoScan) -> None:
    num_valid = int((scan.file.part_ids >= 0).sum())
    print(
        f'scan: a mug on a table, {CAMERA_DISTANCE:.1f} m from one simulated depth camera with'
        f' noise;\n      region of interest {REGION_PX[0]} x {REGION_PX[1]} px around the mug,'
        f' {num_valid} of {len(scan.file.cloud)} pixels valid',
        flush=True,
    )


def _run_processes(folder: Path, model: str) -> None:
    with ProcessGroup(folder / 'logs', _environment()) as group:
        group.start(
            'node',
            'part_seg_ros.nodes.part_segmentation_node',
            '--ros-args',
            '-p',
            f'model:={model}',
        )
        group.start(
            'publisher',
            'part_seg_ros.nodes.scan_publisher',
            str(folder / 'scan.npz'),
            *('--topic', 'points', '--rate', '10', '--frame', 'camera'),
        )
        client = group.start(
            'client', 'part_seg_ros.nodes.demo_client', str(folder / 'clicks.json'), str(folder)
        )
        group.wait(client, _CLIENT_TIMEOUT_S)


def _environment() -> dict[str, str]:
    """Return an environment in which the processes meet each other and nobody else."""
    own = {
        'ROS_DOMAIN_ID': str(os.getpid() % 100 + 1),
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
        'ROS_LOG_DIR': tempfile.gettempdir(),
    }
    return os.environ | own


def report(folder: Path, scan: DemoScan) -> None:
    """Print IoU and times of the answers in `folder`, and draw them as `demo.png` there."""
    truth = scan.file.part_ids
    is_handle = truth == PART_NAMES.index('handle')
    one, two = (_load(folder / name, 'mask') for name in ('one_click.npz', 'two_clicks.npz'))
    found = _load(folder / 'all_parts.npz', 'part_ids')
    timings = json.loads((folder / 'timings.json').read_text())
    best = {name: _best_iou(truth == i, found) for i, name in enumerate(PART_NAMES)}
    steps = [
        ('one_click', 'click on the handle', f'IoU {_iou(one, is_handle):.2f}'),
        ('two_clicks', '+ click off it', f'IoU {_iou(two, is_handle):.2f}'),
        (
            'all_parts',
            f'every part ({found.max() + 1})',
            ', '.join(f'{name} {iou:.2f}' for name, iou in best.items()),
        ),
    ]
    for key, what, ious in steps:
        print(f'{what:<20} {_times(timings[key]):<32} {ious}')
    positive = PointPrompt(
        prompt_coords=scan.prompt.prompt_coords[:1], prompt_labels=scan.prompt.prompt_labels[:1]
    )
    panels = [
        Panel(title='scan and click', prompt=positive),
        Panel(
            title=f'one click: IoU {_iou(one, is_handle):.2f}',
            part_ids=np.where(one, 0, -1),
            prompt=positive,
        ),
        Panel(
            title=f'second click: IoU {_iou(two, is_handle):.2f}',
            part_ids=np.where(two, 0, -1),
            prompt=scan.prompt,
        ),
        Panel(
            title=f'every part, granularity {timings["all_parts"]["granularity"]:g}',
            part_ids=found,
        ),
    ]
    draw(folder / 'demo.png', scan.file.cloud, panels)


def _load(path: Path, name: str) -> np.ndarray:
    with np.load(path) as arrays:
        return arrays[name]


def _iou(mask: np.ndarray, truth: np.ndarray) -> float:
    return np.count_nonzero(mask & truth) / max(np.count_nonzero(mask | truth), 1)


def _best_iou(truth: np.ndarray, part_ids: np.ndarray) -> float:
    return max((_iou(part_ids == i, truth) for i in range(part_ids.max() + 1)), default=0.0)


def _times(timing: dict[str, float | bool]) -> str:
    if 'total_ms' in timing:
        return f'{timing["total_ms"]:.0f} ms in all'
    source = 'cached' if timing['embedding_cached'] else f'{timing["encode_ms"]:.0f} ms'
    return f'encode {source}, decode {timing["decode_ms"]:.0f} ms'
