# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Short real runs of PartSAM's training on the CPU."""

import copy
import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from part_seg_ros.errors import ConfigError
from part_seg_ros.evaluation.metrics import PARTSAM_CLICKS, next_click
from part_seg_ros.layers.grouping import take_rows
from part_seg_ros.models import build_model
from part_seg_ros.models.partsam.config import TINY
from part_seg_ros.models.partsam.model import PartSamNet
from part_seg_ros.structures import PointCloud, PointPrompt
from part_seg_ros.training.call_losses import call_losses
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.loop import run
from part_seg_ros.training.partsam import PartSamRecipe, PartSamTinyTraining, PartSamTraining
from part_seg_ros.training.partsam_clouds import GREY, partsam_batch
from part_seg_ros.training.triplets import triplet_loss

RUN = PartSamTinyTraining(
    num_steps=20,
    num_points=192,
    batch_clouds=2,
    num_calls=2,
    triplets=32,
    learning_rate=4e-3,
    num_workers=0,
    num_threads=1,
    seed=1,
    device='cpu',
)
ALONE = ProcessRank(rank=0, world_size=1)
FROZEN = 'pc_encoder.partfield.'


def test_twenty_steps_learn_and_leave_loadable_weights(tmp_path, losses_on_one_batch):
    recipe = PartSamRecipe(RUN)
    before = copy.deepcopy(recipe.net.state_dict())
    losses = losses_on_one_batch(recipe, RUN)
    assert len(losses) == 20
    assert np.mean(losses[-5:]) < 0.75 * np.mean(losses[:5])
    system = build_model('partsam-tiny', checkpoint=tmp_path / recipe.weights_name, device='cpu')
    moved = set()
    for name, value in system.net.state_dict().items():
        assert torch.equal(value, recipe.net.state_dict()[name]), name
        if not torch.equal(value, before[name]):
            moved.add(name)
    assert not any(name.startswith(FROZEN) for name in moved)
    assert any(
        name.startswith('pc_encoder.partfieldMy.pvcnn.pc_encoder.add_conv1') for name in moved
    )
    assert any(name.startswith('pc_encoder.patch_embed.') for name in moved)
    assert any(name.startswith('mask_decoder.') for name in moved)
    cloud = PointCloud(points=np.random.default_rng(0).random((300, 3)).astype(np.float32))
    prompt = PointPrompt(prompt_coords=cloud.points[:1], prompt_labels=[1])
    assert system.predict(system.encode(cloud), prompt).mask_logits.shape == (3, 300)


def test_mixed_precision_learns_too(losses_on_one_batch):
    exactly = dataclasses.replace(RUN, batch_clouds=1)
    config = dataclasses.replace(exactly, precision='bf16')
    losses = losses_on_one_batch(PartSamRecipe(config), config)
    assert np.mean(losses[-5:]) < 0.85 * np.mean(losses[:5])
    recipe = PartSamRecipe(exactly)
    exact = recipe.learn(recipe.make_batch(0, ALONE), torch.Generator().manual_seed(0))['loss']
    assert 0 < abs(losses[0] - exact) < 0.05


def test_resumed_run_equals_an_unbroken_one(tmp_path):
    short = dataclasses.replace(RUN, num_steps=2, accumulation=2, decay_every=1)
    whole = run(PartSamRecipe(short), short, tmp_path / 'whole')
    run(PartSamRecipe(short), short, tmp_path / 'broken', until=1)
    resumed = run(PartSamRecipe(short), short, tmp_path / 'broken', resume=True)
    expected, found = load_file(whole), load_file(resumed)
    for key in expected:
        assert torch.equal(found[key], expected[key]), key


def test_the_total_is_that_of_the_release():
    """One call: (2 * mask + IoU + 0.1 * triplet) / (2T + 1) with T = 1."""
    config = dataclasses.replace(RUN, num_calls=1)
    recipe = PartSamRecipe(config)
    batch = recipe.make_batch(0, ALONE)
    prompted = batch.prompted
    with torch.no_grad():
        encoded = recipe.net.encode(
            prompted.points, prompted.colors, batch.normals, prompted.groups
        )
        triplet = triplet_loss(encoded.part_features, batch.triplet_rows)
        clicks = take_rows(prompted.points, prompted.first_rows.unsqueeze(-1))
        answers = recipe.net.decode(encoded, clicks, torch.ones(2, 2, 1)).answers(several=True)
        call = call_losses(
            answers.mask_logits.flatten(0, 1),
            answers.iou_pred.flatten(0, 1),
            prompted.targets.flatten(0, 1),
        )
    figures = recipe.learn(batch, torch.Generator().manual_seed(0))
    wanted = (2 * call.mask + call.iou_pred + 0.1 * triplet) / 3
    assert figures['loss'] == pytest.approx(wanted.item(), rel=1e-5)
    assert figures['triplet'] == pytest.approx(triplet.item(), rel=1e-5)


def test_triplets_alone_teach_the_learnable_branch():
    recipe = PartSamRecipe(dataclasses.replace(RUN, triplet_weight=1.0))
    without = PartSamRecipe(dataclasses.replace(RUN, triplet_weight=0.0))
    batch = recipe.make_batch(0, ALONE)
    for one in (recipe, without):
        one.learn(batch, torch.Generator().manual_seed(0))
    differs = {
        name.split('.')[1] if name.startswith('pc_encoder') else name.split('.')[0]
        for (name, value), other in zip(
            recipe.net.named_parameters(), without.net.parameters(), strict=True
        )
        if value.grad is not None and not torch.equal(value.grad, other.grad)
    }
    assert differs == {'partfieldMy'}


