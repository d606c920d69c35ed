# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Short real runs of GeoSAM2's training on the CPU."""

import copy
import dataclasses
import importlib.util

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from part_seg_ros.errors import CheckpointError, ConfigError, InputError
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.loop import run

if importlib.util.find_spec('sam2') is None:
    pytest.skip('the package sam2 is not installed', allow_module_level=True)

from part_seg_ros.models import build_model
from part_seg_ros.models.geosam2.cameras import find_world, twelve_cameras
from part_seg_ros.models.geosam2.config import PRESETS, TINY
from part_seg_ros.models.geosam2.model import Decoded, GeoSam2Net
from part_seg_ros.training.cloud_sources import ProceduralClouds
from part_seg_ros.training.geosam2 import (
    GeoSam2Recipe,
    GeoSam2TinyTraining,
    GeoSam2Training,
    learns,
)
from part_seg_ros.training.geosam2_losses import view_losses
from part_seg_ros.training.geosam2_views import MIN_PIXELS, PromptKind, geosam2_batch, see

RUN = GeoSam2TinyTraining(
    num_steps=20,
    num_views=4,
    batch_clouds=1,
    learning_rate=1e-2,
    num_workers=0,
    num_threads=1,
    seed=1,
    device='cpu',
)
ALONE = ProcessRank(rank=0, world_size=1)
SIZE = TINY.image_size


def test_twenty_steps_learn_what_shall_learn_and_leave_loadable_weights(
    tmp_path, losses_on_one_batch
):
    recipe = GeoSam2Recipe(RUN)
    before = copy.deepcopy(recipe.net.state_dict())
    losses = losses_on_one_batch(recipe, RUN)
    assert len(losses) == 20
    assert losses[-1] < 0.7 * losses[0] and np.mean(losses[-5:]) < 0.85 * np.mean(losses[:5])
    system = build_model('geosam2-tiny', checkpoint=tmp_path / recipe.weights_name, device='cpu')
    moved = set()
    for name, value in system.net.state_dict().items():
        assert torch.equal(value, recipe.net.state_dict()[name]), name
        if not torch.equal(value, before[name]):
            moved.add(name)
    assert moved and all(learns(name) for name in moved)
    for part in ('image_encoder.', 'pos_map_encoder.'):
        updates = {name for name in before if name.startswith(part) and 'linear_b' in name}
        assert len(updates) == 2 * sum(TINY.trunk.stages) and updates <= moved
    assert {name for name in before if name.startswith('feature_fusion.')} <= moved
    assert 'sam_mask_decoder.iou_prediction_head.layers.2.weight' in moved


def test_mixed_precision_learns_nearly_the_same():
    exactly = dataclasses.replace(RUN, num_views=3)
    gradients, losses = [], []
    for precision in ('fp32', 'bf16'):
        recipe = GeoSam2Recipe(dataclasses.replace(exactly, precision=precision))
        figures = recipe.learn(recipe.make_batch(0, ALONE), torch.Generator())
        losses.append(figures['loss'])
        learning = [p for p in recipe.net.parameters() if p.requires_grad]
        gradients.append(torch.cat([p.grad.flatten() for p in learning]))
    assert 0 < abs(losses[1] - losses[0]) < 0.05 * losses[0]
    assert torch.cosine_similarity(*gradients, dim=0) > 0.9


def test_resumed_run_equals_an_unbroken_one(tmp_path):
    short = dataclasses.replace(RUN, num_steps=3, num_views=2, checkpoint_every=1)
    whole = run(GeoSam2Recipe(short), short, tmp_path / 'whole')
    run(GeoSam2Recipe(short), short, tmp_path / 'broken', until=1)
    resumed = run(GeoSam2Recipe(short), short, tmp_path / 'broken', resume=True)
    expected, found = load_file(whole), load_file(resumed)
    assert expected.keys() == found.keys()
    for key in expected:
        assert torch.equal(found[key], expected[key]), key


@pytest.fixture
def sam2_file(tmp_path):
    """A file as Meta's, of the small size, and the network that it is of."""
    torch.manual_seed(9)
    net = GeoSam2Net(PRESETS['sam2_tiny']).eval()
    path = tmp_path / 'sam2.1_hiera_base_plus.pt'
    torch.save({'model': net.state_dict()}, path)
    return path, net


