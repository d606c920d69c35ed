# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Replica from a miniature folder."""

import json

import numpy as np
import pytest

from part_seg_ros.data.ply import write_ply
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.replica import read_replica

VERTICES = np.float32([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
FACES = np.int32([[0, 1, 2], [0, 1, 3], [0, 2, 3]])


def write(folder, ids_name='object_id'):
    columns = dict(zip('xyz', VERTICES.T, strict=True))
    ids = {ids_name: np.int32([3, 0, 1])}
    write_ply(folder / 'mesh_semantic.ply', columns, faces=FACES, face_columns=ids)


@pytest.fixture
def folder(tmp_path):
    """A room with a wall, a chair, and an object that the list does not have."""
    made = tmp_path / 'room_0' / 'habitat'
    made.mkdir(parents=True)
    write(made)
    objects = [{'id': 3, 'class_name': 'chair'}, {'id': 1, 'class_name': 'wall'}]
    (made / 'info_semantic.json').write_text(json.dumps({'objects': objects}))
    return made


def test_listed_objects_are_the_parts(folder):
    (read,) = read_replica(folder.parents[1])
    assert read.name == 'room_0'
    assert read.part_names == read.shape.part_names == ('', 'wall', '', 'chair')
    np.testing.assert_array_equal(read.shape.face_part_ids, [3, -1, 1])
    np.testing.assert_array_equal(read.shape.mesh.faces, FACES)
    np.testing.assert_array_equal(read.shape.mesh.vertices, VERTICES)


def test_what_is_missing_or_malformed_is_named(folder):
    root = folder.parents[1]
    write(folder, ids_name='label')
    with pytest.raises(InputError, match='faces need a property object_id, the file has .*label'):
        read_replica(root)[0]
    (folder / 'info_semantic.json').write_text('{"objects": [{"id": 1}]}')
    with pytest.raises(InputError, match=r'info_semantic\.json must have .*class_name'):
        read_replica(root)[0]
    (folder / 'info_semantic.json').unlink()
    with pytest.raises(InputError, match=r'info_semantic\.json is missing'):
        read_replica(root)[0]
    (folder / 'mesh_semantic.ply').unlink()
    with pytest.raises(InputError, match='has no scenes; put them there as SCENE/habitat'):
        read_replica(root)
