# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartNet-Mobility from a miniature folder."""

import json

import numpy as np
import pytest
import trimesh

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.partnet_mobility import read_partnet_mobility

VISUAL = '<visual><origin xyz="{}"/><geometry><mesh filename="{}"/></geometry></visual>'
URDF = f"""<?xml version="1.0" ?>
<robot name="partnet_7">
  <link name="base"/>
  <link name="link_0">
    {VISUAL.format('0 0 0', 'textured_objs/original-1.obj')}
    {VISUAL.format('0 0 3', 'textured_objs/original-1.obj')}
  </link>
  <joint name="joint_0" type="revolute">
    <origin xyz="0 5 0" rpy="0 0 1.5707963267948966"/>
    <parent link="link_1"/><child link="link_0"/>
  </joint>
  <link name="link_1">{VISUAL.format('1 0 0', 'textured_objs/original-1.obj')}</link>
  <joint name="joint_1" type="fixed">
    <origin rpy="1.5707963267948966 0 -1.5707963267948966"/>
    <parent link="base"/><child link="link_1"/>
  </joint>
</robot>
"""


@pytest.fixture
def root(tmp_path):
    """A door on a body; the mesh of both is a triangle."""
    folder = tmp_path / '7'
    (folder / 'textured_objs').mkdir(parents=True)
    triangle = trimesh.Trimesh([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 2]])
    triangle.export(folder / 'textured_objs' / 'original-1.obj')
    (folder / 'mobility.urdf').write_text(URDF)
    (folder / 'semantics.txt').write_text('link_0 hinge door\nlink_1 heavy body\n')
    (folder / 'meta.json').write_text(json.dumps({'model_cat': 'Oven'}))
    return tmp_path


def test_links_are_parts_in_their_place(root):
    (read,) = read_partnet_mobility(root)
    assert (read.name, read.kind) == ('7', 'Oven')
    assert read.part_names == read.shape.part_names == ('door', 'body')
    np.testing.assert_array_equal(read.shape.face_part_ids, [0, 0, 1])
    triangles = read.shape.mesh.vertices[read.shape.mesh.faces]
    # link_1 in base: about x by 90 degrees, then about z by -90: (x, y, z) -> (-z, -x, y)
    body = np.array([[2, 0, 0], [1, 1, 0], [1, 0, 1]])
    door = np.array([[0, 6, 0], [-1, 5, 0], [0, 5, 1]])  # (x, y, z) -> (-y, x + 5, z)
    for found, in_link_1 in zip(triangles, (door, door + [0, 0, 3], body), strict=True):
        x, y, z = in_link_1.T
        np.testing.assert_allclose(found, np.stack([-z, -x, y], axis=1), atol=1e-6)


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ('old', 'new', 'message'),
    [
        ('</robot>', '', 'is no URDF'),
        ('xyz="0 5 0"', 'xyz="0 5"', 'must have three numbers'),
        ('<parent link="base"/>', '', 'joint without parent'),
        ('parent link="base"', 'parent link="link_0"', 'a loop of joints'),
        ('objs/original-1', 'objs/original-2', r'original-2\.obj: no such file'),
        ('textured_objs', '../textured_objs', 'its meshes must lie below'),
        ('visual>', 'collision>', 'no link with a mesh'),
    ],
)
def test_malformed_urdf_is_refused(root, old, new, message):
    change(root / '7' / 'mobility.urdf', old, new)
    with pytest.raises(InputError, match=message):
        read_partnet_mobility(root)[0]


def test_what_is_missing_is_named(root):
    (root / '7' / 'semantics.txt').write_text('link_0 door\n')
    with pytest.raises(InputError, match='must have lines LINK JOINT MEANING'):
        read_partnet_mobility(root)[0]
    for name in ('semantics.txt', 'meta.json'):
        (root / '7' / name).unlink()
        with pytest.raises(InputError, match=f'{name} is missing; it must be a file'):
            read_partnet_mobility(root)[0]
    (root / '7' / 'mobility.urdf').unlink()
    with pytest.raises(InputError, match=r'no objects; put them there as ID/mobility\.urdf'):
        read_partnet_mobility(root)
