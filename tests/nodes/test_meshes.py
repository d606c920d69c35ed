# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Meshes over DDS: by message and by file, answered by faces; files elsewhere are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from geometry_msgs.msg import Point
from part_seg_ros.msg import ErrorCode, PartLabels
from sensor_msgs.msg import PointCloud2, PointField
from shape_msgs.msg import Mesh, MeshTriangle
from std_msgs.msg import Header

from part_seg_ros.nodes.client import point_prompt
from part_seg_ros.nodes.error_codes import RequestError
from part_seg_ros.nodes.mesh_resource import mesh_path

# Two unit cubes, one metre apart along x.
_CUBE = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
_QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
_FACES = np.array([t for a, b, c, d in _QUADS for t in ((a, b, c), (a, c, d))])
VERTICES = 0.1 * np.concatenate([_CUBE, _CUBE + [2, 0, 0]])
FACES = np.concatenate([_FACES, _FACES + 8])


@pytest.fixture(scope='module')
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('meshes')
    np.savez(folder / 'cubes.npz', vertices=np.float32(VERTICES), faces=np.int32(FACES))
    np.savez(folder / 'cloud.npz', points=np.float32(VERTICES))
    (folder / 'broken.stl').write_bytes(b'solid nothing')
    (folder / 'linked.npz').symlink_to(folder / 'cubes.npz')
    return folder


@pytest.fixture(scope='module', autouse=True)
def node_process(running_node, folder):
    parameters = {
        'segment_all.min_score': 0.0,
        'segment_all.num_prompts': 32,
        'mesh.folders': f'/nowhere; {folder}',
        'mesh.num_samples': 3000,
        'mesh.max_faces': 100,
    }
    with running_node(**parameters) as process:
        yield process


def mesh_message(vertices=VERTICES, faces=FACES) -> Mesh:
    return Mesh(
        vertices=[Point(x=float(x), y=float(y), z=float(z)) for x, y, z in vertices],
        triangles=[MeshTriangle(vertex_indices=[int(i) for i in face]) for face in faces],
    )


def check_faces(labels: PartLabels) -> np.ndarray:
    assert labels.domain == PartLabels.FACES
    assert (labels.height, labels.width) == (1, len(FACES))
    assert len(labels.labels) == len(FACES)
    return np.asarray(labels.labels)


@pytest.mark.parametrize('kind', ['message', 'file'])
def test_every_part_of_a_mesh_is_answered_by_faces(ros, folder, kind):
    fields = (
        {'mesh': mesh_message()}
        if kind == 'message'
        else {'mesh_resource': f'file://{folder}/cubes.npz'}
    )
    header = Header(frame_id='gripper')
    opened = ros.wait(ros.client.open_session(mesh_header=header, **fields))
    assert opened.success, opened.message
    assert (opened.num_points, opened.num_valid) == (3000, 3000)
    found = ros.wait(ros.client.segment_all(session_id=opened.session_id))
    assert found.success and found.parts, found.message
    labels = check_faces(found.labels)
    assert found.labels.header.frame_id == 'gripper'
    assert set(labels) - {0} == {part.id for part in found.parts} == set(found.labels.part_ids)
    for part in found.parts:
        faces = np.asarray(part.point_indices)
        assert faces.tolist() == np.flatnonzero(labels == part.id).tolist()
        assert part.num_points == len(faces)


def test_a_click_on_a_mesh_gives_faces_and_further_clicks_refine(ros):
    opened = ros.wait(ros.client.open_session(mesh=mesh_message(), encode=True))
    assert opened.success, opened.message
    prompt = point_prompt([[0.05, 0.05, 0.1]])
    reply = ros.wait(
        ros.client.segment_part(prompt, session_id=opened.session_id, return_labels=True)
    )
    assert reply.success and reply.embedding_cached, reply.message
    labels = check_faces(reply.labels)
    faces = np.asarray(reply.part.point_indices)
    assert faces.tolist() == np.flatnonzero(labels == reply.part.id).tolist()
    again = ros.wait(
        ros.client.segment_part(
            point_prompt(negative=[[0.25, 0.05, 0.1]]),
            session_id=opened.session_id,
            part_id=reply.part.id,
            prompt_mode=1,
        )
    )
    assert again.success and again.part.id == reply.part.id, again.message


