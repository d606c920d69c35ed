# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A short real run on the CPU: it learns, it stops, it goes on as if it had not stopped."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.compact.checkpoint import load_network
from part_seg_ros.models.compact.config import TINY
from part_seg_ros.training.compact import CompactRecipe
from part_seg_ros.training.config import SampleConfig, TrainConfig
from part_seg_ros.training.loop import run

RUN = TrainConfig(
    model=TINY,
    sample=SampleConfig(min_points=600, max_points=900, num_masks=2, points_per_mask=16),
    num_steps=20,
    batch_clouds=2,
    max_rounds=4,
    learning_rate=3e-3,
    warmup_steps=2,
    num_workers=0,
    num_threads=1,
    checkpoint_every=10,
    device='cpu',
)


def train(config, folder, **options):
    return run(CompactRecipe(config), config, folder, **options)


def read_log(folder):
    return [json.loads(line) for line in (folder / 'log.jsonl').read_text().splitlines()]


def test_twenty_steps_learn_and_leave_loadable_weights(tmp_path):
    weights = train(RUN, tmp_path)
    losses = [entry['loss'] for entry in read_log(tmp_path)]
    assert len(losses) == 20
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    assert load_network(weights).config == TINY
    assert json.loads((tmp_path / 'compact.json').read_text())['step'] == 20


def test_resumed_run_equals_an_unbroken_one(tmp_path):
    short = dataclasses.replace(RUN, num_steps=4, checkpoint_every=2)
    whole = train(short, tmp_path / 'whole')
    train(short, tmp_path / 'broken', until=2)
    resumed = train(short, tmp_path / 'broken', resume=True)
    assert [entry['step'] for entry in read_log(tmp_path / 'broken')] == [1, 2, 3, 4]
    expected, found = load_file(whole), load_file(resumed)
    for key in expected:
        assert torch.equal(found[key], expected[key]), key


def test_resume_without_a_state_is_an_error(tmp_path):
    with pytest.raises(CheckpointError, match='nothing to resume'):
        train(RUN, tmp_path, resume=True)


def test_learning_rate_warms_up_stays_and_falls_to_a_hundredth():
    config = dataclasses.replace(RUN, num_steps=1000, warmup_steps=10, decay_share=0.25)
    recipe = CompactRecipe(config)
    assert recipe.rate(0) == pytest.approx(0.1)
    assert [recipe.rate(step) for step in (9, 400, 750)] == [1.0, 1.0, 1.0]
    assert recipe.rate(875) == pytest.approx(0.5)
    assert recipe.rate(1000) == pytest.approx(0.01)


def test_state_loads_without_unpickling_code(tmp_path):
    train(dataclasses.replace(RUN, num_steps=1), tmp_path)
    assert torch.load(tmp_path / 'state.pt', weights_only=True)['step'] == 1


def test_a_finished_run_is_not_resumed_in_vain(tmp_path):
    short = dataclasses.replace(RUN, num_steps=1)
    train(short, tmp_path)
    with pytest.raises(CheckpointError, match='1 steps already'):
        train(short, tmp_path, resume=True)


def test_a_state_of_other_sizes_is_refused(tmp_path):
    short = dataclasses.replace(RUN, num_steps=1)
    train(short, tmp_path)
    wider = dataclasses.replace(RUN, model=dataclasses.replace(TINY, mask_width=48))
    with pytest.raises(CheckpointError, match='belongs to another run'):
        train(wider, tmp_path, resume=True)


def test_gradients_of_several_batches_are_averaged(tmp_path):
    """Two identical batches in one step move the weights as one of them does."""
    one = dataclasses.replace(RUN, num_steps=1, max_rounds=2)
    alone, twice = CompactRecipe(one), CompactRecipe(one)
    for recipe in (alone, twice):
        make_batch = recipe.make_batch
        recipe.make_batch = lambda _, process, make_batch=make_batch: make_batch(0, process)
        learn = recipe.learn
        recipe.learn = lambda batch, _, learn=learn: learn(batch, torch.Generator().manual_seed(1))
    run(alone, one, tmp_path / 'alone')
    run(twice, dataclasses.replace(one, accumulation=2), tmp_path / 'twice')
    for (name, expected), found in zip(
        alone.net.named_parameters(), twice.net.parameters(), strict=True
    ):
        assert torch.allclose(found, expected, atol=1e-6), name
