# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The bundled weights do their job on objects with known parts; damaged ones would not."""

import numpy as np
import pytest

from part_seg_ros.data.procedural import FAMILIES, sample_surface
from part_seg_ros.evaluation.clicks import ClicksConfig, click_part, evaluate_object, summarize
from part_seg_ros.evaluation.datasets import read_folder
from part_seg_ros.evaluation.metrics import mask_iou, next_click
from part_seg_ros.evaluation.views import ViewConfig
from part_seg_ros.models import build_model
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import PointCloud, PointPrompt

NUM_POINTS = 6000


@pytest.fixture(scope='module')
def segmenter():
    return Segmenter(build_model('compact', device='cpu'), SegmenterConfig(snap_radius=0.0))


def named_part(family, name, seed):
    """A cloud without normals of one object and the mask of its first part called `name`."""
    rng = np.random.default_rng((99, seed))
    obj = FAMILIES[family](rng)
    sample = sample_surface(obj, NUM_POINTS, rng)
    part_id = next(i for i, part in enumerate(obj.parts) if part.name == name)
    return PointCloud(points=sample.points), sample.part_ids == part_id


@pytest.mark.parametrize(('family', 'name'), [('mug', 'handle'), ('hammer', 'head')])
def test_clicks_find_the_part_and_more_clicks_find_it_better(segmenter, family, name):
    first, third = [], []
    for seed in range(4):
        cloud, target = named_part(family, name, seed)
        ious = click_part(segmenter, segmenter.encode(cloud), target, 3).iou
        first.append(ious[0])
        third.append(ious[2])
    assert np.mean(first) > 0.5
    assert np.mean(third) > 0.75


def test_background_click_takes_its_surroundings_away(segmenter):
    cloud, target = named_part('mug', 'handle', 1)
    encoded = segmenter.encode(cloud)
    inside, _ = next_click(cloud.points, target, None)
    outside, _ = next_click(cloud.points, ~target, None)
    coords = cloud.points[[inside, outside]]
    prompt = PointPrompt(prompt_coords=coords, prompt_labels=[1, 0])
    mask = segmenter.predict(encoded, prompt).mask
    assert mask[inside]
    assert not mask[outside]
    assert mask_iou(mask, target) > 0.5


def test_masks_follow_a_rotated_and_moved_object(segmenter):
    cloud, target = named_part('mug', 'handle', 2)
    turn = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]], float)
    moved = PointCloud(points=3.0 * cloud.points @ turn.T + [5, -2, 9])
    trace = click_part(segmenter, segmenter.encode(moved), target, 3)
    assert trace.iou[-1] > 0.7


def test_real_object_is_segmented_far_above_a_ball(segmenter, shared_path):
    objects = read_folder(shared_path / 'data' / 'parts16_dev').objects
    animal = next(obj for obj in objects if obj.name == 'a95c590e89444458b53a15190c7560c3')
    config = ClicksConfig(clicks=(1, 3), view=ViewConfig(num_points=NUM_POINTS))
    summary = summarize(evaluate_object(segmenter, animal, config), config)
    assert summary['IoU@1'] > 35
    assert summary['IoU@3'] > 50
