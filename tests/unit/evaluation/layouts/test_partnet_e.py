# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartNetE from a miniature folder."""

import json

import numpy as np
import pytest

from part_seg_ros.data.files import CloudFile, write_cloud
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.partnet_e import read_partnet_e
from part_seg_ros.structures import PointCloud

POINTS = np.arange(18, dtype=np.float32).reshape(6, 3)
COLORS = np.float32([[1, 0, 0]] * 3 + [[0, 0, 1]] * 3)
INSTANCES, MEANINGS = np.array([1, 1, 0, 0, 2, -1]), np.array([0, 0, 1, 1, 0, -1])


@pytest.fixture
def root(tmp_path):
    """A chair with two legs and a seat."""
    folder = tmp_path / 'data' / 'test' / 'Chair' / '179'
    (tmp_path / 'PartNetE_meta.json').write_text(json.dumps({'Chair': ['leg', 'seat']}))
    write_cloud(folder / 'pc.ply', CloudFile(cloud=PointCloud(points=POINTS, colors=COLORS)))
    np.save(folder / 'label.npy', {'semantic_seg': MEANINGS, 'instance_seg': INSTANCES})
    return tmp_path


@pytest.mark.parametrize('is_in_data', [True, False])
def test_points_colors_instances_and_names(root, is_in_data):
    if not is_in_data:
        (root / 'data' / 'test').rename(root / 'test')
        (root / 'data').rmdir()
    objects = read_partnet_e(root)
    assert objects.kinds == {'Chair_179': 'Chair'}
    (read,) = objects
    assert (read.name, read.kind) == ('Chair_179', 'Chair')
    assert read.part_names == ('seat', 'leg', 'leg')
    np.testing.assert_array_equal(read.shape.cloud.points, POINTS)
    np.testing.assert_array_equal(read.shape.cloud.colors, COLORS)
    np.testing.assert_array_equal(read.shape.part_ids, INSTANCES)


def test_what_is_missing_or_malformed_is_named(root):
    folder = root / 'data' / 'test' / 'Chair' / '179'
    labels = {'semantic_seg': MEANINGS, 'instance_seg': INSTANCES[:4]}
    for saved, message in (
        (labels, r'must be \(6,\) whole numbers, one per point'),
        ({'semantic_seg': MEANINGS}, 'has semantic_seg; it must be .* semantic_seg, instance_seg'),
        (INSTANCES, r'is an array int64 \(6,\); it must'),
    ):
        np.save(folder / 'label.npy', saved)
        with pytest.raises(InputError, match=message):
            read_partnet_e(root)[0]
    (folder / 'label.npy').unlink()
    with pytest.raises(InputError, match=r'label\.npy is missing; it must be a file with sem'):
        read_partnet_e(root)[0]
    (root / 'PartNetE_meta.json').write_text('{"Table": ["leg"]}')
    with pytest.raises(InputError, match='names no parts of Chair'):
        read_partnet_e(root)
    folder.parent.rename(root / 'elsewhere')
    with pytest.raises(InputError, match=r'test has no objects; put them there as CATEGORY/ID'):
        read_partnet_e(root)
    (root / 'data' / 'test').rmdir()
    with pytest.raises(InputError, match=r'data.test is missing; it must be a folder'):
        read_partnet_e(root)
