# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartObjaverse-Tiny from a miniature folder."""

import json

import numpy as np
import pytest
import trimesh

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.partobjaverse_tiny import read_partobjaverse_tiny

PREFIX = 'PartObjaverse-Tiny_'


@pytest.fixture
def root(tmp_path):
    """One box of twelve faces in two wheels and a body; a second object that is listed alone."""
    for folder in ('mesh', 'instance_gt', 'semantic_gt'):
        (tmp_path / f'{PREFIX}{folder}').mkdir()
    listed = {'Transportations': {'abc': ['wheel', 'body']}, 'Food': {'not_there': ['apple']}}
    (tmp_path / f'{PREFIX}semantic.json').write_text(json.dumps(listed))
    trimesh.creation.box().export(tmp_path / f'{PREFIX}mesh' / 'abc.glb')
    np.save(tmp_path / f'{PREFIX}instance_gt' / 'abc.npy', [2] * 3 + [0] * 4 + [1] * 4 + [-1])
    np.save(tmp_path / f'{PREFIX}semantic_gt' / 'abc.npy', [0] * 7 + [1] * 4 + [-1])
    return tmp_path


def test_faces_parts_names_and_kinds(root):
    objects = read_partobjaverse_tiny(root)
    assert len(objects) == 1
    assert objects.kinds == {'abc': 'Transportations'}
    read = objects[0]
    assert (read.name, read.kind) == ('abc', 'Transportations')
    assert read.part_names == ('wheel', 'body', 'wheel')
    np.testing.assert_array_equal(read.shape.face_part_ids, [2] * 3 + [0] * 4 + [1] * 4 + [-1])
    box = trimesh.creation.box()
    np.testing.assert_allclose(read.shape.mesh.vertices[read.shape.mesh.faces], box.triangles)


@pytest.mark.parametrize('lost', ['mesh', 'instance_gt', 'semantic_gt', 'semantic.json'])
def test_what_is_missing_is_named(root, lost):
    (root / f'{PREFIX}{lost}').rename(root / 'elsewhere')
    with pytest.raises(InputError, match=f'{PREFIX}{lost} is missing; it must be'):
        read_partobjaverse_tiny(root)


def test_malformed_files_are_named(root):
    np.save(root / f'{PREFIX}instance_gt' / 'abc.npy', [0, 1])
    with pytest.raises(InputError, match=r'must be \(12,\) whole numbers, one per face.*\(2,\)'):
        read_partobjaverse_tiny(root)[0]
    (root / f'{PREFIX}mesh' / 'abc.glb').unlink()
    with pytest.raises(InputError, match=r'none of the objects that the list names, as UID\.glb'):
        read_partobjaverse_tiny(root)
    for text, message in (('[]', 'has a list outermost'), ('{"a": 1}', 'map every category')):
        (root / f'{PREFIX}semantic.json').write_text(text)
        with pytest.raises(InputError, match=message):
            read_partobjaverse_tiny(root)
