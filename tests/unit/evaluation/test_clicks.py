# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The interactive protocol end to end, with stand-in systems whose result is known."""

import csv
import json

import numpy as np
import pytest

from part_seg_ros.data.labeled_meshes import (
    LabeledMesh,
    load_folder,
    load_labeled_mesh,
    sample_labeled_points,
)
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.clicks import ClicksConfig, PartResult, evaluate_clicks, summarize
from part_seg_ros.evaluation.report import write_report
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import MaskCandidates, Mesh


class BallSystem:
    """Answers every prompt with the ball around its first click; radius in unit-ball units."""

    name, device, weights_sha256, capabilities = 'ball', 'cpu', '', Capabilities()

    def __init__(self, radius):
        self.radius = radius

    def encode(self, shape):
        return Embedding(points=shape.points, point_features=None, state=None, num_bytes=0)

    def predict(self, embedding, prompt, previous=None):
        points = embedding.points
        size = np.linalg.norm(points - points.mean(0), axis=1).max()
        distance = np.linalg.norm(points - prompt.prompt_coords[0], axis=1)
        logits = (self.radius - distance / size)[None].astype(np.float32)
        return MaskCandidates(mask_logits=logits, iou_pred=np.ones(1, np.float32))


def two_squares(gap=10.0):
    """Two unit squares in the plane z = 0, one part each, `gap` apart along x."""
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    mesh = Mesh(
        vertices=np.concatenate([square, square + np.array([gap, 0, 0])]),
        faces=np.concatenate([faces, faces + 4]),
    )
    ids = np.array([0, 0, 1, 1], np.int32)
    return LabeledMesh(name='squares', mesh=mesh, face_part_ids=ids, part_names=('a', 'b'))


def test_samples_lie_on_their_part_with_its_normal():
    cloud, part_ids = sample_labeled_points(two_squares(), 500, 0)
    np.testing.assert_allclose(cloud.points[:, 2], 0.0, atol=1e-6)
    assert ((cloud.points[:, 0] > 5) == (part_ids == 1)).all()
    np.testing.assert_allclose(cloud.normals, np.tile([0, 0, 1.0], (500, 1)))
    assert abs(part_ids.mean() - 0.5) < 0.1


def test_ball_that_covers_exactly_the_part_scores_one():
    segmenter = Segmenter(BallSystem(0.5), SegmenterConfig(max_points=500, snap_radius=0.0))
    config = ClicksConfig(num_points=500, clicks=(1, 3))
    results = evaluate_clicks(segmenter, [two_squares()], config)
    assert [r.part_name for r in results] == ['a', 'b']
    assert summarize(results, config) == {
        'IoU@1': 100.0,
        'IoU@3': 100.0,
        'best candidate@1': 100.0,
    }


def test_planted_shift_of_the_part_ids_is_noticed():
    labeled = two_squares(gap=1.0)
    cloud, part_ids = sample_labeled_points(labeled, 500, 0)
    right = ((cloud.points[:, 0] > 1) == (part_ids == 1)).mean()
    shifted = ((cloud.points[:, 0] > 1) == (np.roll(part_ids, 1) == 1)).mean()
    assert right == 1.0
    assert shifted < 0.7


def result(name, share, *ious):
    return PartResult(
        object_name=name,
        part_id=0,
        part_name='',
        share=share,
        iou=ious,
        best_candidate_iou=max(ious),
    )


def test_mean_is_over_parts_then_over_objects():
    results = [result('x', 0.1, 0.2), result('x', 0.1, 0.4), result('y', 0.1, 0.9)]
    assert summarize(results, ClicksConfig(clicks=(1,)))['IoU@1'] == pytest.approx(60.0)


def test_report_holds_every_part(tmp_path):
    config = ClicksConfig(clicks=(1, 2))
    write_report(tmp_path, 'ball', config, [result('x', 0.1, 0.2, 0.5), result('y', 0.3, 1, 1)])
    record = json.loads((tmp_path / 'clicks.json').read_text())
    assert record['summary']['IoU@2'] == pytest.approx(75.0)
    rows = list(csv.DictReader((tmp_path / 'clicks.csv').open()))
    assert [row['object'] for row in rows] == ['x', 'y']
    assert float(rows[0]['iou_2']) == 0.5
    assert '| mean | 60.0 | 75.0 |' in (tmp_path / 'clicks.md').read_text()
    assert (tmp_path / 'clicks.png').stat().st_size > 1000


def test_folders_and_files_that_do_not_fit_are_named(tmp_path):
    with pytest.raises(InputError, match=r'no \.npz objects'):
        load_folder(tmp_path)
    path = tmp_path / 'x.npz'
    np.savez(path, vertices=np.eye(3), faces=[[0, 1, 2]])
    with pytest.raises(InputError, match=r"lacks \['labels'\]"):
        load_labeled_mesh(path)
    np.savez(path, vertices=np.eye(3), faces=[[0, 1, 2]], labels=[0, 1])
    with pytest.raises(InputError, match=r'one entry per face \(1\)'):
        load_labeled_mesh(path)


def test_ball_floor_of_real_objects_is_the_recorded_one(shared_path):
    """The first click of this protocol gives a fixed ball the IoU recorded with the data."""
    folder = shared_path / 'data' / 'parts16_dev'
    recorded = json.loads((folder / 'baselines.json').read_text())
    floor = recorded['floors_10k_points']['click_IoU']['ball_euclid_r0.2']['mean']['1']
    segmenter = Segmenter(BallSystem(0.2), SegmenterConfig(snap_radius=0.0))
    config = ClicksConfig(clicks=(1,))
    found = summarize(evaluate_clicks(segmenter, load_folder(folder), config), config)['IoU@1']
    assert found == pytest.approx(floor, abs=1.5)
