# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Stage 1 of S2AM3D's training at the smallest size."""

import dataclasses
import functools
import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from part_seg_ros.errors import CheckpointError, InputError
from part_seg_ros.models.s2am3d.config import TINY
from part_seg_ros.models.s2am3d.encoder import S2am3dEncoder
from part_seg_ros.training.cloud_sources import MaskedCloud
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.loop import batches, run
from part_seg_ros.training.s2am3d_config import S2am3dTinyEncoderTraining
from part_seg_ros.training.s2am3d_encoder import (
    S2am3dEncoderRecipe,
    compared_features,
    contrast_cloud,
)

RUN = S2am3dTinyEncoderTraining(
    num_points=512,
    contrast_points=128,
    batch_clouds=2,
    num_steps=20,
    warmup_steps=2,
    num_workers=0,
    num_threads=1,
    device='cpu',
)
ALONE = ProcessRank(rank=0, world_size=1)


def labeled_cloud(part_ids):
    points = np.random.default_rng(0).random((len(part_ids), 3), dtype=np.float32)
    return MaskedCloud(
        points=points,
        normals=points,
        colors=points,
        part_ids=np.asarray(part_ids, np.int32),
        masks=np.ones((1, len(part_ids)), bool),
    )


def test_twenty_steps_over_five_batches_learn(tmp_path):
    """Each batch is seen four times: without learning first and last losses would be equal."""
    recipe = S2am3dEncoderRecipe(RUN)
    made = functools.cache(recipe.make_batch)
    recipe.make_batch = lambda index, process: made(index % 5, process)
    run(recipe, RUN, tmp_path)
    log = [json.loads(line) for line in (tmp_path / 'log.jsonl').read_text().splitlines()]
    losses = [entry['loss'] for entry in log]
    assert len(losses) == 20
    assert np.mean(losses[-5:]) < 0.75 * np.mean(losses[:5])
    assert log[-1]['nearest_same'] > log[0]['nearest_same']


def test_resumed_run_equals_an_unbroken_one(tmp_path):
    short = dataclasses.replace(RUN, num_steps=4)
    whole = run(S2am3dEncoderRecipe(short), short, tmp_path / 'whole')
    run(S2am3dEncoderRecipe(short), short, tmp_path / 'broken', until=2)
    resumed = run(S2am3dEncoderRecipe(short), short, tmp_path / 'broken', resume=True)
    expected, found = load_file(whole), load_file(resumed)
    for key in expected:
        assert torch.equal(found[key], expected[key]), key


def test_a_run_starts_from_the_weights_of_another(tmp_path):
    short = dataclasses.replace(RUN, num_steps=1)
    weights = run(S2am3dEncoderRecipe(short), short, tmp_path)
    trained = S2am3dEncoderRecipe(short, init=weights).net.state_dict()
    for key, tensor in load_file(weights).items():
        assert torch.equal(trained[key], tensor), key
    fresh = S2am3dEncoderRecipe(short).net.state_dict()
    assert not torch.equal(
        fresh['triplane_transformer.mlp.0.weight'], trained['triplane_transformer.mlp.0.weight']
    )
    with pytest.raises(CheckpointError, match='does not fit S2am3dEncoder'):
        S2am3dEncoderRecipe(dataclasses.replace(short, preset='official'), init=weights)


def test_only_what_features_do_not_need_is_left_without_gradients():
    recipe = S2am3dEncoderRecipe(RUN)
    recipe.learn(recipe.make_batch(0, ALONE), torch.Generator())
    idle = {name for name, value in recipe.net.named_parameters() if value.grad is None}
    assert {name.split('.')[0] for name in idle} == {'logit_scale', 'pvcnn', 'sdf_decoder'}
    assert all(
        name.startswith('pvcnn.pc_encoder.encoder.1.') for name in idle if name.startswith('pvcnn')
    )


def test_compared_points_get_the_features_that_the_encoder_gives_them():
    recipe = S2am3dEncoderRecipe(RUN)
    cloud = recipe.make_batch(0, ALONE).clouds[0]
    features = recipe.net(cloud.coords, cloud.point_feature)[0, cloud.rows]
    torch.testing.assert_close(compared_features(recipe.net, cloud), features)