@pytest.mark.parametrize(
    'changes',
    [{}, {'lora': False}, {'point_maps': False}, {'fusion': 'naive'}],
    ids=['whole', 'no lora', 'no points', 'naive fusion'],
)
def test_a_run_begins_as_sam2_does(sam2_file, changes):
    path, plain = sam2_file
    recipe = GeoSam2Recipe(dataclasses.replace(RUN, sam2=str(path), **changes))
    state = recipe.net.state_dict()
    trunk = 'trunk.blocks.0.mlp.layers.0.weight'
    wanted = plain.state_dict()[f'image_encoder.{trunk}']
    for encoder in (
        'image_encoder',
        *(['pos_map_encoder'] if recipe.net.config.has_points else []),
    ):
        assert torch.equal(state[f'{encoder}.{trunk}'], wanted)
    maps = [torch.randn(1, 3, SIZE, SIZE) for _ in range(2)]
    with torch.no_grad():
        found, features = (net.encode(*maps) for net in (recipe.net, plain))
        for name in ('fine', 'middle', 'coarse'):
            torch.testing.assert_close(
                getattr(found, name), getattr(features, name), atol=1e-5, rtol=0
            )
    for name, value in plain.state_dict().items():
        if not name.startswith('image_encoder.'):
            assert torch.equal(state[name], value), name


def test_other_files_to_begin_with_are_refused(sam2_file, tmp_path, caplog):
    path, _ = sam2_file
    short = dataclasses.replace(RUN, num_steps=1, num_views=2)
    weights = run(GeoSam2Recipe(short), short, tmp_path / 'out')
    assert 'stays as it was drawn' in caplog.text
    begun = GeoSam2Recipe(dataclasses.replace(RUN, seed=7), init=weights)
    for name, value in load_file(weights).items():
        assert torch.equal(begun.net.state_dict()[name], value), name
    with pytest.raises(ConfigError, match='not from both'):
        GeoSam2Recipe(dataclasses.replace(RUN, sam2=str(path)), init=weights)
    with pytest.raises(CheckpointError, match='of GeoSAM2, wanted is one of SAM 2'):
        GeoSam2Recipe(dataclasses.replace(RUN, sam2=str(weights)))
    large = GeoSam2Training(sam2=str(path), device='cpu')
    with pytest.raises(CheckpointError, match="fits the preset 'sam2_tiny'"):
        GeoSam2Recipe(large)


def test_an_ablation_is_trained_and_loaded_by_the_same_settings(tmp_path):
    short = dataclasses.replace(RUN, num_steps=1, num_views=2, point_maps=False)
    weights = run(GeoSam2Recipe(short), short, tmp_path)
    system = build_model('geosam2-tiny', weights, 'cpu', {'point_maps': False})
    assert not system.net.config.has_points
    with pytest.raises(CheckpointError, match='missing'):
        build_model('geosam2-tiny', weights, 'cpu')


def test_rates_and_weights_are_those_of_the_paper():
    config = GeoSam2Training()
    assert (config.learning_rate, config.batch_clouds, config.num_views) == (5e-5, 8, 12)
    assert config.num_steps == 50 * 4700 // 8
    recipe = GeoSam2Recipe(dataclasses.replace(RUN, num_steps=100))
    assert recipe.rate(0) == 1.0
    assert recipe.rate(50) == pytest.approx(0.55)
    assert recipe.rate(100) == pytest.approx(0.1)
    learning = {n for n, p in recipe.net.named_parameters() if p.requires_grad}
    assert learning == {n for n, _ in recipe.net.named_parameters() if learns(n)}
    (group,) = recipe.optimizers[0].param_groups
    assert len(group['params']) == len(learning)


def test_views_are_those_that_a_ray_caster_sees():
    pytest.importorskip('open3d')
    from part_seg_ros.geometry.rendered_views import mesh_surface, render

    surface = ProceduralClouds(free_share=0.0).draw_surface(np.random.default_rng(3))
    world = find_world(surface.vertices, 'z')
    cameras = twelve_cameras(world.box_size, SIZE)
    cast = render(mesh_surface(world.apply(surface.vertices), surface.faces), cameras)
    seen = see(surface, SIZE, 'z', np.arange(12))
    for found, wanted in zip(seen, cast, strict=True):
        assert (found.is_shape != wanted.is_shape).sum() <= 4
        both = found.is_shape & wanted.is_shape
        np.testing.assert_allclose(found.depth[both], wanted.depth[both], atol=2e-3)
        is_same = (found.normals == wanted.normals).all(axis=-1)[both]
        assert is_same.mean() > 0.98
        np.testing.assert_allclose(found.point_map()[both], wanted.point_map()[both], atol=2e-3)


def decoded(mask_logits, iou_pred, presence):
    return Decoded(
        mask_logits=torch.tensor(mask_logits),
        iou_pred=torch.tensor(iou_pred),
        tokens=torch.zeros(0),
        presence=torch.tensor(presence),
    )


