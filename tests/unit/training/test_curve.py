# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Learning curve of a run."""

import json

import numpy as np

from part_seg_ros.training.curve import CURVES, main, smoothed


def test_moving_average():
    np.testing.assert_allclose(smoothed(np.array([1.0, 2, 3, 10]), 2), [1.5, 2.5, 6.5])


def test_picture_is_drawn_from_a_log(tmp_path):
    lines = [json.dumps({'step': s, **dict.fromkeys(CURVES, s / 10)}) for s in range(1, 6)]
    (tmp_path / 'log.jsonl').write_text('\n'.join(lines))
    assert main([str(tmp_path), '-o', str(tmp_path / 'curve.png')]) == 0
    assert (tmp_path / 'curve.png').read_bytes().startswith(b'\x89PNG')