@pytest.mark.parametrize(
    ('fields', 'code', 'words'),
    [
        ({'mesh': mesh_message(faces=[])}, 'BAD_FIELDS', ['needs triangles']),
        ({'mesh': mesh_message(faces=[[0, 1, 99]])}, 'BAD_FIELDS', ['one of 16 vertices', '99']),
        ({'mesh': mesh_message(VERTICES * np.nan)}, 'BAD_FIELDS', ['finite']),
        ({'mesh': mesh_message(faces=[[0, 1, 1]])}, 'EMPTY_CLOUD', ['no area']),
        ({'mesh': mesh_message(faces=[[0, 1, 2]] * 101)}, 'TOO_MANY_POINTS', ['100', '101']),
        (
            {'mesh': mesh_message(), 'mesh_resource': 'file:///a.stl'},
            'BAD_FIELDS',
            ['one of cloud, mesh_resource and mesh'],
        ),
        (
            {
                'mesh': mesh_message(),
                'cloud': PointCloud2(fields=[PointField(name='x')]),
            },
            'BAD_FIELDS',
            ['one of cloud, mesh_resource and mesh'],
        ),
        ({'mesh_resource': 'file:///etc/passwd.stl'}, 'BAD_FIELDS', ['below one of the folders']),
        ({'mesh_resource': 'package://nobody/a.stl'}, 'BAD_FIELDS', ["no package 'nobody'"]),
    ],
)
def test_a_bad_mesh_is_refused(ros, fields, code, words):
    reply = ros.wait(ros.client.open_session(**fields))
    assert not reply.success and reply.session_id == ''
    assert reply.error_code == getattr(ErrorCode, code), reply.message
    assert all(word in reply.message for word in words), reply.message


@pytest.mark.parametrize(
    ('name', 'words'),
    [
        ('linked.npz', 'symbolic links'),
        ('cloud.npz', 'points without faces'),
        ('broken.stl', 'holds neither triangles nor points'),
        ('gone.stl', 'no such file'),
        ('../meshes/cubes.npz', 'without'),
        ('%2e%2e/cubes.npz', 'without'),
    ],
)
def test_a_file_that_is_no_mesh_below_the_folders_is_refused(ros, folder, name, words):
    reply = ros.wait(ros.client.open_session(mesh_resource=f'file://{folder}/{name}'))
    assert reply.error_code == ErrorCode.BAD_FIELDS and words in reply.message, reply.message


def test_paths_stay_below_the_folders(tmp_path):
    share, other = tmp_path / 'share' / 'robot', tmp_path / 'other'
    (share / 'meshes').mkdir(parents=True)
    other.mkdir()
    for path in (share / 'meshes' / 'hand 1.STL', other / 'secret.stl'):
        path.write_text('')
    (share / 'away').symlink_to(other)

    def share_of(package):
        return {'robot': str(share)}[package]

    def read(resource, folders=(str(tmp_path / 'share'),)):
        return mesh_path(resource, folders, share_of)

    good = share / 'meshes' / 'hand 1.STL'
    assert read('package://robot/meshes/hand%201.STL') == good
    assert read(f'file://localhost{share}/meshes/hand%201.STL') == good
    linked_root = tmp_path / 'root'
    linked_root.symlink_to(share)
    assert read(f'file://{linked_root}/meshes/hand%201.STL', (str(linked_root),))
    for wrong in (
        f'file://{other}/secret.stl',
        'package://robot/away/secret.stl',
        'package://robot/../../other/secret.stl',
        'package://robot/meshes/%2E%2E/meshes/hand%201.STL',
        'package://../other/secret.stl',
        'package:///meshes/hand.stl',
        'http://robot/meshes/hand.stl',
        f'{share}/meshes/hand 1.STL',
        f'file://elsewhere{share}/meshes/hand%201.STL',
        'package://robot/meshes/hand%00.stl',
        'package://robot/meshes/scene.gltf',
        'package://robot/meshes',
    ):
        with pytest.raises(RequestError) as error:
            read(wrong)
        assert error.value.code == ErrorCode.BAD_FIELDS, wrong
    with pytest.raises(RequestError, match='parameter mesh.folders'):
        read('package://robot/meshes/hand%201.STL', ())
    with pytest.raises(RequestError, match='below one of'):
        read(f'file://{tmp_path}/share-2/a.stl')
