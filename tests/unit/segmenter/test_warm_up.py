# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What runs once before a network counts."""

from __future__ import annotations

import dataclasses

import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.config import TINY
from part_seg_ros.models.segvigen.system import random_system
from part_seg_ros.segmenter import Segmenter
from part_seg_ros.segmenter.warm_up import warm_up


def test_a_network_without_weights_for_clicks_encodes_alone(monkeypatch):
    system = random_system(TINY, 'cpu', modes=('full',))
    encoded = []
    encode = system.encode
    monkeypatch.setattr(system, 'encode', lambda shape: encoded.append(shape) or encode(shape))
    warm_up(Segmenter(system))
    assert len(encoded) == 1
    without = dataclasses.replace(system.capabilities, own_segmentation=False)
    monkeypatch.setattr(system, 'capabilities', without)
    with pytest.raises(InputError, match="'interactive', only for full"):
        warm_up(Segmenter(system))


def test_one_click_is_answered(monkeypatch):
    system = random_system(TINY, 'cpu', modes=('interactive',))
    asked = []
    predict = system.predict
    monkeypatch.setattr(
        system,
        'predict',
        lambda embedding, prompt, previous=None: (
            asked.append(prompt) or predict(embedding, prompt, previous)
        ),
    )
    warm_up(Segmenter(system))
    assert [len(prompt.prompt_labels) for prompt in asked] == [1]
