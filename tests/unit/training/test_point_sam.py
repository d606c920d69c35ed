# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Short real runs of Point-SAM's training on the CPU."""

import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from part_seg_ros.errors import ConfigError
from part_seg_ros.models import build_model
from part_seg_ros.structures import PointCloud, PointPrompt
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.loop import run
from part_seg_ros.training.point_sam import (
    PointSamBaseTraining,
    PointSamGiantTraining,
    PointSamRecipe,
    PointSamTinyTraining,
    PointSamTraining,
    refreshing_calls,
)

RUN = PointSamTinyTraining(
    num_steps=20,
    num_points=192,
    pool_points=256,
    num_patches=24,
    patch_size=8,
    batch_clouds=2,
    num_calls=2,
    learning_rate=2e-3,
    warmup_steps=5,
    num_workers=0,
    num_threads=1,
    seed=1,
    device='cpu',
)
ALONE = ProcessRank(rank=0, world_size=1)


def test_twenty_steps_learn_and_leave_loadable_weights(tmp_path, losses_on_one_batch):
    recipe = PointSamRecipe(RUN)
    losses = losses_on_one_batch(recipe, RUN)
    assert len(losses) == 20
    assert np.mean(losses[-5:]) < 0.85 * np.mean(losses[:5])
    system = build_model('point_sam-tiny', checkpoint=tmp_path / recipe.weights_name, device='cpu')
    for name, value in system.net.state_dict().items():
        assert torch.equal(value, recipe.net.state_dict()[name]), name
    cloud = PointCloud(points=np.random.default_rng(0).random((600, 3)).astype(np.float32))
    prompt = PointPrompt(prompt_coords=cloud.points[:1], prompt_labels=[1])
    assert system.predict(system.encode(cloud), prompt).mask_logits.shape == (3, 600)


def test_mixed_precision_learns_too(losses_on_one_batch):
    exactly = dataclasses.replace(RUN, batch_clouds=1)
    config = dataclasses.replace(exactly, precision='bf16')
    losses = losses_on_one_batch(PointSamRecipe(config), config)
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])
    recipe = PointSamRecipe(exactly)
    exact = recipe.learn(recipe.make_batch(0, ALONE), torch.Generator().manual_seed(0))['loss']
    assert 0 < abs(losses[0] - exact) < 0.05


def test_resumed_run_equals_an_unbroken_one(tmp_path):
    short = dataclasses.replace(RUN, num_steps=4, accumulation=2)
    whole = run(PointSamRecipe(short), short, tmp_path / 'whole')
    run(PointSamRecipe(short), short, tmp_path / 'broken', until=2)
    resumed = run(PointSamRecipe(short), short, tmp_path / 'broken', resume=True)
    expected, found = load_file(whole), load_file(resumed)
    for key in expected:
        assert torch.equal(found[key], expected[key]), key


def test_batches_in_parts_move_the_weights_as_one_batch(tmp_path):
    """Two halves of a batch, accumulated, equal the whole one; one call, as nothing is drawn."""
    whole = dataclasses.replace(RUN, num_steps=1, num_calls=1)
    halves = dataclasses.replace(whole, accumulation=2)
    recipes = [PointSamRecipe(whole), PointSamRecipe(halves)]
    make_batch = recipes[1].make_batch
    recipes[1].make_batch = lambda index, _: make_batch(0, ProcessRank(rank=index, world_size=2))
    for recipe, config in zip(recipes, (whole, halves), strict=True):
        run(recipe, config, tmp_path / str(config.accumulation))
    for (name, expected), found in zip(
        recipes[0].net.named_parameters(), recipes[1].net.parameters(), strict=True
    ):
        if expected.grad is None:
            assert found.grad is None, name
        else:
            assert torch.allclose(found.grad, expected.grad, atol=1e-6), name