def test_the_loss_of_a_view_is_that_of_sam2():
    """Two objects of 2 x 2 pixels, two candidates; the second object is not in the view."""
    answer = decoded(
        [[[[2.0, -1.0], [-3.0, 0.5]], [[9.0, 9.0], [9.0, 9.0]]], [[[5.0] * 2] * 2] * 2],
        [[0.9, 0.2], [0.7, 0.6]],
        [[1.5], [-0.5]],
    )
    target = torch.tensor([[[1, 0], [0, 0]], [[0, 0], [0, 0]]]).bool()
    found = view_losses(answer, target)
    logits, wanted = np.array([2.0, -1.0, -3.0, 0.5]), np.array([1.0, 0, 0, 0])
    probs = 1 / (1 + np.exp(-logits))
    right = np.where(wanted == 1, probs, 1 - probs)
    alpha = np.where(wanted == 1, 0.25, 0.75)
    focal = (alpha * (1 - right) ** 2 * -np.log(right)).mean()
    dice = 1 - (2 * probs[0] + 1) / (probs.sum() + 1 + 1)
    assert found.mask.item() == pytest.approx((20 * focal + dice) / 2, rel=1e-5)
    # True IoU: 1 of 2 pixels, and 1 of 4.
    assert found.iou_pred.item() == pytest.approx((0.4 + 0.05) / 2 / 2, rel=1e-5)
    presence = np.log1p(np.exp(-1.5)) + np.log1p(np.exp(-0.5))
    assert found.presence.item() == pytest.approx(presence / 2, rel=1e-5)
    assert found.iou[0] == 0.5 and found.iou[1].isnan()
    assert found.total == found.mask + found.iou_pred + found.presence


def test_the_figures_of_a_step_add_up_and_every_object_counts():
    two = dataclasses.replace(RUN, batch_clouds=2, num_views=3)
    recipe = GeoSam2Recipe(two)
    batch = recipe.make_batch(0, ALONE)
    figures = recipe.learn(batch, torch.Generator())
    assert figures['loss'] == pytest.approx(
        figures['mask'] + figures['iou_pred'] + figures['presence'], rel=1e-5
    )
    whole = {n: p.grad.clone() for n, p in recipe.net.named_parameters() if p.grad is not None}
    assert whole.keys() == {n for n, _ in recipe.net.named_parameters() if learns(n)}
    recipe.net.zero_grad()
    for each in batch.objects:
        recipe.learn(dataclasses.replace(batch, objects=(each,)), torch.Generator())
    alone = {n: p.grad / 2 for n, p in recipe.net.named_parameters() if p.grad is not None}
    for name, gradient in whole.items():
        torch.testing.assert_close(gradient, alone[name], atol=1e-5, rtol=1e-3)


def test_objects_are_the_same_however_many_make_them_and_prompts_fit_their_parts():
    config = dataclasses.replace(RUN, batch_clouds=6, num_views=3)
    source = ProceduralClouds(free_share=0.5)
    whole = geosam2_batch(config, source, 3, ALONE)
    halves = [
        geosam2_batch(config, source, 3, ProcessRank(rank=r, world_size=2)) for r in range(2)
    ]
    joined = [each for half in halves for each in half.objects]
    kinds = set()
    for one, other in zip(whole.objects, joined, strict=True):
        for name in ('normals', 'points', 'targets', 'kinds', 'coords'):
            assert torch.equal(getattr(one, name), getattr(other, name)), name
        assert one.normals.shape == one.points.shape == (3, 3, SIZE, SIZE)
        assert 1 <= len(one.targets) <= config.num_masks
        is_shape = (one.points != 0).any(dim=1)
        assert not (one.targets & ~is_shape).any()
        for kind, coords, target in zip(one.kinds, one.coords, one.targets[:, 0], strict=True):
            kinds.add(int(kind))
            assert target.sum() >= MIN_PIXELS
            if kind == PromptKind.BOX:
                rows, columns = target.nonzero().T
                box = [[columns.min(), rows.min()], [columns.max(), rows.max()]]
                assert coords.tolist() == [[int(v) for v in corner] for corner in box]
            else:
                assert torch.equal(coords[0], coords[1])
                x, y = coords[0].int().tolist()
                assert target[y, x]
    assert kinds == set(PromptKind)


def test_a_folder_of_labelled_meshes_is_learned_from(tmp_path):
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]], np.float32)
    np.savez(
        tmp_path / 'pair.npz',
        vertices=np.concatenate([square, square + [1, 0, 0]]).astype(np.float32),
        faces=np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * n for n in range(2)]),
        labels=np.array([0, 0, 1, 1]),
    )
    recipe = GeoSam2Recipe(dataclasses.replace(RUN, meshes=str(tmp_path), num_views=2))
    (views,) = recipe.make_batch(0, ALONE).objects
    # Two squares side by side: each half of what is seen is a part.
    assert torch.equal(views.targets.any(dim=0), (views.points != 0).any(dim=1))
    assert not (views.targets[0] & views.targets[1]).any()
    assert np.isfinite(recipe.learn(recipe.make_batch(0, ALONE), torch.Generator())['loss'])
    np.savez(tmp_path / 'pair.npz', vertices=square, faces=[[0, 1, 2], [0, 2, 3]], labels=[0, 0])
    with pytest.raises(InputError, match='shows a part of 16 pixels'):
        GeoSam2Recipe(recipe.config).make_batch(0, ALONE)
