# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""S2AM3D at its smallest size with random weights: what must hold whatever the weights are."""

import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from part_seg_ros.errors import CanceledError, ConfigError, InputError
from part_seg_ros.models import build_model
from part_seg_ros.models.s2am3d.config import TINY, S2am3dConfig
from part_seg_ros.models.s2am3d.scoring import logit
from part_seg_ros.models.s2am3d.segment_every import SegmentEverySettings
from part_seg_ros.models.s2am3d.settings import S2am3dSettings
from part_seg_ros.models.s2am3d.system import S2am3dSystem, random_system
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter, SegmenterConfig
from part_seg_ros.structures import BoxPrompt, Mesh, PointCloud, PointPrompt

SEARCH = SegmentEverySettings(num_prompts=20, min_score=0.05, nms_iou=0.8)


def ellipsoid(num_points: int = 400, seed: int = 0) -> PointCloud:
    normals = np.random.default_rng(seed).normal(size=(num_points, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return PointCloud(points=normals * [1.0, 0.7, 0.4], colors=np.abs(normals))


def click(cloud: PointCloud, row: int, granularity: float | None = None) -> PointPrompt:
    return PointPrompt(
        prompt_coords=cloud.points[[row]], prompt_labels=[1], granularity=granularity
    )


@pytest.fixture(scope='module')
def system():
    return random_system(TINY, 'cpu')


@pytest.fixture(scope='module')
def cloud():
    return ellipsoid()


@pytest.fixture(scope='module')
def embedding(system, cloud):
    return system.encode(cloud)


def test_embedding_holds_features_for_every_point(embedding, cloud):
    assert np.array_equal(embedding.points, cloud.points)
    assert embedding.point_features.shape == (400, TINY.trunk.part_width)
    assert embedding.point_features.std() > 0
    assert embedding.num_bytes > 400 * (24 + 3 + 2 * (24 + 4 * 24)) * 4 - 1


@pytest.mark.parametrize('threshold', [0.5, 0.7])
def test_a_click_gets_the_network_s_probability_above_the_threshold(system, cloud, threshold):
    system = S2am3dSystem(system.net, 'cpu', settings=S2am3dSettings(threshold=threshold))
    answer = system.predict(system.encode(cloud), click(cloud, 7, granularity=0.16))
    coords = torch.from_numpy(cloud.points)[None]
    middle = (coords.amax(1) + coords.amin(1)) / 2
    coords = (coords - middle) / ((coords.amax(1) - coords.amin(1)).max() / 2)
    with torch.no_grad():
        features = system.net.encoder(coords, torch.ones_like(coords))
        shared = system.net.predictor.enhance(features, coords, torch.tensor([2**-1.28]))
        logits = system.net.predictor(shared, torch.tensor([7]))
    wanted = (logits.sigmoid() > threshold)[0].numpy()
    assert 0 < wanted.sum() < 400
    assert answer.mask_logits.shape == (1, 400) and answer.iou_pred.shape == (1,)
    # A point within rounding of the threshold may fall on either side.
    is_clear = np.abs(logits[0].numpy() - logit(threshold)) > 1e-4
    assert np.array_equal(answer.masks[0][is_clear], wanted[is_clear])
    np.testing.assert_allclose(answer.mask_logits + logit(threshold), logits, atol=1e-4)


def test_granularity_changes_the_answer_and_its_absence_too(system, cloud, embedding):
    answers = [
        system.predict(embedding, click(cloud, 7, granularity)).mask_logits
        for granularity in (None, 0.2, 0.9)
    ]
    for i, first in enumerate(answers):
        for second in answers[i + 1 :]:
            assert np.abs(first - second).max() > 1e-3


def test_scales_may_be_numbers_of_numpy(system, cloud, embedding):
    found = system.predict(embedding, click(cloud, 7, np.float64(0.2))).mask_logits
    assert np.array_equal(found, system.predict(embedding, click(cloud, 7, 0.2)).mask_logits)


def test_a_batch_equals_one_click_at_a_time_whatever_the_scales(system, cloud, embedding):
    prompts = [click(cloud, 3, 0.5), click(cloud, 9), click(cloud, 50, 0.5), click(cloud, 3, 0.1)]
    for prompt, found in zip(prompts, system.predict_batch(embedding, prompts), strict=True):
        alone = system.predict(embedding, prompt)
        np.testing.assert_allclose(found.mask_logits, alone.mask_logits, atol=1e-5)
        np.testing.assert_allclose(found.iou_pred, alone.iou_pred, atol=1e-5)


def test_answers_to_a_scale_stay_when_others_are_asked_between(system, cloud, embedding):
    first = system.decode(embedding, np.array([3]), 0.25)
    for scale in (None, 0.1, 0.2, 0.3):
        system.decode(embedding, np.array([3]), scale)
    assert np.array_equal(
        system.decode(embedding, np.array([3]), 0.25).mask_logits, first.mask_logits
    )


def test_clicks_off_the_cloud_mean_the_nearest_point(system, cloud, embedding):
    off = dataclasses.replace(click(cloud, 7), prompt_coords=cloud.points[[7]] * 1.02)
    found = system.predict(embedding, off).mask_logits
    assert np.array_equal(found, system.predict(embedding, click(cloud, 7)).mask_logits)


def test_answers_do_not_depend_on_place_and_size(system, cloud, embedding):
    moved = dataclasses.replace(cloud, points=cloud.points * 2.0 + [0.5, -4.0, 8.0])
    found = system.predict(system.encode(moved), click(moved, 7, 0.3))
    wanted = system.predict(embedding, click(cloud, 7, 0.3))
    np.testing.assert_allclose(found.mask_logits, wanted.mask_logits, atol=2e-3)


def test_point_feature_is_chosen(system, cloud, embedding):
    features = {'ones': embedding.point_features}
    for name in ('coords', 'colors'):
        other = S2am3dSystem(system.net, 'cpu', settings=S2am3dSettings(point_feature=name))
        features[name] = other.encode(cloud).point_features
        uncolored = other.encode(dataclasses.replace(cloud, colors=None)).point_features
        wanted = 'ones' if name == 'colors' else 'coords'
        assert np.array_equal(uncolored, features[wanted])
    assert np.abs(features['coords'] - features['ones']).max() > 1e-3
    assert np.abs(features['colors'] - features['ones']).max() > 1e-3


def test_a_mesh_is_sampled(system):
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 2) for z in (0, 3)], float)
    sides = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    faces = [side[:3] for side in sides] + [[side[0], *side[2:]] for side in sides]
    other = S2am3dSystem(system.net, 'cpu', settings=S2am3dSettings(mesh_points=300))
    embedding = other.encode(Mesh(vertices=corners, faces=faces))
    assert embedding.points.shape == (300, 3)
    sides_of_box = np.isclose(embedding.points[:, None] % [1, 2, 3], 0, atol=1e-5)
    assert sides_of_box.any((1, 2)).all()
    assert embedding.face_idx.shape == (300,)


