# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""ShapeNetPart from a miniature folder."""

import json

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.shapenet_part import read_shapenet_part
from part_seg_ros.evaluation.layouts.table import LAYOUTS

TABLE = np.array(
    [[0, 0, 1, 1, 0, 0, 12], [2, 0, 0, 0, 1, 0, 15], [0, 3, 0, 0, 0, 1, 12]], dtype=float
)


@pytest.fixture
def root(tmp_path):
    """A chair for the test and one for training."""
    (tmp_path / 'synsetoffset2category.txt').write_text('Airplane\t02691156\nChair\t03001627\n')
    (tmp_path / 'train_test_split').mkdir()
    (tmp_path / '03001627').mkdir()
    for split, name in (('test', 'ab1'), ('train', 'ab2')):
        np.savetxt(tmp_path / '03001627' / f'{name}.txt', TABLE, fmt='%.6f')
        listed = json.dumps([f'shape_data/03001627/{name}'])
        (tmp_path / 'train_test_split' / f'shuffled_{split}_file_list.json').write_text(listed)
    return tmp_path


def test_points_normals_labels_and_kind_of_the_test_split(root):
    objects = read_shapenet_part(root)
    assert objects.kinds == {'03001627_ab1': 'Chair'}
    (read,) = objects
    assert (read.name, read.kind) == ('03001627_ab1', 'Chair')
    assert read.ids_are_meanings
    np.testing.assert_array_equal(read.shape.cloud.points, TABLE[:, :3])
    np.testing.assert_array_equal(read.shape.cloud.normals, TABLE[:, 3:6])
    np.testing.assert_array_equal(read.shape.part_ids, [12, 15, 12])


def test_training_split_is_another(root):
    objects = LAYOUTS['shapenet_part'].read_training(root)
    assert [read.name for read in objects] == ['03001627_ab2']
    assert objects.kinds == {'03001627_ab2': 'Chair'}


def test_what_is_missing_or_malformed_is_named(root):
    np.savetxt(root / '03001627' / 'ab1.txt', TABLE[:, 1:])
    with pytest.raises(InputError, match=r'line x y z nx ny nz label per point, got 6 columns'):
        read_shapenet_part(root)[0]
    (root / '03001627' / 'ab1.txt').write_text('a b')
    with pytest.raises(InputError, match=r'ab1\.txt must have a line x y z nx ny nz label'):
        read_shapenet_part(root)[0]
    (root / '03001627' / 'ab1.txt').unlink()
    with pytest.raises(InputError, match=r'ab1\.txt is missing.*without normals is another'):
        read_shapenet_part(root)[0]
    split = root / 'train_test_split' / 'shuffled_test_file_list.json'
    for text, message in (
        ('["shape_data/9/a"]', "lists 'shape_data/9/a'; it must be shape_data/SYNSET/ID"),
        ('[]', 'lists no objects'),
    ):
        split.write_text(text)
        with pytest.raises(InputError, match=message):
            read_shapenet_part(root)
    split.unlink()
    with pytest.raises(InputError, match=r'shuffled_test_file_list\.json is missing'):
        read_shapenet_part(root)
    (root / 'synsetoffset2category.txt').write_text('Chair\n')
    with pytest.raises(InputError, match='must have lines CATEGORY SYNSET'):
        read_shapenet_part(root)
