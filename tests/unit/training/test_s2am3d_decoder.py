# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Stage 2 of S2AM3D's training at the smallest size, and what both stages leave."""

import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from part_seg_ros.errors import CheckpointError, ConfigError
from part_seg_ros.models import build_model
from part_seg_ros.models.s2am3d.click_simulation import simulated_click
from part_seg_ros.models.s2am3d.config import TINY
from part_seg_ros.models.s2am3d.encoder import S2am3dEncoder
from part_seg_ros.models.s2am3d.scoring import logit
from part_seg_ros.models.s2am3d.system import S2am3dSystem
from part_seg_ros.structures import PointCloud, PointPrompt
from part_seg_ros.training.cloud_sources import ProceduralClouds
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.loop import run
from part_seg_ros.training.s2am3d_config import (
    S2am3dTinyDecoderTraining,
    S2am3dTinyEncoderTraining,
)
from part_seg_ros.training.s2am3d_decoder import (
    S2am3dDecoderRecipe,
    answer,
    clicked_cloud,
    keeps_scale,
)
from part_seg_ros.training.s2am3d_encoder import S2am3dEncoderRecipe
from part_seg_ros.training.weights_output import write_weights

RUN = S2am3dTinyDecoderTraining(
    num_points=512,
    num_masks=4,
    batch_clouds=2,
    num_steps=20,
    warmup_steps=2,
    num_workers=0,
    num_threads=1,
    device='cpu',
)
ALONE = ProcessRank(rank=0, world_size=1)


@pytest.fixture
def encoder_file(tmp_path):
    torch.manual_seed(5)
    path = tmp_path / 's2am3d_encoder.safetensors'
    write_weights(S2am3dEncoder(TINY.trunk), path, {})
    return path


def test_twenty_steps_learn_and_leave_the_encoder_alone(
    tmp_path, encoder_file, losses_on_one_batch
):
    config = dataclasses.replace(RUN, num_points=256, batch_clouds=3, scale_dropout=0.0)
    losses = losses_on_one_batch(S2am3dDecoderRecipe(config, init=encoder_file), config)
    assert len(losses) == 20
    assert np.mean(losses[-5:]) < 0.93 * np.mean(losses[:5])
    after = load_file(tmp_path / 's2am3d.safetensors')
    released = {f'encoder.{name}': value for name, value in load_file(encoder_file).items()}
    assert released.keys() == {name for name in after if name.startswith('encoder.')}
    assert all(torch.equal(after[name], value) for name, value in released.items())


def test_everything_that_has_an_effect_learns(encoder_file):
    recipe = S2am3dDecoderRecipe(RUN, init=encoder_file)
    recipe.learn(recipe.make_batch(0, ALONE), torch.Generator().manual_seed(0))
    idle = {name for name, value in recipe.net.named_parameters() if value.grad is None}
    assert any(name.startswith('predictor.') for name in idle)
    for name in idle:
        is_dead_attention = 'attn_points_q.q_proj' in name or 'attn_points_q.k_proj' in name
        assert name.startswith('encoder.') or is_dead_attention or name.endswith('k_proj.bias')


def test_resumed_run_equals_an_unbroken_one(tmp_path, encoder_file):
    short = dataclasses.replace(RUN, num_steps=4, scale_dropout=0.5)

    def recipe():
        return S2am3dDecoderRecipe(short, init=encoder_file)

    whole = run(recipe(), short, tmp_path / 'whole')
    run(recipe(), short, tmp_path / 'broken', until=2)
    resumed = run(recipe(), short, tmp_path / 'broken', resume=True)
    expected, found = load_file(whole), load_file(resumed)
    for key in expected:
        assert torch.equal(found[key], expected[key]), key


def test_a_tenth_of_the_batches_has_no_scale():
    generator = torch.Generator()
    kept = []
    for step in range(3000):
        generator.manual_seed(1_000_003 * 4 + step)  # as the loop does
        kept.append(keeps_scale(RUN.scale_dropout, generator))
    assert RUN.scale_dropout == 0.1
    assert np.mean(kept) == pytest.approx(0.9, abs=0.02)  # 3.6 standard deviations
    assert all(keeps_scale(0.0, generator) for _ in range(100))
    assert not any(keeps_scale(1.0, generator) for _ in range(100))


@pytest.mark.parametrize('with_scale', [True, False])
def test_training_sees_what_the_system_answers(encoder_file, with_scale):
    recipe = S2am3dDecoderRecipe(RUN, init=encoder_file)
    cloud = recipe.make_batch(0, ALONE).clouds[0]
    system = S2am3dSystem(recipe.net, 'cpu')
    embedding = system.encode(PointCloud(points=cloud.coords[0].numpy()))
    with torch.no_grad():
        features = recipe.net.encoder(cloud.coords, cloud.point_feature)
        logits = answer(recipe.net.predictor, features, cloud, with_scale=with_scale)
    for mask, click in enumerate(cloud.click_idx):
        scale = cloud.scales[mask].item() if with_scale else None
        answered = system.decode(embedding, np.array([click]), scale).mask_logits[0]
        np.testing.assert_allclose(answered + logit(0.7), logits[mask], atol=1e-4)


@pytest.mark.parametrize('dropout', [0.0, 1.0])
def test_dropout_decides_whether_scales_are_told(encoder_file, dropout):
    """The scale's map learns only from batches that have scales."""
    recipe = S2am3dDecoderRecipe(
        dataclasses.replace(RUN, scale_dropout=dropout), init=encoder_file
    )
    recipe.learn(recipe.make_batch(0, ALONE), torch.Generator())
    gradient = recipe.net.predictor.point_feature_enhancer.scale_embedding.scale_freqs.grad
    assert (gradient is None) == (dropout == 1.0)


