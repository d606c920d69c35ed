# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Values check what they are given at the door and cannot be changed afterwards."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from part_seg_ros.errors import InputError, PartSegError, PromptTooFarError
from part_seg_ros.structures import (
    MaskCandidates,
    Mesh,
    NamePrompt,
    PointCloud,
    PointPrompt,
    ViewClickPrompt,
)


@pytest.fixture
def cloud() -> PointCloud:
    rng = np.random.default_rng(0)
    return PointCloud(
        points=rng.normal(size=(10, 3)),
        colors=rng.random((10, 3)),
        normals=rng.normal(size=(10, 3)),
        viewpoint=[1, 2, 3],
        frame_id='camera',
        stamp_ns=7,
    )


def test_arrays_become_float32_and_invalid_points_are_allowed(cloud: PointCloud) -> None:
    for array in (cloud.points, cloud.colors, cloud.normals, cloud.viewpoint):
        assert array.dtype == np.float32
    assert len(PointCloud(points=np.full((4, 3), np.nan))) == 4
    assert len(PointCloud(points=np.zeros((0, 3)))) == 0


@pytest.mark.parametrize('point_idx', [np.array([7, 2, 2]), np.arange(10) % 3 == 0])
def test_selection_takes_the_same_rows_of_everything(cloud, point_idx) -> None:
    chosen = cloud.select(point_idx)
    for name in ('points', 'colors', 'normals'):
        np.testing.assert_array_equal(getattr(chosen, name), getattr(cloud, name)[point_idx])
    assert (chosen.frame_id, chosen.stamp_ns) == ('camera', 7)
    np.testing.assert_array_equal(chosen.viewpoint, cloud.viewpoint)
    assert PointCloud(points=cloud.points).select(point_idx).colors is None


BAD_CLOUDS = [
    ({'points': np.zeros((4, 2))}, r'points must be \(N, 3\), got \(4, 2\)'),
    ({'points': np.zeros((2, 4, 3))}, 'one shape at a time'),
    ({'points': np.zeros((4, 3)), 'colors': np.zeros((3, 3))}, 'colors must have one row per'),
    ({'points': np.zeros((4, 3)), 'normals': np.zeros((5, 3))}, 'per point: 4, got 5'),
    ({'points': np.zeros((4, 3)), 'viewpoint': [0, 0]}, 'viewpoint must be 3 finite numbers'),
    ({'points': np.zeros((4, 3)), 'viewpoint': [0, np.nan, 0]}, 'viewpoint must be 3 finite'),
]


