# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The demo compares the node's answers with the truth; the run over DDS is in tests/nodes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.demo import report
from part_seg_ros.data.demo_scan import DemoScan, mug_on_table


def _write_answers(folder: Path, scan: DemoScan, *, shift: int = 0) -> None:
    """Write answers equal to the truth, all rows moved by `shift`."""
    truth = np.roll(scan.file.part_ids, shift)
    handle = truth == 1
    np.savez(folder / 'one_click.npz', mask=handle | (truth == 0))
    np.savez(folder / 'two_clicks.npz', mask=handle)
    np.savez(folder / 'all_parts.npz', part_ids=truth)
    click = {'encode_ms': 120.4, 'decode_ms': 21.6, 'embedding_cached': False}
    timings = {
        'one_click': click,
        'two_clicks': click | {'embedding_cached': True},
        'all_parts': {'total_ms': 900.0, 'granularity': 0.5},
    }
    (folder / 'timings.json').write_text(json.dumps(timings))


def test_iou_and_times_are_told_and_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = mug_on_table(np.random.default_rng(2))
    _write_answers(tmp_path, scan)
    report(tmp_path, scan)
    counts = np.bincount(scan.file.part_ids + 1)
    one, two, all_parts = capsys.readouterr().out.splitlines()
    assert f'IoU {counts[2] / (counts[1] + counts[2]):.2f}' in one
    assert 'encode 120 ms, decode 22 ms' in one
    assert 'IoU 1.00' in two and 'encode cached' in two
    assert 'body 1.00, handle 1.00, table 1.00' in all_parts and '900 ms' in all_parts
    assert (tmp_path / 'demo.png').read_bytes().startswith(b'\x89PNG')


def test_answers_shifted_by_one_point_are_no_longer_perfect(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan = mug_on_table(np.random.default_rng(2))
    _write_answers(tmp_path, scan, shift=1)
    report(tmp_path, scan)
    assert 'IoU 1.00' not in capsys.readouterr().out
