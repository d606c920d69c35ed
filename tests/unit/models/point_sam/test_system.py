# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Point-SAM behind the protocol, with random weights: what holds whatever they are."""

import dataclasses

import numpy as np
import pytest
import torch

from part_seg_ros.errors import InputError
from part_seg_ros.models import build_model
from part_seg_ros.models.point_sam.preparation import PointSamSettings
from part_seg_ros.models.point_sam.system import PointSamSystem
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter
from part_seg_ros.structures import Mesh, NamePrompt, PointCloud, PointPrompt


@pytest.fixture(scope='module')
def system():
    return build_model('point_sam-tiny', device='cpu')


@pytest.fixture(scope='module')
def cloud():
    rng = np.random.default_rng(0)
    # Multiples of 1/1024 stay exact when they are moved and scaled by powers of two.
    points = rng.integers(-1024, 1024, (700, 3)) / np.float32(1024)
    return PointCloud(points=points, colors=rng.uniform(0, 1, (700, 3)))


def clicks(cloud, rows, labels):
    return PointPrompt(prompt_coords=cloud.points[rows], prompt_labels=labels)


def other_settings(system, **changes):
    return PointSamSystem(system.net, 'cpu', settings=PointSamSettings(**changes))


def test_a_first_prompt_gets_three_candidates_and_a_refinement_one_mask(system, cloud):
    embedding = system.encode(cloud)
    first = system.predict(embedding, clicks(cloud, [0], [1]))
    assert first.mask_logits.shape == (3, 700) and first.iou_pred.shape == (3,)
    assert first.mask_logits.dtype == first.iou_pred.dtype == np.float32
    several = system.predict(embedding, clicks(cloud, [0, 9], [1, 0]))
    assert several.mask_logits.shape == (3, 700)
    chosen = first.mask_logits[first.best_idx]
    refined = system.predict(embedding, clicks(cloud, [0, 9], [1, 0]), chosen)
    assert refined.mask_logits.shape == (1, 700) and refined.iou_pred.shape == (1,)


def test_every_click_its_label_and_the_previous_mask_count(system, cloud):
    embedding = system.encode(cloud)
    previous = np.linspace(-3, 3, 700, dtype=np.float32)
    masks = [
        system.predict(embedding, clicks(cloud, *prompt), mask).mask_logits
        for prompt, mask in [
            (([0, 9], [1, 0]), previous),
            (([0, 9], [1, 1]), previous),
            (([0, 8], [1, 0]), previous),
            (([0], [1]), previous),
            (([0, 9], [1, 0]), 16 * previous),
        ]
    ]
    distances = [np.abs(masks[0] - other).max() for other in masks[1:]]
    assert min(distances) > 1e-3


def test_raw_logits_are_fed_back_without_a_squash_or_a_limit(system, cloud):
    embedding = system.encode(cloud)
    seen = []
    encoder = system.net.mask_encoder
    hook = encoder.register_forward_hook(lambda module, inputs, output: seen.append(inputs[1]))
    previous = np.linspace(-50, 50, 700, dtype=np.float32)
    system.predict(embedding, clicks(cloud, [0], [1]), previous)
    hook.remove()
    np.testing.assert_array_equal(seen[0][0, 0], previous)


def test_a_batch_equals_prompts_one_by_one(system, cloud):
    embedding = system.encode(cloud)
    prompts = [clicks(cloud, [i, i + 1], [1, 0]) for i in range(5)]
    for prompt, found in zip(prompts, system.predict_batch(embedding, prompts), strict=True):
        alone = system.predict(embedding, prompt)
        np.testing.assert_allclose(found.mask_logits, alone.mask_logits, atol=1e-5)
        np.testing.assert_allclose(found.iou_pred, alone.iou_pred, atol=1e-6)


def test_the_cloud_is_encoded_once_for_all_prompts(system, cloud):
    shapes = []
    hook = system.net.pc_encoder.register_forward_hook(
        lambda module, inputs, output: shapes.append(tuple(output.shape))
    )
    embedding = system.encode(cloud)
    system.predict_batch(embedding, [clicks(cloud, [i], [1]) for i in range(4)])
    system.predict(embedding, clicks(cloud, [0], [1]), np.zeros(700))
    hook.remove()
    assert shapes == [(1, 512, 32)]


def test_z_up_clouds_are_turned_inside(system, cloud):
    x, y, z = cloud.points.T
    turned = dataclasses.replace(cloud, points=np.stack([-x, z, y], axis=1))
    upright = other_settings(system, up_axis='y')
    found = system.predict(system.encode(cloud), clicks(cloud, [3, 5], [1, 0]))
    wanted = upright.predict(upright.encode(turned), clicks(turned, [3, 5], [1, 0]))
    np.testing.assert_allclose(found.mask_logits, wanted.mask_logits, atol=1e-5)
    unturned = upright.predict(upright.encode(cloud), clicks(cloud, [3, 5], [1, 0]))
    assert np.abs(found.mask_logits - unturned.mask_logits).max() > 1e-3


