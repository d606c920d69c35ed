# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clicks in, masks over every input point out: order, validity, snapping, candidates, feedback."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from part_seg_ros.errors import ConfigError, InputError, PromptTooFarError
from part_seg_ros.geometry.interpolation import interpolate, three_nearest
from part_seg_ros.models.system import Capabilities
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import PointCloud, PointPrompt


def _click(coord: np.ndarray, label: int = 1) -> PointPrompt:
    return PointPrompt(prompt_coords=np.reshape(coord, (1, 3)), prompt_labels=np.array([label]))


@pytest.fixture(params=['ball_system', 'tiny_system'])
def segmenter(request) -> Segmenter:
    return Segmenter(request.getfixturevalue(request.param))


@pytest.fixture
def ball(ball_system) -> Segmenter:
    return Segmenter(ball_system)


def test_mask_is_the_ball_around_the_click(ball: Segmenter, sphere: np.ndarray) -> None:
    answer = ball.predict(ball.encode(PointCloud(points=sphere)), _click(sphere[3]))
    np.testing.assert_array_equal(answer.mask, np.linalg.norm(sphere - sphere[3], axis=1) < 0.3)
    assert answer.score == pytest.approx(0.9)
    assert answer.decode_ms > 0.0


def test_candidates_come_best_first_and_equal_ones_in_order(ball, sphere) -> None:
    answer = ball.predict(ball.encode(PointCloud(points=sphere)), _click(sphere[0]))
    np.testing.assert_allclose(answer.candidates.iou_pred, [0.9, 0.9, 0.4])
    sizes = answer.candidates.masks.sum(axis=1)
    distance = np.linalg.norm(sphere - sphere[0], axis=1)
    assert sizes.tolist() == [(distance < r).sum() for r in (0.3, 0.2, 0.1)]
    np.testing.assert_array_equal(answer.network_logits, answer.candidates.mask_logits)


def test_invalid_rows_keep_their_place(segmenter: Segmenter, sphere: np.ndarray) -> None:
    rows = np.sort(np.random.default_rng(1).permutation(1000)[: len(sphere)])
    points = np.full((1000, 3), np.nan, np.float32)
    points[::7] = np.inf
    points[rows] = sphere
    clean = segmenter.predict(segmenter.encode(PointCloud(points=sphere)), _click(sphere[5]))
    encoded = segmenter.encode(PointCloud(points=points))
    answer = segmenter.predict(encoded, _click(sphere[5]))
    np.testing.assert_array_equal(encoded.valid_idx, rows)
    np.testing.assert_array_equal(
        answer.candidates.mask_logits[:, rows], clean.candidates.mask_logits
    )
    others = np.setdiff1d(np.arange(1000), rows)
    assert (answer.candidates.mask_logits[:, others] == -np.inf).all()
    assert not answer.mask[others].any()


@pytest.mark.parametrize('max_points', [1000, 300])
def test_permuted_rows_permute_the_answer(segmenter: Segmenter, sphere, max_points: int) -> None:
    segmenter = Segmenter(segmenter.system, SegmenterConfig(max_points=max_points))
    order = np.random.default_rng(2).permutation(len(sphere))
    straight = segmenter.predict(segmenter.encode(PointCloud(points=sphere)), _click(sphere[5]))
    encoded = segmenter.encode(PointCloud(points=sphere[order]))
    permuted = segmenter.predict(encoded, _click(sphere[5]))
    np.testing.assert_allclose(
        permuted.candidates.mask_logits, straight.candidates.mask_logits[:, order], atol=1e-3
    )
    np.testing.assert_allclose(
        permuted.candidates.iou_pred, straight.candidates.iou_pred, atol=1e-4
    )


def test_encoding_twice_gives_the_same_answer(segmenter: Segmenter, sphere: np.ndarray) -> None:
    segmenter = Segmenter(segmenter.system, SegmenterConfig(max_points=200))
    first, second = (segmenter.encode(PointCloud(points=sphere)) for _ in range(2))
    np.testing.assert_array_equal(first.network_idx, second.network_idx)
    np.testing.assert_array_equal(
        segmenter.predict(first, _click(sphere[9])).candidates.mask_logits,
        segmenter.predict(second, _click(sphere[9])).candidates.mask_logits,
    )


def test_propagation_is_exact_on_the_network_points_and_interpolates_others(ball, sphere) -> None:
    ball = Segmenter(ball.system, SegmenterConfig(max_points=200))
    points = np.insert(sphere, 50, np.nan, axis=0)
    encoded = ball.encode(PointCloud(points=points))
    assert encoded.network_idx.shape == (200,)
    values = np.random.default_rng(0).normal(size=(2, 200)).astype(np.float32)
    carried = encoded.to_all(values)
    np.testing.assert_array_equal(carried[:, encoded.network_idx], values)
    others = np.setdiff1d(encoded.valid_idx, encoded.network_idx)
    table = three_nearest(points[encoded.network_idx], points[others])
    np.testing.assert_array_equal(carried[:, others], interpolate(values, *table))
    assert (carried[:, 50] == -np.inf).all()
    assert (encoded.to_all(values, fill=7.0)[:, 50] == 7.0).all()