def test_every_weight_that_is_used_learns():
    config = dataclasses.replace(RUN, num_calls=3)
    recipe = PointSamRecipe(config)
    recipe.learn(recipe.make_batch(0, ALONE), torch.Generator().manual_seed(0))
    still = {
        name
        for name, value in recipe.net.named_parameters()
        if value.grad is None or not value.grad.any()
    }
    unused = ('cls_token', 'pos_embed', 'patch_embed.proj.weight', 'patch_embed.proj.bias')
    unused = {f'pc_encoder.transformer.{name}' for name in (*unused, 'head.weight', 'head.bias')}
    assert unused <= still
    # Not in every batch a click is off a part, or each candidate the best for some part.
    rare = ('output_hypernetworks_mlps', 'point_embeddings.0')
    assert all(any(part in name for part in rare) for name in still - unused)


def test_gradients_are_clipped_by_value():
    recipe = PointSamRecipe(dataclasses.replace(RUN, gradient_value=0.5))
    first, second, *_ = (p for p in recipe.net.parameters() if p.requires_grad)
    first.grad, second.grad = torch.full_like(first, -3.0), torch.full_like(second, 0.25)
    recipe.clip_gradients()
    assert (first.grad == -0.5).all() and (second.grad == 0.25).all()


def test_the_last_call_and_a_drawn_one_but_not_the_first_only_refresh_the_mask():
    generator = torch.Generator().manual_seed(0)
    drawn = [refreshing_calls(5, generator) for _ in range(200)]
    assert all(4 in calls and 0 not in calls and len(calls) <= 2 for calls in drawn)
    assert set().union(*drawn) == {1, 2, 3, 4}
    assert {4} in drawn  # both coincide
    assert refreshing_calls(1, generator) == set()


@pytest.mark.parametrize(
    ('settings', 'rate', 'decay', 'warmup', 'marks', 'clouds', 'calls'),
    [
        (PointSamTraining(), 3e-4, 0.1, 3_000, (400_000, 500_000), 2, 5),
        (PointSamBaseTraining(), 3e-4, 1e-4, 2_000, (40_000, 50_000), 4, 10),
        (PointSamGiantTraining(), 1e-4, 0.1, 30_000, (800_000, 900_000), 8, 10),
    ],
)
def test_presets_have_the_values_of_the_release(
    settings, rate, decay, warmup, marks, clouds, calls
):
    recipe = PointSamRecipe(dataclasses.replace(settings, preset='tiny', device='cpu'))
    (optimizer,) = recipe.optimizers
    assert isinstance(optimizer, torch.optim.AdamW)
    (group,) = optimizer.param_groups
    assert (group['lr'], group['weight_decay'], group['betas']) == (rate, decay, (0.9, 0.999))
    assert (settings.batch_clouds, settings.num_calls, settings.num_masks) == (clouds, calls, 2)
    assert settings.gradient_value == 1.0 and settings.num_points == 10_000
    assert recipe.rate(0) == pytest.approx(0.001)
    assert [recipe.rate(step) for step in (warmup, marks[0] - 1)] == [1.0, 1.0]
    assert [recipe.rate(step) for step in marks] == pytest.approx([0.1, 0.01])


def test_a_run_starts_from_weights(tmp_path):
    short = dataclasses.replace(RUN, num_steps=1)
    weights = run(PointSamRecipe(short), short, tmp_path)
    begun = PointSamRecipe(dataclasses.replace(RUN, seed=7), init=weights)
    for name, value in load_file(weights).items():
        assert torch.equal(begun.net.state_dict()[name], value), name


def test_two_starts_are_one_too_many(tmp_path):
    with pytest.raises(ConfigError, match='not from both'):
        PointSamRecipe(dataclasses.replace(RUN, uni3d='model.pt'), init=tmp_path / 'a.safetensors')


def test_clouds_must_have_the_points_that_are_drawn():
    with pytest.raises(ConfigError, match='pool_points must be at least num_points'):
        dataclasses.replace(RUN, pool_points=100)
    with pytest.raises(ConfigError, match='batch_clouds must be at least 1'):
        dataclasses.replace(RUN, batch_clouds=0)
