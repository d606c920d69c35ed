# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which objects an evaluation looks at, and what is known of them."""

import json

import numpy as np
import pytest

from part_seg_ros.data.procedural.families.held_out import HELD_OUT_FAMILIES
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import held_out_objects, load_datasets, read_folder


def write_object(path):
    np.savez(path, vertices=np.eye(3), faces=[[0, 1, 2]], labels=[0], names=['leaf'])


def test_folder_gives_names_kinds_and_groups(tmp_path):
    for name in ('ikea_x', 'tool_y', 'tool_z'):
        write_object(tmp_path / f'{name}.npz')
    manifest = {
        'ikea_x': {'category': 'chair', 'source': 'somewhere'},
        'tool_y': {'category': 'tool'},
    }
    (tmp_path / 'manifest.json').write_text(json.dumps(manifest))
    dataset = read_folder(tmp_path)
    assert dataset.name == tmp_path.name
    assert [(o.name, o.kind, o.group) for o in dataset.objects] == [
        ('ikea_x', 'chair', 'furniture'),
        ('tool_y', 'tool', ''),  # without a source its prefix is just a word
        ('tool_z', '', ''),
    ]
    assert dataset.objects[0].part_names == ('leaf',)


@pytest.mark.parametrize('text', ['{', '[]', '{"a": 1}'])
def test_malformed_manifest_is_refused(tmp_path, text):
    write_object(tmp_path / 'a.npz')
    (tmp_path / 'manifest.json').write_text(text)
    with pytest.raises(InputError, match=r'manifest\.json'):
        read_folder(tmp_path)


def test_held_out_objects_are_the_same_every_time_and_differ_among_themselves():
    first, second = held_out_objects(2), held_out_objects(2)
    assert {o.kind for o in first.objects} == HELD_OUT_FAMILIES.keys()
    assert len({o.name for o in first.objects}) == 2 * len(HELD_OUT_FAMILIES)
    for one, same in zip(first.objects, second.objects, strict=True):
        np.testing.assert_array_equal(one.shape.mesh()[0], same.shape.mesh()[0])
        assert one.part_names == tuple(part.name for part in one.shape.parts)
    meshes = [o.shape.mesh()[0] for o in first.objects]
    for one, other in zip(meshes[::2], meshes[1::2], strict=True):
        assert one.shape != other.shape or not np.allclose(one, other)
    fewer = held_out_objects(1)
    np.testing.assert_array_equal(fewer.objects[0].shape.mesh()[0], meshes[0])


def test_no_objects_and_equal_names_are_refused(tmp_path):
    for folder in (tmp_path / 'a' / 'x', tmp_path / 'b' / 'x'):
        folder.mkdir(parents=True)
        write_object(folder / 'o.npz')
    with pytest.raises(InputError, match='x more than once'):
        load_datasets([str(tmp_path / 'a' / 'x'), str(tmp_path / 'b' / 'x')])
    with pytest.raises(InputError, match='at least 1'):
        load_datasets(['held_out'], objects_per_family=0)
