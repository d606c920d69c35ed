# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Presets against the published sizes."""

import pytest
import torch

from part_seg_ros.models.point_sam.config import PRESETS
from part_seg_ros.models.point_sam.model import PointSamNet


@pytest.mark.parametrize(
    ('preset', 'num_tensors', 'millions'),
    [('large', 620, 311.04), ('base', 392, 92.85), ('giant', 684, 1020.75)],
)
def test_presets_have_the_published_sizes(preset, num_tensors, millions):
    with torch.device('meta'):
        tensors = PointSamNet(PRESETS[preset]).state_dict()
    assert len(tensors) == num_tensors
    assert sum(t.numel() for t in tensors.values()) / 1e6 == pytest.approx(millions, abs=0.005)


def test_giant_has_one_map_for_queries_keys_and_values():
    with torch.device('meta'):
        block = PointSamNet(PRESETS['giant']).pc_encoder.transformer.blocks[39].state_dict()
    shapes = {name: tuple(value.shape) for name, value in block.items() if name[:4] != 'norm'}
    assert shapes == {
        'attn.q_bias': (1408,),
        'attn.v_bias': (1408,),
        'attn.qkv.weight': (4224, 1408),
        'attn.proj.weight': (1408, 1408),
        'attn.proj.bias': (1408,),
        'mlp.fc1.weight': (6144, 1408),
        'mlp.fc1.bias': (6144,),
        'mlp.fc2.weight': (1408, 6144),
        'mlp.fc2.bias': (1408,),
    }
