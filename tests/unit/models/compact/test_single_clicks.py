# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The short way to the answers of many single clicks against the way of any prompt."""

import numpy as np
import pytest
import torch

from part_seg_ros.models.compact import single_clicks
from part_seg_ros.models.compact.config import TINY
from part_seg_ros.models.compact.model import CompactNet
from part_seg_ros.models.compact.prompt_encoder import (
    NUM_FIELDS,
    SINGLE_CLICK_FIELDS,
    click_field,
    single_click_field,
)
from part_seg_ros.models.compact.system import random_system
from part_seg_ros.models.compact.tensors import ClickTensors, SurfacePoints
from part_seg_ros.structures import PointCloud, PointPrompt

NUM_POINTS = 700


@pytest.fixture(scope='module')
def system():
    system = random_system(TINY, 'cpu', seed=1)
    with torch.no_grad():  # logits of several units, and biases that count
        for parameter in system.net.mask_decoder.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape))
    return system


@pytest.fixture(scope='module')
def cloud():
    rng = np.random.default_rng(0)
    return PointCloud(points=rng.normal(size=(NUM_POINTS, 3)) * [1.0, 0.5, 0.2])


@pytest.fixture(scope='module')
def embedding(system, cloud):
    return system.encode(cloud)


def unit(*shape):
    return torch.nn.functional.normalize(torch.randn(*shape), dim=-1)


def test_field_is_that_of_any_clicks_without_its_empty_columns():
    torch.manual_seed(0)
    seen = SurfacePoints(
        points=torch.randn(2, 50, 3), normals=unit(2, 50, 3), embedding=unit(2, 50, 8)
    )
    clicked = seen.at(torch.randint(50, (2, 5, 1)))
    wanted = click_field(seen, clicked, torch.ones(2, 5, 1, dtype=torch.int64))
    found = single_click_field(seen, clicked)
    columns = list(SINGLE_CLICK_FIELDS)
    torch.testing.assert_close(found.transpose(2, 3), wanted[..., columns], atol=2e-6, rtol=0)
    empty = sorted(set(range(NUM_FIELDS)) - set(columns))
    assert wanted[..., empty].abs().max() == 0
    assert wanted[..., columns].abs().amax((0, 1, 2)).min() > 0


@pytest.mark.parametrize('points_at_once', [NUM_POINTS, 256, 7])
def test_answers_are_those_of_any_prompt(system, embedding, monkeypatch, points_at_once):
    monkeypatch.setattr(single_clicks, '_POINTS_AT_ONCE', points_at_once)
    generator = torch.Generator().manual_seed(3)
    clicks = ClickTensors(
        rows=torch.randint(NUM_POINTS, (1, 6, 1), generator=generator),
        labels=torch.ones(1, 6, 1, dtype=torch.int64),
        granularity=torch.tensor([[-1.0, 0.2, -1.0, 0.9, 1.0, 0.5]]),
    )
    encoded = embedding.state.encoded
    with torch.inference_mode():
        wanted = system.net.decode(encoded, clicks)
        found = system.net.decode_single_clicks(encoded, clicks)
    assert wanted.mask_logits.std() > 0.5
    for name, value in found._asdict().items():
        torch.testing.assert_close(value, getattr(wanted, name), atol=1e-4, rtol=1e-5)


def test_batches_of_any_size_are_answered_in_their_order(system, cloud, embedding):
    prompts = [
        PointPrompt(prompt_coords=cloud.points[[i]], prompt_labels=[1], granularity=granularity)
        for i, granularity in zip(range(0, 450, 50), [None, 0.1, 0.7] * 3, strict=True)
    ]
    found = system.predict_batch(embedding, prompts)
    for prompt, answer in zip(prompts, found, strict=True):
        wanted = system.predict(embedding, prompt)
        np.testing.assert_allclose(answer.mask_logits, wanted.mask_logits, atol=1e-4, rtol=1e-5)
        np.testing.assert_allclose(answer.iou_pred, wanted.iou_pred, atol=2e-5)
        np.testing.assert_allclose(answer.name_probs, wanted.name_probs, atol=2e-5)


@pytest.mark.parametrize('labels', [[0], [1, 0], [1, 1]])
def test_other_prompts_take_the_way_of_any_prompt(system, cloud, embedding, monkeypatch, labels):
    monkeypatch.setattr(CompactNet, 'decode_single_clicks', None)
    prompts = [
        PointPrompt(prompt_coords=cloud.points[i : i + len(labels)], prompt_labels=labels)
        for i in (3, 90, 200)
    ]
    for prompt, answer in zip(prompts, system.predict_batch(embedding, prompts), strict=True):
        wanted = system.predict(embedding, prompt)
        np.testing.assert_allclose(answer.mask_logits, wanted.mask_logits, atol=1e-4, rtol=1e-5)


def test_one_background_click_among_single_clicks_is_not_taken_for_foreground(
    system, cloud, embedding
):
    prompts = [
        PointPrompt(prompt_coords=cloud.points[[i]], prompt_labels=[label])
        for i, label in ((3, 1), (90, 0))
    ]
    for prompt, answer in zip(prompts, system.predict_batch(embedding, prompts), strict=True):
        wanted = system.predict(embedding, prompt)
        np.testing.assert_allclose(answer.mask_logits, wanted.mask_logits, atol=1e-4, rtol=1e-5)