def test_place_and_size_of_the_cloud_do_not_matter(system, cloud):
    moved = dataclasses.replace(cloud, points=cloud.points * 4 + np.float32([64, -32, 16]))
    found, wanted = (
        system.predict(system.encode(c), clicks(c, [3, 5], [1, 0])) for c in (moved, cloud)
    )
    np.testing.assert_allclose(found.mask_logits, wanted.mask_logits, atol=1e-4)


def test_colours_count_and_absent_ones_are_grey(system, cloud):
    prompt = clicks(cloud, [3], [1])
    bare = dataclasses.replace(cloud, colors=None)
    grey = dataclasses.replace(cloud, colors=np.full((700, 3), 0.5))
    coloured, absent, mid = (
        system.predict(system.encode(c), prompt).mask_logits for c in (cloud, bare, grey)
    )
    np.testing.assert_array_equal(absent, mid)
    assert np.abs(coloured - absent).max() > 1e-3


def test_the_first_point_is_the_first_centre(system, cloud):
    groups = system.encode(cloud).state.encoded.groups
    np.testing.assert_array_equal(groups.offsets[0, 0].norm(dim=-1).min(), 0.0)
    turned = cloud.points[0] - cloud.points.mean(axis=0, dtype=np.float64)
    direction = groups.centers[0, 0].numpy() * [-1, 1, 1]
    scale = np.linalg.norm(turned)
    np.testing.assert_allclose(
        direction / np.linalg.norm(direction), turned[[0, 2, 1]] / scale, atol=1e-5
    )


def test_point_features_are_those_of_the_patches_around(system, cloud):
    embedding = system.encode(cloud)
    encoded = embedding.state.encoded
    assert embedding.point_features.shape == (700, 32)
    weights = torch.zeros(700, 512).scatter_(
        1, encoded.groups.interp_idx[0], encoded.groups.interp_weights[0]
    )
    np.testing.assert_allclose(embedding.point_features, weights @ encoded.patches[0], atol=1e-5)
    assert embedding.num_bytes == encoded.num_bytes > 512 * 32 * 4


@pytest.mark.parametrize('num_points', [3, 20, 100])
def test_small_clouds_have_smaller_patches(system, cloud, num_points):
    small = cloud.select(np.arange(num_points))
    answer = system.predict(system.encode(small), clicks(small, [0], [1]))
    assert answer.mask_logits.shape == (3, num_points)
    assert np.isfinite(answer.mask_logits).all()


def test_what_cannot_be_answered_is_refused(system, cloud):
    embedding = system.encode(cloud)
    with pytest.raises(InputError, match='takes point clouds'):
        system.encode(Mesh(vertices=np.eye(3), faces=[[0, 1, 2]]))
    with pytest.raises(InputError, match='at least 3 points, got 2'):
        system.encode(cloud.select(np.arange(2)))
    with pytest.raises(InputError, match='must be finite'):
        system.encode(PointCloud(points=np.full((9, 3), np.nan)))
    far = PointPrompt(prompt_coords=[[9.0, 0, 0]], prompt_labels=[1])
    with pytest.raises(InputError, match='within the extent'):
        system.predict(embedding, far)
    with pytest.raises(InputError, match=r'one logit for each of the 700 points, got \(3, 700\)'):
        system.predict(embedding, clicks(cloud, [0], [1]), np.zeros((3, 700)))
    with pytest.raises(InputError, match='no part name'):
        system.predict(embedding, NamePrompt(name='handle'))
    unequal = [clicks(cloud, [0], [1]), clicks(cloud, [0, 1], [1, 1])]
    with pytest.raises(InputError, match='same number of clicks'):
        system.predict_batch(embedding, unequal)
    fine = dataclasses.replace(clicks(cloud, [0], [1]), granularity=0.5)
    with pytest.raises(InputError, match='takes no granularity'):
        system.predict_batch(embedding, [fine])


def test_a_segmenter_prompts_refines_and_finds_every_part(system, cloud):
    segmenter = Segmenter(system)
    encoded = segmenter.encode(cloud)
    session = segmenter.open(encoded).add(cloud.points[0])
    assert len(session.prediction.candidates.iou_pred) == 3
    session = session.add(cloud.points[1], 0)
    assert len(session.prediction.candidates.iou_pred) == 1
    expected = system.predict(
        encoded.embedding, session.prompt, session.undo().prediction.feedback
    )
    np.testing.assert_array_equal(session.prediction.network_logits, expected.mask_logits)

    settings = SegmentAllSettings(min_score=0.0, num_prompts=16)
    parts = segmenter.segment_all(encoded, settings)
    assert parts.part_ids.shape == (700,)
    assert len(parts.parts) > 0
    assert set(parts.part_ids.tolist()) - {-1} == set(range(len(parts.parts)))