def test_rates_fall_by_steps_and_the_encoder_has_a_fifth():
    recipe = PartSamRecipe(PartSamTraining(preset='tiny', device='cpu'))
    assert recipe.rate(49_999) == 1.0
    assert recipe.rate(50_000) == pytest.approx(0.7)
    assert recipe.rate(249_999) == pytest.approx(0.7**4)
    (optimizer,) = recipe.optimizers
    encoder, others = optimizer.param_groups
    assert (encoder['lr'], others['lr']) == pytest.approx((1e-4, 5e-4))
    assert encoder['weight_decay'] == others['weight_decay'] == 5e-5
    names = {id(value): name for name, value in recipe.net.named_parameters()}
    encoder_names, other_names = ({names[id(p)] for p in g['params']} for g in (encoder, others))
    assert all(name.startswith('pc_encoder.') for name in encoder_names)
    learned = {name for name in names.values() if not name.startswith(FROZEN)}
    assert encoder_names | other_names == learned and not encoder_names & other_names


def test_both_branches_start_from_partfield_and_only_one_learns(tmp_path):
    torch.manual_seed(9)
    trunk = PartSamNet(TINY).pc_encoder.partfield.state_dict()
    path = tmp_path / 'model_objaverse.ckpt'
    torch.save({'state_dict': trunk}, path)
    short = dataclasses.replace(RUN, num_steps=2, partfield=str(path))
    recipe = PartSamRecipe(short)
    frozen, learnable = recipe.net.pc_encoder.partfield, recipe.net.pc_encoder.partfieldMy
    assert not frozen.training and not any(p.requires_grad for p in frozen.parameters())
    start = learnable.state_dict()
    assert all(torch.equal(start[name], value) for name, value in trunk.items())
    assert not start['pvcnn.pc_encoder.add_conv1.weight'].any()
    assert not start['pvcnn.pc_encoder.add_conv1.bias'].any()
    found = load_file(run(recipe, short, tmp_path / 'out'))
    moved = 0
    for name, value in trunk.items():
        assert torch.equal(found[FROZEN + name], value), name
        moved += not torch.equal(found['pc_encoder.partfieldMy.' + name], value)
    assert moved > len(trunk) // 2


def test_a_run_starts_from_weights_of_partsam_or_of_partfield(tmp_path, caplog):
    short = dataclasses.replace(RUN, num_steps=1)
    weights = run(PartSamRecipe(short), short, tmp_path)
    assert 'stays as it was drawn' in caplog.text
    begun = PartSamRecipe(dataclasses.replace(RUN, seed=7), init=weights)
    for name, value in load_file(weights).items():
        assert torch.equal(begun.net.state_dict()[name], value), name
    with pytest.raises(ConfigError, match='not from both'):
        PartSamRecipe(dataclasses.replace(RUN, partfield='model.ckpt'), init=weights)


def test_clouds_are_the_same_however_many_make_them_and_as_the_network_wants_them():
    config = dataclasses.replace(RUN, painted_share=0.0)
    source = PartSamRecipe(config).make_batch.args[1]
    whole = partsam_batch(config, source, 3, ALONE)
    halves = [
        partsam_batch(config, source, 3, ProcessRank(rank=rank, world_size=2)) for rank in range(2)
    ]
    for name in ('points', 'colors', 'targets', 'first_rows'):
        joined = torch.cat([getattr(half.prompted, name) for half in halves])
        assert torch.equal(joined, getattr(whole.prompted, name)), name
    assert torch.equal(torch.cat([half.triplet_rows for half in halves]), whole.triplet_rows)
    assert torch.allclose(whole.normals.norm(dim=-1), torch.ones(2, 192), atol=1e-5)
    assert abs(whole.prompted.colors.mean() - GREY) < 0.1
    assert whole.prompted.groups.centers.shape == (2, TINY.num_patches, 3)
    for b, m in np.ndindex(2, 2):
        part = whole.prompted.targets[b, m].numpy()
        rows = whole.triplet_rows[b, m].numpy()
        assert part[rows[:2]].all() and not part[rows[2]].any()
        wanted, _ = next_click(whole.prompted.points[b].numpy(), part, None, PARTSAM_CLICKS)
        assert whole.prompted.first_rows[b, m] == wanted


def test_a_folder_of_labelled_meshes_is_learned_from(tmp_path):
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    np.savez(
        tmp_path / 'stack.npz',
        vertices=np.concatenate([square, square + [0, 0, 1]]).astype(np.float32),
        faces=np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * z for z in range(2)]),
        labels=np.array([0, 0, 1, 1]),
    )
    recipe = PartSamRecipe(dataclasses.replace(RUN, meshes=str(tmp_path)))
    batch = recipe.make_batch(0, ALONE)
    # Two squares face to face: a part is what has the same coordinate across them.
    for cloud, parts in zip(batch.prompted.points, batch.prompted.targets, strict=True):
        assert torch.equal(parts[0], ~parts[1])
        inside, outside = cloud[parts[0]], cloud[~parts[0]]
        assert torch.linalg.matrix_rank(inside - inside.mean(dim=0), atol=1e-3) == 2
        assert torch.cdist(inside, outside).min() > 0.5
    assert np.isfinite(recipe.learn(batch, torch.Generator().manual_seed(0))['loss'])
