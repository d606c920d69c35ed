# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The bundled architecture with random weights: what must hold whatever the weights are."""

import numpy as np
import pytest
import torch

from part_seg_ros.errors import InputError
from part_seg_ros.models.compact.config import TINY, CompactConfig
from part_seg_ros.models.compact.mask_summary import (
    certainty_statistics,
    likeness_statistics,
    placement_statistics,
)
from part_seg_ros.models.compact.model import CompactNet
from part_seg_ros.models.compact.prompt_encoder import click_field
from part_seg_ros.models.compact.system import random_system
from part_seg_ros.models.compact.tensors import ClickTensors, SurfacePoints
from part_seg_ros.structures import Mesh, PointCloud, PointPrompt


def sphere_cloud(num_points: int, seed: int = 0) -> PointCloud:
    normals = np.random.default_rng(seed).normal(size=(num_points, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    points = normals * [1.0, 0.7, 0.4]
    return PointCloud(points=points, normals=normals)


def clicks(cloud: PointCloud, *signed_idx: int) -> PointPrompt:
    idx = np.abs(signed_idx)
    return PointPrompt(
        prompt_coords=cloud.points[idx], prompt_labels=[int(i >= 0) for i in signed_idx]
    )


@pytest.fixture(scope='module')
def system():
    return random_system(TINY, 'cpu')


def test_default_size_is_within_twelve_million_parameters_and_25_megabytes():
    net = CompactNet(CompactConfig())
    assert sum(p.numel() for p in net.parameters()) <= 12_000_000
    assert sum(v.nbytes for v in net.state_dict().values()) <= 25_000_000


def test_first_click_proposes_candidates_and_a_refinement_one_answer(system):
    cloud = sphere_cloud(500)
    embedding = system.encode(cloud)
    first = system.predict(embedding, clicks(cloud, 3))
    assert first.mask_logits.shape == (TINY.num_candidates, 500)
    assert first.iou_pred.shape == (TINY.num_candidates,)
    second = system.predict(embedding, clicks(cloud, 3, -9), first.mask_logits[0])
    assert second.mask_logits.shape == (1, 500)


def test_answers_do_not_depend_on_place_and_size_of_the_object(system):
    cloud = sphere_cloud(400)
    moved = PointCloud(points=cloud.points * 2.0 + [0.5, -4.0, 8.0], normals=cloud.normals)
    expected = system.predict(system.encode(cloud), clicks(cloud, 7, -20))
    found = system.predict(system.encode(moved), clicks(moved, 7, -20))
    np.testing.assert_allclose(found.mask_logits, expected.mask_logits, atol=2e-3)


def test_batch_of_prompts_equals_one_prompt_at_a_time(system):
    cloud = sphere_cloud(300)
    embedding = system.encode(cloud)
    prompts = [clicks(cloud, i) for i in (0, 50, 299)]
    for prompt, found in zip(prompts, system.predict_batch(embedding, prompts), strict=True):
        expected = system.predict(embedding, prompt)
        np.testing.assert_allclose(found.mask_logits, expected.mask_logits, atol=1e-5)
        np.testing.assert_allclose(found.iou_pred, expected.iou_pred, atol=1e-5)


@pytest.mark.parametrize('change', ['label', 'place', 'previous', 'granularity'])
def test_every_kind_of_prompt_changes_the_answer(system, change):
    cloud = sphere_cloud(300)
    embedding = system.encode(cloud)
    base = clicks(cloud, 5, 200)
    previous = np.linspace(-3, 3, 300, dtype=np.float32)
    expected = system.predict(embedding, base, previous).mask_logits
    if change == 'label':
        found = system.predict(embedding, clicks(cloud, 5, -200), previous)
    elif change == 'place':
        found = system.predict(embedding, clicks(cloud, 5, 100), previous)
    elif change == 'previous':
        found = system.predict(embedding, base, -previous)
    else:
        wanted = PointPrompt(
            prompt_coords=base.prompt_coords, prompt_labels=base.prompt_labels, granularity=0.9
        )
        found = system.predict(embedding, wanted, previous)
    assert np.abs(found.mask_logits - expected).max() > 1e-3


def test_order_of_clicks_does_not_matter(system):
    cloud = sphere_cloud(300)
    embedding = system.encode(cloud)
    one = system.predict(embedding, clicks(cloud, 5, -40, 90))
    other = system.predict(embedding, clicks(cloud, 90, 5, -40))
    np.testing.assert_allclose(one.mask_logits, other.mask_logits, atol=1e-4)


@pytest.mark.parametrize('num_points', [16, 17, 40, 255, 257])
def test_clouds_smaller_than_the_number_of_anchors_work(system, num_points):
    cloud = sphere_cloud(num_points)
    found = system.predict(system.encode(cloud), clicks(cloud, 1))
    assert found.mask_logits.shape[1] == num_points
    assert np.isfinite(found.mask_logits).all()


def test_missing_normals_are_estimated(system):
    cloud = sphere_cloud(1500)
    bare = PointCloud(points=cloud.points)
    expected = system.predict(system.encode(cloud), clicks(cloud, 1)).mask_logits
    found = system.predict(system.encode(bare), clicks(cloud, 1)).mask_logits
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.95


@pytest.mark.parametrize(
    ('shape', 'message'),
    [
        (sphere_cloud(15), 'at least 16 points, got 15'),
        (PointCloud(points=np.full((20, 3), np.nan)), 'finite points'),
        (Mesh(vertices=np.eye(3), faces=[[0, 1, 2]]), 'sample the mesh'),
    ],
)
def test_unusable_shapes_are_refused_with_what_is_wanted(system, shape, message):
    with pytest.raises(InputError, match=message):
        system.encode(shape)


def surface(points: list, embedding: list) -> SurfacePoints:
    coords = torch.tensor(points)
    return SurfacePoints(
        points=coords,
        normals=torch.tensor([0.0, 0, 1]).expand_as(coords),
        embedding=torch.nn.functional.normalize(torch.tensor(embedding), dim=-1),
    )


def test_click_field_measures_the_nearest_click_of_each_label():
    points = [[[0.0, 0, 0], [0.4, 0, 0], [1.0, 0, 0]]]
    coords = [[[[0.0, 0, 0], [1.0, 0, 0], [0.2, 0, 0]]]]
    seen = surface(points, [[[1.0, 0], [0.6, 0.8], [0, 1.0]]])
    clicked = surface(coords, [[[[1.0, 0], [0, 1.0], [0.8, 0.6]]]])
    field = click_field(seen, clicked, torch.tensor([[[1, 0, 1]]]))[0, 0]
    distance = torch.tensor([0.0, 0.2, 0.8])  # to the nearest foreground click
    torch.testing.assert_close(field[:, 3], (-((distance / 0.4) ** 2)).exp())
    torch.testing.assert_close(field[2, -3], torch.tensor((1e-3 - 0.8) / (1e-3 + 0.8)))
    torch.testing.assert_close(field[:, -2], torch.tensor([1.0, 0.96, 0.6]))
    torch.testing.assert_close(field[:, -1], torch.tensor([0.0, 0.8, 1.0]))


def test_click_field_says_nothing_of_a_label_without_clicks():
    seen = surface([[[0.0, 0, 0], [0.4, 0, 0]]], [[[1.0, 0], [1.0, 0]]])
    clicked = surface([[[[0.1, 0, 0]]]], [[[[-1.0, 0]]]])
    field = click_field(seen, clicked, torch.tensor([[[1]]]))[0, 0]
    assert field[:, -2].tolist() == [-1.0, -1.0]
    assert field[:, -1].tolist() == [0.0, 0.0]


def test_certainty_of_a_hand_made_mask():
    logits = torch.tensor([[[[5.0, 5.0, 0.5, -0.5, -5.0, -5.0, -5.0, -5.0]]]])
    share = torch.full((1, 8), 1 / 8)
    area, confidence, undecided, stability = certainty_statistics(logits, share)[0, 0, 0]
    probs = torch.sigmoid(torch.tensor([5.0, 5.0, 0.5]))
    assert area.item() == pytest.approx((3 / 8) ** 0.5)
    assert confidence.item() == pytest.approx(probs.mean().item(), rel=1e-5)
    assert undecided.item() == pytest.approx((2 / 8) / (3 / 8 + 1e-3), rel=1e-5)
    assert stability.item() == pytest.approx(2 / 4)


def test_placement_of_a_click_in_a_hand_made_mask():
    points = torch.tensor([[[0.0, 0, 0], [0.2, 0, 0], [0.4, 0, 0], [0.9, 0, 0]]])
    logits = torch.tensor([[[[1.0, 1.0, 1.0, -1.0]]]])
    click = torch.tensor([[[0.4, 0, 0]]])
    inside = torch.tensor([[[[1 / 3, 1 / 3, 1 / 3, 0]]]])
    radius, offset, clearance = placement_statistics(logits, inside, points, click)[0, 0, 0]
    expected = (2 * 0.2**2 / 3) ** 0.5
    assert radius.item() == pytest.approx(expected, rel=1e-4)
    assert offset.item() == pytest.approx(0.2 / expected, rel=1e-4)
    assert clearance.item() == pytest.approx(0.5 / expected, rel=1e-4)


def test_likeness_of_a_hand_made_mask():
    logits = torch.tensor([[[[1.0, 1.0, -1.0, -1.0]]]])
    inside = torch.tensor([[[[0.5, 0.5, 0, 0]]]])
    share = torch.tensor([[0.2, 0.2, 0.2, 0.4]])
    embedding = torch.tensor([[[1.0, 0], [0.6, 0.8], [0.8, 0.6], [0, -1.0]]])
    first = torch.tensor([[0]])
    purity, clicked, overlap = likeness_statistics(logits, inside, share, embedding, first)[
        0, 0, 0
    ]
    mean = torch.tensor([0.8, 0.4])
    assert purity.item() == pytest.approx(mean.norm().item())
    assert clicked.item() == pytest.approx((mean / mean.norm())[0].item())
    assert overlap.item() == pytest.approx(0.4 / 0.6)  # the third point is alike, but outside


def test_names_of_a_mask_are_logits_over_the_vocabulary(system):
    cloud = sphere_cloud(300)
    state = system.encode(cloud).state
    rows = torch.tensor([[[5], [200]]])
    prompt = ClickTensors(
        rows=rows, labels=torch.ones_like(rows), granularity=torch.full((1, 2), -1.0)
    )
    with torch.inference_mode():
        names = system.net.decode(state.encoded, prompt).name_logits
    assert names.shape == (1, 2, TINY.num_candidates, len(TINY.part_names))
    assert (names[0, 0] - names[0, 1]).abs().max() > 1e-4


def test_features_of_points_tell_surface_and_whereabouts_with_equal_power(system):
    embedding = system.encode(sphere_cloud(500))
    encoded = embedding.state.encoded
    whereabouts = encoded.interpolation[0] @ encoded.tokens[0]  # the dense way
    width = encoded.local.shape[-1]
    for found, wanted in (
        (embedding.point_features[:, :width], encoded.local[0]),
        (embedding.point_features[:, width:], whereabouts),
    ):
        wanted = wanted.numpy()
        np.testing.assert_allclose(found, wanted / np.sqrt((wanted**2).mean()), atol=1e-5)
        assert np.mean(found**2) == pytest.approx(1.0, abs=1e-4)
