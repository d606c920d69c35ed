# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A system that looks at meshes themselves, on the command line: faces in, faces out."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.main import main
from part_seg_ros.data.depth_camera import camera_cloud
from part_seg_ros.data.files import CloudFile, read_cloud, read_shape, write_cloud
from part_seg_ros.data.procedural import FAMILIES
from part_seg_ros.errors import InputError
from part_seg_ros.models import build_model
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter
from part_seg_ros.segmenter.mesh_parts import MeshSettings, SampledMesh
from part_seg_ros.structures import Mesh, PointCloud

trimesh = pytest.importorskip('trimesh')
if not all(importlib.util.find_spec(name) for name in ('open3d', 'sam2')):
    pytest.skip('sam2 or open3d is not installed', allow_module_level=True)

MODEL = ['--model', 'geosam2-tiny', '--device', 'cpu']
CLICK = ['0.08', '-0.15', '0.03']  # on a face of the lower box, 8 cm from its middle


@pytest.fixture
def mesh_path(tmp_path: Path) -> Path:
    """Two boxes, one above the other: 24 faces."""
    boxes = [trimesh.creation.box(extents=size) for size in ([0.4, 0.3, 0.1], [0.1, 0.1, 0.5])]
    boxes[1].apply_translation([0, 0, 0.4])
    trimesh.util.concatenate(boxes).export(tmp_path / 'boxes.ply')
    return tmp_path / 'boxes.ply'


@pytest.fixture
def segmenter() -> Segmenter:
    return Segmenter(build_model('geosam2-tiny', device='cpu'))


def test_a_click_on_a_mesh_is_answered_by_faces(mesh_path, segmenter, tmp_path, capsys):
    words = ['segment', str(mesh_path), '--point', *CLICK, *MODEL]
    assert (
        main([*words, '-o', str(tmp_path / 'out.npz'), '--picture', str(tmp_path / 'a.png')]) == 0
    )
    assert ' of 24 faces' in capsys.readouterr().out
    mesh = read_shape(mesh_path)
    assert isinstance(mesh, Mesh)
    prediction = segmenter.open(segmenter.encode_mesh(mesh)).add(np.float32(CLICK)).prediction
    np.testing.assert_allclose(prediction.prompt.prompt_coords, [np.float32(CLICK)], atol=1e-6)
    with np.load(tmp_path / 'out.npz') as found:
        np.testing.assert_array_equal(found['part_ids'] == 0, prediction.mask)
        np.testing.assert_array_equal(found['faces'], mesh.faces)
    assert main([*words, '-o', str(tmp_path / 'out.glb')]) == 0
    scene = trimesh.load_scene(tmp_path / 'out.glb')
    counts = {name: len(piece.faces) for name, piece in scene.geometry.items()}
    assert sum(counts.values()) == 24
    assert counts.get('part_0', 0) == prediction.mask.sum()


def test_a_mesh_may_be_taken_as_points(mesh_path, tmp_path, capsys):
    out = tmp_path / 'out.npz'
    words = ['--points', '--num-samples', '900', '--point', *CLICK, *MODEL]
    assert main(['segment', str(mesh_path), *words, '-o', str(out)]) == 0
    assert len(read_cloud(out).cloud) == 900
    words[-1:] = ['cpu', '-o', str(tmp_path / 'out.glb')]
    assert main(['segment', str(mesh_path), *words]) == 2
    assert "'.glb'" in capsys.readouterr().err


def test_a_region_of_a_mesh_and_a_click_far_away_are_refused(mesh_path, tmp_path, capsys):
    out = ['-o', str(tmp_path / 'out.glb')]
    region = ['--region', '0', '0', '0', '1']
    assert main(['segment', str(mesh_path), '--point', *CLICK, *region, *MODEL, *out]) == 2
    assert 'add --points for this mesh' in capsys.readouterr().err
    assert main(['segment', str(mesh_path), '--point', '0', '0', '3', *MODEL, *out]) == 2
    assert 'of a point of the mesh (snap radius)' in capsys.readouterr().err
    assert not (tmp_path / 'out.glb').exists()


def test_every_part_of_a_mesh_is_found_on_its_views(segmenter, tmp_path, capsys):
    block = trimesh.creation.box((0.1, 0.1, 0.3)).subdivide().subdivide().subdivide()
    ball = trimesh.creation.icosphere(2, radius=0.08)
    ball.apply_translation([0, 0, 0.2])
    trimesh.util.concatenate([block, ball]).export(tmp_path / 'mesh.ply')
    mesh, out = read_shape(tmp_path / 'mesh.ply'), tmp_path / 'out.npz'
    words = ['--num-prompts', '9', '--min-score', '0', '--min-points', '1', *MODEL]
    assert main(['parts', str(tmp_path / 'mesh.ply'), *words, '-o', str(out)]) == 0
    assert capsys.readouterr().out.split()[:2] == ['part', 'faces']
    sampled = SampledMesh(segmenter, mesh, MeshSettings())
    assert sampled.encoded.embedding.state.is_ring
    np.testing.assert_array_equal(sampled.face_idx, np.arange(len(mesh.faces)))
    wanted = sampled.segment_all(SegmentAllSettings(num_prompts=9, min_score=0.0, min_points=1))
    assert len(wanted.parts) > 0 and (wanted.part_ids >= 0).all()
    with np.load(out) as found:
        assert (found['part_ids'] == wanted.part_ids).mean() > 0.99


def test_a_system_of_points_takes_no_mesh(mesh_path):
    other = Segmenter(build_model('compact-tiny', device='cpu'))
    with pytest.raises(InputError, match='compact-tiny looks at points'):
        other.encode_mesh(read_shape(mesh_path))


@pytest.mark.parametrize('model', ['compact-tiny', 'geosam2-tiny'])
def test_a_mesh_without_faces_is_refused(model):
    mesh = Mesh(vertices=np.eye(3), faces=np.zeros((0, 3), int))
    with pytest.raises(InputError, match='faces'):
        SampledMesh(Segmenter(build_model(model, device='cpu')), mesh, MeshSettings())


@pytest.fixture
def scan_path(tmp_path: Path) -> Path:
    """What one depth camera sees of a mug."""
    rng = np.random.default_rng(4)
    view = camera_cloud(FAMILIES['mug'](rng), rng, resolution=(90, 70))
    cloud = PointCloud(points=view.points, viewpoint=view.viewpoint)
    write_cloud(tmp_path / 'scan.npz', CloudFile(cloud=cloud))
    return tmp_path / 'scan.npz'


def test_a_scan_from_one_side_is_clicked_and_unseen_views_are_left_out(
    scan_path, segmenter, tmp_path
):
    cloud = read_cloud(scan_path).cloud
    click = [str(value) for value in cloud.points[len(cloud) // 2]]
    out = tmp_path / 'out.json'
    assert main(['segment', str(scan_path), '--point', *click, *MODEL, '-o', str(out)]) == 0
    encoded = segmenter.encode(cloud)
    shape = encoded.embedding.state.shape
    assert 0 in shape.view_numbers and 6 not in shape.view_numbers
    wanted = segmenter.open(encoded).add(cloud.points[len(cloud) // 2]).prediction
    (part,) = json.loads(out.read_text())['parts']
    found = np.isin(np.arange(len(cloud)), part['point_indices'])
    assert (found == wanted.mask).mean() > 0.99
    parts = ['--num-prompts', '5', '--min-score', '0', '--min-points', '1']
    assert main(['parts', str(scan_path), *parts, *MODEL, '-o', str(out)]) == 0