def test_batches_do_not_depend_on_workers_or_processes():
    make_batch = S2am3dEncoderRecipe(RUN).make_batch
    whole = [make_batch(index, ALONE).clouds for index in range(2)]
    for rank in range(2):
        process = ProcessRank(rank=rank, world_size=2)
        stream = batches(make_batch, 0, dataclasses.replace(RUN, num_workers=2), process)
        for clouds in whole:
            (share,) = next(stream).clouds
            assert torch.equal(share.coords, clouds[rank].coords)
            assert torch.equal(share.rows, clouds[rank].rows)


def test_points_without_a_part_are_not_compared():
    part_ids = np.repeat([-1, 0, 3], [100, 40, 20])
    cloud = contrast_cloud(RUN, labeled_cloud(part_ids), np.random.default_rng(0))
    assert np.array_equal(np.sort(cloud.rows), np.arange(100, 160))
    assert np.array_equal(cloud.part_ids, part_ids[cloud.rows])


def test_no_more_points_are_compared_than_wanted_and_none_twice():
    cloud = contrast_cloud(RUN, labeled_cloud([0, 1] * 200), np.random.default_rng(0))
    assert len(cloud.rows) == RUN.contrast_points == len(cloud.rows.unique())


@pytest.mark.parametrize('part_ids', [[0] * 50, [-1] * 50, [4] * 50 + [-1] * 10, [0, 1, 2, 3]])
def test_a_cloud_that_shows_no_contrast_is_passed_over(part_ids):
    assert contrast_cloud(RUN, labeled_cloud(part_ids), np.random.default_rng(0)) is None


def test_a_folder_of_unlabelled_shapes_is_refused(tmp_path):
    """Masks alone may overlap, so they say of no two points that their parts differ."""
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 1]], np.float32)
    faces = np.array([[0, 1, 2], [1, 2, 3]])
    masks = np.array([[True, False]])
    np.savez(tmp_path / 'shape.npz', vertices=vertices, faces=faces, masks=masks)
    recipe = S2am3dEncoderRecipe(dataclasses.replace(RUN, meshes=str(tmp_path)))
    with pytest.raises(InputError, match='two labelled parts'):
        recipe.make_batch(0, ALONE)


@pytest.mark.parametrize(
    ('kind', 'wanted'),
    [('ones', lambda cloud: 1), ('coords', lambda cloud: 2 * cloud.points - 1)],
)
def test_clouds_fill_the_cube_and_bear_the_wanted_feature(kind, wanted):
    part_ids = [0, 1] * 200
    cloud = labeled_cloud(part_ids)
    cloud.points[:2] = [[0, 0, 0], [1, 1, 1]]
    config = dataclasses.replace(RUN, point_feature=kind)
    made = contrast_cloud(config, cloud, np.random.default_rng(0))
    np.testing.assert_allclose(made.coords[0], 2 * cloud.points - 1, atol=1e-6)
    assert np.allclose(made.point_feature[0], wanted(cloud), atol=1e-6)


def test_colours_are_taken_where_there_are_any():
    config = dataclasses.replace(RUN, point_feature='colors')
    cloud = labeled_cloud([0, 1] * 200)
    made = contrast_cloud(config, cloud, np.random.default_rng(0))
    assert np.array_equal(made.point_feature[0], cloud.colors)
    grey = dataclasses.replace(cloud, colors=None)
    assert (contrast_cloud(config, grey, np.random.default_rng(0)).point_feature == 1).all()


def test_mixed_precision_learns_alike():
    losses = []
    for precision in ('fp32', 'bf16'):
        recipe = S2am3dEncoderRecipe(dataclasses.replace(RUN, precision=precision))
        losses.append(recipe.learn(recipe.make_batch(0, ALONE), torch.Generator())['loss'])
        gradient = recipe.net.triplane_transformer.mlp[2].weight.grad
        assert gradient.isfinite().all() and gradient.abs().max() > 0
    assert losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], rel=0.05)


def test_weights_bear_the_names_of_the_release(tmp_path):
    short = dataclasses.replace(RUN, num_steps=1)
    weights = run(S2am3dEncoderRecipe(short), short, tmp_path)
    assert load_file(weights).keys() == S2am3dEncoder(TINY.trunk).state_dict().keys()
    record = json.loads((tmp_path / 's2am3d_encoder.json').read_text())
    assert record['step'] == 1 and record['training']['preset'] == 'tiny'