@pytest.mark.parametrize(
    ('prompt', 'message'),
    [
        (PointPrompt(prompt_coords=np.zeros((2, 3)), prompt_labels=[1, 1]), 'up to 1 clicks'),
        (PointPrompt(prompt_coords=np.zeros((1, 3)), prompt_labels=[0]), 'no background'),
        (BoxPrompt(view_idx=0, box_px=np.zeros(4)), 'on views'),
    ],
)
def test_prompts_beyond_a_click_are_refused(system, embedding, prompt, message):
    with pytest.raises(InputError, match=message):
        system.predict(embedding, prompt)


def test_a_previous_mask_is_refused(system, cloud, embedding):
    with pytest.raises(InputError, match='takes no previous mask'):
        system.predict(embedding, click(cloud, 0), np.zeros(400, np.float32))


def test_clouds_that_are_too_small_or_flat_to_a_point_are_refused(system):
    with pytest.raises(InputError, match='at least 16 points, got 15'):
        system.encode(PointCloud(points=np.eye(15, 3)))
    with pytest.raises(InputError, match='must have extent'):
        system.encode(PointCloud(points=np.ones((20, 3))))


def test_settings_and_sizes_out_of_range_are_refused():
    with pytest.raises(ConfigError, match='threshold must lie between'):
        S2am3dSettings(threshold=0.9)
    with pytest.raises(ConfigError, match='point_feature must be one of'):
        S2am3dSettings(point_feature='normals')
    with pytest.raises(ConfigError, match='multiple of 6 and of num_heads'):
        S2am3dConfig(width=32)


def test_every_part_of_the_embedding_is_found_and_no_gap_left(system, embedding):
    shares = []
    found = system.segment_all(
        embedding, SEARCH, progress=lambda share, num_kept: shares.append(share)
    )
    assert len(found.parts) >= 2 and shares[-1] == 1.0
    assert set(found.part_ids) == {part.part_id for part in found.parts}
    unfilled = system.segment_all(embedding, dataclasses.replace(SEARCH, fill=False)).part_ids
    assert (unfilled == -1).any()
    assert np.array_equal(found.part_ids[unfilled >= 0], unfilled[unfilled >= 0])
    with pytest.raises(CanceledError):
        system.segment_all(embedding, SEARCH, should_stop=lambda: True)


def test_from_a_file_on_disk_through_the_segmenter(tmp_path, cloud):
    path = tmp_path / 'own.safetensors'
    save_file(random_system(TINY, 'cpu', seed=3).net.state_dict(), path)
    system = build_model('s2am3d-tiny', checkpoint=path, device='cpu')
    segmenter = Segmenter(system, SegmenterConfig(max_points=300))
    encoded = segmenter.encode(cloud)
    session = segmenter.open(encoded, granularity=0.3).add(cloud.points[5])
    assert session.prediction.mask.shape == (400,)
    refined = dataclasses.replace(session, granularity=0.8).replace(cloud.points[5])
    assert not np.array_equal(refined.prediction.network_logits, session.prediction.network_logits)

    own = segmenter.segment_all(encoded)
    common = segmenter.segment_all(encoded, SegmentAllSettings(num_prompts=8, min_score=0.0))
    for found in (own, common):
        assert found.part_ids.shape == (400,)
        assert set(found.part_ids) - {-1} == {part.part_id for part in found.parts}


def test_random_systems_are_the_same_for_the_same_seed():
    nets = [random_system(TINY, 'cpu', seed=seed).net for seed in (0, 0, 1)]
    assert torch.equal(nets[0].encoder.logit_scale, nets[1].encoder.logit_scale)
    weights = [net.predictor.seg_head.mlp[0].weight for net in nets]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])
