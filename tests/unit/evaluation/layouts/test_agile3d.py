# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Scenes in AGILE3D's layout from a miniature folder."""

import json

import numpy as np
import pytest

from part_seg_ros.data.ply import write_ply
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.agile3d import read_agile3d

LABELS = np.int32([1, 1, 2, 7, 7, -1, 0])


def scan(lost=''):
    columns = dict(zip('xyz', np.arange(21, dtype=np.float32).reshape(3, 7), strict=True))
    columns |= {channel: np.full(7, 51 * k, np.uint8) for k, channel in enumerate('RGB')}
    columns['label'] = LABELS
    return {name: column for name, column in columns.items() if name != lost}


@pytest.fixture
def root(tmp_path):
    """One scan, once with two of its objects and once with all."""
    (tmp_path / 'scans').mkdir()
    write_ply(tmp_path / 'scans' / 'Area_5_office_1.ply', scan())
    listed = {'Area_5_office_1_obj_2': {'obj': {'1': 7, '2': 1}, 'clicks': {'1': 3}}}
    (tmp_path / 'val_list.json').write_text(json.dumps(listed | {'Area_5_office_1_obj_3': {}}))
    return tmp_path


def test_chosen_objects_are_the_parts(root):
    some, every = read_agile3d(root)
    assert some.name == 'Area_5_office_1_obj_2'
    np.testing.assert_array_equal(some.shape.part_ids, [2, 2, -1, 1, 1, -1, -1])
    np.testing.assert_array_equal(every.shape.part_ids, [1, 1, 2, 7, 7, -1, -1])
    np.testing.assert_array_equal(some.shape.cloud.points[0], [0, 7, 14])
    np.testing.assert_allclose(some.shape.cloud.colors, np.tile([0, 0.2, 0.4], (7, 1)), atol=1e-6)


def test_what_is_missing_or_malformed_is_named(root):
    path = root / 'scans' / 'Area_5_office_1.ply'
    write_ply(path, scan(lost='label'))
    with pytest.raises(InputError, match='lacks label; its points must have x, y, z, R, G, B'):
        read_agile3d(root)[0]
    path.unlink()
    with pytest.raises(InputError, match=r'office_1\.ply is missing; it must be a file with pro'):
        read_agile3d(root)[0]
    for text, message in (
        ('{"office": {}}', "lists 'office'; a sample must be named SCENE_obj_N"),
        ('{"office_obj_1": {"a": 1}}', 'office_obj_1 must have "obj"'),
        ('{}', 'lists no samples'),
        ('[]', 'has a list outermost'),
    ):
        (root / 'val_list.json').write_text(text)
        with pytest.raises(InputError, match=message):
            read_agile3d(root)
    (root / 'val_list.json').write_text('{"office_obj_1": {}}')
    (root / 'scans').rmdir()
    with pytest.raises(InputError, match=r'scans is missing; it must be a folder with SCENE\.ply'):
        read_agile3d(root)
