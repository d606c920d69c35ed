# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The whole demo: node, publisher and client in processes of their own, over DDS."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]


def _running_children(folder: Path) -> list[str]:
    """Return the command lines of processes that work with files in `folder`."""
    lines = []
    for path in Path('/proc').glob('[0-9]*/cmdline'):
        try:
            line = path.read_bytes().replace(b'\0', b' ').decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(folder) in line:
            lines.append(line)
    return lines


def test_the_handle_is_found_over_dds(tmp_path: Path) -> None:
    folder = tmp_path / 'demo_out'
    done = subprocess.run(
        [sys.executable, str(ROOT / 'scripts' / 'part-seg'), 'demo', '-o', str(folder)],
        env=os.environ | {'PYTHONPATH': str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with np.load(folder / 'scan.npz') as scan:
        truth, points = scan['part_ids'], scan['points']
    two = np.load(folder / 'two_clicks.npz')['mask']
    parts = np.load(folder / 'all_parts.npz')['part_ids']
    assert two.shape == parts.shape == truth.shape
    assert not two[~np.isfinite(points).all(axis=1)].any()
    handle = truth == 1
    iou = (two & handle).sum() / (two | handle).sum()
    assert iou > 0.6
    told = [float(value) for value in re.findall(r'IoU (\d\.\d\d)', done.stdout)]
    assert abs(told[1] - iou) < 0.006
    assert (folder / 'demo.png').read_bytes().startswith(b'\x89PNG')
    assert 'encode cached' in done.stdout
    assert _running_children(folder) == []
