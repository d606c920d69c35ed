# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Name probabilities of the bundled architecture, with random weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from part_seg_ros.errors import InputError
from part_seg_ros.models.compact.config import TINY
from part_seg_ros.models.compact.system import random_system
from part_seg_ros.structures import NamePrompt, PointCloud, PointPrompt


@pytest.fixture
def system():
    return random_system(TINY, 'cpu')


@pytest.fixture
def embedding(system):
    points = np.random.default_rng(0).normal(size=(400, 3)) * [1.0, 0.7, 0.4]
    return system.encode(PointCloud(points=points))


def click(embedding, idx: int) -> PointPrompt:
    return PointPrompt(prompt_coords=embedding.points[[idx]], prompt_labels=[1])


def test_each_mask_has_a_distribution_over_the_vocabulary(system, embedding) -> None:
    assert system.part_names == TINY.part_names and system.capabilities.names
    found = system.predict(embedding, click(embedding, 3))
    assert found.name_probs.shape == (TINY.num_candidates, len(TINY.part_names))
    assert found.name_probs.dtype == np.float32
    np.testing.assert_allclose(found.name_probs.sum(axis=1), 1.0, atol=1e-5)
    assert (found.name_probs > 0).all()
    refined = system.predict(embedding, click(embedding, 3), found.mask_logits[0])
    assert refined.name_probs.shape == (1, len(TINY.part_names))


def test_a_name_that_the_head_prefers_is_probable_in_its_place(system, embedding) -> None:
    name_idx = system.part_names.index('handle')
    with torch.no_grad():
        system.net.mask_decoder.name_head[-1].bias[name_idx] += 10.0
    found = system.predict(embedding, click(embedding, 3))
    assert (found.name_probs.argmax(axis=1) == name_idx).all()
    assert (found.name_probs[:, name_idx] > 0.9).all()


def test_names_of_a_batch_equal_those_of_one_prompt_at_a_time(system, embedding) -> None:
    prompts = [click(embedding, idx) for idx in (0, 50, 399)]
    for prompt, found in zip(prompts, system.predict_batch(embedding, prompts), strict=True):
        expected = system.predict(embedding, prompt)
        np.testing.assert_allclose(found.name_probs, expected.name_probs, atol=1e-5)


def test_a_name_alone_is_no_prompt_of_the_network(system, embedding) -> None:
    with pytest.raises(InputError, match='find_named'):
        system.predict(embedding, NamePrompt(name='handle'))
