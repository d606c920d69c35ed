# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""ScanObjectNN from miniature folders."""

import h5py
import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.scanobjectnn import read_scanobjectnn, read_scanobjectnn_h5

WALL, FLOOR, CHAIR, DESK = 1, 2, 5, 14
SEMANTIC = [CHAIR, WALL, CHAIR, FLOOR, DESK, CHAIR, 0, 0, 0, 0]
PARTS = [2, 0, 5, 0, 4, 0, 1, 1, 1, 1]
POINTS = np.arange(30).reshape(10, 3)
META = """<?xml version="1.0" encoding="UTF-8"?>\r
<colormap>\r
    <class id="0" text="unknown" color="127 127 127" />\r
    <class id="2" text="back" color="255 127 15" />\r
    <class id="5" text="seat" color="148 103 189"/>\r
</colormap>\r
<!-- from tableau 10 -->\r
"""


def write_bin(path, rows):
    np.concatenate([[len(rows)], np.ravel(rows)]).astype('<f4').tofile(path)


@pytest.fixture
def root(tmp_path):
    """A chair before a wall, near a desk; most points are of nothing."""
    folder = tmp_path / 'object_dataset_complete_with_parts' / 'chair'
    folder.mkdir(parents=True)
    normals, colors = np.tile([0, 0, 1], (10, 1)), np.tile([0, 51, 255], (10, 1))
    instance = np.full(10, 9)
    write_bin(
        folder / 'scene1_7.bin',
        np.column_stack([POINTS, normals, colors, instance, SEMANTIC]),
    )
    write_bin(folder / 'scene1_7_part.bin', np.column_stack([np.full(10, 77), PARTS]))
    meanings = tmp_path / 'training_data' / 'part_labels'
    meanings.mkdir(parents=True)
    (meanings / 'chair_meta.xml').write_text(META)
    return tmp_path


def test_object_is_cut_out_of_its_surroundings_with_named_parts(root):
    objects = read_scanobjectnn(root)
    assert objects.kinds == {'chair_scene1_7': 'chair'}
    (read,) = objects
    assert (read.name, read.kind) == ('chair_scene1_7', 'chair')
    assert read.part_names == ('', '', 'back', '', '', 'seat')
    np.testing.assert_array_equal(read.shape.cloud.points, POINTS[[0, 2, 5]])
    np.testing.assert_array_equal(read.shape.part_ids, [2, 5, -1])  # 0 is unknown
    np.testing.assert_array_equal(read.shape.cloud.normals, 3 * [[0, 0, 1]])
    np.testing.assert_allclose(read.shape.cloud.colors, 3 * [[0, 0.2, 1]], rtol=1e-6)


def test_archive_may_be_unpacked_under_its_other_name(root):
    folder = root / 'object_dataset_complete_with_parts'
    folder.rename(root / f'{folder.name}_')
    assert len(read_scanobjectnn(root)) == 1


def test_what_is_missing_or_malformed_is_named(root):
    folder = root / 'object_dataset_complete_with_parts' / 'chair'
    meta = root / 'training_data' / 'part_labels' / 'chair_meta.xml'
    for path, content, message in (
        (meta, b'<colormap></colormap>', r'chair_meta\.xml must have <class id="NUMBER"'),
        (meta, b'<colormap', r'chair_meta\.xml must have <class id="NUMBER"'),
        (folder / 'scene1_7_part.bin', np.float32([2, 0, 1, 0, 1]).tobytes(), r'\(10\), got 2'),
        (folder / 'scene1_7_part.bin', b'12345', r'has 5 bytes; it must have the number'),
        (folder / 'scene1_7.bin', np.float32([2] + 20 * [0]).tobytes(), 'and 11 float32 for each'),
        (folder / 'scene1_7.bin', b'', 'has 0 bytes'),
    ):
        before = path.read_bytes()
        path.write_bytes(content)
        with pytest.raises(InputError, match=message):
            read_scanobjectnn(root)[0]
        path.write_bytes(before)
    (folder / 'scene1_7.bin').unlink()
    with pytest.raises(InputError, match=r'scene1_7\.bin is missing'):
        read_scanobjectnn(root)[0]
    (folder / 'scene1_7_part.bin').unlink()
    with pytest.raises(InputError, match=r'has no parts; put them there as CLASS/ID_part\.bin'):
        read_scanobjectnn(root)
    meta.unlink()
    meta.parent.rmdir()
    with pytest.raises(InputError, match='part_labels is missing'):
        read_scanobjectnn(root)


@pytest.fixture
def h5_root(tmp_path):
    """A sofa and a bag, of three points each."""
    folder = tmp_path / 'h5_files' / 'main_split'
    folder.mkdir(parents=True)
    with h5py.File(folder / 'test_objectdataset.h5', 'w') as file:
        file['data'] = np.arange(18, dtype=np.float32).reshape(2, 3, 3)
        file['label'] = np.array([13, 0])
        file['mask'] = np.array([[12, -1, 12], [-1, -1, 0]])
    return tmp_path


def test_object_is_the_part_and_the_rest_is_none(h5_root):
    objects = read_scanobjectnn_h5(h5_root)
    assert objects.kinds == {'sofa_0': 'sofa', 'bag_1': 'bag'}
    sofa, bag = objects
    assert (sofa.name, sofa.kind, sofa.part_names) == ('sofa_0', 'sofa', ('sofa',))
    np.testing.assert_array_equal(sofa.shape.part_ids, [0, -1, 0])
    np.testing.assert_array_equal(bag.shape.part_ids, [-1, -1, 0])
    np.testing.assert_array_equal(bag.shape.cloud.points, np.arange(9, 18).reshape(3, 3))


def test_other_arrays_are_refused(h5_root):
    path = h5_root / 'h5_files' / 'main_split' / 'test_objectdataset.h5'
    with h5py.File(path, 'r+') as file:
        file['label'][0] = 15
    with pytest.raises(InputError, match=r'labels must be 0 to 14, got \[0, 15\]'):
        read_scanobjectnn_h5(h5_root)
    with h5py.File(path, 'r+') as file:
        file['label'][0] = 3
        del file['mask']
        file['mask'] = np.zeros((2, 4))
    with pytest.raises(InputError, match=r'mask \(objects, N\), got rows of \(3, 3\) and \(4,\)'):
        read_scanobjectnn_h5(h5_root)[0]
