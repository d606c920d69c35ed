# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Every system in its tiny size, from files to masks, parts and features of the points."""

import dataclasses

import numpy as np
import pytest
from scipy.spatial import cKDTree

from part_seg_ros.models import build_model
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter, SegmenterConfig
from part_seg_ros.structures import PointCloud, PointPrompt

SYSTEMS = ['point_sam', 'partsam', 's2am3d']


def ellipsoid(num_points: int = 500, seed: int = 0) -> PointCloud:
    normals = np.random.default_rng(seed).normal(size=(num_points, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return PointCloud(points=normals * [1.0, 0.7, 0.4], normals=normals, colors=np.abs(normals))


def click(cloud: PointCloud, *rows: int, **fields: float) -> PointPrompt:
    return PointPrompt(
        prompt_coords=cloud.points[list(rows)], prompt_labels=np.ones(len(rows)), **fields
    )


@pytest.fixture(params=SYSTEMS)
def system(request, write_weights, tmp_path):
    name = f'{request.param}-tiny'
    return build_model(name, write_weights(name, tmp_path).checkpoint, 'cpu')


@pytest.fixture
def cloud():
    return ellipsoid()


def test_the_files_decide_what_it_answers(system, cloud):
    random = build_model(system.name, device='cpu')
    assert len(system.weights_sha256) == 64 and random.weights_sha256 == ''
    logits = [s.predict(s.encode(cloud), click(cloud, 3)).mask_logits for s in (system, random)]
    assert np.abs(logits[0] - logits[1]).max() > 1e-2


def test_clicks_and_corrections_carry_to_all_points(system, cloud):
    segmenter = Segmenter(system, SegmenterConfig(max_points=300))
    encoded = segmenter.encode(cloud)
    session = segmenter.open(encoded).add(cloud.points[3])
    first = session.prediction
    assert first.candidates.mask_logits.shape == (len(first.network_logits), len(cloud))
    if system.capabilities.mask_feedback:
        assert len(first.network_logits) == 3
        refined = session.choose(1).add(cloud.points[200], 0).prediction
        assert len(refined.network_logits) == 1
        assert len(refined.prompt.prompt_coords) == 2  # all clicks so far
        wanted = system.predict(encoded.embedding, refined.prompt, first.network_logits[1])
    else:
        assert len(first.network_logits) == 1
        session = dataclasses.replace(session, granularity=0.7).replace(cloud.points[200])
        refined = session.prediction
        wanted = system.predict(encoded.embedding, click(cloud, 200, granularity=0.7))
    np.testing.assert_allclose(refined.network_logits, wanted.mask_logits, atol=1e-5)
    assert np.abs(refined.network_logits[0] - first.network_logits[0]).max() > 1e-3


def test_lower_precision_changes_answers_a_little(system, cloud):
    lower = build_model(system.name, None, 'cpu', {'precision': 'bfloat16'})
    exact = build_model(system.name, None, 'cpu')
    embeddings = [one.encode(cloud) for one in (lower, exact)]
    features = [embedding.point_features for embedding in embeddings]
    answers = [
        one.predict(embedding, click(cloud, 3)).mask_logits
        for one, embedding in zip((lower, exact), embeddings, strict=True)
    ]
    for rounded, wanted in (features, answers):
        assert rounded.dtype == np.float32
        change = np.linalg.norm(rounded - wanted) / np.linalg.norm(wanted)
        assert 1e-5 < change < 0.05


def test_a_batch_equals_its_prompts_one_by_one(system, cloud):
    embedding = system.encode(cloud)
    prompts = [click(cloud, row) for row in range(0, 500, 45)]
    answers = system.predict_batch(embedding, prompts)
    assert len(answers) == len(prompts)
    for prompt, found in zip(prompts, answers, strict=True):
        alone = system.predict(embedding, prompt)
        np.testing.assert_allclose(found.mask_logits, alone.mask_logits, atol=1e-5)
        np.testing.assert_allclose(found.iou_pred, alone.iou_pred, atol=1e-5)


def assert_parts(found, num_points):
    assert found.part_ids.shape == (num_points,) and found.part_ids.dtype == np.int32
    ids = [part.part_id for part in found.parts]
    assert ids == list(range(len(ids))) and set(np.unique(found.part_ids)) - {-1} == set(ids)


def test_every_part_of_a_cloud_is_found_in_the_common_way_and_in_its_own(system, cloud):
    segmenter = Segmenter(system, SegmenterConfig(max_points=150))
    encoded = segmenter.encode(cloud)
    common = segmenter.segment_all(
        encoded, SegmentAllSettings(num_prompts=16, min_score=0.0, min_points=1)
    )
    assert_parts(common, len(cloud))
    assert len(common.parts) >= 1
    own = segmenter.segment_all(encoded)
    assert_parts(own, len(cloud))
    assert system.capabilities.own_segmentation == (system.name != 'point_sam-tiny')
    if system.capabilities.own_segmentation:
        found = system.segment_all(encoded.embedding, progress=lambda *_: None)
        assert_parts(found, 150)
        np.testing.assert_array_equal(own.part_ids[encoded.network_idx], found.part_ids)


def test_features_of_the_points_are_public_and_the_same_every_time(system, cloud):
    features = system.encode(cloud).point_features
    assert features.dtype == np.float32 and features.shape[0] == len(cloud)
    assert np.isfinite(features).all() and features.std(axis=0).min() > 0
    np.testing.assert_array_equal(features, system.encode(cloud).point_features)


def test_features_follow_their_points_whatever_the_order(system, cloud):
    features = system.encode(cloud).point_features
    # The first point stays: the patches of Point-SAM and PartSAM begin with it.
    order = np.concatenate([[0], 1 + np.random.default_rng(1).permutation(len(cloud) - 1)])
    shuffled = system.encode(cloud.select(order)).point_features
    np.testing.assert_allclose(shuffled, features[order], atol=1e-4)
    assert np.abs(shuffled - features).max() > 1e-2


def test_features_find_the_same_point_on_a_moved_copy(system, cloud):
    moved = dataclasses.replace(cloud, points=cloud.points * 3.0 + np.float32([4.0, -2.0, 1.0]))
    features, other = (system.encode(c).point_features for c in (cloud, moved))
    found = cKDTree(other).query(features)[1]
    assert (found == np.arange(len(cloud))).mean() > 0.98