@pytest.mark.parametrize(('fields', 'message'), BAD_CLOUDS)
def test_malformed_clouds_are_refused(fields: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        PointCloud(**fields)


def test_mesh_faces_must_name_vertices() -> None:
    vertices = np.eye(3)
    assert Mesh(vertices=vertices, faces=[[0, 1, 2]]).faces.dtype == np.int32
    for faces in ([[0, 1, 3]], [[0, -1, 2]]):
        with pytest.raises(InputError, match='faces must index 3 vertices'):
            Mesh(vertices=vertices, faces=faces)
    with pytest.raises(InputError, match='triangulate'):
        Mesh(vertices=vertices, faces=[[0, 1, 2, 0]])


BAD_PROMPTS = [
    ({'prompt_coords': np.zeros((0, 3)), 'prompt_labels': []}, 'at least one point'),
    ({'prompt_coords': np.zeros((2, 3)), 'prompt_labels': [1]}, r'per point: 2, got \(1,\)'),
    ({'prompt_coords': np.full((1, 3), np.inf), 'prompt_labels': [1]}, 'must be finite'),
    ({'prompt_coords': np.zeros((1, 3)), 'prompt_labels': [2]}, r'must be 1 or 0, got \[2\]'),
    ({'prompt_coords': np.zeros((1, 3)), 'prompt_labels': [257]}, r'got \[257\]'),
    ({'prompt_coords': np.zeros((1, 3)), 'prompt_labels': [0.7]}, r'got \[0.7\]'),
    (
        {'prompt_coords': np.zeros((1, 3)), 'prompt_labels': [1], 'granularity': 0.0},
        r'granularity must lie in \(0, 1\], got 0.0',
    ),
    (
        {'prompt_coords': np.zeros((1, 3)), 'prompt_labels': [1], 'granularity': float('nan')},
        'granularity must lie',
    ),
]


@pytest.mark.parametrize(('fields', 'message'), BAD_PROMPTS)
def test_malformed_prompts_are_refused(fields: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        PointPrompt(**fields)


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        ({'name': '  '}, 'needs a name such as handle'),
        ({'name': 'lid', 'near': [0, 0]}, r'near must be 3 finite numbers, got \[0, 0\]'),
        ({'name': 'lid', 'near': [0, 0, np.nan]}, 'near must be 3 finite'),
        ({'name': 'lid', 'granularity': 1.5}, 'granularity must lie'),
    ],
)
def test_malformed_names_are_refused(fields: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        NamePrompt(**fields)


def test_one_more_click_makes_a_new_prompt() -> None:
    prompt = PointPrompt(prompt_coords=[[1, 2, 3]], prompt_labels=[True], granularity=0.5)
    more = prompt.with_point(np.array([4.0, 5, 6]), 0)
    np.testing.assert_array_equal(more.prompt_coords, [[1, 2, 3], [4, 5, 6]])
    assert more.prompt_labels.tolist() == [1, 0] and more.prompt_labels.dtype == np.int8
    assert more.granularity == 0.5
    assert len(prompt.prompt_coords) == 1


def test_values_cannot_be_changed(cloud: PointCloud) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        cloud.frame_id = 'map'


def test_masks_are_positive_logits() -> None:
    candidates = MaskCandidates(
        mask_logits=np.array([[-1.0, 0.0, 2.0], [1.0, -np.inf, 3.0]]),
        iou_pred=np.array([0.2, 0.7]),
    )
    assert candidates.masks.tolist() == [[False, False, True], [True, False, True]]
    assert candidates.best_idx == 1


def test_selected_candidates_keep_mask_score_and_names_together() -> None:
    values = np.arange(3, dtype=np.float32)
    candidates = MaskCandidates(
        mask_logits=values[:, None] * np.ones(5), iou_pred=values, name_probs=values[:, None]
    )
    chosen = candidates.select(np.array([2, 0]))
    np.testing.assert_array_equal(chosen.mask_logits[:, 4], [2, 0])
    np.testing.assert_array_equal(chosen.iou_pred, [2, 0])
    np.testing.assert_array_equal(chosen.name_probs, [[2], [0]])
    nameless = MaskCandidates(mask_logits=candidates.mask_logits, iou_pred=values)
    assert nameless.select(np.array([1])).name_probs is None


def test_input_errors_are_value_errors() -> None:
    assert issubclass(InputError, ValueError) and issubclass(InputError, PartSegError)


def test_within_hides_far_points_and_keeps_every_row():
    points = np.array([[0, 0, 0], [0.3, 0, 0], [np.nan, 0, 0], [2, 0, 0]], np.float32)
    near = PointCloud(points=points, frame_id='camera').within(np.zeros(3), 0.5)
    assert near.frame_id == 'camera'
    np.testing.assert_array_equal(np.isfinite(near.points).all(1), [True, True, False, False])
    np.testing.assert_array_equal(near.points[:2], points[:2])
    with pytest.raises(PromptTooFarError, match='nearest is 1 m away'):
        PointCloud(points=points).within(np.array([3.0, 0, 0]), 0.5)


def test_clicks_on_a_view_become_numbers_of_one_kind() -> None:
    prompt = ViewClickPrompt(view_idx=3, coords_px=[[4, 5], [6, 7]], prompt_labels=[1, 0])
    assert prompt.coords_px.dtype == np.float32 and prompt.coords_px.shape == (2, 2)
    assert prompt.prompt_labels.dtype == np.int8


@pytest.mark.parametrize(
    ('coords', 'labels', 'words'),
    [
        ([[4, 5, 6]], [1], 'must be'),
        ([[4, 5]], [1, 0], 'must be'),
        ([[4, 5]], [0], 'at least one of them 1'),
        ([[4, 5], [4, 6]], [1, 2], 'must be 1 or 0'),
    ],
)
def test_clicks_on_a_view_that_say_nothing_are_refused(
    coords: list[list[int]], labels: list[int], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        ViewClickPrompt(view_idx=0, coords_px=coords, prompt_labels=labels)


def test_the_region_of_a_prompt_lies_around_its_first_foreground_click():
    points = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0]], np.float32)
    cloud = PointCloud(points=points)
    prompt = PointPrompt(prompt_coords=points[[0, 2, 1]], prompt_labels=np.array([0, 1, 1]))
    region = prompt.region_of(cloud, 0.5)
    assert np.isfinite(region.points[:, 0]).tolist() == [False, False, True]
    assert prompt.region_of(cloud, 0.0) is cloud
