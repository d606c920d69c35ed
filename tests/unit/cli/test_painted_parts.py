# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""SegviGen on the command line: clicks, every part and every part guided, on meshes and clouds."""

from __future__ import annotations

import json

import numpy as np
import pytest

from part_seg_ros.cli.main import main
from part_seg_ros.data.files import CloudFile, read_cloud, write_cloud
from part_seg_ros.models import build_model
from part_seg_ros.models.segvigen.picture import VIEW
from part_seg_ros.models.segvigen.voxels.painted_mesh import read_painted_mesh
from part_seg_ros.structures import PointCloud, PointPrompt

trimesh = pytest.importorskip('trimesh')
image_type = pytest.importorskip('PIL.Image')

TINY = (
    *('--model', 'segvigen-tiny', '--device', 'cpu', '--num-samples', '800'),
    *('--setting', 'num_steps=2'),
)


@pytest.fixture
def mesh_path(tmp_path):
    """A red box and a blue one, above each other along y, 12 faces each."""
    scene = trimesh.Scene()
    for number, color in enumerate(([255, 0, 0, 255], [0, 0, 255, 255])):
        box = trimesh.creation.box(extents=[0.3, 0.4, 0.2])
        box.apply_translation([0, 0.5 * number, 0])
        material = trimesh.visual.material.PBRMaterial(baseColorFactor=color)
        box.visual = trimesh.visual.TextureVisuals(material=material)
        scene.add_geometry(box)
    scene.export(tmp_path / 'boxes.glb')
    return tmp_path / 'boxes.glb'


