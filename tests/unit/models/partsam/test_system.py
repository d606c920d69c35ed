# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM at its smallest size with random weights: what must hold whatever the weights are."""

import dataclasses
import logging

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from part_seg_ros.errors import CheckpointError, ConfigError, InputError
from part_seg_ros.models import build_model
from part_seg_ros.models.partsam.config import TINY, PreparationSettings
from part_seg_ros.models.partsam.model import PartSamNet
from part_seg_ros.models.partsam.segmentation_settings import SegmentEverySettings
from part_seg_ros.models.partsam.system import PartSamSystem, random_system
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import BoxPrompt, Mesh, PointCloud, PointPrompt

ALL_MASKS = SegmentEverySettings(min_score=-100.0, num_prompts=40, batch_size=16)


def ellipsoid(num_points: int = 400, seed: int = 0) -> PointCloud:
    normals = np.random.default_rng(seed).normal(size=(num_points, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return PointCloud(points=normals * [1.0, 0.7, 0.4], normals=normals, colors=np.abs(normals))


def box() -> Mesh:
    """A box of 1 × 2 × 3, every side two faces."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 2) for z in (0, 3)], float)
    sides = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    faces = [side[:3] for side in sides] + [[side[0], *side[2:]] for side in sides]
    return Mesh(vertices=corners, faces=faces)


def clicks(cloud: PointCloud, *signed_idx: int) -> PointPrompt:
    idx = np.abs(signed_idx)
    return PointPrompt(
        prompt_coords=cloud.points[idx], prompt_labels=[int(i >= 0) for i in signed_idx]
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


def test_one_click_gets_candidates_and_clearer_prompts_one_answer(system, cloud, embedding):
    first = system.predict(embedding, clicks(cloud, 3))
    assert first.mask_logits.shape == (3, 400) and first.iou_pred.shape == (3,)
    assert system.predict(embedding, clicks(cloud, 3, -9)).mask_logits.shape == (1, 400)
    refined = system.predict(embedding, clicks(cloud, 3, -9), first.mask_logits[0])
    assert refined.mask_logits.shape == (1, 400) and refined.iou_pred.shape == (1,)
    again = system.predict(embedding, clicks(cloud, 3), first.mask_logits[0])
    assert again.mask_logits.shape == (1, 400)


def test_a_batch_of_prompts_equals_one_prompt_at_a_time(system, cloud, embedding):
    for signed in ([(i,) for i in range(0, 400, 33)], [(0, -7), (50, 60)]):
        prompts = [clicks(cloud, *idx) for idx in signed]
        answers = system.predict_batch(embedding, prompts)
        for prompt, found in zip(prompts, answers, strict=True):
            alone = system.predict(embedding, prompt)
            np.testing.assert_allclose(found.mask_logits, alone.mask_logits, atol=1e-5)
            np.testing.assert_allclose(found.iou_pred, alone.iou_pred, atol=1e-5)


def test_answers_do_not_depend_on_place_and_size(system, cloud, embedding):
    moved = dataclasses.replace(cloud, points=cloud.points * 2.0 + [0.5, -4.0, 8.0])
    found = system.predict(system.encode(moved), clicks(moved, 7, -20))
    wanted = system.predict(embedding, clicks(cloud, 7, -20))
    np.testing.assert_allclose(found.mask_logits, wanted.mask_logits, atol=2e-3)


def test_coordinates_keep_their_axes(system, cloud, embedding):
    coords = embedding.state.frame.apply(cloud.points)
    np.testing.assert_allclose(coords.max(0), cloud.points.max(0) * 0.9, atol=2e-2)
    groups = embedding.state.encoded.groups
    assert (groups.centers[0, 0].numpy() == coords[0]).all()  # the first centre is the first point


@pytest.mark.parametrize('change', ['label', 'place', 'order of magnitude', 'previous'])
def test_every_kind_of_prompt_changes_the_answer(system, cloud, embedding, change):
    previous = np.linspace(-3, 3, 400, dtype=np.float32)
    base = system.predict(embedding, clicks(cloud, 5, 200), previous)
    changed = {
        'label': (clicks(cloud, 5, -200), previous),
        'place': (clicks(cloud, 5, 201), previous),
        'order of magnitude': (clicks(cloud, 5, 200), 2 * previous),
        'previous': (clicks(cloud, 5, 200), None),
    }[change]
    found = system.predict(embedding, *changed)
    assert np.abs(found.mask_logits - base.mask_logits).max() > 1e-5


@pytest.mark.parametrize('name', ['colors', 'normals'])
def test_colours_and_normals_count_once_their_map_has_learned(cloud, name):
    system = random_system(TINY, 'cpu')
    with torch.no_grad():
        system.net.pc_encoder.partfieldMy.pvcnn.pc_encoder.add_conv1.weight.normal_()
    changed = dataclasses.replace(cloud, **{name: getattr(cloud, name)[::-1]})
    features = [system.encode(c).point_features for c in (cloud, changed)]
    assert np.abs(features[0] - features[1]).max() > 1e-3


def test_clouds_without_colours_are_grey_and_without_normals_get_some(cloud):
    system = random_system(TINY, 'cpu')
    with torch.no_grad():
        system.net.pc_encoder.partfieldMy.pvcnn.pc_encoder.add_conv1.weight.normal_()

    def features(settings=None, **changes):
        prepared = PartSamSystem(system.net, 'cpu', settings=settings)
        return prepared.encode(dataclasses.replace(cloud, **changes)).point_features

    for grey, settings in ((192, None), (102, PreparationSettings(grey=102))):
        painted = features(colors=np.full((400, 3), grey / 255))
        np.testing.assert_array_equal(features(settings, colors=None), painted)
    estimated = features(normals=None)
    assert np.isfinite(estimated).all()
    close = np.abs(estimated - features()).mean()
    assert close < 0.3 * np.abs(estimated - features(normals=-cloud.normals)).mean()


def test_features_of_the_points_are_public_and_their_memory_is_counted(embedding):
    assert embedding.point_features.shape == (400, TINY.trunk.part_width)
    encoded = embedding.state.encoded
    np.testing.assert_array_equal(embedding.point_features, encoded.part_features[0])
    assert embedding.num_bytes == encoded.num_bytes > encoded.planes.nbytes + 400 * 24 * 4


def test_small_clouds_get_fewer_patches(system):
    tiny = ellipsoid(16)
    answer = system.predict(system.encode(tiny), clicks(tiny, 0))
    assert answer.mask_logits.shape == (3, 16) and np.isfinite(answer.mask_logits).all()


@pytest.mark.parametrize(
    ('shape', 'message'),
    [
        (PointCloud(points=np.zeros((15, 3))), 'at least 16 points, got 15'),
        (PointCloud(points=np.ones((20, 3)), normals=np.ones((20, 3))), 'must have extent'),
        (PointCloud(points=np.full((20, 3), np.nan), normals=np.ones((20, 3))), 'finite'),
        (Mesh(vertices=np.zeros((3, 3)), faces=[[0, 1, 2]]), 'no area'),
    ],
)
def test_shapes_it_can_not_take(system, shape, message):
    with pytest.raises(InputError, match=message):
        system.encode(shape)


def test_prompts_it_can_not_take(system, cloud, embedding):
    far = PointPrompt(prompt_coords=[[0.0, 0.0, 5.0]], prompt_labels=[1])
    with pytest.raises(InputError, match='within the extent'):
        system.predict(embedding, far)
    with pytest.raises(InputError, match='on views'):
        system.predict(embedding, BoxPrompt(view_idx=0, box_px=np.zeros(4)))
    with pytest.raises(InputError, match='no granularity'):
        system.predict(embedding, dataclasses.replace(clicks(cloud, 0), granularity=0.5))
    with pytest.raises(InputError, match=r'one logit for each of the 400 points, got \(3, 400\)'):
        system.predict(embedding, clicks(cloud, 0), np.zeros((3, 400)))
    with pytest.raises(InputError, match='same number of clicks each'):
        system.predict_batch(embedding, [clicks(cloud, 0), clicks(cloud, 0, -1)])


def test_every_part_of_a_cloud(system, cloud, embedding):
    found = system.segment_all(embedding, ALL_MASKS)
    ids = [part.part_id for part in found.parts]
    assert ids == list(range(len(ids))) and len(ids) >= 2
    assert set(np.unique(found.part_ids)) - {-1} == set(ids)
    assert all(0.0 <= part.score <= 1.0 for part in found.parts)


def test_a_mesh_is_sampled_and_every_face_gets_a_part(system):
    sampling = PartSamSystem(system.net, 'cpu', settings=PreparationSettings(mesh_points=500))
    embedding = sampling.encode(box())
    on_side = np.isclose(embedding.points, [0, 0, 0]) | np.isclose(embedding.points, [1, 2, 3])
    assert embedding.points.shape == (500, 3) and on_side.any(1).all()
    for settings in (ALL_MASKS, dataclasses.replace(ALL_MASKS, reference_quirks=True)):
        found = sampling.segment_faces(box(), embedding, settings)
        assert found.part_ids.shape == (12,)
        assert set(np.unique(found.part_ids)) == set(range(len(found.parts)))
    none = dataclasses.replace(ALL_MASKS, min_score=100.0)
    assert (sampling.segment_faces(box(), embedding, none).part_ids == -1).all()


def test_faces_are_segmented_on_the_embedding_of_their_mesh_alone(system, embedding):
    with pytest.raises(InputError, match='encode the mesh itself'):
        system.segment_faces(box(), embedding)


@pytest.fixture
def weights(tmp_path):
    torch.manual_seed(3)
    path = tmp_path / 'model.safetensors'
    save_file(PartSamNet(TINY).state_dict(), path)
    return path


def test_from_a_file_through_the_segmenter_to_every_part(weights, cloud):
    system = build_model('partsam-tiny', checkpoint=weights, device='cpu')
    assert system.name == 'partsam-tiny' and len(system.weights_sha256) == 64
    segmenter = Segmenter(system, SegmenterConfig(max_points=300))
    encoded = segmenter.encode(cloud)
    first = segmenter.predict(encoded, clicks(cloud, 3))
    assert first.candidates.mask_logits.shape == (3, 400)
    second = segmenter.predict(encoded, clicks(cloud, 3, -9), first)
    assert second.candidates.mask_logits.shape == (1, 400)
    batch = system.predict_batch(encoded.embedding, [clicks(cloud, i) for i in range(4)])
    assert [answer.mask_logits.shape for answer in batch] == [(3, 300)] * 4
    with torch.no_grad():
        system.net.mask_decoder.iou_prediction_head.layers[-1].bias.fill_(1.0)
    found = segmenter.segment_all(encoded)
    assert found.part_ids.shape == (400,) and len(found.parts) >= 1
    assert all(part.box is not None for part in found.parts)


def test_another_file_gives_another_network_and_the_same_seed_the_same(weights, cloud):
    loaded = build_model('partsam-tiny', checkpoint=weights, device='cpu')
    features = [
        system.encode(cloud).point_features
        for system in (
            loaded,
            build_model('partsam-tiny', device='cpu'),
            random_system(TINY, 'cpu'),
        )
    ]
    assert np.abs(features[0] - features[1]).max() > 1e-3
    np.testing.assert_array_equal(features[1], features[2])


def test_the_limit_of_the_licence_is_logged_for_the_released_weights(weights, caplog):
    with caplog.at_level(logging.WARNING), pytest.raises(CheckpointError, match="preset 'tiny'"):
        build_model('partsam', checkpoint=weights, device='cpu')
    assert 'non-commercial research and education only' in caplog.text


def test_missing_weights_are_named_with_the_command_that_fetches_them(tmp_path, monkeypatch):
    monkeypatch.setenv('PART_SEG_WEIGHTS', str(tmp_path))
    with pytest.raises(CheckpointError, match=r'hf download Czvvd/PartSAM model.safetensors'):
        build_model('partsam', device='cpu')


def test_preparation_is_checked():
    with pytest.raises(ConfigError, match='grey must be at most 255'):
        PreparationSettings(grey=300)


def test_the_frozen_branch_has_no_gradient():
    net = PartSamNet(TINY)
    learns = {name for name, value in net.named_parameters() if value.requires_grad}
    assert not any(name.startswith('pc_encoder.partfield.') for name in learns)
    assert any(name.startswith('pc_encoder.partfieldMy.') for name in learns)
