# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""3DCoMPaT++ from miniature folders."""

import json
import zipfile

import h5py
import numpy as np
import pytest
import trimesh

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.compat import read_3dcompat, read_3dcompat_meshes

POINTS = np.arange(36, dtype=np.float32).reshape(2, 3, 6)
LABELS = np.array([[1, 0, 1], [2, 2, 0]], np.uint16)


@pytest.fixture
def root(tmp_path):
    """Tables of names for everything; two coarse clouds as the download script puts them."""
    metadata = tmp_path / 'metadata'
    metadata.mkdir()
    tables = {
        'classes': ['airplane', 'bag'],
        'parts_coarse': ['body', 'handle', 'wheel'],
        'parts_fine': ['seat', 'seat_frame', 'bed', 'bed_face'],
        'split': {'train': ['00_00f'], 'test': ['01_0a2', '01_0a1', '00_0ff']},
    }
    for name, table in tables.items():
        (metadata / f'{name}.json').write_text(json.dumps(table))
    (tmp_path / 'test').mkdir()
    with h5py.File(tmp_path / 'test' / 'test_coarse.hdf5', 'w') as file:
        file['points'] = POINTS
        file['points_part_labels'] = LABELS
        file['shape_id'] = np.array([b'01_0a2', b'00_003'])
        file['style_id'] = np.array([b'0', b'12'])
        file['shape_label'] = np.array([1, 0], np.uint8)
    return tmp_path


def test_clouds_have_colors_meanings_and_kinds(root):
    objects = read_3dcompat(root, 'coarse')
    assert objects.kinds == {'01_0a2_0': 'bag', '00_003_12': 'airplane'}
    bag, airplane = objects
    assert (bag.name, bag.kind) == ('01_0a2_0', 'bag')
    assert bag.part_names == ('body', 'handle', 'wheel')
    np.testing.assert_array_equal(bag.shape.part_ids, LABELS[0])
    np.testing.assert_array_equal(bag.shape.cloud.points, POINTS[0, :, :3])
    np.testing.assert_allclose(bag.shape.cloud.colors, POINTS[0, :, 3:] / 255, rtol=1e-6)
    np.testing.assert_array_equal(airplane.shape.part_ids, LABELS[1])


def test_file_may_lie_in_the_root_itself(root):
    (root / 'test' / 'test_coarse.hdf5').rename(root / 'test_coarse.hdf5')
    (root / 'test').rmdir()
    assert len(read_3dcompat(root, 'coarse')) == 2
    with pytest.raises(InputError, match=r'test_fine\.hdf5 is missing'):
        read_3dcompat(root)


def test_names_must_reach_as_far_as_labels(root):
    (root / 'metadata' / 'parts_coarse.json').write_text('["body", "handle"]')
    objects = read_3dcompat(root, 'coarse')
    assert len(objects[0].part_names) == 2
    with pytest.raises(InputError, match='label 2 of 00_003_12 has no name; metadata has 2'):
        objects[1]
    (root / 'metadata' / 'classes.json').write_text('["airplane"]')
    with pytest.raises(InputError, match='must name every class, up to 1; it has 1'):
        read_3dcompat(root, 'coarse')


def test_clouds_of_another_width_are_refused(root):
    with h5py.File(root / 'test' / 'test_coarse.hdf5', 'r+') as file:
        del file['points']
        file['points'] = POINTS[..., :3]
    with pytest.raises(
        InputError, match=r'points must be \(objects, N, 6\).*got rows of \(3, 3\)'
    ):
        read_3dcompat(root, 'coarse')[0]


@pytest.fixture
def archive(root):
    """Shapes with a node an instance and pictures that are not there."""
    scene = trimesh.Scene()
    for node, x in (('seat_01', 0), ('seat_frame_01', 5), ('seat_frame_02', 10), ('bed_face', 15)):
        scene.add_geometry(
            trimesh.creation.box((1, 1, 1)),
            node_name=node,
            transform=trimesh.transformations.translation_matrix((x, 0, 0)),
        )
    files = scene.export(file_type='gltf', merge_buffers=True, embed_buffers=True)
    gltf = json.loads(files['model.gltf'])
    gltf['images'] = [{'uri': 'map_Kd', 'name': 'seat'}]
    gltf['textures'] = [{'source': 0}]
    gltf['materials'] = [{'pbrMetallicRoughness': {'baseColorTexture': {'index': 0}}}]
    for mesh in gltf['meshes']:
        mesh['primitives'][0]['material'] = 0
    with zipfile.ZipFile(root / '3DCoMPaT_ZIP.zip', 'w') as opened:
        for shape in ('01_0a2', '00_00f', '01_0a1'):
            opened.writestr(f'models/{shape}.gltf', json.dumps(gltf))
        opened.writestr('textures_map.json', '{}')
    return root


def test_nodes_of_shapes_of_the_test_split_are_parts(archive):
    objects = read_3dcompat_meshes(archive)
    assert objects.kinds == {'01_0a1': 'bag', '01_0a2': 'bag'}
    read = objects[1]
    assert (read.name, read.kind) == ('01_0a2', 'bag')
    assert sorted(read.part_names) == ['bed_face', 'seat', 'seat_frame', 'seat_frame']
    centres = {
        (read.part_names[k], round(float(read.shape.mesh.vertices[faces].mean(axis=(0, 1))[0])))
        for k in range(4)
        for faces in [read.shape.mesh.faces[read.shape.face_part_ids == k]]
    }
    assert centres == {('seat', 0), ('seat_frame', 5), ('seat_frame', 10), ('bed_face', 15)}


def test_shapes_that_do_not_fit_are_named(archive):
    with zipfile.ZipFile(archive / '3DCoMPaT_ZIP.zip', 'a') as opened:
        opened.writestr('models/00_0ff.gltf', 'no json')
    (archive / 'metadata' / 'parts_fine.json').write_text('["seat", "bed_face"]')
    unreadable, other, _ = read_3dcompat_meshes(archive).readers.values()
    with pytest.raises(InputError, match=r'models/00_0ff\.gltf: not a readable gltf'):
        unreadable()
    with pytest.raises(InputError, match=r"node 'seat_frame_0\d' is no part; it must be PART_NUM"):
        other()


def test_archive_without_the_split_is_refused(archive):
    split = archive / 'metadata' / 'split.json'
    for text, message in (
        ('{"test": ["00_001"]}', r'no shape of the test split, as models/SHAPE\.gltf'),
        ('{"valid": []}', "KeyError\\('test'\\)"),
        ('{"test": ["01_0a1", "xy"]}', 'no error'),
    ):
        split.write_text(text)
        if message == 'no error':  # what the archive lacks is not asked for
            assert list(read_3dcompat_meshes(archive).kinds) == ['01_0a1']
            continue
        with pytest.raises(InputError, match=message):
            read_3dcompat_meshes(archive)
    (archive / '3DCoMPaT_ZIP.zip').write_bytes(b'no zip')
    with pytest.raises(InputError, match='must be a zip'):
        read_3dcompat_meshes(archive)