@pytest.fixture
def scan(tmp_path):
    normals = np.random.default_rng(0).normal(size=(700, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    cloud = PointCloud(points=normals * [0.1, 0.08, 0.06], normals=normals, colors=abs(normals))
    write_cloud(tmp_path / 'scan.ply', CloudFile(cloud=cloud))
    return tmp_path / 'scan.ply'


@pytest.fixture
def picture(tmp_path):
    drawn = np.full((60, 60, 3), 255, np.uint8)
    drawn[5:30, 10:50] = 200, 30, 30
    drawn[30:55, 10:50] = 30, 30, 200
    image_type.fromarray(drawn).save(tmp_path / 'map.png')
    return tmp_path / 'map.png'


def labels_of(path):
    with np.load(path) as file:
        return file['part_ids']


def test_a_click_on_a_mesh_is_answered_by_faces_painted_as_its_materials(
    mesh_path, tmp_path, capsys
):
    words = [
        'segment',
        str(mesh_path),
        '-o',
        str(tmp_path / 'out.npz'),
        '--point',
        *'0 0.2 0.1'.split(),
    ]
    assert main([*words, *TINY, '--setting', 'mesh_points=900']) == 0
    assert ' of 24 faces' in capsys.readouterr().out
    system = build_model(
        'segvigen-tiny', device='cpu', settings={'num_steps': 2, 'mesh_points': 900}
    )
    mesh = read_painted_mesh(mesh_path)
    embedding = system.encode(mesh)
    assert len(embedding.points) == len(embedding.face_idx) == 900
    mask = system.predict(
        embedding, PointPrompt(prompt_coords=np.array([[0, 0.2, 0.1]]), prompt_labels=np.ones(1))
    ).masks[0]
    votes = np.stack(
        [np.bincount(embedding.face_idx[mask == said], minlength=24) for said in (False, True)]
    )
    assert (votes.sum(axis=0) > 0).all()
    np.testing.assert_array_equal(labels_of(tmp_path / 'out.npz') == 0, votes.argmax(axis=0) == 1)


def test_a_click_on_a_cloud_or_on_points_of_a_mesh(mesh_path, scan, tmp_path):
    for path, click in ((mesh_path, [0, 0.2, 0.1]), (scan, [0.1, 0, 0])):
        out = tmp_path / 'out.npz'
        words = [str(path), '--points', '-o', str(out), '--point', *map(str, click)]
        assert main(['segment', *words, *TINY]) == 0
        assert set(read_cloud(out).part_ids) <= {-1, 0}


def test_every_part_of_a_mesh_is_painted_on_its_faces(mesh_path, tmp_path, capsys):
    out, drawn = tmp_path / 'out.glb', tmp_path / 'out.png'
    words = [str(mesh_path), '-o', str(out), '--picture', str(drawn)]
    assert main(['parts', *words, *TINY]) == 0
    said = capsys.readouterr().out.splitlines()
    scene = trimesh.load_scene(out)
    assert len(scene.graph.nodes_geometry) == len(said) - 2
    assert sum(len(piece.faces) for piece in scene.geometry.values()) == 24
    assert drawn.read_bytes().startswith(b'\x89PNG')


def test_materials_of_the_file_are_seen(mesh_path, tmp_path, monkeypatch):
    from part_seg_ros.models.segvigen.system import SegvigenSystem

    encode, seen = SegvigenSystem.encode, []
    monkeypatch.setattr(
        SegvigenSystem, 'encode', lambda self, shape: seen.append(shape) or encode(self, shape)
    )
    assert main(['parts', str(mesh_path), '-o', str(tmp_path / 'out.npz'), *TINY]) == 0
    colors = sorted(material.color[:3].tolist() for material in seen[0].paint.materials)
    assert colors == [[0, 0, 1], [1, 0, 0]]


def test_a_picture_guides_on_a_mesh_and_on_a_cloud(mesh_path, scan, picture, tmp_path):
    for path in (mesh_path, scan):
        results = []
        for words in ([], ['--guide', str(picture)]):
            out = tmp_path / 'out.npz'
            assert main(['parts', str(path), '-o', str(out), *words, *TINY]) == 0
            results.append(labels_of(out))
        assert len(np.unique(results[1])) <= 2
        assert not np.array_equal(*results)


def test_a_view_is_shown_to_the_network(mesh_path, picture, tmp_path, monkeypatch):
    from part_seg_ros.models.segvigen.system import SegvigenSystem

    with_view, shown = SegvigenSystem.with_view, []

    def look(self, embedding, drawn):
        shown.append(drawn)
        return with_view(self, embedding, drawn)

    monkeypatch.setattr(SegvigenSystem, 'with_view', look)
    words = [str(mesh_path), '-o', str(tmp_path / 'out.npz'), '--view', str(picture)]
    assert main(['parts', *words, *TINY]) == 0
    np.testing.assert_array_equal(shown[0], np.asarray(image_type.open(picture)))


def test_a_camera_and_parts_of_another_system_guide_a_mesh(mesh_path, picture, tmp_path):
    pytest.importorskip('open3d', reason='open3d is not installed')
    camera = tmp_path / 'camera.json'
    pose = np.diag([-1.0, -1, 1, 1]) @ np.array(VIEW.to_world)
    camera.write_text(
        json.dumps({'camera_angle_x': VIEW.field_of_view, 'transform_matrix': pose.tolist()})
    )
    out = tmp_path / 'out.npz'
    words = ['parts', str(mesh_path), '-o', str(out), *TINY]
    assert main([*words, '--guide', str(picture), '--camera', str(camera)]) == 0
    assert len(np.unique(labels_of(out))) <= 2
    other = tmp_path / 'other.npz'
    few = ('--model', 'compact-tiny', '--num-prompts', '16', '--min-score', '0')
    assert main(['parts', str(mesh_path), '-o', str(other), *few, '--num-samples', '500']) == 0
    assert main([*words, '--guide', str(other)]) == 0
    assert labels_of(out).shape == (24,)


def test_mistakes_are_named(mesh_path, scan, picture, tmp_path, capsys):
    out = str(tmp_path / 'out.npz')
    cloud_parts = tmp_path / 'cloud.npz'
    np.savez(cloud_parts, points=np.zeros((3, 3)), part_ids=np.zeros(3, int))
    short_parts = tmp_path / 'short.npz'
    np.savez(short_parts, faces=np.zeros((3, 3)), part_ids=np.zeros(3, int))
    guide = ['--guide', str(picture)]
    for path, words, message in (
        (mesh_path, [*guide, '--model', 'compact-tiny'], '--guide goes with --model segvigen'),
        (mesh_path, ['--camera', 'c.json'], 'give both'),
        (mesh_path, [*guide, '--min-score', '0.5'], 'no thresholds'),
        (mesh_path, ['--guide', 'missing.png'], 'missing.png: no such file'),
        (mesh_path, ['--guide', str(cloud_parts)], 'holds no faces'),
        (mesh_path, ['--guide', str(short_parts)], 'of another mesh'),
        (mesh_path, ['--guide', 'missing.npz'], 'no readable npz'),
        (mesh_path, [*guide, '--camera', 'missing.json'], 'missing.json must be JSON'),
        (mesh_path, ['--guide', str(short_parts), '--camera', 'c.json'], 'leave --camera out'),
        (scan, [*guide, '--camera', 'c.json'], 'view of the training alone'),
        (scan, ['--guide', 'missing.png'], 'missing.png: no such file'),
        (scan, ['--view', str(picture)], '--view goes with meshes'),
        (mesh_path, ['--view', str(picture), *guide], 'without --guide'),
    ):
        words = [*TINY, *words]
        assert main(['parts', str(path), '-o', out, *words]) == 2
        assert message in capsys.readouterr().err, words
