# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartNeXt from a miniature folder."""

import json

import numpy as np
import pyarrow
import pytest
import trimesh

from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.evaluation.layouts.partnext import read_partnext

HIERARCHY = [
    {
        'name': 'Table',
        'nodeId': 0,
        'refNodeId': 0,
        'children': [
            {
                'name': 'Top',
                'nodeId': 1,
                'refNodeId': 1,
                'children': [{'name': 'Panel', 'nodeId': 2, 'refNodeId': 2, 'maskId': 2}],
            },
            {'name': 'Leg', 'nodeId': 3, 'refNodeId': 3, 'maskId': 0},
        ],
    }
]
MASKS = {'0': {'1': [0, 1]}, '2': {'0': [3, 2], '1': [11]}}
COUNTS = {'1': 12, '0': 80}  # not in the order of the meshes
ROW = {'masks': MASKS, 'mesh_face_num': COUNTS, 'hierarchyList': HIERARCHY}


def write_glb(path, pieces):
    scene = trimesh.Scene()
    for k, piece in enumerate(pieces):
        scene.add_geometry(
            piece,
            node_name=f'node{k}',
            geom_name=f'mesh{k}',
            transform=trimesh.transformations.translation_matrix((10 * k, 0, 0)),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(scene.export(file_type='glb'))


def write_table(path, rows):
    table = pyarrow.table({key: [row[key] for row in rows] for key in rows[0]})
    with (
        pyarrow.OSFile(str(path), 'wb') as sink,
        pyarrow.ipc.new_stream(sink, table.schema) as out,
    ):
        out.write_table(table)


def row_of(model_id, **changed):
    return {
        'model_id': model_id,
        'type_id': '000-001',
        'user_id': '3',
        **{key: str(value) for key, value in (ROW | changed).items()},
    }


@pytest.fixture
def root(tmp_path):
    """A ball of 80 faces and a box of 12, as one object; another has no mesh."""
    pieces = trimesh.creation.icosphere(subdivisions=1), trimesh.creation.box((1, 1, 1))
    write_glb(tmp_path / 'glbs' / '000-001' / 'abc.glb', pieces)
    write_table(tmp_path / 'data-00000-of-00002.arrow', [row_of('gone')])
    write_table(tmp_path / 'data-00001-of-00002.arrow', [row_of('lost'), row_of('abc')])
    return tmp_path


def check(read):
    assert (read.name, read.kind) == ('abc', 'Table')
    assert read.part_names == read.shape.part_names == ('Leg', '', 'Panel')
    expected = np.full(92, -1)
    expected[[80, 81]] = 0
    expected[[2, 3, 91]] = 2
    np.testing.assert_array_equal(read.shape.face_part_ids, expected)
    box = read.shape.mesh.vertices[read.shape.mesh.faces[80:]]
    np.testing.assert_allclose([box[..., 0].min(), box[..., 0].max()], [9.5, 10.5])


def test_leaves_of_the_hierarchy_are_parts_of_the_meshes(root):
    (read,) = read_partnext(root)
    check(read)


def test_strings_may_be_json_and_folders_those_of_the_releases(root):
    (root / 'glbs').rename(root / 'meshes')
    (root / 'PartNeXt_mesh').mkdir()
    (root / 'meshes').rename(root / 'PartNeXt_mesh' / 'glbs')
    for path in root.glob('*.arrow'):
        path.unlink()
    (root / 'PartNeXt').mkdir()
    as_json = {key: json.dumps(value) for key, value in ROW.items()}
    write_table(root / 'PartNeXt' / 'data-00000-of-00001.arrow', [row_of('abc') | as_json])
    (read,) = read_partnext(root)
    check(read)


@pytest.fixture
def raw(root):
    """The release of a JSON file an object."""
    for path in root.glob('*.arrow'):
        path.unlink()
    folder = root / 'PartNeXt_raw' / '000-001' / 'abc'
    folder.mkdir(parents=True)
    (folder / 'abc.json').write_text(json.dumps({'masks': MASKS, **ROW}))
    return root


def test_raw_annotations_are_read_where_there_are_no_tables(raw):
    (read,) = read_partnext(raw)
    check(read)


def test_order_of_nodes_counts_where_that_of_meshes_does_not_fit(raw):
    scene = trimesh.Scene()
    scene.add_geometry(trimesh.creation.box((1, 1, 1)), node_name='box')
    scene.add_geometry(trimesh.creation.icosphere(subdivisions=1), node_name='ball')
    path = raw / 'glbs' / '000-001' / 'abc.glb'
    path.write_bytes(scene.export(file_type='glb'))
    assert trimesh.load_scene(path).graph.nodes_geometry == ['ball', 'box']  # the other way round
    annotation = raw / 'PartNeXt_raw' / '000-001' / 'abc' / 'abc.json'
    for counts, ball_first in (({'0': 12, '1': 80}, False), ({'0': 80, '1': 12}, True)):
        masks = {'0': {'0': [0]}}
        annotation.write_text(json.dumps({**ROW, 'masks': masks, 'mesh_face_num': counts}))
        (read,) = read_partnext(raw)
        corners = read.shape.mesh.vertices[read.shape.mesh.faces[0]]
        assert np.allclose(np.linalg.norm(corners, axis=1), 1.0) == ball_first
    annotation.write_text(json.dumps({**ROW, 'mesh_face_num': {'0': 81, '1': 12}}))
    with pytest.raises(InputError, match=r'of \[80, 12\] faces; the annotation is of \[81, 12\]'):
        read_partnext(raw)[0]


@pytest.mark.parametrize(
    ('changed', 'message'),
    [
        ({'masks': {'0': {'1': [12]}}}, 'a face that mesh 1 lacks'),
        ({'masks': {'0': {'7': [1]}}}, 'malformed: IndexError'),
        ({'masks': [1]}, 'malformed: AttributeError'),
        ({'hierarchyList': []}, 'malformed: IndexError'),
        ({'hierarchyList': [{'maskId': 1}]}, "malformed: KeyError\\('name'\\)"),
    ],
)
def test_malformed_annotations_are_refused(raw, changed, message):
    annotation = raw / 'PartNeXt_raw' / '000-001' / 'abc' / 'abc.json'
    annotation.write_text(json.dumps(ROW | changed))
    with pytest.raises(InputError, match=message):
        read_partnext(raw)[0]


def test_strings_that_are_code_are_refused(root):
    write_table(root / 'data-00001-of-00002.arrow', [row_of('abc', masks='__import__("os")')])
    with pytest.raises(InputError, match=r'row 0, masks must be the text of a list or mapping'):
        read_partnext(root)[0]


def test_what_is_missing_is_named(root, monkeypatch):
    table = root / 'data-00000-of-00002.arrow'
    with monkeypatch.context() as patch:
        patch.setitem(__import__('sys').modules, 'pyarrow', None)
        with pytest.raises(BackendMissingError, match='pip install pyarrow'):
            read_partnext(root)
    row = row_of('abc')
    del row['mesh_face_num']
    write_table(table, [row])
    with pytest.raises(InputError, match='arrow lacks mesh_face_num'):
        read_partnext(root)
    table.write_bytes(b'no arrow')
    with pytest.raises(InputError, match='is no readable stream of Arrow'):
        read_partnext(root)
    write_table(table, [row_of('other')])
    (root / 'data-00001-of-00002.arrow').unlink()
    with pytest.raises(InputError, match='has none of the 1 annotated objects'):
        read_partnext(root)
    table.unlink()
    with pytest.raises(
        InputError, match=r'PartNeXt_raw is missing; it must be a folder with TYPE'
    ):
        read_partnext(root)
