# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`evaluate clicks` clicks where the original does, when its system answers as recorded."""

import numpy as np
import pytest

from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.evaluation.clicks import ClicksConfig, click_part, evaluate_object
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.metrics import mask_iou
from part_seg_ros.evaluation.views import ViewConfig
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import MaskCandidates, PointCloud

CALLS = ('first', 'next', 'perfect')


class RecordedSystem:
    """Answers one click after the other by masks that were recorded, and keeps the prompts."""

    name, device, weights_sha256, part_names = 'recorded', 'cpu', '', ()
    capabilities = Capabilities()

    def __init__(self, answers):
        self.answers, self.prompts, self.previous = list(answers), [], []

    def encode(self, shape):
        return Embedding(points=shape.points, point_features=None, state=None, num_bytes=0)

    def predict(self, embedding, prompt, previous=None):
        self.prompts.append(prompt)
        self.previous.append(previous)
        logits = self.answers[len(prompt.prompt_coords) - 1]
        return MaskCandidates(mask_logits=logits[None], iou_pred=np.ones(1, np.float32))


@pytest.fixture(scope='module')
def recording(parity_path):
    return np.load(parity_path / 'point_sam_large_a.npz')


def recorded_run(recording, row):
    """Return the points, the part, and the answers between the recorded clicks.

    The original clicked at the part, at the worst error of `pred_logits`, and where the answer
    was the part itself. So the answer to the first click is `pred_logits`, to the second the part.
    """
    points, target = recording['g128/coords'], recording['click/gt_masks'][row] > 0
    answers = [recording['click/pred_logits'][row], np.where(target, 4.0, -4.0)]
    return points, target, [np.float32(a) for a in (*answers, answers[-1])]


def wanted_clicks(recording, row):
    coords = np.concatenate([recording[f'click/{call}_coords'][row] for call in CALLS])
    labels = np.concatenate([recording[f'click/{call}_labels'][row] for call in CALLS])
    return coords, labels


@pytest.mark.parametrize('row', [0, 1])
def test_the_sequence_of_clicks_on_one_part(recording, row):
    points, target, answers = recorded_run(recording, row)
    coords, labels = wanted_clicks(recording, row)
    system = RecordedSystem(answers)
    segmenter = Segmenter(system, SegmenterConfig(snap_radius=0.0))
    trace = click_part(segmenter, segmenter.encode(PointCloud(points=points)), target, 3)
    clicked, given = map(np.array, zip(*trace.clicks, strict=True))
    np.testing.assert_array_equal(points[clicked], coords)
    np.testing.assert_array_equal(given, labels)
    # The system is told all clicks so far, and its last answer from the second click on.
    for k, prompt in enumerate(system.prompts):
        np.testing.assert_array_equal(prompt.prompt_coords, coords[: k + 1])
        np.testing.assert_array_equal(prompt.prompt_labels, labels[: k + 1])
    assert system.previous[0] is None
    for k in (1, 2):
        np.testing.assert_array_equal(system.previous[k], answers[k - 1])
    assert trace.iou == (mask_iou(answers[0] > 0, target), 1.0, 1.0)
    assert 0 < trace.iou[0] < 1


@pytest.mark.parametrize('row', [0, 1])
def test_the_sequence_of_a_whole_evaluation(recording, row):
    points, target, answers = recorded_run(recording, row)
    coords, labels = wanted_clicks(recording, row)
    part_ids = np.where(target, 0, -1).astype(np.int32)  # the rest is of no known part
    obj = LabeledObject(
        name='recorded',
        kind='',
        group='',
        part_names=('part',),
        shape=LabeledCloud(cloud=PointCloud(points=points), part_ids=part_ids),
    )
    system = RecordedSystem(answers)
    segmenter = Segmenter(system, SegmenterConfig(snap_radius=0.0))
    config = ClicksConfig(view=ViewConfig(num_points=len(points)), clicks=(1, 3))
    (result,) = evaluate_object(segmenter, obj, config)
    last = system.prompts[-1]
    np.testing.assert_array_equal(last.prompt_coords, coords)
    np.testing.assert_array_equal(last.prompt_labels, labels)
    assert result.trace.iou == (mask_iou(answers[0] > 0, target), 1.0, 1.0)
