# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""True masks of the front view as prompts: which they are, and what becomes of their answers."""

import importlib.util

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.metrics import best_iou
from part_seg_ros.evaluation.parts import PartsConfig, evaluate_object
from part_seg_ros.evaluation.view_prompts import (
    FILLED,
    OPEN,
    REST,
    VARIANTS,
    front_masks,
    segment_cloud,
)
from part_seg_ros.evaluation.views import ViewConfig
from part_seg_ros.models.system import Capabilities, ViewPicture
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter
from part_seg_ros.structures import PartSegmentation, PointCloud

NEEDS_VIEWS = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ('open3d', 'sam2')),
    reason='sam2 or open3d is not installed',
)


def picture(view_idx, point_idx):
    return ViewPicture(view_idx=view_idx, picture=np.zeros(0), point_idx=np.array(point_idx))


def test_masks_are_the_true_parts_that_the_front_shows():
    pictures = [
        picture(3, [[0, 1], [2, 3]]),
        picture(0, [[-1, 4, 0], [1, 0, 2]]),
    ]
    part_ids = np.array([5, 2, -1, 7, 2])  # of points 0 to 4; the front does not show the 7
    masks = front_masks(pictures, part_ids)
    assert [mask.view_idx for mask in masks] == [0, 0]
    assert masks[0].mask.tolist() == [[False, True, False], [True, False, False]]  # part 2
    assert masks[1].mask.tolist() == [[False, False, True], [False, True, False]]  # part 5
    assert front_masks(pictures[:1], part_ids) == []


def test_the_smallest_masks_are_left_out():
    shown = np.zeros((1024, 1024), int)
    shown.flat[:63] = 1
    assert len(front_masks([picture(0, shown)], np.array([0, 1]))) == 1
    shown.flat[63] = 1
    assert len(front_masks([picture(0, shown)], np.array([0, 1]))) == 2


class FrontSystem:
    """Sees the points with y < 0 from the front, each in a pixel, and finds just what it shows."""

    name, device, weights_sha256, part_names = 'front', 'cpu', '', ()

    def __init__(self, view_prompts=True):
        self.capabilities = Capabilities(view_prompts=view_prompts)

    def encode(self, shape):
        from part_seg_ros.models.system import Embedding

        return Embedding(points=shape.points, point_features=None, state=None, num_bytes=0)

    def view_pictures(self, embedding):
        return (picture(0, np.flatnonzero(embedding.points[:, 1] < 0)[None]),)

    def segment_prompted(self, embedding, prompts):
        labels = np.full(len(embedding.points), -1, np.int32)
        (view,) = self.view_pictures(embedding)
        for number, prompt in enumerate(prompts):
            labels[view.point_idx[prompt.mask]] = number
        return PartSegmentation(part_ids=labels, parts=())


@pytest.fixture
def cloud():
    """Points of four quarters, each a part; two of them are in front."""
    rng = np.random.default_rng(0)
    points = np.float32(rng.uniform(-1, 1, (400, 3)))
    return PointCloud(points=points), np.int32((points[:, 0] > 0) + 2 * (points[:, 1] > 0))


@pytest.mark.parametrize('variant', VARIANTS)
def test_what_no_mask_reaches_is_filled_left_open_or_the_rest(cloud, variant):
    cloud, part_ids = cloud
    segmenter = Segmenter(FrontSystem())
    found = segment_cloud(segmenter, segmenter.encode(cloud), part_ids, variant)
    is_front = cloud.points[:, 1] < 0
    np.testing.assert_array_equal(found[is_front], part_ids[is_front])
    behind = found[~is_front]
    if variant == OPEN:
        assert (behind == -1).all()
    elif variant == REST:
        assert (behind == 2).all()
    else:
        assert variant == FILLED
        near = (cloud.points[:, 1] < 0.3) & ~is_front & (np.abs(cloud.points[:, 0]) > 0.5)
        np.testing.assert_array_equal(found[near], (cloud.points[near, 0] > 0))


def test_a_system_without_views_and_other_ways_of_searching_are_refused(cloud):
    segmenter = Segmenter(FrontSystem(view_prompts=False))
    encoded = segmenter.encode(cloud[0])
    with pytest.raises(InputError, match='front takes no masks on views; take geosam2'):
        segment_cloud(segmenter, encoded, cloud[1], OPEN)
    for other in ({'scan': True}, {'settings': SegmentAllSettings()}):
        with pytest.raises(InputError, match='leave out --scan and --num-prompts'):
            PartsConfig(front_masks=OPEN, **other)


@NEEDS_VIEWS
def test_a_mesh_is_segmented_by_the_masks_of_its_front(squares):
    from part_seg_ros.models import build_model

    # Each square stands upright and faces the front; z is up.
    obj = squares(gap=1.5)
    obj.shape.mesh.vertices[:, [1, 2]] = obj.shape.mesh.vertices[:, [2, 1]]
    system = build_model('geosam2-tiny', device='cpu')
    segmenter = Segmenter(system)
    view = ViewConfig(num_points=200)
    config = PartsConfig(view=view, on_mesh=True, front_masks=OPEN)
    found = evaluate_object(segmenter, obj, config)
    assert [each.part.part_id for each in found] == [0, 1]
    embedding = system.encode(obj.shape.mesh)
    masks = front_masks(system.view_pictures(embedding), obj.shape.face_part_ids)
    assert len(masks) == 2
    half = masks[0].mask.shape[1] // 2
    assert masks[0].mask[:, :half].any() and not masks[0].mask[:, half:].any()
    labels = system.segment_prompted(embedding, masks).part_ids
    for each in found:
        wanted = best_iou(labels, obj.shape.face_part_ids == each.part.part_id)
        assert each.face_iou == wanted
    filled = evaluate_object(
        segmenter, obj, PartsConfig(view=view, on_mesh=True, front_masks=FILLED)
    )
    assert all(each.num_found >= 1 for each in filled) or (labels == -1).all()
    with pytest.raises(InputError, match='takes no masks on views'):
        evaluate_object(
            Segmenter(build_model('compact-tiny', device='cpu')),
            obj,
            PartsConfig(view=view, front_masks=OPEN),
        )
    with pytest.raises(InputError, match='leave out --mesh'):
        evaluate_object(Segmenter(build_model('compact-tiny', device='cpu')), obj, config)