def test_shared_slots_of_a_large_cloud_change_hardly_any_point(ball_system) -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(60_000, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    points = (points * 0.5).astype(np.float32)
    points[17] = np.nan
    segmenter = Segmenter(ball_system, SegmenterConfig(max_points=1000))
    encoded = segmenter.encode(PointCloud(points=points))
    answer = segmenter.predict(encoded, _click(points[3]))
    table = three_nearest(points[encoded.network_idx], points[encoded.valid_idx])
    exact = interpolate(answer.network_logits[:1], *table)[0] > 0
    agrees = answer.mask[encoded.valid_idx] == exact
    assert agrees.mean() > 0.995
    logits = answer.candidates.mask_logits[:, encoded.network_idx]
    np.testing.assert_array_equal(logits, answer.network_logits)
    assert answer.candidates.mask_logits[0, 17] == -np.inf
    counts = encoded.propagation.slot_counts
    assert counts.sum() == 59_999
    assert 1000 < len(counts) < 33_000


def test_network_sees_thin_and_dense_parts_alike(ball_system, sphere) -> None:
    dense = sphere + np.random.default_rng(0).normal(0, 1e-4, (40, *sphere.shape)).reshape(
        40, len(sphere), 3
    )
    far = sphere + np.float32(2.0)
    points = np.concatenate([dense.reshape(-1, 3), far]).astype(np.float32)
    encoded = Segmenter(ball_system, SegmenterConfig(max_points=400)).encode(
        PointCloud(points=points)
    )
    share_far = (encoded.network_idx >= 40 * len(sphere)).mean()
    assert 0.4 < share_far < 0.6


def test_clicks_are_snapped_to_the_full_cloud(ball_system, sphere: np.ndarray) -> None:
    segmenter = Segmenter(ball_system, SegmenterConfig(max_points=100))
    encoded = segmenter.encode(PointCloud(points=sphere))
    unseen = np.setdiff1d(np.arange(len(sphere)), encoded.network_idx)[3]
    offset = 1e-3 * sphere[unseen] / np.linalg.norm(sphere[unseen])
    answer = segmenter.predict(encoded, _click(sphere[unseen] + offset))
    np.testing.assert_array_equal(answer.prompt.prompt_coords[0], sphere[unseen])
    np.testing.assert_array_equal(ball_system.prompts[-1].prompt_coords[0], sphere[unseen])
    np.testing.assert_allclose(answer.snap_distances, [1e-3], rtol=1e-2)


def test_click_too_far_names_distance_radius_and_nearest_point(ball, sphere) -> None:
    encoded = ball.encode(PointCloud(points=sphere))
    with pytest.raises(PromptTooFarError) as caught:
        ball.predict(encoded, _click(sphere[4] * 2.0))
    nearest = np.linalg.norm(sphere - sphere[4] * 2.0, axis=1)
    text = str(caught.value)
    assert '0.05 m' in text and f'{nearest.min():.4g}' in text
    assert f'{sphere[nearest.argmin(), 0]:.4g}' in text
    unlimited = Segmenter(ball.system, SegmenterConfig(snap_radius=0.0))
    answer = unlimited.predict(encoded, _click(sphere[4] * 2.0))
    np.testing.assert_allclose(answer.snap_distances, [nearest.min()], rtol=1e-5)


def test_click_far_beyond_float_range_is_too_far(ball, sphere) -> None:
    encoded = ball.encode(PointCloud(points=sphere))
    with pytest.raises(PromptTooFarError):
        ball.predict(encoded, _click(np.array([3e38, 0.0, 0.0])))


def test_next_click_refines_the_chosen_candidate(ball, ball_system, sphere) -> None:
    encoded = ball.encode(PointCloud(points=sphere))
    first = ball.predict(encoded, _click(sphere[0]))
    both = first.prompt.with_point(sphere[1], 0)
    second = ball.predict(encoded, both, first)
    np.testing.assert_array_equal(ball_system.feedback[-1], first.network_logits[0])
    ball.predict(encoded, both, first.refine_from(2))
    np.testing.assert_array_equal(ball_system.feedback[-1], first.network_logits[2])
    assert first.chosen_idx == 0
    assert len(first.candidates.iou_pred) == 3 and len(second.candidates.iou_pred) == 1
    with pytest.raises(InputError, match=r'candidate_idx must lie in 0 … 2, got 3'):
        first.refine_from(3)


def test_negative_click_takes_its_surroundings_away(ball, sphere) -> None:
    encoded = ball.encode(PointCloud(points=sphere))
    first = ball.predict(encoded, _click(sphere[0]))
    inside = np.flatnonzero(first.mask)[-1]
    second = ball.predict(encoded, first.prompt.with_point(sphere[inside], 0), first)
    assert first.mask[inside] and not second.mask[inside]
    assert second.mask[0]


def test_systems_without_feedback_get_none(ball_system, sphere) -> None:
    ball_system.capabilities = Capabilities(mask_feedback=False)
    segmenter = Segmenter(ball_system)
    encoded = segmenter.encode(PointCloud(points=sphere))
    first = segmenter.predict(encoded, _click(sphere[0]))
    segmenter.predict(encoded, first.prompt.with_point(sphere[1], 1), first)
    assert ball_system.feedback == [None, None]


def test_answer_of_another_cloud_is_not_refined(ball, sphere) -> None:
    first = ball.predict(ball.encode(PointCloud(points=sphere[:500])), _click(sphere[0]))
    with pytest.raises(InputError, match='500 network points, this cloud has 800'):
        ball.predict(ball.encode(PointCloud(points=sphere)), _click(sphere[0]), first)


def test_background_clicks_alone_are_refused(segmenter: Segmenter, sphere) -> None:
    encoded = segmenter.encode(PointCloud(points=sphere))
    with pytest.raises(InputError, match='at least one foreground click'):
        segmenter.predict(encoded, _click(sphere[0], label=0))


def test_prompts_that_the_system_cannot_take_are_refused(ball_system, sphere) -> None:
    prompt = dataclasses.replace(_click(sphere[0]), granularity=0.5)
    segmenter = Segmenter(ball_system)
    encoded = segmenter.encode(PointCloud(points=sphere))
    with pytest.raises(InputError, match='takes no granularity'):
        segmenter.predict(encoded, prompt)


BAD_CLOUDS = {
    'empty': (np.zeros((0, 3)), 'must have points, got none'),
    'not finite': (np.full((40, 3), np.nan), 'got none among 40 rows'),
    'too few': (np.eye(3).repeat(5, axis=0), 'at least 16 finite points, got 15 among 15'),
    'coincident': (np.ones((40, 3)), 'must have extent'),
    'sentinel': (np.linspace(0, 1e30, 60).reshape(20, 3), 'mark invalid points by NaN'),
}


@pytest.mark.parametrize(('points', 'message'), BAD_CLOUDS.values(), ids=BAD_CLOUDS.keys())
def test_clouds_without_shape_are_refused(segmenter: Segmenter, points, message: str) -> None:
    with pytest.raises(InputError, match=message):
        segmenter.encode(PointCloud(points=points))


def test_sixteen_points_are_enough(segmenter: Segmenter, sphere: np.ndarray) -> None:
    encoded = segmenter.encode(PointCloud(points=sphere[:16]))
    answer = segmenter.predict(encoded, _click(sphere[0]))
    assert answer.mask.shape == (16,)


def test_network_gets_clean_colours_and_normals(ball_system, sphere: np.ndarray) -> None:
    normals = 5.0 * sphere / np.linalg.norm(sphere, axis=1, keepdims=True)
    normals[3], normals[4] = np.nan, 0.0
    colors = np.full((len(sphere), 3), 2.0)
    colors[7] = np.nan
    cloud = PointCloud(points=sphere, normals=normals, colors=colors)
    encoded = Segmenter(ball_system).encode(cloud)
    seen = ball_system.encoded[-1]
    np.testing.assert_allclose(np.linalg.norm(seen.normals, axis=1), 1.0, atol=1e-5)
    known = np.setdiff1d(np.arange(len(sphere)), [3, 4])
    np.testing.assert_allclose(seen.normals[known], normals[known] / 5.0, atol=1e-6)
    assert (seen.normals[3:5] * sphere[3:5]).sum(axis=1).min() > 0.0
    np.testing.assert_array_equal(seen.colors[7], 0.5)
    np.testing.assert_array_equal(np.delete(seen.colors, 7, axis=0), 1.0)
    assert encoded.cloud is cloud
    Segmenter(ball_system).encode(PointCloud(points=sphere, normals=np.zeros_like(sphere)))
    assert ball_system.encoded[-1].normals is None


def test_content_key_knows_content_and_nothing_else(ball, ball_system, sphere) -> None:
    cloud = PointCloud(points=sphere, frame_id='a', stamp_ns=1)
    key = ball.content_key(cloud)
    assert ball.encode(cloud).content_key == key
    assert ball.content_key(dataclasses.replace(cloud, frame_id='b', stamp_ns=2)) == key
    moved = sphere.copy()
    moved[5, 1] += 1e-6
    others = [
        PointCloud(points=moved),
        PointCloud(points=sphere[::-1]),
        PointCloud(points=sphere, colors=sphere),
        PointCloud(points=sphere, normals=sphere),
        PointCloud(points=sphere, viewpoint=np.zeros(3)),
    ]
    keys = {key, *(ball.content_key(other) for other in others)}
    keys.add(Segmenter(ball_system, SegmenterConfig(max_points=99)).content_key(cloud))
    keys.add(Segmenter(dataclasses.replace(ball_system, name='other')).content_key(cloud))
    assert len(keys) == 8


def test_memory_is_counted(ball, sphere) -> None:
    encoded = ball.encode(PointCloud(points=sphere, normals=sphere))
    assert encoded.num_bytes >= 2 * sphere.nbytes + 1000


@pytest.mark.parametrize(('name', 'value'), [('max_points', 15), ('seed', -1)])
def test_settings_out_of_range_are_refused(name: str, value: int) -> None:
    with pytest.raises(ConfigError, match=f'{name} must be at least'):
        SegmenterConfig(**{name: value})