def test_masks_are_clicked_inside_and_know_their_share():
    cloud = ProceduralClouds(free_share=0.5).draw(512, np.random.default_rng(3))
    clicked = clicked_cloud(RUN, cloud, np.random.default_rng(0))
    targets, clicks = clicked.targets.numpy(), clicked.click_idx.numpy()
    assert len(targets) == min(RUN.num_masks, len(cloud.masks)) == len(np.unique(targets, axis=0))
    assert all(any(np.array_equal(target, mask) for mask in cloud.masks) for target in targets)
    assert targets[np.arange(len(targets)), clicks].all()
    np.testing.assert_allclose(clicked.scales, targets.sum(axis=1) / 512)


def test_clicks_are_central_as_often_as_wanted():
    cloud = ProceduralClouds(free_share=0.5).draw(512, np.random.default_rng(3))

    def central(share, rng):
        config = dataclasses.replace(RUN, central_share=share)
        clicked = clicked_cloud(config, cloud, rng)
        points = clicked.coords[0].numpy()
        wanted = [simulated_click(points, target) for target in clicked.targets.numpy()]
        return clicked.click_idx.numpy() == wanted

    rng = np.random.default_rng(0)
    assert central(1.0, rng).all()
    # Chance hits a part of 8 points or more at its centre in one case of eight at most.
    assert np.mean([central(0.0, rng).mean() for _ in range(20)]) < 0.2
    assert 0.3 < np.mean([central(0.5, rng).mean() for _ in range(20)]) < 0.75


def test_mixed_precision_learns_alike(encoder_file):
    losses = []
    for precision in ('fp32', 'bf16'):
        config = dataclasses.replace(RUN, precision=precision)
        recipe = S2am3dDecoderRecipe(config, init=encoder_file)
        batch = recipe.make_batch(0, ALONE)
        losses.append(recipe.learn(batch, torch.Generator().manual_seed(0))['loss'])
        gradient = recipe.net.predictor.seg_head.mlp[0].weight.grad
        assert gradient.isfinite().all() and gradient.abs().max() > 0
    assert losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], rel=0.05)


def test_both_stages_make_a_system_that_answers(tmp_path):
    first = S2am3dTinyEncoderTraining(
        num_points=512, num_steps=2, num_workers=0, num_threads=1, device='cpu'
    )
    encoder = run(S2am3dEncoderRecipe(first), first, tmp_path / 'first')
    second = dataclasses.replace(RUN, num_steps=2)
    weights = run(S2am3dDecoderRecipe(second, init=encoder), second, tmp_path / 'second')
    system = build_model('s2am3d-tiny', checkpoint=weights)
    assert torch.equal(
        system.net.encoder.state_dict()['triplane_transformer.mlp.0.weight'],
        load_file(encoder)['triplane_transformer.mlp.0.weight'],
    )
    cloud = ProceduralClouds(free_share=0.5).draw(600, np.random.default_rng(0))
    embedding = system.encode(PointCloud(points=cloud.points))
    prompt = PointPrompt(
        prompt_coords=cloud.points[:1], prompt_labels=np.array([1]), granularity=0.5
    )
    answered = system.predict(embedding, prompt)
    assert answered.mask_logits.shape == (1, 600)
    assert np.isfinite(answered.mask_logits).all() and np.ptp(answered.mask_logits) > 0


def test_a_run_starts_from_both_halves_or_from_each(tmp_path, encoder_file):
    short = dataclasses.replace(RUN, num_steps=1)
    whole = run(S2am3dDecoderRecipe(short, init=encoder_file), short, tmp_path / 'out')
    trained = load_file(whole)
    of_both = S2am3dDecoderRecipe(short, init=whole).net.state_dict()
    with_decoder = dataclasses.replace(short, decoder_weights=str(whole))
    of_each = S2am3dDecoderRecipe(with_decoder, init=encoder_file).net.state_dict()
    fresh = S2am3dDecoderRecipe(short, init=encoder_file).net.state_dict()
    for name, tensor in trained.items():
        assert torch.equal(of_both[name], tensor), name
        assert torch.equal(of_each[name], tensor), name
    assert not torch.equal(
        fresh['predictor.seg_head.mlp.0.weight'], trained['predictor.seg_head.mlp.0.weight']
    )


def test_the_decoder_file_of_the_release_is_a_start(tmp_path, encoder_file):
    net = S2am3dDecoderRecipe(RUN, init=encoder_file).net
    levels = {
        f'{module}_state_dict': getattr(net.predictor, module).state_dict()
        for module in ('point_feature_enhancer', 'decoder', 'seg_head')
    }
    torch.save(levels, tmp_path / 'S2AM3D_decoder.pt')
    config = dataclasses.replace(RUN, seed=9, decoder_weights=str(tmp_path / 'S2AM3D_decoder.pt'))
    started = S2am3dDecoderRecipe(config, init=encoder_file).net.predictor.state_dict()
    for name, tensor in net.predictor.state_dict().items():
        assert torch.equal(started[name], tensor), name
    with pytest.raises(CheckpointError, match='decoder file'):
        S2am3dDecoderRecipe(
            dataclasses.replace(RUN, decoder_weights=str(encoder_file)), init=encoder_file
        )


def test_stage_2_wants_an_encoder():
    with pytest.raises(ConfigError, match='--init'):
        S2am3dDecoderRecipe(RUN)
