# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Figures of others beside ours, and the floors that need no method."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import read_folder
from part_seg_ros.evaluation.parts import PartFound
from part_seg_ros.evaluation.published_parts import (
    comparison,
    floors,
    of_results,
    read_published,
)
from part_seg_ros.evaluation.views import ViewConfig


def _write_object(folder: Path, name: str, num_pieces: int, labels: list[int]) -> None:
    """Unit squares in a row, half a metre apart unless they are one piece; two faces each."""
    vertices, faces = [], []
    gap = 0.5 if num_pieces > 1 else 0.0
    for i in range(len(labels)):
        x = i * (1.0 + gap)
        vertices += [[x, 0, 0], [x + 1, 0, 0], [x + 1, 1, 0], [x, 1, 0]]
        faces += [[4 * i, 4 * i + 1, 4 * i + 2], [4 * i, 4 * i + 2, 4 * i + 3]]
    np.savez(
        folder / f'{name}.npz',
        vertices=np.float32(vertices),
        faces=np.int32(faces),
        labels=np.repeat(labels, 2),
    )


def test_floors_by_hand(tmp_path: Path) -> None:
    _write_object(tmp_path, 'apart', 4, [0, 0, 0, 1])
    _write_object(tmp_path, 'joined', 1, [0, 1])
    found = floors(read_folder(tmp_path), ViewConfig(num_points=20_000))
    # One part covers all: IoU 3/4 and 1/4. Pieces: one of three squares, and exactly the fourth.
    assert found['one part'] == pytest.approx({'apart': 50.0, 'joined': 50.0}, abs=1.0)
    wanted = {'apart': 50 * (1 / 3 + 1), 'joined': 50.0}
    assert found['mesh pieces'] == pytest.approx(wanted, abs=1.0)


def test_floors_equal_those_of_the_data_set(shared_path) -> None:
    folder = shared_path / 'data' / 'parts16_dev'
    found, given = floors(read_folder(folder), ViewConfig()), read_published(folder)
    for ours, theirs in (('one part', 'one_part'), ('mesh pieces', 'mesh_components_LEAKS')):
        figures = given[f'{theirs} (given)']
        assert found[ours].keys() == figures.keys()
        for name, figure in figures.items():
            assert found[ours][name] == pytest.approx(figure, abs=1.0)


def test_published_figures_are_those_on_points(tmp_path: Path) -> None:
    assert read_published(tmp_path) == {}
    record = {
        'published_methods': {'X': {'objects': {'a': {'face': 1.0, 'points20k': 2.0}}}},
        'floors_10k_points': {'auto_mIoU': {'one': {'mean': 9.0, 'objects': {'a': 3.0}}}},
    }
    (tmp_path / 'baselines.json').write_text(json.dumps(record))
    assert read_published(tmp_path) == {'X': {'a': 2.0}, 'one (given)': {'a': 3.0}}
    for wrong in ('{', '[]', '{"published_methods": {"X": {}}}'):
        (tmp_path / 'baselines.json').write_text(wrong)
        with pytest.raises(InputError, match='another layout'):
            read_published(tmp_path)


def test_methods_stand_side_by_side_best_first(true_part) -> None:
    results = [
        PartFound(part=true_part(n), iou=iou, num_found=1)
        for n, iou in (('x', 0.2), ('x', 0.4), ('y', 0.9))
    ]
    ours = of_results(results)
    assert ours == pytest.approx({'x': 30.0, 'y': 90.0})
    rows = comparison({'ours': ours, 'theirs': {'x': 99.0, 'y': 50.0, 'z': 1.0}, 'half': {'x': 1}})
    assert list(rows)[:2] == ['theirs', 'ours']
    assert rows['theirs'] == {'mean': 74.5, 'x': 99.0, 'y': 50.0}
    assert rows['ours']['mean'] == pytest.approx(60.0)
    assert math.isnan(rows['half']['mean']) and math.isnan(rows['half']['y'])
    many = {str(number): 50.0 for number in range(13)}
    assert comparison({'ours': many}) == {'ours': {'mean': 50.0}}
